// The listed noise sources make the model's force noise: in circuit units, A^2 s, their sum over
// incidence incidence^T density is 2 kT D / (gain gain) tau, gain being force by ampere at a port.
#include "tests/catch.hpp"
#include "tests/hw/noise_of_parts.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::SecondOrderSystem make_noisy(core::NoiseModel model, std::size_t outputs) {
  core::Parameters parameters;
  parameters.kT = 0.3;
  parameters.friction = 0.7;
  parameters.mass = 1.9;
  parameters.noise_model = model;
  return core::make_system(parabola({2, 2}, 60, outputs), parameters);
}

}  // namespace

TEST_CASE("fdt noise of every realization is 2 kT D, for each output") {
  const core::SecondOrderSystem system = make_noisy(core::NoiseModel::fdt, 2);
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc);
  const netlist::Design design = hw::realize(system, hand_scaled(system, topology));
  const Eigen::MatrixXd wanted = 2.0 * 0.3 * Eigen::MatrixXd(system.D);
  for (int p = 0; p < 2; ++p) {
    const double error = (noise_matrix(system, design, p) - wanted).cwiseAbs().maxCoeff();
    // A sum of at most 12 products of five rounded factors.
    CHECK(error < 1e-14 * wanted.cwiseAbs().maxCoeff());
  }
}

TEST_CASE("diagonal noise is M (2 gamma kT / M_s) M") {
  const core::SecondOrderSystem system = make_noisy(core::NoiseModel::diagonal, 1);
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc);
  const netlist::Design design = hw::realize(system, hand_scaled(system, topology));
  const Eigen::MatrixXd M = system.M;
  const Eigen::MatrixXd wanted = 2.0 * 0.7 * 0.3 / *system.stick_mass * M * M;
  const double error = (noise_matrix(system, design, 0) - wanted).cwiseAbs().maxCoeff();
  CHECK(error < 1e-13 * wanted.cwiseAbs().maxCoeff());
}

TEST_CASE("overdamped noise is 2 kT D") {
  core::Parameters parameters;
  parameters.kT = 0.3;
  parameters.friction = 0.7;
  parameters.dynamics = core::Dynamics::overdamped;
  const core::SecondOrderSystem system = core::make_system(parabola({2, 2}, 60), parameters);
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  const Eigen::MatrixXd wanted = 2.0 * 0.3 * Eigen::MatrixXd(system.D);
  const double error = (noise_matrix(system, design, 0) - wanted).cwiseAbs().maxCoeff();
  CHECK(error < 1e-14 * wanted.cwiseAbs().maxCoeff());
}

TEST_CASE("a resistor's noise is its Johnson current, 2 kT/R two-sided, at the circuit's energy") {
  const core::SecondOrderSystem system = make_noisy(core::NoiseModel::fdt, 1);
  const auto topology = GENERATE(hw::Topology::gmc, hw::Topology::rlc);
  const netlist::Design design = hw::realize(system, hand_scaled(system, topology));
  // E0 = s_v^2 tau / Z0 = 16e-6 J.
  CHECK(design.scales.energy_j == Approx(16e-6));
  for (const netlist::NoiseSource& source : design.noise) {
    REQUIRE(source.incidence.size() == 1);
    const netlist::Element& resistor = part(design, source.incidence[0].where);
    CHECK(resistor.kind == netlist::Kind::resistor);
    CHECK(source.name == "johnson " + resistor.name);
    CHECK(source.density == Approx(2.0 * 0.3 * 16e-6 / resistor.value));
  }
}

TEST_CASE("general D has a source a coordinate, and 2 kT D all the same") {
  auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, -0.2, 0.3),
                           two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  system.kT = 0.5;
  const netlist::Design design = hw::realize(system, hand_scaled(system, hw::Topology::opamp));
  const double error =
      (noise_matrix(system, design, 0) - Eigen::MatrixXd(system.D)).cwiseAbs().maxCoeff();
  CHECK(error < 1e-15);
}
