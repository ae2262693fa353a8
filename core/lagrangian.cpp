#include "core/lagrangian.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

void check_number(double value, const char* option) {
  if (!std::isfinite(value) || value < 0.0) {
    throw ParameterError(
        fmt::format("{} is {}; it must be a finite number, 0 or more", option, value));
  }
}

SparseMatrix from_triplets(const Triplets& entries, int size) {
  SparseMatrix matrix(size, size);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

SparseMatrix make_mass(const Grid& grid, double mass) {
  Triplets entries;
  for_each_stick(grid.shape(), [&](int i, int j) {
    entries.emplace_back(i, i, mass / 3.0);
    entries.emplace_back(j, j, mass / 3.0);
    entries.emplace_back(i, j, mass / 6.0);
    entries.emplace_back(j, i, mass / 6.0);
  });
  return from_triplets(entries, grid.node_count());
}

Eigen::VectorXd pin_level(const DataSprings& data, const Parameters& parameters) {
  Eigen::VectorXd level(static_cast<Eigen::Index>(data.outputs()));
  for (std::size_t p = 0; p < data.outputs(); ++p) {
    level(static_cast<Eigen::Index>(p)) = parameters.pin_level.value_or(data.targets()[p].mean);
  }
  return level;
}

void add_data_springs(const DataSprings& data, double k, Triplets& entries, Eigen::MatrixXd& f) {
  for (const int cell : data.occupied_cells()) {
    const std::vector<int> corners = data.corners(cell);
    const DataSprings::Block gram = data.gram(cell);
    const DataSprings::Block targets = data.gram_targets(cell);
    for (Eigen::Index a = 0; a < gram.rows(); ++a) {
      const int node = corners[static_cast<std::size_t>(a)];
      for (Eigen::Index b = 0; b < gram.cols(); ++b) {
        if (gram(a, b) == 0.0) continue;
        entries.emplace_back(node, corners[static_cast<std::size_t>(b)], k * gram(a, b));
      }
      f.row(node) += k * targets.row(a);
    }
  }
}

}  // namespace

void check_parameters(const Parameters& p) {
  check_number(p.mass, "--mass");
  check_number(p.spring, "--spring");
  check_number(p.friction, "--friction");
  check_number(p.kT, "--kT");
  check_number(p.neighbor_spring, "--neighbor-spring");
  check_number(p.pin_spring, "--pin-spring");
  if (p.pin_level && !std::isfinite(*p.pin_level)) {
    throw ParameterError(
        fmt::format("--pin-level is {}; it must be a finite number", *p.pin_level));
  }
  if (p.dynamics == Dynamics::underdamped && p.mass == 0.0) {
    throw ParameterError(
        "--mass is 0: without mass there is no acceleration; write --dynamics overdamped");
  }
  if (p.dynamics == Dynamics::overdamped && p.friction == 0.0) {
    throw ParameterError(
        "--friction is 0: overdamped dynamics divide by it; give a friction above 0");
  }
}

double stick_mass(const Parameters& parameters, const Grid& grid) {
  return parameters.mass_is_total ? parameters.mass / grid.cell_count() : parameters.mass;
}

double spring_stiffness(const Parameters& parameters, std::size_t points) {
  return parameters.spring_is_total ? parameters.spring / static_cast<double>(points)
                                    : parameters.spring;
}

void for_each_stick(std::span<const int> shape, const std::function<void(int, int)>& visit) {
  int nodes = 1;
  for (const int along : shape) nodes *= along;
  for (int node = 0; node < nodes; ++node) {
    int stride = nodes;
    for (const int along : shape) {
      stride /= along;
      if ((node / stride) % along + 1 < along) visit(node, node + stride);
    }
  }
}

SecondOrderSystem make_system(const DataSprings& data, const Parameters& parameters) {
  check_parameters(parameters);
  if (data.count() == 0) throw InputError("the data have no rows; a fit needs at least one");
  const Grid& grid = data.grid();
  const int nodes = grid.node_count();
  const auto outputs = static_cast<Eigen::Index>(data.outputs());
  SecondOrderSystem system;
  system.dynamics = parameters.dynamics;
  system.kT = parameters.kT;
  system.noise_model = parameters.noise_model;
  system.shape = grid.shape();
  system.f = Eigen::MatrixXd::Zero(nodes, outputs);

  Triplets stiffness;
  add_data_springs(data, spring_stiffness(parameters, data.count()), stiffness, system.f);
  if (const double k2 = parameters.neighbor_spring; k2 > 0.0) {
    for_each_stick(grid.shape(), [&](int i, int j) {
      stiffness.emplace_back(i, i, k2);
      stiffness.emplace_back(j, j, k2);
      stiffness.emplace_back(i, j, -k2);
      stiffness.emplace_back(j, i, -k2);
    });
  }
  if (const double k3 = parameters.pin_spring; k3 > 0.0) {
    for (int i = 0; i < nodes; ++i) stiffness.emplace_back(i, i, k3);
    system.f.rowwise() += k3 * pin_level(data, parameters).transpose();
  }
  system.K = from_triplets(stiffness, nodes);

  if (parameters.dynamics == Dynamics::underdamped) {
    system.stick_mass = stick_mass(parameters, grid);
    system.M = make_mass(grid, *system.stick_mass);
    system.D = parameters.friction * system.M;
    if (parameters.friction == 0.0) system.D.setZero();
  } else {
    system.D.resize(nodes, nodes);
    system.D.setIdentity();
    system.D *= parameters.friction;
  }
  return system;
}

std::vector<Spring> make_springs(const DataSprings& data, const Parameters& parameters) {
  const auto outputs = static_cast<Eigen::Index>(data.outputs());
  std::vector<Spring> springs =
      make_condensed_springs(data, spring_stiffness(parameters, data.count()));
  for (auto& more :
       {make_neighbor_springs(data.grid(), parameters.neighbor_spring, outputs),
        make_pin_springs(data.grid(), parameters.pin_spring, pin_level(data, parameters))}) {
    springs.insert(springs.end(), more.begin(), more.end());
  }
  return springs;
}

double potential_constant(const DataSprings& data, const Parameters& parameters) {
  const double k = spring_stiffness(parameters, data.count());
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(data.grid().node_count());
  double constant = 0.0;
  for (std::size_t p = 0; p < data.outputs(); ++p) {
    constant += 0.5 * k * data.residual_squares(zero, p);
  }
  return constant + 0.5 * parameters.pin_spring * data.grid().node_count() *
                        pin_level(data, parameters).squaredNorm();
}

}  // namespace springspice::core
