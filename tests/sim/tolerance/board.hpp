// Circuits with tolerances: fits of a sine by sticks, in each form that has parts.
#pragma once

#include <cmath>
#include <memory>

#include "core/data_springs.hpp"
#include "core/fit.hpp"
#include "core/initial_state.hpp"
#include "core/lagrangian.hpp"
#include "core/springs.hpp"
#include "hw/realization.hpp"
#include "sim/tolerance/tolerance.hpp"

namespace springspice::test {

struct Form {
  const char* name;
  hw::Topology topology;
  core::Dynamics dynamics = core::Dynamics::underdamped;
  hw::Coupling coupling = hw::Coupling::automatic;
  std::optional<double> coupling_factor = {};
};

inline const std::vector<Form> kForms = {
    {"opamp", hw::Topology::opamp},
    {"opamp overdamped", hw::Topology::opamp, core::Dynamics::overdamped},
    {"gmc", hw::Topology::gmc},
    {"rlc direct", hw::Topology::rlc},
    {"rlc gyrator", hw::Topology::rlc, core::Dynamics::underdamped, hw::Coupling::gyrator},
    {"rlc transformer", hw::Topology::rlc, core::Dynamics::underdamped, hw::Coupling::transformer},
    {"rlc coupled coils", hw::Topology::rlc, core::Dynamics::underdamped, hw::Coupling::transformer,
     0.999},
    {"charge", hw::Topology::charge}};

inline const Form& find_form(const std::string& name) {
  for (const Form& form : kForms) {
    if (form.name == name) return form;
  }
  throw std::out_of_range("no form " + name);
}

/// A realized fit and what is asked about it. Ten points a stick, kT = 0.1.
struct Board {
  /// @param outputs targets sin 4u and its negative
  explicit Board(const Form& form, int sticks = 8, double tolerance = 0.01, int outputs = 1)
      : data(core::Grid({{"u", sticks, 0.0, 1.0}}), outputs) {
    const int points = 10 * sticks;
    for (int j = 0; j < points; ++j) {
      const double u = (j + 0.5) / points;
      const double y[2] = {std::sin(4.0 * u), -std::sin(4.0 * u)};
      data.add({&u, 1}, {y, static_cast<std::size_t>(outputs)});
    }
    core::Parameters parameters;
    parameters.kT = 0.1;
    parameters.dynamics = form.dynamics;
    problem.system = core::make_system(data, parameters);
    problem.initial = core::make_zero_state(problem.system);
    problem.step = 0.05;
    problem.end = 1.0;
    const std::vector<core::Spring> springs = core::make_springs(data, parameters);
    hw::Request wanted;
    wanted.topology = form.topology;
    wanted.coupling = form.coupling;
    wanted.coupling_factor = form.coupling_factor;
    wanted.initial = problem.initial;
    wanted.swing = {Eigen::VectorXd::Constant(outputs, 0.25), 2.0, 2.0};
    wanted.step = problem.step;
    wanted.end = problem.end;
    if (form.topology != hw::Topology::gmc && form.topology != hw::Topology::opamp) {
      wanted.springs = springs;
    }
    problem.design = hw::realize(problem.system, wanted);
    request.error = core::make_prediction_error(data);
    request.reference = core::solve_fit(problem.system, core::find_null_space(problem.system.K));
    request.draws = 20;
    request.error_limit = 1.0;
    spread_all(tolerance);
  }
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  /// All resistors, capacitors, inductors and transconductors.
  void spread_all(double tolerance, bool normal = false) {
    using netlist::Kind;
    request.spreads.clear();
    for (const netlist::Element& element : problem.design.circuit.elements()) {
      const bool passive = element.kind == Kind::resistor || element.kind == Kind::capacitor ||
                           element.kind == Kind::inductor;
      const bool ota = element.kind == Kind::instance && element.references[0] == "ota_ideal";
      if (passive || ota) request.spreads.push_back({element.name, tolerance, normal});
    }
  }

  core::DataSprings data;
  sim::Problem problem;
  sim::ToleranceRequest request{.problem = problem, .spreads = {}, .error = {}, .reference = {}};
};

}  // namespace springspice::test
