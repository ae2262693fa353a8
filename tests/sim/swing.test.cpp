#include "sim/swing.hpp"

#include <cmath>
#include <numbers>

#include "sim/check.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

sim::PeakSwing swing_of(const core::SecondOrderSystem& system, const core::State& start,
                        double end) {
  const sim::Analysis analysis = sim::analyse(system);
  return sim::find_peak_swing(system, start, analysis.fit, analysis.scales, end);
}

}  // namespace

TEST_CASE("without friction a mass swings from its start to twice the fit") {
  // omega = 2, fit 3, from rest at 0: x = 3 (1 - cos 2 t), v up to 6. Twenty steps a period see the
  // peak to 1 - cos(pi/20), 1.2 %.
  const sim::PeakSwing swing = swing_of(make_mass(1.0, 0.0, 4.0, 12.0), make_state(0.0, 0.0), 60.0);
  CHECK(swing.offset(0) == Approx(3.0).epsilon(0.013));
  CHECK(swing.position == Approx(3.0).epsilon(0.013));
  CHECK(swing.velocity == Approx(6.0).epsilon(0.03));
}

TEST_CASE("an overdamped mass goes from its start to the fit, no further") {
  const sim::PeakSwing swing =
      swing_of(make_mass(1.0, 100.0, 4.0, 12.0), make_state(-1.0, 0.0), 500.0);
  CHECK(swing.offset(0) == Approx(1.0));
  CHECK(swing.position == Approx(2.0));
  // It runs up to (f - K x0) / D within 1/100 of a unit of time.
  CHECK(swing.velocity == Approx(0.16).epsilon(0.05));
}

TEST_CASE("each output has its own middle, all the same swing") {
  core::SecondOrderSystem system = make_mass(1.0, 100.0, 4.0, 12.0);
  system.f.resize(1, 2);
  system.f << 12.0, 400.0;
  core::State start{Eigen::MatrixXd::Zero(1, 2), Eigen::MatrixXd::Zero(1, 2)};
  start.x << -1.0, 99.0;
  const sim::PeakSwing swing = swing_of(system, start, 500.0);
  CHECK(swing.offset(0) == Approx(1.0));
  CHECK(swing.offset(1) == Approx(99.5));
  CHECK(swing.position == Approx(2.0));
}

TEST_CASE("a start at rest has no swing of rounding") {
  // x = 1/3 is the fit but for rounding: f - K x0 is not 0.
  const core::SecondOrderSystem system = make_mass(1.0, 0.7, 4.9, 4.9 / 3.0);
  const sim::PeakSwing swing = swing_of(system, make_state(1.0 / 3.0, 0.0), 50.0);
  CHECK(swing.position >= 1e-10);
  CHECK(swing.velocity >= 1e-13);
  CHECK(swing.position < 1e-8);
  const sim::PeakSwing none = swing_of(make_mass(1.0, 0.7, 4.9, 0.0), make_state(0.0, 0.0), 50.0);
  CHECK(none.position == 0.0);
  CHECK(none.velocity == 0.0);
}

TEST_CASE("the slow time is the relaxation time, else that of the slowest mode, else 1") {
  core::TimeScales scales;
  CHECK(sim::slow_time(scales) == 1.0);
  scales.fastest_rate = 4.0;
  CHECK(sim::slow_time(scales) == 0.25);
  scales.slowest_frequency = 2.0;
  CHECK(sim::slow_time(scales) == 0.5);
  scales.relaxation_time = 30.0;
  CHECK(sim::slow_time(scales) == 30.0);
}
