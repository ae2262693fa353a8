// The raw files of ngspice, Xyce and LTspice (sim/results/result_file.hpp).
#pragma once

#include <array>
#include <vector>

#include "sim/results/raw_header.hpp"
#include "sim/results/result_file.hpp"

namespace springspice::sim {

class RawFile final : public ResultFile {
 public:
  RawFile(std::string path, LineSource source);
  bool has_more() override;

 private:
  /// How the numbers lie: bytes of the time, and of each other value.
  struct Layout {
    std::size_t time = sizeof(double);
    std::size_t value = sizeof(double);
    bool complex = false;
    bool by_variable = false;
  };

  void find_transient();
  Layout layout_of(const RawHeader& header) const;
  std::uint64_t row_bytes() const;
  void skip(const RawHeader& header);
  void check_header();
  void check_size();
  void check_byte_order();
  double time_at(std::uint64_t point);

  bool read_row(double& time_s, std::span<double> values) override;
  bool read_binary(double& time_s, std::span<double> values);
  bool read_text(double& time_s, std::span<double> values);
  void fill_columns();
  double read_word(std::string& word);
  double decode(const char* bytes, std::size_t size) const;

  LineSource source_;
  RawHeader header_;
  Layout layout_;
  bool ltspice_ = false;
  std::uint64_t begin_ = 0;  // of the numbers
  std::uint64_t row_ = 0;
  std::vector<char> bytes_;
  std::vector<double> numbers_;
  // `fastaccess`: a block of rows of the time and of each selected column.
  std::vector<std::vector<char>> block_;
  std::uint64_t block_begin_ = 0;
  std::uint64_t block_rows_ = 0;
  // Text: the words of one line.
  std::string line_;
  std::size_t at_ = 0;
};

}  // namespace springspice::sim
