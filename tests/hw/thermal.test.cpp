#include "hw/thermal.hpp"

#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::SecondOrderSystem make_noisy(double kT) {
  core::Parameters parameters;
  parameters.kT = kT;
  parameters.friction = 0.7;
  return core::make_system(parabola({2}, 40), parameters);
}

}  // namespace

TEST_CASE("thermal report: kT in joule, its kelvin, and the voltage at which 300 K would do") {
  const core::SecondOrderSystem system = make_noisy(0.3);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  const hw::ThermalReport report = hw::compute_thermal_report(design, 0.3);
  // E0 = s_v^2 tau / Z0 = 16 * 1e-3 / 1e3 J; k_B = 1.380649e-23 J/K exactly.
  CHECK(report.kT_circuit_j == Approx(0.3 * 16e-6).epsilon(1e-14));
  CHECK(report.natural_kelvin == Approx(4.8e-6 / 1.380649e-23).epsilon(1e-14));
  CHECK(report.ratio == Approx(4.8e-6 / 1.380649e-23 / 300.0).epsilon(1e-14));
  // At voltage V, kT E0 = 0.3 V^2 1e-6 J is to be k_B 300 K.
  CHECK(report.natural_voltage_v ==
        Approx(std::sqrt(1.380649e-23 * 300.0 / 0.3e-6)).epsilon(1e-14));
  CHECK(report.injected_is_voltage);
  CHECK(report.injected == Approx(std::sqrt(design.noise[0].density)).epsilon(1e-15));
  const std::string text = hw::describe_thermal(report);
  CHECK_THAT(text, ContainsSubstring("the model's kT is 4.8 uJ here, 1.16e+15 times k_B 300 K"));
  CHECK_THAT(text, ContainsSubstring("3.48e+17 K"));
  CHECK_THAT(text, ContainsSubstring("scale a unit of 4 V down to 117.5 nV"));
  CHECK_THAT(text, ContainsSubstring("V/sqrt(Hz) (two-sided)"));
}

TEST_CASE("thermal report: resistors that make the model's noise inject currents") {
  const core::SecondOrderSystem system = make_noisy(0.3);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::rlc));
  const hw::ThermalReport report = hw::compute_thermal_report(design, 0.3);
  double largest = 0.0;
  for (const netlist::NoiseSource& source : design.noise) {
    largest = std::max(largest, source.density);
  }
  CHECK(!report.injected_is_voltage);
  CHECK(report.injected == Approx(std::sqrt(largest)).epsilon(1e-15));
}

TEST_CASE("thermal report: silent where there is nothing to say") {
  core::SecondOrderSystem system = make_noisy(0.3);
  netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::rlc));
  CHECK(hw::describe_thermal(hw::compute_thermal_report(design, 0.0)).empty());
  // A circuit whose energy unit makes kT the room's.
  design.scales.energy_j = 1.380649e-23 * 300.0 / 0.3;
  CHECK(hw::describe_thermal(hw::compute_thermal_report(design, 0.3)).empty());
  design.scales.energy_j *= 1.2;
  CHECK(!hw::describe_thermal(hw::compute_thermal_report(design, 0.3)).empty());
}

TEST_CASE("own noise: one source a resistor, 2 k_B T / R, marked as the part's own") {
  const core::SecondOrderSystem system = make_noisy(0.3);
  netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  const hw::ThermalReport before = hw::compute_thermal_report(design, 0.3);
  const std::size_t model_sources = design.noise.size();
  hw::add_own_noise(design, 0.0);
  CHECK(design.noise.size() == model_sources);
  hw::add_own_noise(design, 350.0);
  std::size_t resistors = 0;
  for (const netlist::Element& element : design.circuit.elements()) {
    resistors += element.kind == netlist::Kind::resistor ? 1 : 0;
  }
  REQUIRE(design.noise.size() == model_sources + resistors);
  for (std::size_t q = model_sources; q < design.noise.size(); ++q) {
    const netlist::NoiseSource& source = design.noise[q];
    REQUIRE(source.incidence.size() == 1);
    const netlist::Element& resistor = part(design, source.incidence[0].where);
    CHECK(source.own);
    CHECK(source.name == "thermal " + resistor.name);
    CHECK(source.density == Approx(2.0 * 1.380649e-23 * 350.0 / resistor.value).epsilon(1e-14));
  }
  // What must be injected is the model's alone.
  CHECK(hw::compute_thermal_report(design, 0.3).injected == before.injected);
}

TEST_CASE("own noise: a temperature that is none is refused") {
  netlist::Design design;
  for (const double kelvin :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(hw::add_own_noise(design, kelvin), core::ParameterError);
  }
}
