#include "hw/mapping/energy.hpp"

#include <cmath>

#include "tests/catch.hpp"
#include "tests/hw/mapping/hand_mapping.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

constexpr double kB = 1.380649e-23;

// x' + 2 x = 3 on the smallest board there is: x settles at 1.5, which is 3 V.
core::SecondOrderSystem make_single(double kT) {
  const auto one = [](double value) { return Eigen::MatrixXd::Constant(1, 1, value); };
  core::SecondOrderSystem system = make_given({}, one(1.0), one(2.0), one(3.0));
  system.kT = kT;
  return system;
}

hw::Mapping map_single(double kT) {
  const core::SecondOrderSystem system = make_single(kT);
  return map_as_computed(system, hand_scaled(system, hw::Topology::opamp));
}

std::string joined(const hw::EnergyReport& report) {
  std::string text;
  for (const std::string& line : hw::describe_energy(report)) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("energy: the smallest board, by hand") {
  const hw::Profile profile = shipped_profile("opamp-board");
  const hw::EnergyReport report = hw::compute_energy_report(map_single(0.1), profile, {});
  CHECK(report.natural_j == Approx(kB * 300.0).epsilon(1e-14));
  CHECK(report.landauer_j == Approx(kB * 300.0 * std::log(2.0)).epsilon(1e-14));
  // E0 = (2 V)^2 1 ms / 1 kohm.
  CHECK(report.energy_scale_j == Approx(4e-6).epsilon(1e-14));
  CHECK(report.times_natural == Approx(4e-7 / (kB * 300.0)).epsilon(1e-13));
  // D / K = 1/2 of a millisecond.
  REQUIRE(report.settling_s);
  CHECK(*report.settling_s == Approx(std::log(1000.0) * 0.5e-3).epsilon(1e-12));
  REQUIRE(report.power);
  // 3 V over 1 kohm / 2 into the summing node: 6 mA out of the amplifier, and as many through
  // 1 V / 6 mA into the negative reference. The supply is 15 V, the amplifier takes 1.4 mA.
  CHECK(report.power->amplifiers_w == Approx(30.0 * 1.4e-3).epsilon(1e-12));
  CHECK(report.power->loads_w == Approx(15.0 * 12e-3).epsilon(1e-9));
  CHECK(report.power->resistors_w == Approx(3.0 * 6e-3 + 1.0 * 6e-3).epsilon(1e-9));
  CHECK(report.power->resistors_w < report.power->loads_w);
  REQUIRE(report.fit_j);
  CHECK(*report.fit_j == Approx(report.power->total_w() * *report.settling_s).epsilon(1e-15));
  const std::string text = joined(report);
  CHECK_THAT(text, ContainsSubstring("k_B T is 4.142e-21 J at 300 K; the model's kT is 400 nJ"));
  CHECK_THAT(text, ContainsSubstring("inject up to"));
  CHECK_THAT(text, ContainsSubstring("to a thousandth in 3.454 ms"));
  CHECK_THAT(text, ContainsSubstring("power: 222 mW: amplifiers 42 mW, loads 180 mW"));
  CHECK_THAT(text, ContainsSubstring("free energy of learning: not applicable: there are no data"));
}

TEST_CASE("energy: the free energy of learning, in the model and in the circuit") {
  const hw::Profile profile = shipped_profile("opamp-board");
  const std::vector<core::TargetPrior> priors = {{1.0, 0.5, 0.7}};
  const hw::EnergyReport report = hw::compute_energy_report(map_single(0.1), profile, priors);
  REQUIRE(report.learning);
  // kappa = 0.1 / 0.25 = 0.4; U(1) - g^2 / (2 (K + kappa)) + kT/2 ln(1 + K / kappa), g = 3 - 2.
  const double wanted = 0.7 - 0.5 / 2.4 + 0.05 * std::log(6.0);
  CHECK(report.learning->model == Approx(wanted).epsilon(1e-13));
  CHECK(report.learning->over_kT == Approx(wanted / 0.1).epsilon(1e-13));
  CHECK(report.learning->joule == Approx(wanted * 4e-6).epsilon(1e-13));
  CHECK_THAT(joined(report), ContainsSubstring("the fit takes"));
}

TEST_CASE("energy: without temperature there is neither noise to inject nor a free energy") {
  const hw::Profile profile = shipped_profile("opamp-board");
  const std::vector<core::TargetPrior> priors = {{1.0, 0.5, 0.7}};
  const hw::EnergyReport report = hw::compute_energy_report(map_single(0.0), profile, priors);
  CHECK_FALSE(report.learning);
  CHECK(report.learning_note == "not applicable: kT is 0");
  CHECK(report.thermal.injected == 0.0);
  CHECK_THAT(joined(report), ContainsSubstring("the model asks for no noise (kT is 0)"));
}

TEST_CASE("energy: at rest a passive circuit drives its current sources alone") {
  const core::SecondOrderSystem system = core::make_system(parabola({2}, 40), {});
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  request.coupling = hw::Coupling::direct;
  const hw::Profile profile = shipped_profile("bench-rlc");
  const hw::Mapping mapping = map_as_computed(system, request);
  double ampere = 0.0;
  for (const netlist::Element& element : mapping.design.circuit.elements()) {
    if (element.kind == netlist::Kind::current) ampere += std::abs(element.value);
  }
  REQUIRE(ampere > 0.0);
  const hw::EnergyReport report = hw::compute_energy_report(mapping, profile, {});
  REQUIRE(report.power);
  CHECK(report.power->amplifiers_w == 0.0);
  CHECK(report.power->resistors_w == 0.0);
  CHECK(report.power->loads_w == Approx(15.0 * ampere).epsilon(1e-14));
}

TEST_CASE("energy: transconductors are powered by their gm; what no profile describes is said") {
  const core::SecondOrderSystem system = core::make_system(parabola({2}, 40), {});
  const hw::Profile chip = shipped_profile("cmos-gmc");
  const hw::Mapping mapping = map_as_computed(system, hand_scaled(system, hw::Topology::gmc));
  double siemens = 0.0;
  for (const netlist::Element& element : mapping.design.circuit.elements()) {
    if (element.kind == netlist::Kind::instance) siemens += element.parameters.at(0).value;
  }
  const hw::EnergyReport report = hw::compute_energy_report(mapping, chip, {});
  REQUIRE(report.power);
  CHECK(report.power->amplifiers_w == Approx(2.0 * 0.9 * 0.133 * siemens).epsilon(1e-13));
  CHECK(report.power_notes.empty());

  hw::Request gyrators = hand_scaled(system, hw::Topology::rlc);
  gyrators.coupling = hw::Coupling::gyrator;
  const hw::Profile bench = shipped_profile("bench-rlc");
  CHECK_THAT(joined(hw::compute_energy_report(map_as_computed(system, gyrators), bench, {})),
             ContainsSubstring("that the profile does not describe"));
}

TEST_CASE("energy: a power that a figure is missing for is unknown, and says which") {
  hw::Profile profile = shipped_profile("opamp-board");
  const hw::Mapping mapping = map_single(0.1);
  profile.opamp->supply_current_a.value.reset();
  const hw::EnergyReport report = hw::compute_energy_report(mapping, profile, {});
  CHECK_FALSE(report.power);
  CHECK_FALSE(report.fit_j);
  CHECK_THAT(joined(report), ContainsSubstring("power: unknown: opamp.supply_current_a is needed"));
}
