// The smallest circuit that is a model: one coordinate, M x'' + D x' + K x = f.
//
// In force-current form: node v carries the velocity, node x (an integrator) the position; scales
// of 1, so a volt is a unit of each and an ampere a unit of force. M = 2, D = 0.5, K = 3, f = 6,
// x0 = -1, v0 = 0.25; the fit is x = 2.
#pragma once

#include <string>

#include "sim/certify.hpp"

namespace springspice::test {

inline core::SparseMatrix one_by_one(double value) {
  core::SparseMatrix matrix(1, 1);
  matrix.insert(0, 0) = value;
  matrix.makeCompressed();
  return matrix;
}

inline core::SecondOrderSystem make_mass(double M, double D, double K, double f) {
  core::SecondOrderSystem system;
  system.M = one_by_one(M);
  system.D = one_by_one(D);
  system.K = one_by_one(K);
  system.f = Eigen::MatrixXd::Constant(1, 1, f);
  system.shape = {1};
  return system;
}

inline core::State make_state(double x, double v) {
  return {Eigen::MatrixXd::Constant(1, 1, x), Eigen::MatrixXd::Constant(1, 1, v)};
}

inline const std::string kOneMassDeck =
    "one mass\n"
    "cm v 0 2\n"
    "rd v 0 2\n"
    "gk v 0 x 0 3\n"
    "if 0 v 6\n"
    "gx 0 x v 0 1\n"
    "cx x 0 1\n"
    ".ic v(v)=0.25 v(x)=-1\n"
    ".end\n";

/// The deck above, or one that is meant to be like it, as a problem.
inline sim::Problem one_mass(std::string deck = kOneMassDeck) {
  using netlist::Probe;
  sim::Problem problem;
  problem.system = make_mass(2.0, 0.5, 3.0, 6.0);
  problem.initial = make_state(-1.0, 0.25);
  problem.range = 3.0;
  problem.step = 0.125;
  problem.end = 100.0;
  problem.design.realization = "hand";
  problem.design.has_operating_point = true;
  problem.design.probes = {
      {"x", Probe::Kind::position, Probe::Quantity::voltage, {0}, 0, 0, 1.0, 0.0},
      {"v", Probe::Kind::velocity, Probe::Quantity::voltage, {0}, 0, 0, 1.0, 0.0}};
  problem.design.ports = {{"v", 0, 0, 1.0}};
  problem.deck = std::move(deck);
  problem.deck_name = "mass.cir";
  return problem;
}

/// The same at kT = 0.4, with the Johnson noise of its resistor: 2 kT D = 0.4.
inline sim::Problem noisy_mass(std::string deck = kOneMassDeck) {
  sim::Problem problem = one_mass(std::move(deck));
  problem.system.kT = 0.4;
  problem.design.noise = {{"johnson rd", {{"rd", 1.0}}, 0.4, false}};
  return problem;
}

/// The same with a generator of density 1.6 V^2/Hz and 0.5 S from it into v.
inline const std::string kGeneratorCards = "vg g 0 0\ngg 0 v g 0 0.5\n";
inline sim::Problem generator_mass(const std::string& deck = {}) {
  sim::Problem problem = noisy_mass();
  problem.deck = deck.empty() ? kOneMassDeck : deck;
  problem.deck.insert(problem.deck.find(".ic"), kGeneratorCards);
  problem.design.noise = {{"generator", {{"vg", 1.0}}, 1.6, false}};
  return problem;
}

/// The text with its first `from` replaced; throws if it is not there.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

inline const sim::Check& find_check(const sim::Report& report, const std::string& name) {
  for (const sim::Check& check : report.checks) {
    if (check.name == name) return check;
  }
  throw std::out_of_range("no check " + name);
}

/// "matrices path": the checks that failed, in their order.
inline std::string failed_checks(const sim::Report& report) {
  std::string names;
  for (const sim::Check& check : report.checks) {
    if (check.status != sim::Check::Status::fail) continue;
    names += (names.empty() ? "" : " ") + check.name;
  }
  return names;
}

}  // namespace springspice::test
