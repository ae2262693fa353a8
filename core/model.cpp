#include "core/model.hpp"

#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

using Bounds = std::vector<std::pair<double, double>>;

// One call of the progress callback for so many rows: cheap, and often enough for an eye.
constexpr std::size_t kRowsBetweenProgress = 1 << 16;

void report(const ModelRequest& request, std::size_t row) {
  if (request.on_progress && row % kRowsBetweenProgress == 0) request.on_progress(row);
}

Bounds find_extent(Table& table, const ModelRequest& request) {
  if (!table.rewindable()) {
    throw ParameterError(
        "data that can be read only once (a pipe) need --bounds lo:hi, one pair for each input");
  }
  const double infinity = std::numeric_limits<double>::infinity();
  Bounds bounds(table.inputs().size(), {infinity, -infinity});
  std::vector<double> u(table.inputs().size());
  std::vector<double> y(table.targets().size());
  while (table.next(u, y)) {
    for (std::size_t b = 0; b < u.size(); ++b) {
      bounds[b].first = std::min(bounds[b].first, u[b]);
      bounds[b].second = std::max(bounds[b].second, u[b]);
    }
    report(request, table.row());
  }
  for (std::size_t b = 0; b < bounds.size(); ++b) {
    if (bounds[b].first == bounds[b].second) {
      throw InputError(
          fmt::format("{}: column '{}' is {} in every row, so it has no extent to cut into sticks; "
                      "leave it out "
                      "of --inputs, or give --bounds",
                      request.path, printable(table.inputs()[b]), bounds[b].first));
    }
  }
  table.rewind();
  return bounds;
}

std::vector<Axis> make_axes(Table& table, const ModelRequest& request) {
  const std::size_t dimension = table.inputs().size();
  const std::vector<int> sticks = parse_sticks(request.sticks, dimension);
  Bounds bounds;
  if (request.bounds) {
    bounds = parse_bounds(*request.bounds);
    if (bounds.size() != dimension) {
      throw ParameterError(fmt::format("--bounds {} has {} pairs, but there are {} inputs",
                                       printable(*request.bounds), bounds.size(), dimension));
    }
  } else {
    bounds = find_extent(table, request);
  }
  std::vector<Axis> axes;
  for (std::size_t b = 0; b < dimension; ++b) {
    axes.push_back({table.inputs()[b], sticks[b], bounds[b].first, bounds[b].second});
  }
  return axes;
}

void check_inside(const Grid& grid, const ModelRequest& request, std::size_t row,
                  std::span<const double> u) {
  for (std::size_t b = 0; b < u.size(); ++b) {
    const Axis& axis = grid.axes()[b];
    if (u[b] >= axis.lower && u[b] <= axis.upper) continue;
    throw InputError(
        fmt::format("{}: row {}, column '{}': {} lies outside the bounds {}:{}, where there are no "
                    "sticks; widen "
                    "--bounds or take the row out",
                    request.path, row, printable(axis.name), u[b], axis.lower, axis.upper));
  }
}

Model build(Table& table, const ModelRequest& request, std::vector<Axis> axes) {
  const Grid grid(std::move(axes));
  Model model{table.inputs(),
              table.targets(),
              request.parameters,
              DataSprings(grid, table.targets().size()),
              {},
              {}};
  std::vector<double> u(model.inputs.size());
  std::vector<double> y(model.targets.size());
  while (table.next(u, y)) {
    check_inside(grid, request, table.row(), u);
    model.data.add(u, y);
    if (request.literal_springs) {
      model.literal.push_back(
          make_literal_spring(grid, u, y, 1.0, static_cast<int>(table.row() - 1)));
    }
    report(request, table.row());
  }
  model.system = make_system(model.data, model.parameters);
  const double k = spring_stiffness(model.parameters, model.data.count());
  if (k == 0.0) model.literal.clear();
  for (Spring& spring : model.literal) spring.stiffness *= k;
  return model;
}

}  // namespace

Bounds parse_bounds(const std::string& text) {
  Bounds bounds;
  std::string_view rest = text;
  while (true) {
    const std::string_view pair = rest.substr(0, rest.find(','));
    const std::size_t colon = pair.find(':');
    const ParsedNumber low = parse_number(pair.substr(0, colon));
    const ParsedNumber high = colon == std::string_view::npos
                                  ? ParsedNumber{0, "is missing"}
                                  : parse_number(pair.substr(colon + 1));
    if (low.fault != nullptr || high.fault != nullptr) {
      throw ParameterError(
          fmt::format("--bounds: '{}' is no pair of numbers; write lo:hi, and "
                      "lo:hi,lo:hi for two inputs",
                      printable(pair)));
    }
    bounds.emplace_back(low.value, high.value);
    if (pair.size() == rest.size()) return bounds;
    rest.remove_prefix(pair.size() + 1);
  }
}

Model read_model(const ModelRequest& request) {
  check_parameters(request.parameters);
  Table table(request.path, request.columns);
  std::vector<Axis> axes = make_axes(table, request);
  return build(table, request, std::move(axes));
}

Model read_model(const ModelRequest& request, const std::vector<Axis>& axes) {
  check_parameters(request.parameters);
  Table table(request.path, request.columns);
  if (table.inputs().size() != axes.size()) {
    throw ParameterError(
        fmt::format("{} input columns for a grid of {} axes", table.inputs().size(), axes.size()));
  }
  return build(table, request, axes);
}

}  // namespace springspice::core
