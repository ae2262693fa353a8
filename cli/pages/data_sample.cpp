#include "cli/pages/data_sample.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "cli/pipeline.hpp"
#include "core/table.hpp"

namespace springspice::cli {
namespace {

using Eigen::Index;

class Reservoir {
 public:
  Reservoir(std::size_t inputs, std::size_t targets)
      : inputs_(kMostSampledRows * inputs), targets_(kMostSampledRows * targets) {}

  void add(std::span<const double> u, std::span<const double> y) {
    const std::size_t row = all_++;
    const std::size_t place = row < kMostSampledRows ? row : draw(row + 1);
    if (place >= kMostSampledRows) return;
    if (place == rows_.size()) rows_.push_back(row);
    rows_[place] = row;
    std::ranges::copy(u, inputs_.begin() + static_cast<std::ptrdiff_t>(place * u.size()));
    std::ranges::copy(y, targets_.begin() + static_cast<std::ptrdiff_t>(place * y.size()));
  }

  /// What was kept, in the table's order.
  DataSample take(const std::vector<std::string>& inputs,
                  const std::vector<std::string>& targets) const {
    std::vector<std::size_t> places(rows_.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::sort(places, {}, [&](std::size_t place) { return rows_[place]; });
    DataSample sample;
    sample.all = all_;
    sample.rows.input_names = inputs;
    sample.rows.target_names = targets;
    sample.rows.inputs = pick(inputs_, inputs.size(), places);
    sample.rows.targets = pick(targets_, targets.size(), places);
    return sample;
  }

 private:
  // The remainder prefers small numbers by count / 2^64, which no picture shows. Unlike
  // uniform_int_distribution it is the same everywhere.
  std::size_t draw(std::size_t count) { return random_() % count; }

  static core::DataRows::Values pick(const std::vector<double>& values, std::size_t columns,
                                     const std::vector<std::size_t>& places) {
    core::DataRows::Values picked(static_cast<Index>(places.size()), static_cast<Index>(columns));
    for (std::size_t k = 0; k < places.size(); ++k) {
      picked.row(static_cast<Index>(k)) =
          Eigen::RowVectorXd::Map(values.data() + places[k] * columns, picked.cols());
    }
    return picked;
  }

  std::mt19937_64 random_{1};
  std::size_t all_ = 0;
  std::vector<std::size_t> rows_;  ///< of the table, the one in each place
  std::vector<double> inputs_, targets_;
};

}  // namespace

std::string DataSample::describe() const {
  const auto shown = static_cast<std::size_t>(rows.size());
  if (shown < all) return fmt::format("{} of {} points, drawn at random", shown, all);
  return fmt::format("{} point{}", all, all == 1 ? "" : "s");
}

std::optional<DataSample> read_sample(const std::string& path, const core::ColumnChoice& columns) {
  if (!can_read_twice(path)) return std::nullopt;
  core::Table table(path, columns);
  std::vector<double> u(table.inputs().size()), y(table.targets().size());
  Reservoir reservoir(u.size(), y.size());
  while (table.next(u, y)) reservoir.add(u, y);
  return reservoir.take(table.inputs(), table.targets());
}

DataSample take_sample(const core::DataRows& rows) {
  Reservoir reservoir(rows.input_names.size(), rows.target_names.size());
  for (Index row = 0; row < rows.size(); ++row) reservoir.add(rows.input(row), rows.target(row));
  return reservoir.take(rows.input_names, rows.target_names);
}

}  // namespace springspice::cli
