#include "sim/results/result_file.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"
#include "sim/results/csv_file.hpp"
#include "sim/results/raw_file.hpp"

namespace springspice::sim {

void ResultFile::fail(const std::string& what) const {
  throw core::InputError(fmt::format("{}: {}", core::printable(path_, 200), what));
}

std::string ResultFile::place() const { return fmt::format("point {}", points_); }

bool ResultFile::next(double& time_s, std::span<double> values) {
  if (!read_row(time_s, values)) {
    if (points_ == 0) fail("it holds no point; did the run come to its end?");
    return false;
  }
  if (!std::isfinite(time_s)) fail(fmt::format("{}: the time is {}", place(), time_s));
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (std::isfinite(values[j])) continue;
    fail(fmt::format("{}, t = {} s: the voltage of '{}' is {}; the run has no solution there",
                     place(), time_s, core::printable(columns_[selected_[j]]), values[j]));
  }
  if (points_ > 0 && time_s < last_time_s_) {
    fail(
        fmt::format("{}: a time of {} s follows one of {} s; times must ascend (is it another "
                    "format than '{}', or several runs?)",
                    place(), time_s, last_time_s_, format_));
  }
  last_time_s_ = time_s;
  ++points_;
  return true;
}

std::unique_ptr<ResultFile> open_results(const std::string& path) {
  LineSource source(path);
  const std::uint64_t begin = source.position();
  std::string first(7, '\0');
  if (source.is_utf16()) {
    source.next(first);
  } else {
    source.read(first);
  }
  source.seek(begin);
  if (first.starts_with("Title:")) return std::make_unique<RawFile>(path, std::move(source));
  return std::make_unique<CsvFile>(path, std::move(source));
}

}  // namespace springspice::sim
