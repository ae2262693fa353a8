#include "sim/results/raw_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/table.hpp"
#include "netlist/circuit.hpp"

namespace springspice::sim {
namespace {

static_assert(std::endian::native == std::endian::little, "raw files are little-endian");

constexpr std::uint64_t kBlockRows = 4096;
constexpr std::string_view kBlanks = " \t\r";

double swapped(double value) {
  auto bytes = std::bit_cast<std::array<char, sizeof(double)>>(value);
  std::ranges::reverse(bytes);
  return std::bit_cast<double>(bytes);
}

// Times of a run: finite, ascending, and neither of an age nor of a moment that nobody simulates.
bool are_plausible(const std::vector<double>& times) {
  constexpr double kLongest = 1e12;
  constexpr double kShortest = 1e-24;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double size = std::abs(times[k]);
    if (!(size <= kLongest) || (size > 0.0 && size < kShortest)) return false;
    if (k > 0 && times[k] < times[k - 1]) return false;
  }
  return true;
}

std::string name_of(std::string_view name) {
  std::string text = netlist::lower(name);
  if (text.size() > 3 && text.starts_with("v(") && text.ends_with(')')) {
    return text.substr(2, text.size() - 3);
  }
  return text;
}

}  // namespace

RawFile::RawFile(std::string path, LineSource source)
    : ResultFile(std::move(path)), source_(std::move(source)) {
  find_transient();
  check_header();
  layout_ = layout_of(header_);
  begin_ = source_.position();
  if (header_.binary) {
    check_size();
    check_byte_order();
    source_.seek(begin_);
    bytes_.resize(row_bytes());
  } else {
    numbers_.resize(header_.variables);
  }
  declared_ = header_.points;
  for (std::size_t k = 1; k < header_.names.size(); ++k) {
    columns_.push_back(name_of(header_.names[k]));
  }
  format_ = fmt::format("{} raw, {}", ltspice_ ? "LTspice" : "ngspice",
                        header_.binary ? "binary" : "text");
}

void RawFile::find_transient() {
  std::string others;
  while (auto header = read_raw_header(source_, path_)) {
    ltspice_ = source_.is_utf16() || header->command.find("LTspice") != std::string::npos ||
               header->command.find("Linear Technology") != std::string::npos;
    if (netlist::lower(header->plot).find("transient") != std::string::npos) {
      header_ = std::move(*header);
      return;
    }
    others += fmt::format("{}'{}'", others.empty() ? "" : ", ", core::printable(header->plot));
    skip(*header);
  }
  fail(fmt::format("there is no transient in it, only {}; run .tran and write its results",
                   others.empty() ? "nothing" : others));
}

RawFile::Layout RawFile::layout_of(const RawHeader& header) const {
  Layout layout;
  layout.complex = header.has_flag("complex");
  layout.by_variable = ltspice_ && header.has_flag("fastaccess");
  const bool floats = ltspice_ && !layout.complex && !header.has_flag("double");
  layout.value = floats ? sizeof(float) : sizeof(double) * (layout.complex ? 2 : 1);
  layout.time = sizeof(double) * (layout.complex ? 2 : 1);
  return layout;
}

std::uint64_t RawFile::row_bytes() const {
  return layout_.time + (header_.variables - 1) * layout_.value;
}

void RawFile::skip(const RawHeader& header) {
  if (header.binary) {
    const Layout layout = layout_of(header);
    source_.seek(source_.position() +
                 header.points * (layout.time + (header.variables - 1) * layout.value));
    return;
  }
  std::string line;
  std::uint64_t before = source_.position();
  while (source_.next(line)) {
    if (line.starts_with("Title:")) return source_.seek(before);
    before = source_.position();
  }
}

void RawFile::check_header() {
  if (header_.has_flag("stepped")) {
    fail(
        "it holds several runs, one behind the other ('stepped'); write each .step to a file of "
        "its own");
  }
  // What `simulate` writes looks like a circuit's voltages, so that both go into one picture.
  if (header_.title.starts_with("springspice, run ")) {
    fail("it is in model units already: `springspice simulate` wrote it, not a circuit");
  }
  const std::string first = netlist::lower(header_.names[0]);
  if (first != "time") {
    fail(fmt::format("its first variable is '{}', not time; write all of a transient",
                     core::printable(header_.names[0])));
  }
}

void RawFile::check_size() {
  const std::uint64_t there = source_.size() - begin_;
  const std::uint64_t whole = there / row_bytes();
  if (header_.points == 0 && whole > 0) {
    fail(
        fmt::format("cut short: it says 0 points and holds {}, so the run was stopped before its "
                    "end; run it again",
                    whole));
  }
  // Compared as quotients: a product may not fit.
  if (whole < header_.points) {
    fail(fmt::format("cut short: {} of {} points are there; copy the file again, or run again",
                     whole, header_.points));
  }
}

double RawFile::time_at(std::uint64_t point) {
  source_.seek(begin_ + point * (layout_.by_variable ? layout_.time : row_bytes()));
  double time = 0.0;
  char bytes[sizeof time] = {};
  source_.read(bytes);
  std::memcpy(&time, bytes, sizeof time);
  return time;
}

void RawFile::check_byte_order() {
  constexpr std::uint64_t kLooked = 64;
  std::vector<double> times, others;
  for (std::uint64_t k = 0; k < std::min(kLooked, header_.points); ++k) {
    const double time = time_at(k);
    times.push_back(ltspice_ ? std::abs(time) : time);
    others.push_back(ltspice_ ? std::abs(swapped(time)) : swapped(time));
  }
  if (are_plausible(times) || !are_plausible(others)) return;
  fail(
      "its numbers are in the other byte order (big-endian); write it as text on the machine that "
      "made it (ngspice: set filetype=ascii)");
}

double RawFile::decode(const char* bytes, std::size_t size) const {
  if (size == sizeof(float)) {
    float value = 0.0F;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  double value = 0.0;
  std::memcpy(&value, bytes, sizeof value);  // of a complex number, its real part
  return value;
}

bool RawFile::read_row(double& time_s, std::span<double> values) {
  if (row_ == header_.points) return false;
  const bool there = header_.binary ? read_binary(time_s, values) : read_text(time_s, values);
  if (!there) {
    fail(fmt::format("cut short: {} of {} points are there; copy the file again, or run again",
                     row_, header_.points));
  }
  ++row_;
  if (ltspice_) time_s = std::abs(time_s) + header_.offset_s;
  return true;
}

bool RawFile::read_binary(double& time_s, std::span<double> values) {
  if (layout_.by_variable) {
    if (row_ == block_begin_ + block_rows_) fill_columns();
    const std::uint64_t k = row_ - block_begin_;
    time_s = decode(block_[0].data() + k * layout_.time, layout_.time);
    for (std::size_t j = 0; j < values.size(); ++j) {
      values[j] = decode(block_[j + 1].data() + k * layout_.value, layout_.value);
    }
    return true;
  }
  if (!source_.read(bytes_)) return false;
  time_s = decode(bytes_.data(), layout_.time);
  for (std::size_t j = 0; j < values.size(); ++j) {
    values[j] = decode(bytes_.data() + layout_.time + selected_[j] * layout_.value, layout_.value);
  }
  return true;
}

void RawFile::fill_columns() {
  block_.resize(selected_.size() + 1);
  block_begin_ = row_;
  block_rows_ = std::min(kBlockRows, header_.points - row_);
  for (std::size_t j = 0; j < block_.size(); ++j) {
    const std::size_t size = j == 0 ? layout_.time : layout_.value;
    std::uint64_t begin = begin_ + row_ * size;
    if (j > 0) begin += header_.points * (layout_.time + selected_[j - 1] * layout_.value);
    block_[j].resize(block_rows_ * size);
    source_.seek(begin);
    source_.read(block_[j]);  // check_size() has made sure of it
  }
}

// A point is its number and the values, a line each; complex ones as "re,im".
bool RawFile::read_text(double& time_s, std::span<double> values) {
  std::string word;
  const auto next_word = [&] {
    while (true) {
      at_ = line_.find_first_not_of(kBlanks, at_);
      if (at_ != std::string::npos) break;
      at_ = 0;
      if (!source_.next(line_)) return false;
    }
    const std::size_t end = std::min(line_.size(), line_.find_first_of(kBlanks, at_));
    word = line_.substr(at_, end - at_);
    at_ = end;
    return !word.starts_with("Title:");
  };
  if (!next_word()) return false;
  if (word != std::to_string(row_)) {
    fail(fmt::format("line {}: '{}' stands where point {} begins; is the file damaged?",
                     source_.line(), core::printable(word), row_));
  }
  for (double& number : numbers_) {
    if (!next_word()) return false;
    number = read_word(word);
  }
  // Every writer ends the line: without it a digit or an exponent may be missing.
  if (!source_.is_complete()) return false;
  time_s = numbers_[0];
  for (std::size_t j = 0; j < values.size(); ++j) values[j] = numbers_[selected_[j] + 1];
  return true;
}

double RawFile::read_word(std::string& word) {
  if (layout_.complex) word.resize(std::min(word.size(), word.find(',')));
  const core::ParsedNumber number = core::parse_number(word);
  if (number.fault != nullptr) {
    fail(fmt::format("line {}: '{}' {}", source_.line(), core::printable(word), number.fault));
  }
  return number.value;
}

bool RawFile::has_more() {
  if (header_.binary) source_.seek(begin_ + header_.points * row_bytes());
  std::string line;
  while (source_.next(line)) {
    if (line.find_first_not_of(kBlanks) != std::string::npos) return true;
  }
  return false;
}

}  // namespace springspice::sim
