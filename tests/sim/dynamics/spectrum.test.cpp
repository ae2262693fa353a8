#include "sim/dynamics/spectrum.hpp"

#include <numbers>
#include <vector>

#include "core/error.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::compute_position_spectra;
using Eigen::MatrixXd;
using small::Prepared;

namespace {

const std::vector<Eigen::Index> kAll = {0, 1, 2};

// The integral over all w by w = tan(angle): the integrand is smooth and periodic in the angle, so
// the midpoint rule converges geometrically.
Eigen::VectorXd integrate(const core::SecondOrderSystem& system, bool velocity) {
  constexpr int kPoints = 4000;
  std::vector<double> omega;
  for (int k = 0; k < kPoints; ++k) {
    omega.push_back(std::tan((k + 0.5) * std::numbers::pi / 2.0 / kPoints));
  }
  const MatrixXd spectra = compute_position_spectra(system, omega, kAll);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(3);
  for (Eigen::Index k = 0; k < kPoints; ++k) {
    const double w = omega[static_cast<std::size_t>(k)];
    sum += (1.0 + w * w) * (velocity ? w * w : 1.0) * spectra.row(k).transpose();
  }
  // Both signs of w, over 2 pi.
  return sum * (std::numbers::pi / 2.0 / kPoints) / std::numbers::pi;
}

}  // namespace

TEST_CASE("spectrum: one mode in closed form") {
  const Prepared p(small::oscillator(0.5, 4.0));
  const std::vector<Eigen::Index> only = {0};
  const std::vector<double> omega = {0.0, 0.3, 1.9, 2.0, 50.0};
  const MatrixXd sparse = compute_position_spectra(p.system, omega, only);
  const MatrixXd modal = compute_position_spectra(p.system, *p.modes, omega, only);
  for (std::size_t f = 0; f < omega.size(); ++f) {
    const double w2 = omega[f] * omega[f];
    const double expected = 2.0 * small::kT * 0.5 / ((4.0 - w2) * (4.0 - w2) + 0.25 * w2);
    CHECK(sparse(static_cast<Eigen::Index>(f), 0) == Approx(expected).epsilon(1e-14));
    CHECK(modal(static_cast<Eigen::Index>(f), 0) == Approx(expected).epsilon(1e-14));
  }
}

TEST_CASE("spectrum: numpy's values, and modes against the sparse solution") {
  const std::vector<double> omega = {0.0, 0.9};
  const std::vector<Eigen::Index> two = {2, 0};
  MatrixXd spectra = compute_position_spectra(small::general(), omega, two);
  CHECK(spectra(0, 0) == Approx(0.21969821673525375).epsilon(1e-13));
  CHECK(spectra(1, 1) == Approx(0.5462198996398095).epsilon(1e-13));
  for (const auto noise : {small::NoiseModel::fdt, small::NoiseModel::diagonal}) {
    const Prepared p(small::sticks(noise));
    spectra = compute_position_spectra(p.system, omega, kAll);
    CHECK(small::largest_difference(
              spectra, compute_position_spectra(p.system, *p.modes, omega, kAll)) < 1e-13);
    const bool fdt = noise == small::NoiseModel::fdt;
    CHECK(spectra(1, 1) == Approx(fdt ? 1.051514572926447 : 0.8249662026454243).epsilon(1e-13));
  }
  const Prepared p(small::general(small::Dynamics::overdamped));
  spectra = compute_position_spectra(p.system, omega, kAll);
  CHECK(spectra(1, 0) == Approx(0.23241011422819333).epsilon(1e-13));
  CHECK(small::largest_difference(
            spectra, compute_position_spectra(p.system, *p.modes, omega, kAll)) < 1e-13);
}

TEST_CASE("spectrum: its integral is the stationary variance") {
  const Prepared general(small::general());
  const Prepared diagonal(small::sticks(small::NoiseModel::diagonal));
  for (const Prepared* p : {&general, &diagonal}) {
    const auto state = dynamics::solve_stationary_state(p->system, p->null_space, p->modes);
    // The rule's own error is below rounding; that of 4000 terms of both signs is not.
    CHECK(small::largest_difference(integrate(p->system, false), state.xx.diagonal()) < 1e-11);
    CHECK(small::largest_difference(integrate(p->system, true), state.vv.diagonal()) < 1e-11);
  }
}

TEST_CASE("spectrum mistake: at a pole") {
  const std::vector<Eigen::Index> only = {0};
  const std::vector<double> resonance = {2.0};
  const Prepared undamped(small::oscillator(0.0, 4.0));
  CHECK_THROWS_WITH(compute_position_spectra(undamped.system, resonance, only),
                    ContainsSubstring("infinite at omega = 2: something there is not held"));
  CHECK_THROWS_AS(compute_position_spectra(undamped.system, *undamped.modes, resonance, only),
                  core::ParameterError);
}
