#include "sim/trajectory.hpp"

#include <cmath>

#include "core/initial_state.hpp"
#include "core/modes.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using sim::compute_mode_response;

namespace {

// Reference by 40 digits of mpmath: kick S, force P and S' of q'' + gamma q' + omega^2 q.
struct Reference {
  double gamma, omega2, t, kick, force, kick_rate;
};

core::SparseMatrix sparse(const Eigen::MatrixXd& dense) { return dense.sparseView(); }

core::SecondOrderSystem chain(double gamma) {
  core::SecondOrderSystem system;
  system.M = sparse(Eigen::Matrix3d{{2, 1, 0}, {1, 4, 1}, {0, 1, 2}} / 6.0);
  system.D = gamma * system.M;
  system.K = sparse(Eigen::Matrix3d{{2, 0.3, 0}, {0.3, 3, 0.7}, {0, 0.7, 1}});
  system.f = Eigen::Vector3d(1.0, -2.0, 0.5);
  system.shape = {3};
  return system;
}

}  // namespace

TEST_CASE("the response of one mode agrees with 50-digit arithmetic") {
  const Reference references[] = {
      {0.5, 4.0, 0.7, 0.41607646884685938, 0.18605649151440449, 0.04773579951895236},
      {0.5, 4.0, 1e-06, 9.9999974999937495e-7, 4.9999991666651037e-13, 0.999999499998125},
      {3.0, 0.25, 2.0, 0.29677136488140875, 0.52880864677444162, -0.022516256337836668},
      {3.0, 1e-12, 5.0, 0.33333323136541168, 1.5555555895436467, 3.059022093912585e-7},
      {2.0, 1.0, 1.5, 0.33469524022264474, 0.44217459962892543, -0.11156508007421491},
      {2.0, 1.0000001, 1.5, 0.33469522767157337, 0.44217459306468003, -0.1115650926252861},
      {1.0, 0.0, 4.0, 0.98168436111126582, 3.0183156388887342, 0.01831563888873418},
      {0.0, 0.0, 3.0, 3.0, 4.5, 1.0},
      {0.0, 9.0, 2.0, -0.093138499399641958, 0.0044255237055148866, 0.96017028665036602},
      {0.001, 10000.0, 0.3, -0.0098788343053423222, 8.4577662588226709e-5, 0.15423325295203825},
      {100.0, 1.0, 0.01, 0.0063211019504765922, 3.6787659295709653e-5, 0.36785301729304507},
      {100.0, 1.0, 50.0, 0.0060662166433900668, 0.39343900389485741, -6.0668233864090782e-5},
      {1000.0, 10.0, 1e-05, 9.950166249173589e-6, 4.983374916390354e-11, 0.99004983325248892},
      {0.2, 0.01, 0.1, 0.099004983374916811, 0.0049667913340265896, 0.98014933541167637},
  };
  for (const Reference& r : references) {
    CAPTURE(r.gamma, r.omega2, r.t);
    const sim::ModeResponse got = compute_mode_response(r.gamma, r.omega2, r.t);
    // The argument omega t is rounded once, which a sine of it shows; 64 eps covers 30 rad.
    CHECK(got.kick == Approx(r.kick).epsilon(2e-14));
    CHECK(got.force == Approx(r.force).epsilon(2e-14));
    // S' passes through zero: relative to the sizes of its two parts.
    CHECK(std::abs(got.kick_rate - r.kick_rate) <= 2e-14 * (1.0 + r.gamma * std::abs(r.kick)));
    CHECK(got.hold == Approx(r.kick_rate + r.gamma * r.kick).epsilon(1e-13).margin(1e-15));
  }
}

TEST_CASE("modes and the matrix exponential give the same motion") {
  const core::SecondOrderSystem system = chain(0.4);
  const core::NullSpace null_space = core::find_null_space(system.K);
  const auto modes = core::compute_modes(system, null_space);
  REQUIRE(modes.has_value());
  core::State start = core::make_zero_state(system);
  start.x << 0.3, -1.0, 2.0;
  start.v << -0.5, 0.0, 1.0;
  const std::optional<core::Modes> none;
  const sim::ExactTrajectory by_modes(system, modes, start);
  const sim::ExactTrajectory by_exponential(system, none, start);
  for (const double t : {0.0, 0.1, 1.0, 7.0, 60.0}) {
    CAPTURE(t);
    const core::State a = by_modes.at(t);
    const core::State b = by_exponential.at(t);
    // Two independent algorithms on a well-conditioned 3-mode system.
    CHECK((a.x - b.x).cwiseAbs().maxCoeff() < 1e-12);
    CHECK((a.v - b.v).cwiseAbs().maxCoeff() < 1e-12);
  }
}

TEST_CASE("without friction the exact motion keeps its energy; with friction it comes to rest") {
  const core::SecondOrderSystem free = chain(0.0);
  const auto modes = core::compute_modes(free, core::find_null_space(free.K));
  core::State start = core::make_zero_state(free);
  start.v << 1.0, 2.0, -1.0;
  const sim::ExactTrajectory motion(free, modes, start);
  const double energy = [&] {
    const core::Energies e = core::compute_energies(free, start, 0.0);
    return e.kinetic + e.potential;
  }();
  for (const double t : {0.5, 10.0, 1000.0}) {
    const core::Energies e = core::compute_energies(free, motion.at(t), 0.0);
    CHECK(e.kinetic + e.potential == Approx(energy).epsilon(1e-11));
  }

  const core::SecondOrderSystem damped = chain(1.0);
  const auto damped_modes = core::compute_modes(damped, core::find_null_space(damped.K));
  const sim::ExactTrajectory settling(damped, damped_modes, start);
  const Eigen::MatrixXd rest = Eigen::MatrixXd(damped.K).ldlt().solve(damped.f);
  CHECK((settling.at(100.0).x - rest).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("an overdamped system relaxes along exponentials, free directions drift") {
  core::SecondOrderSystem system = chain(0.0);
  system.dynamics = core::Dynamics::overdamped;
  system.D = sparse(2.0 * Eigen::Matrix3d::Identity());
  system.K = sparse(Eigen::Vector3d(4.0, 1.0, 0.0).asDiagonal().toDenseMatrix());
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  const core::State start = core::make_zero_state(system);
  const sim::ExactTrajectory motion(system, modes, start);
  const Eigen::VectorXd x = motion.at(1.5).x;
  CHECK(x(0) == Approx(0.25 * (1.0 - std::exp(-3.0))).epsilon(1e-14));
  CHECK(x(1) == Approx(-2.0 * (1.0 - std::exp(-0.75))).epsilon(1e-14));
  CHECK(x(2) == Approx(0.25 * 1.5).epsilon(1e-14));
}
