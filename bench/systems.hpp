// Systems that benchmarks run on: square grids with data everywhere.
#pragma once

#include <array>
#include <vector>

#include "core/data_springs.hpp"
#include "core/lagrangian.hpp"
#include "core/random.hpp"

namespace springspice::bench {

/// `nodes` x `nodes`, four random points a cell.
inline core::DataSprings make_grid_data(int nodes) {
  const int sticks = nodes - 1;
  const core::Grid grid({{"a", sticks, 0.0, 1.0}, {"b", sticks, 0.0, 1.0}});
  core::DataSprings data(grid, 1);
  for (int cell = 0; cell < sticks * sticks; ++cell) {
    for (std::uint64_t i = 0; i < 4; ++i) {
      const auto number = static_cast<std::uint64_t>(cell) * 4 + i;
      const std::array<double, 2> u = {(cell / sticks + core::uniform(1, 0, number)) / sticks,
                                       (cell % sticks + core::uniform(1, 1, number)) / sticks};
      const std::array<double, 1> y = {core::normal(1, 2, number)};
      data.add(u, y);
    }
  }
  return data;
}

inline core::Parameters make_grid_parameters() {
  core::Parameters parameters;
  parameters.kT = 0.1;
  return parameters;
}

/// gamma 1, kT 0.1.
inline core::SecondOrderSystem make_grid_system(int nodes) {
  return core::make_system(make_grid_data(nodes), make_grid_parameters());
}

inline std::vector<core::Spring> make_grid_springs(int nodes) {
  return core::make_springs(make_grid_data(nodes), make_grid_parameters());
}

}  // namespace springspice::bench
