#include "core/grid.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::core {
namespace {

// Sparse matrices count their entries in 32 bits; a row of K has up to 3^d entries.
constexpr std::int64_t kMaxEntries = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMaxAxes = 16;

void check_axis(const Axis& axis) {
  if (axis.sticks < 1) {
    throw ParameterError(fmt::format("axis '{}' has {} sticks; give at least 1 in --sticks",
                                     printable(axis.name), axis.sticks));
  }
  if (!std::isfinite(axis.lower) || !std::isfinite(axis.upper)) {
    throw ParameterError(fmt::format("axis '{}' has the bounds {}:{}; both must be finite numbers",
                                     printable(axis.name), axis.lower, axis.upper));
  }
  if (!(axis.upper > axis.lower) || !std::isfinite(axis.upper - axis.lower)) {
    throw ParameterError(
        fmt::format("axis '{}' has no extent: its bounds are {}:{}; give a lower and a higher "
                    "bound in --bounds",
                    printable(axis.name), axis.lower, axis.upper));
  }
}

}  // namespace

Grid::Grid(std::vector<Axis> axes) : axes_(std::move(axes)) {
  if (axes_.empty())
    throw ParameterError("a grid needs at least one input axis; name one in --inputs");
  if (axes_.size() > kMaxAxes) {
    throw ParameterError(fmt::format(
        "{} input axes: a cell would have 2^{} corners; use at most {}, or several models",
        axes_.size(), axes_.size(), kMaxAxes));
  }
  std::int64_t nodes = 1;
  std::int64_t cells = 1;
  std::int64_t entries = 1;
  for (const Axis& axis : axes_) {
    check_axis(axis);
    const std::int64_t along = std::int64_t{axis.sticks} + 1;
    if (entries > kMaxEntries / (along * 3)) {
      throw ParameterError(fmt::format(
          "too many nodes: K of this grid may have more than 2^31 entries (axis '{}' has {} "
          "sticks); give fewer in --sticks",
          printable(axis.name), axis.sticks));
    }
    nodes *= along;
    cells *= axis.sticks;
    entries *= along * 3;
    shape_.push_back(static_cast<int>(along));
  }
  node_count_ = static_cast<int>(nodes);
  cell_count_ = static_cast<int>(cells);
  stride_.assign(shape_.size(), 1);
  for (std::size_t b = shape_.size() - 1; b > 0; --b) stride_[b - 1] = stride_[b] * shape_[b];
}

std::vector<int> Grid::node_index(int node) const {
  std::vector<int> index(dimension());
  for (std::size_t b = 0; b < dimension(); ++b) {
    index[b] = node / stride_[b];
    node %= stride_[b];
  }
  return index;
}

std::vector<int> Grid::cell_index(int cell) const {
  std::vector<int> index(dimension());
  for (std::size_t b = dimension(); b-- > 0;) {
    index[b] = cell % axes_[b].sticks;
    cell /= axes_[b].sticks;
  }
  return index;
}

std::vector<double> Grid::node_position(int node) const {
  const std::vector<int> index = node_index(node);
  std::vector<double> position(dimension());
  for (std::size_t b = 0; b < dimension(); ++b) {
    const Axis& axis = axes_[b];
    // The last node sits on the bound itself, not a rounding error beside it.
    position[b] = index[b] == axis.sticks
                      ? axis.upper
                      : axis.lower + (axis.upper - axis.lower) * index[b] / axis.sticks;
  }
  return position;
}

bool Grid::find_cells(double* rows, std::size_t stride, std::span<int> cells) const {
  bool clamped = false;
  std::ranges::fill(cells, 0);
  for (std::size_t b = 0; b < axes_.size(); ++b) {
    const Axis& axis = axes_[b];
    const double lower = axis.lower;
    const double upper = axis.upper;
    const double extent = upper - lower;
    const double sticks = axis.sticks;
    double* value = rows + b;
    for (int& cell : cells) {
      const double at = std::clamp(*value, lower, upper);
      clamped |= at != *value;
      const double scaled = (at - lower) / extent * sticks;
      // Not negative, so the cast rounds down as std::floor does, which here is a call.
      const int along = std::min(static_cast<int>(scaled), axis.sticks - 1);
      *value = std::min(scaled - along, 1.0);
      cell = cell * axis.sticks + along;
      value += stride;
    }
  }
  return clamped;
}

void Grid::locate(std::span<const double> u, Stencil& stencil) const {
  const std::size_t corners = corner_count();
  std::array<double, kMaxAxes> lambda{};
  std::copy_n(u.begin(), dimension(), lambda.begin());
  stencil.clamped = find_cells(lambda.data(), 0, {&stencil.cell, 1});
  stencil.nodes.assign(corners, 0);
  stencil.weights.assign(corners, 1.0);
  int cell = stencil.cell;
  for (std::size_t b = dimension(); b-- > 0;) {
    const int along = cell % axes_[b].sticks;
    cell /= axes_[b].sticks;
    for (std::size_t c = 0; c < corners; ++c) {
      stencil.nodes[c] += (along + (is_upper(c, b) ? 1 : 0)) * stride_[b];
    }
  }
  for (std::size_t b = 0; b < dimension(); ++b) {
    for (std::size_t c = 0; c < corners; ++c) {
      stencil.weights[c] *= is_upper(c, b) ? lambda[b] : 1.0 - lambda[b];
    }
  }
}

std::vector<int> parse_sticks(const std::string& text, std::size_t dimension) {
  std::vector<int> sticks;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    int value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error == std::errc::result_out_of_range) {
      throw ParameterError(
          fmt::format("--sticks {}: too many sticks; give fewer", printable(text)));
    }
    if (error != std::errc{} || value < 1) {
      throw ParameterError(fmt::format(
          "--sticks {}: not a list of positive whole numbers; write 8, or 4x4 for two inputs",
          printable(text)));
    }
    sticks.push_back(value);
    at = next;
    if (at == end) break;
    if (*at != 'x' && *at != 'X') {
      throw ParameterError(
          fmt::format("--sticks {}: '{}' stands where 'x' or the end is expected; write 8, or 4x4",
                      printable(text), printable(std::string(at, end))));
    }
    ++at;
  }
  if (sticks.size() == 1) sticks.assign(dimension, sticks.front());
  if (sticks.size() != dimension) {
    throw ParameterError(fmt::format("--sticks {} has {} numbers, but there are {} inputs",
                                     printable(text), sticks.size(), dimension));
  }
  return sticks;
}

}  // namespace springspice::core
