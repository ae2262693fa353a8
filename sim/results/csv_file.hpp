// CSV as oscilloscopes, loggers and simulators write it (sim/results/result_file.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "sim/results/line_source.hpp"
#include "sim/results/result_file.hpp"

namespace springspice::sim {

class CsvFile final : public ResultFile {
 public:
  CsvFile(std::string path, LineSource source);

 private:
  bool read_row(double& time_s, std::span<double> values) override;
  std::string place() const override;
  void find_header();
  void take_header(const std::vector<std::string>& names, const std::vector<std::string>& units);
  double read_cell(std::string_view cell, std::size_t column) const;

  LineSource source_;
  char separator_ = ',';
  std::size_t time_column_ = 0;
  std::vector<std::size_t> places_;      // columns_ -> columns of the file
  std::vector<double> factors_;          // of each column of the file: to seconds or volts
  std::vector<std::string> file_names_;  // of each column of the file
  std::string line_;
  bool line_is_read_ = false;
  std::vector<std::string_view> cells_;
};

}  // namespace springspice::sim
