// Each realization is its system: every answer of the stamped circuit is the model's.
//
// The limit of 1e-9 is rounding's: full pivoting on some hundred unknowns whose entries span ten
// decades (1e-9 F, 1e3 ohm, 1e12 S are gone with the nullor) leaves 1e-12 or so, and a wrong part
// in this circuit is seen at 1e-3 or more (below).
#include <fmt/format.h>

#include "core/random.hpp"
#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/dense_circuit.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

constexpr double kLimit = 1e-9;

struct Form {
  hw::Topology topology;
  hw::Coupling coupling;
  std::optional<double> factor;
};

const Form kForms[] = {{hw::Topology::opamp, hw::Coupling::automatic, {}},
                       {hw::Topology::gmc, hw::Coupling::automatic, {}},
                       {hw::Topology::rlc, hw::Coupling::direct, {}},
                       {hw::Topology::rlc, hw::Coupling::gyrator, {}},
                       {hw::Topology::rlc, hw::Coupling::transformer, {}},
                       {hw::Topology::rlc, hw::Coupling::transformer, 0.9999},
                       {hw::Topology::charge, hw::Coupling::automatic, {}}};

struct Case {
  core::SecondOrderSystem system;
  std::vector<core::Spring> springs;
};

Case make_case(std::uint64_t seed, const std::vector<int>& sticks, std::size_t outputs) {
  core::Parameters parameters;
  parameters.mass = 0.5 + core::uniform(seed, 2, 0);
  parameters.friction = 0.2 + core::uniform(seed, 2, 1);
  parameters.neighbor_spring = seed % 2 == 0 ? 0.2 : 0.0;
  parameters.pin_spring = seed % 3 == 0 ? 0.1 : 0.0;
  parameters.kT = 0.1;
  parameters.noise_model = seed % 4 == 3 ? core::NoiseModel::diagonal : core::NoiseModel::fdt;
  const core::DataSprings data = parabola(sticks, 40, outputs);
  return {core::make_system(data, parameters), core::make_springs(data, parameters)};
}

hw::Request make_request(const Case& each, const Form& form, std::uint64_t seed) {
  hw::Request request;
  request.topology = form.topology;
  request.coupling = form.coupling;
  request.coupling_factor = form.factor;
  request.springs = each.springs;
  request.swing = {Eigen::VectorXd::Constant(each.system.outputs(), 0.3), 2.0, 1.5};
  request.initial.x.resize(each.system.size(), each.system.outputs());
  request.initial.v.resize(each.system.size(), each.system.outputs());
  for (Eigen::Index k = 0; k < request.initial.x.size(); ++k) {
    const auto number = static_cast<std::uint64_t>(k);
    request.initial.x(k) = core::uniform(seed, 5, number) - 0.5;
    request.initial.v(k) = core::uniform(seed, 6, number) - 0.5;
  }
  return request;
}

std::string describe(const Form& form, std::uint64_t seed) {
  return fmt::format("{} coupling {}, seed {}", hw::to_string(form.topology),
                     static_cast<int>(form.coupling), seed);
}

}  // namespace

TEST_CASE("every realization answers as its model does") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const std::vector<int> sticks = seed % 2 == 0 ? std::vector{3} : std::vector{2, 1};
    const Case each = make_case(seed, sticks, seed == 1 ? 2 : 1);
    int realized = 0;
    for (const Form& form : kForms) {
      INFO(describe(form, seed));
      const hw::Request request = make_request(each, form, seed);
      netlist::Design design;
      try {
        design = hw::realize(each.system, request);
      } catch (const hw::RealizationError& error) {
        // Direct inductors and coils do not carry all data; the rest must.
        const bool partial = form.coupling == hw::Coupling::direct || form.factor.has_value();
        INFO(error.what());
        REQUIRE(partial);
        continue;
      }
      ++realized;
      CHECK(dense_error(each.system, request.initial, design) < kLimit);
    }
    CHECK(realized >= 5);
  }
}

TEST_CASE("signs of any kind: given matrices with negative entries of M, D and K") {
  core::SecondOrderSystem system =
      make_given(two_by_two(2.0, -0.5, 1.0), two_by_two(1.0, -0.2, 0.3), two_by_two(3.0, -1.0, 4.0),
                 Eigen::Vector2d(1.0, -2.0));
  system.kT = 0.2;
  for (const Form& form : kForms) {
    if (form.coupling == hw::Coupling::direct) continue;
    INFO(describe(form, 0));
    const hw::Request request = make_request({system, {}}, form, 7);
    CHECK(dense_error(system, request.initial, hw::realize(system, request)) < kLimit);
  }
}

TEST_CASE("a wrong part is seen") {
  const Case each = make_case(0, {3}, 1);
  for (const Form& form : kForms) {
    if (form.coupling == hw::Coupling::direct) continue;
    const hw::Request request = make_request(each, form, 0);
    const netlist::Design design = hw::realize(each.system, request);
    netlist::Design wrong = design;
    wrong.circuit = netlist::Circuit();
    for (const auto& definition : design.circuit.definitions()) wrong.circuit.define(definition);
    bool changed = false;
    for (netlist::Element element : design.circuit.elements()) {
      const bool passive =
          element.kind == netlist::Kind::capacitor || element.kind == netlist::Kind::inductor;
      if (passive && !changed) {
        element.value *= 1.01;
        changed = true;
      }
      wrong.circuit.add(element);
    }
    wrong.circuit.initial_voltages = design.circuit.initial_voltages;
    INFO(describe(form, 0));
    CHECK(changed);
    CHECK(dense_error(each.system, request.initial, wrong) > 1e-4);
  }
}
