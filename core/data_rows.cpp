#include "core/data_rows.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/model.hpp"

namespace springspice::core {
namespace {

using Bounds = std::vector<std::pair<double, double>>;

constexpr std::size_t kRowsBetweenProgress = 1 << 16;

DataRows::Values take_values(const std::vector<double>& values, std::size_t rows,
                             std::size_t columns) {
  return Eigen::Map<const DataRows::Values>(values.data(), static_cast<Eigen::Index>(rows),
                                            static_cast<Eigen::Index>(columns));
}

Bounds find_extent(const DataRows& rows) {
  Bounds bounds;
  for (Eigen::Index b = 0; b < rows.inputs.cols(); ++b) {
    bounds.emplace_back(rows.inputs.col(b).minCoeff(), rows.inputs.col(b).maxCoeff());
    if (bounds.back().first < bounds.back().second) continue;
    throw InputError(fmt::format(
        "{}: column '{}' is {} in every row, so it has no extent to cut into sticks; leave it out "
        "of --inputs, or give --bounds",
        rows.path, printable(rows.input_names[static_cast<std::size_t>(b)]), bounds.back().first));
  }
  return bounds;
}

void check_inside(const DataRows& rows, const Bounds& bounds) {
  for (Eigen::Index j = 0; j < rows.size(); ++j) {
    for (std::size_t b = 0; b < bounds.size(); ++b) {
      const double value = rows.inputs(j, static_cast<Eigen::Index>(b));
      if (value >= bounds[b].first && value <= bounds[b].second) continue;
      throw InputError(fmt::format(
          "{}: row {}, column '{}': {} lies outside the bounds {}:{}, where there are no sticks; "
          "widen --bounds or take the row out",
          rows.path, j + 1, printable(rows.input_names[b]), value, bounds[b].first,
          bounds[b].second));
    }
  }
}

}  // namespace

DataRows read_rows(const std::string& path, const ColumnChoice& columns,
                   const std::function<void(std::size_t)>& on_progress) {
  Table table(path, columns);
  std::vector<double> u(table.inputs().size()), y(table.targets().size()), inputs, targets;
  while (table.next(u, y)) {
    inputs.insert(inputs.end(), u.begin(), u.end());
    targets.insert(targets.end(), y.begin(), y.end());
    if (on_progress && table.row() % kRowsBetweenProgress == 0) on_progress(table.row());
  }
  return {path, table.inputs(), table.targets(), take_values(inputs, table.row(), u.size()),
          take_values(targets, table.row(), y.size())};
}

std::vector<Axis> make_axes(const DataRows& rows, const std::string& sticks,
                            const std::optional<std::string>& bounds) {
  const std::size_t dimension = rows.input_names.size();
  const std::vector<int> counts = parse_sticks(sticks, dimension);
  const Bounds extent = bounds ? parse_bounds(*bounds) : find_extent(rows);
  if (extent.size() != dimension) {
    throw ParameterError(fmt::format("--bounds {} has {} pairs, but there are {} inputs",
                                     printable(*bounds), extent.size(), dimension));
  }
  if (bounds) check_inside(rows, extent);
  std::vector<Axis> axes;
  for (std::size_t b = 0; b < dimension; ++b) {
    axes.push_back({rows.input_names[b], counts[b], extent[b].first, extent[b].second});
  }
  return axes;
}

}  // namespace springspice::core
