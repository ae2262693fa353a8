#include "sim/dynamics/autocorrelation.hpp"

#include <cmath>
#include <vector>

#include "core/error.hpp"
#include "sim/dynamics/spectrum.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::AutocorrelationTimes;
using dynamics::Autocovariance;
using dynamics::StationaryState;
using Eigen::MatrixXd;
using small::Prepared;

namespace {

struct Solved : Prepared {
  StationaryState state;
  explicit Solved(core::SecondOrderSystem given)
      : Prepared(std::move(given)),
        state(dynamics::solve_stationary_state(system, null_space, modes)) {}

  AutocorrelationTimes times() const { return compute_autocorrelation_times(system, modes, state); }
  AutocorrelationTimes times_by_lyapunov() const {
    return compute_autocorrelation_times(system, std::nullopt, state);
  }
};

}  // namespace

TEST_CASE("autocorrelation: times that scipy has from integrals of the dense exponential") {
  AutocorrelationTimes times = Solved(small::general()).times();
  CHECK(times.position(0) == Approx(0.5427609427609428).epsilon(1e-12));
  CHECK(times.position(1) == Approx(0.48714596949891126).epsilon(1e-12));
  CHECK(times.position(2) == Approx(0.2118518518518517).epsilon(1e-12));
  CHECK(*times.kinetic == Approx(1.3348015214819704).epsilon(1e-11));
  CHECK(times.potential == Approx(1.5101101634572798).epsilon(1e-11));
  CHECK(*times.total == Approx(2.757257363951596).epsilon(1e-11));

  times = Solved(small::sticks(small::NoiseModel::diagonal)).times();
  CHECK(times.position(1) == Approx(0.587634291990098).epsilon(1e-12));
  CHECK(*times.kinetic == Approx(0.625979279754818).epsilon(1e-11));
  CHECK(times.potential == Approx(0.8844593862899596).epsilon(1e-11));
  CHECK(*times.total == Approx(1.3791154325443589).epsilon(1e-11));

  times = Solved(small::general(small::Dynamics::overdamped)).times();
  CHECK(times.position(2) == Approx(0.2118518518518518).epsilon(1e-12));
  CHECK(times.potential == Approx(0.17530864197530857).epsilon(1e-12));
  CHECK(!times.kinetic);
  CHECK(!times.total);
}

TEST_CASE("autocorrelation: one mode in closed form, critical and far overdamped too") {
  for (const double gamma : {0.01, 0.5, 4.0, 1e4}) {
    const double omega2 = 4.0;
    const AutocorrelationTimes times = Solved(small::oscillator(gamma, omega2)).times();
    CHECK(times.position(0) == Approx(gamma / omega2).epsilon(1e-13));
    CHECK(*times.kinetic == Approx(0.5 / gamma).epsilon(1e-13));
    CHECK(times.potential == Approx(0.5 / gamma + gamma / (2.0 * omega2)).epsilon(1e-13));
    CHECK(*times.total == Approx(1.0 / gamma + gamma / (4.0 * omega2)).epsilon(1e-13));
  }
}

TEST_CASE("autocorrelation: modes and Lyapunov's equation agree") {
  for (const auto noise : {small::NoiseModel::fdt, small::NoiseModel::diagonal}) {
    const Solved p(small::sticks(noise));
    const AutocorrelationTimes modal = p.times();
    const AutocorrelationTimes dense = p.times_by_lyapunov();
    CHECK(modal.position == dense.position);
    CHECK(*modal.kinetic == Approx(*dense.kinetic).epsilon(1e-11));
    CHECK(modal.potential == Approx(dense.potential).epsilon(1e-11));
    CHECK(*modal.total == Approx(*dense.total).epsilon(1e-11));
  }
  const Solved p(small::general(small::Dynamics::overdamped));
  CHECK(p.times().potential == Approx(p.times_by_lyapunov().potential).epsilon(1e-12));
}

TEST_CASE("autocorrelation: the spectrum at frequency 0 is twice the variance times the time") {
  const Solved general(small::general());
  const Solved diagonal(small::sticks(small::NoiseModel::diagonal));
  const std::vector<double> zero = {0.0};
  const std::vector<Eigen::Index> all = {0, 1, 2};
  for (const Solved* p : {&general, &diagonal}) {
    const MatrixXd spectra = dynamics::compute_position_spectra(p->system, zero, all);
    for (Eigen::Index i = 0; i < 3; ++i) {
      const double expected = 2.0 * p->state.xx(i, i) * p->times().position(i);
      CHECK(spectra(0, i) == Approx(expected).epsilon(1e-12));
    }
  }
}

TEST_CASE("autocovariance: scipy's exponentials, by modes and by the dense propagator") {
  const std::vector<double> times = {0.0, 1.3, 0.4};
  const Solved general(small::general());
  Autocovariance C = compute_autocovariance(general.system, general.modes, general.state, times);
  CHECK(C.x(1, 0) == Approx(0.08882581939084905).epsilon(1e-12));
  CHECK(C.v(1, 2) == Approx(-0.0996304774402815).epsilon(1e-12));
  CHECK(small::largest_difference(C.x.row(0).transpose(), general.state.xx.diagonal()) < 1e-15);

  for (const auto noise : {small::NoiseModel::fdt, small::NoiseModel::diagonal}) {
    const Solved p(small::sticks(noise));
    C = compute_autocovariance(p.system, p.modes, p.state, times);
    const Autocovariance dense = compute_autocovariance(p.system, std::nullopt, p.state, times);
    CHECK(small::largest_difference(C.x, dense.x) < 1e-13);
    CHECK(small::largest_difference(C.v, dense.v) < 1e-13);
    if (noise == small::NoiseModel::diagonal) {
      CHECK(C.x(1, 2) == Approx(-0.01389017152771066).epsilon(1e-11));
      CHECK(C.v(1, 0) == Approx(-0.02840679105339209).epsilon(1e-11));
    }
  }
  const Solved p(small::general(small::Dynamics::overdamped));
  C = compute_autocovariance(p.system, p.modes, p.state, times);
  CHECK(C.x(1, 2) == Approx(0.00141466994522648).epsilon(1e-10));
  CHECK(C.v.size() == 0);
  const Autocovariance dense = compute_autocovariance(p.system, std::nullopt, p.state, times);
  CHECK(small::largest_difference(C.x, dense.x) < 1e-14);
}

TEST_CASE("autocorrelation mistake: nothing fluctuates at kT = 0") {
  Prepared p(small::general());
  p.system.kT = 0.0;
  const auto state = dynamics::solve_stationary_state(p.system, p.null_space, p.modes);
  CHECK_THROWS_WITH(compute_autocorrelation_times(p.system, p.modes, state),
                    ContainsSubstring("give --kT above 0"));
}
