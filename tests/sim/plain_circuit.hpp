// Any second-order system as a circuit without art: scales of 1, a transconductor for each entry of
// D and K, capacitors (of any sign) for M, and its noise sources straight into the nodes.
#pragma once

#include <random>

#include <fmt/format.h>

#include "core/lagrangian.hpp"
#include "core/langevin.hpp"
#include "tests/sim/bench.hpp"

namespace springspice::test {

/// @param outputs 1
inline sim::Problem plain_problem(const core::SecondOrderSystem& system) {
  using netlist::Probe;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  const Eigen::Index nu = system.size();
  const std::string own = overdamped ? "x" : "v";
  std::string deck = "plain\n";
  const auto conductances = [&](const Eigen::MatrixXd& matrix, const char* name,
                                const std::string& from) {
    for (Eigen::Index i = 0; i < nu; ++i) {
      for (Eigen::Index j = 0; j < nu; ++j) {
        if (matrix(i, j) == 0.0) continue;
        deck +=
            fmt::format("g{0}{1}_{2} {3}{1} 0 {4}{2} 0 {5}\n", name, i, j, own, from, matrix(i, j));
      }
    }
  };
  const Eigen::MatrixXd inertia = overdamped ? system.D : system.M;
  for (Eigen::Index i = 0; i < nu; ++i) {
    const double rest = inertia.row(i).sum();
    if (rest != 0.0) deck += fmt::format("c{0} {1}{0} 0 {2}\n", i, own, rest);
    for (Eigen::Index j = 0; j < i; ++j) {
      if (inertia(i, j) == 0.0) continue;
      deck += fmt::format("c{0}_{1} {2}{0} {2}{1} {3}\n", i, j, own, -inertia(i, j));
    }
    deck += fmt::format("if{0} 0 {1}{0} {2}\n", i, own, system.f(i, 0));
    if (!overdamped) deck += fmt::format("gx{0} 0 x{0} v{0} 0 1\ncx{0} x{0} 0 1\n", i);
  }
  conductances(system.K, "k", "x");
  if (!overdamped) conductances(system.D, "d", "v");

  sim::Problem problem;
  problem.system = system;
  problem.initial.x = Eigen::MatrixXd::Zero(nu, 1);
  problem.initial.v = Eigen::MatrixXd::Zero(overdamped ? 0 : nu, 1);
  problem.step = 0.05;
  problem.end = 10.0;
  problem.design.realization = "plain";
  problem.design.has_operating_point = true;
  for (Eigen::Index i = 0; i < nu; ++i) {
    const int c = static_cast<int>(i);
    problem.design.probes.push_back({fmt::format("x{}", i), Probe::Kind::position,
                                     Probe::Quantity::voltage, system.index(i), c, 0, 1.0, 0.0});
    if (!overdamped) {
      problem.design.probes.push_back({fmt::format("v{}", i), Probe::Kind::velocity,
                                       Probe::Quantity::voltage, system.index(i), c, 0, 1.0, 0.0});
    }
    problem.design.ports.push_back({fmt::format("{}{}", own, i), c, 0, 1.0});
  }
  if (system.kT > 0.0) {
    const core::ForceNoise noise = core::make_force_noise(system);
    for (Eigen::Index q = 0; q < noise.density.size(); ++q) {
      netlist::NoiseSource source;
      source.name = noise.names[static_cast<std::size_t>(q)];
      source.density = noise.density(q);
      for (core::SparseMatrix::InnerIterator it(noise.incidence, q); it; ++it) {
        source.incidence.push_back({fmt::format("{}{}", own, it.row()), it.value()});
      }
      problem.design.noise.push_back(source);
    }
  }
  problem.deck = deck + ".end\n";
  problem.deck_name = "plain.cir";
  return problem;
}

/// Uniform in [-1, 1), the same with every standard library.
inline Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return Eigen::MatrixXd::NullaryExpr(
      rows, cols, [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; });
}

/// Symmetric, with eigenvalues from 1/2 on.
inline Eigen::MatrixXd positive_matrix(Eigen::Index n, std::uint64_t seed) {
  const Eigen::MatrixXd R = random_matrix(n, n, seed);
  return R * R.transpose() + 0.5 * Eigen::MatrixXd::Identity(n, n);
}

inline core::SecondOrderSystem make_system_of(const Eigen::MatrixXd& M, const Eigen::MatrixXd& D,
                                              const Eigen::MatrixXd& K, double kT) {
  core::SecondOrderSystem system;
  system.dynamics = M.size() > 0 ? core::Dynamics::underdamped : core::Dynamics::overdamped;
  system.M = M.sparseView();
  system.D = D.sparseView();
  system.K = K.sparseView();
  system.f = Eigen::MatrixXd::Ones(K.rows(), 1);
  system.kT = kT;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

/// Springs and sticks with ten points a stick, off the middle (or, symmetric, around it).
inline core::SecondOrderSystem make_sticks(int sticks, core::NoiseModel model, double kT,
                                           bool symmetric = false) {
  core::DataSprings data(core::Grid({{"u", sticks, 0.0, 1.0}}), 1);
  const int points = 10 * sticks;
  for (int j = 0; j < points; ++j) {
    const double even = (j + 0.5) / points;
    const double u = symmetric ? even : even * even;
    const double y = std::sin(4.0 * u);
    data.add({&u, 1}, {&y, 1});
  }
  core::Parameters parameters;
  parameters.kT = kT;
  parameters.friction = 0.8;
  parameters.mass = 1.5;
  parameters.noise_model = model;
  return core::make_system(data, parameters);
}

}  // namespace springspice::test
