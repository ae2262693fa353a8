// Each realization is its system: every answer of the stamped circuit is the model's.
//
// The limit of 1e-9 is rounding's: a solve of some hundred unknowns whose entries span ten decades
// leaves 1e-12 or so; a part that is wrong by 1 % is seen at 1e-4 or more (below).
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
  hw::Topology topology = hw::Topology::opamp;
  hw::Coupling coupling = hw::Coupling::automatic;
  std::optional<double> factor = {};
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
  std::vector<core::Spring> literal;
  std::vector<hw::Query> queries;
};

// The springs of the data points one by one, with neighbour and pin springs as they are.
std::vector<core::Spring> make_literal(const Points& points, const core::Grid& grid,
                                       const core::Parameters& parameters,
                                       std::vector<core::Spring> springs) {
  std::erase_if(springs, [](const core::Spring& s) { return s.kind == core::Spring::Kind::data; });
  for (std::size_t j = 0; j < points.size(); ++j) {
    springs.push_back(core::make_literal_spring(grid, points[j].u, points[j].y, parameters.spring,
                                                static_cast<int>(j)));
  }
  return springs;
}

// A prediction in the grid, and a sum with a negative weight.
std::vector<hw::Query> make_queries(const core::Grid& grid) {
  core::Stencil stencil;
  grid.locate(std::vector<double>(grid.dimension(), 0.3), stencil);
  hw::Query prediction;
  for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
    prediction.weights.emplace_back(stencil.nodes[c], stencil.weights[c]);
  }
  return {prediction, {{{0, 1.5}, {1, -0.75}}}};
}

Case make_case(std::uint64_t seed, const std::vector<int>& sticks, std::size_t outputs,
               core::Dynamics dynamics = core::Dynamics::underdamped) {
  core::Parameters parameters;
  parameters.mass = 0.5 + core::uniform(seed, 2, 0);
  parameters.friction = 0.2 + core::uniform(seed, 2, 1);
  parameters.neighbor_spring = seed % 2 == 0 ? 0.2 : 0.0;
  parameters.pin_spring = seed % 3 == 0 ? 0.1 : 0.0;
  parameters.kT = 0.1;
  parameters.noise_model = seed % 4 == 3 ? core::NoiseModel::diagonal : core::NoiseModel::fdt;
  parameters.dynamics = dynamics;
  const Points points = parabola_points(sticks.size(), 12, outputs);
  const core::DataSprings data = parabola(sticks, 12, outputs);
  std::vector<core::Spring> springs = core::make_springs(data, parameters);
  std::vector<core::Spring> literal = make_literal(points, data.grid(), parameters, springs);
  return {core::make_system(data, parameters), std::move(springs), std::move(literal),
          make_queries(data.grid())};
}

hw::Request make_request(const Case& each, const Form& form, std::uint64_t seed) {
  hw::Request request;
  request.topology = form.topology;
  request.coupling = form.coupling;
  request.coupling_factor = form.factor;
  request.springs = each.springs;
  request.queries = each.queries;
  request.swing = {Eigen::VectorXd::Constant(each.system.outputs(), 0.3), 2.0, 1.5};
  request.initial.x.resize(each.system.size(), each.system.outputs());
  request.initial.v.resize(each.system.size(), each.system.outputs());
  for (Eigen::Index k = 0; k < request.initial.x.size(); ++k) {
    const auto number = static_cast<std::uint64_t>(k);
    request.initial.x(k) = core::uniform(seed, 5, number) - 0.5;
    request.initial.v(k) = core::uniform(seed, 6, number) - 0.5;
  }
  if (each.system.dynamics == core::Dynamics::overdamped) {
    request.initial.v.resize(0, each.system.outputs());
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
    const hw::Request request = make_request({system, {}, {}, {}}, form, 7);
    CHECK(dense_error(system, request.initial, hw::realize(system, request)) < kLimit);
  }
}

TEST_CASE("the overdamped board answers as its model does, with read-outs") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const Case each = make_case(seed, {2, 1}, 2, core::Dynamics::overdamped);
    hw::Request request = make_request(each, {}, seed);
    CHECK(dense_error(each.system, request.initial, hw::realize(each.system, request)) < kLimit);
    request.springs = each.literal;
    request.literal = true;
    CHECK(dense_error(each.system, request.initial, hw::realize(each.system, request)) < kLimit);
  }
}

TEST_CASE("literal springs, anchors as sources, are the same model") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const std::vector<int> sticks = seed % 2 == 0 ? std::vector{3} : std::vector{2, 1};
    const Case each = make_case(seed, sticks, seed == 1 ? 2 : 1);
    for (const Form& form : kForms) {
      if (form.coupling == hw::Coupling::direct || form.factor) continue;
      INFO(describe(form, seed));
      hw::Request request = make_request(each, form, seed);
      request.springs = each.literal;
      request.literal = true;
      const netlist::Design design = hw::realize(each.system, request);
      CHECK(dense_error(each.system, request.initial, design) < kLimit);
      // Nothing of f is left to inject.
      CHECK(design.circuit.find("rf0") == nullptr);
      CHECK(design.circuit.find("if0") == nullptr);
    }
  }
}

TEST_CASE("literal springs are refused where they cannot be parts, or are not the system's") {
  const Case each = make_case(0, {3}, 1);
  const auto refusal = [&](const Form& form, std::vector<core::Spring> springs) -> std::string {
    hw::Request request = make_request(each, form, 0);
    request.springs = springs;
    request.literal = true;
    try {
      hw::realize(each.system, request);
    } catch (const hw::RealizationError& error) {
      return error.what();
    }
    return "no refusal";
  };
  CHECK_THAT(refusal({hw::Topology::rlc, hw::Coupling::direct, {}}, each.literal),
             ContainsSubstring("take --coupling gyrator or transformer"));
  CHECK_THAT(refusal({hw::Topology::rlc, hw::Coupling::transformer, 0.9}, each.literal),
             ContainsSubstring("leave --coupling-factor out"));
  std::vector<core::Spring> fewer = each.literal;
  fewer.pop_back();
  CHECK_THAT(refusal({}, fewer), ContainsSubstring("must sum to K and f"));
  const std::vector<core::Spring> many(hw::kMostLiteralSprings + 1, each.literal.front());
  CHECK_THAT(refusal({}, many), ContainsSubstring("at most 10000 can be built"));
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
