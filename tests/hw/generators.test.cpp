// Generators: instruments that are all alike, and parts whose values carry the weights.
#include "hw/generators.hpp"

#include <cmath>
#include <set>

#include "tests/catch.hpp"
#include "tests/hw/noise_of_parts.hpp"

using namespace springspice;
using namespace springspice::test;
using netlist::Kind;

namespace {

core::Parameters noisy_parameters() {
  core::Parameters parameters;
  parameters.kT = 0.3;
  parameters.friction = 0.7;
  parameters.mass = 1.9;
  return parameters;
}

core::SecondOrderSystem make_chain(int sticks, std::size_t outputs = 1,
                                   core::NoiseModel model = core::NoiseModel::fdt) {
  core::Parameters parameters = noisy_parameters();
  parameters.noise_model = model;
  return core::make_system(parabola({sticks}, 40, outputs), parameters);
}

int count_generators(const netlist::Design& design) {
  int count = 0;
  for (const netlist::Element& element : design.circuit.elements()) {
    count += element.name.starts_with("vg") ? 1 : 0;
  }
  return count;
}

// Mean of the logarithms of the conductances that bring noise in.
double mean_log_conductance(const netlist::Design& design) {
  double sum = 0.0;
  int count = 0;
  for (const netlist::Element& element : design.circuit.elements()) {
    double conductance = 0.0;
    if (element.name.starts_with("rg")) conductance = 1.0 / element.value;
    if (element.name.starts_with("xg") && element.references[0] == "ota_ideal") {
      conductance = element.parameters.at(0).value;
    }
    if (conductance == 0.0) continue;
    sum += std::log(conductance);
    ++count;
  }
  REQUIRE(count > 0);
  return sum / count;
}

}  // namespace

TEST_CASE("generators: one of 0 V a source, all of one density, named after what they push") {
  const core::SecondOrderSystem system = make_chain(2);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  REQUIRE(design.noise.size() == 4);  // translation and rotation of two sticks
  CHECK(count_generators(design) == 4);
  std::set<std::string> elements;
  for (const netlist::NoiseSource& source : design.noise) {
    REQUIRE(source.incidence.size() == 1);
    CHECK(source.incidence[0].weight == 1.0);
    CHECK(source.density == design.noise[0].density);
    CHECK(!source.own);
    const netlist::Element& generator = part(design, source.incidence[0].where);
    CHECK(generator.kind == Kind::voltage);
    CHECK(generator.value == 0.0);
    CHECK(generator.nodes[1] == "0");
    elements.insert(generator.name);
  }
  CHECK(elements == std::set<std::string>{"vgt0__1", "vgr0__1", "vgt1__2", "vgr1__2"});
  CHECK(wiring(design, "vgt0__1") == "vgt0__1 gt0__1 0");
  CHECK(wiring(design, "rgt0__1__0") == "rgt0__1__0 gt0__1 s0");
  CHECK(wiring(design, "rgr0__1__1") == "rgr0__1__1 gnr0__1 s1");  // a rotation pushes both ways
}

TEST_CASE("generators: a translation's conductance, by hand") {
  // h = 1 at both ends, s = 2 kT gamma M_s/4; y = I0 sqrt(s tau / S_V), I0 = 4 mA, tau = 1 ms.
  const core::SecondOrderSystem system = make_chain(1);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  const double s = 2.0 * 0.3 * 0.7 * 1.9 / 4.0;
  const double y = 4e-3 * std::sqrt(s * 1e-3 / design.noise[0].density);
  CHECK(part(design, "rgt0__1__0").value == Approx(1.0 / y).epsilon(1e-14));
  CHECK(part(design, "rgt0__1__1").value == Approx(1.0 / y).epsilon(1e-14));
  CHECK(part(design, "rgr0__1__0").value == Approx(std::sqrt(3.0) / y).epsilon(1e-14));
}

TEST_CASE("generators: the density puts the parts' mean at the centre of their range") {
  const auto range = GENERATE(hw::Range::board, hw::Range::chip);
  const core::SecondOrderSystem system = make_chain(3, 1, core::NoiseModel::diagonal);
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    hw::Request request = hand_scaled(system, topology);
    request.range = range;
    const netlist::Design design = hw::realize(system, request);
    // Rounding of a sum of ten logarithms of about 10.
    CHECK(std::abs(mean_log_conductance(design) +
                   std::log(hw::part_ranges(range).resistance_ohm.centre())) < 1e-13);
  }
}

TEST_CASE("generators: each output has its own, with its number in their names") {
  const core::SecondOrderSystem system = make_chain(1, 2);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  CHECK(design.noise.size() == 4);
  CHECK(wiring(design, "vgt0__1y2") == "vgt0__1y2 gt0__1y2 0");
  CHECK(wiring(design, "rgt0__1y2__0") == "rgt0__1y2__0 gt0__1y2 s0y2");
}

TEST_CASE("generators: matrices that were given have one a coordinate") {
  auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, -0.2, 0.3),
                           two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  system.kT = 0.5;
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  REQUIRE(design.noise.size() == 2);
  for (const netlist::NoiseSource& source : design.noise) {
    CHECK(source.incidence[0].where.starts_with("vgn"));
  }
  const Eigen::MatrixXd wanted = Eigen::MatrixXd(system.D);  // 2 kT is 1
  CHECK((noise_matrix(system, design, 0) - wanted).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("generators: none without temperature or without friction") {
  core::Parameters cold = noisy_parameters();
  cold.kT = 0.0;
  core::Parameters loose = noisy_parameters();
  loose.friction = 0.0;
  for (core::Parameters parameters : {cold, loose}) {
    for (const auto model : {core::NoiseModel::fdt, core::NoiseModel::diagonal}) {
      parameters.noise_model = model;
      const core::SecondOrderSystem system = core::make_system(parabola({2}, 40), parameters);
      for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
        const netlist::Design design = hw::realize(system, hand_scaled(system, topology));
        CHECK(design.noise.empty());
        CHECK(count_generators(design) == 0);
      }
    }
  }
}
