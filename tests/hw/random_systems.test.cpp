// Whatever the data, a realization has positive parts only, or refuses.
#include "core/random.hpp"
#include "netlist/flatten.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::DataSprings make_random_data(std::uint64_t seed) {
  auto draw = [&, count = std::uint64_t{0}]() mutable { return core::uniform(seed, 1, count++); };
  std::vector<core::Axis> axes;
  const int dimension = 1 + static_cast<int>(3.0 * draw());
  for (int b = 0; b < dimension; ++b) {
    axes.push_back({"u", 1 + static_cast<int>(3.0 * draw()), 0.0, 1.0});
  }
  const std::size_t outputs = 1 + static_cast<std::size_t>(2.0 * draw());
  core::DataSprings data(core::Grid(axes), outputs);
  const int points = 1 + static_cast<int>(100.0 * draw());
  for (int j = 0; j < points; ++j) {
    std::vector<double> u(axes.size());
    std::vector<double> y(outputs);
    for (double& value : u) value = draw();
    for (double& value : y) value = 10.0 * draw() - 5.0;
    data.add(u, y);
  }
  return data;
}

}  // namespace

TEST_CASE("all R, L, C and transconductances are positive, for random data") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const core::DataSprings data = make_random_data(seed);
    core::Parameters parameters;
    parameters.mass = 0.1 + core::uniform(seed, 2, 0);
    parameters.friction = 0.01 + core::uniform(seed, 2, 1);
    parameters.neighbor_spring = seed % 3 == 0 ? core::uniform(seed, 2, 2) : 0.0;
    const core::SecondOrderSystem system = core::make_system(data, parameters);
    const std::vector<core::Spring> springs = core::make_springs(data, parameters);
    for (const auto topology :
         {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc, hw::Topology::charge}) {
      hw::Request request = hand_scaled(system, topology);
      request.springs = springs;
      request.scales = {};
      request.swing.offset.setConstant(0.3);
      const netlist::Design design = hw::realize(system, request);
      INFO("seed " << seed << ", " << hw::to_string(topology));
      bool positive = true;
      for (const netlist::Element& element : design.circuit.elements()) {
        const bool passive =
            element.kind == netlist::Kind::resistor || element.kind == netlist::Kind::capacitor ||
            element.kind == netlist::Kind::cccs || element.kind == netlist::Kind::vccs ||
            element.kind == netlist::Kind::inductor;
        if (passive) positive = positive && element.value > 0.0;
        for (const auto& parameter : element.parameters) {
          positive = positive && parameter.value > 0.0;
        }
      }
      CHECK(positive);
      CHECK_NOTHROW(netlist::flatten(design.circuit));
      // A circuit's comments name every part's value; headings tell where groups begin.
      for (const netlist::Element& element : design.circuit.elements()) {
        CHECK(!element.comment.empty());
      }
    }
  }
}
