#include "sim/dynamics/stationary_state.hpp"

#include <random>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/moments.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::solve_stationary_state;
using dynamics::StationaryRoute;
using dynamics::StationaryState;
using Eigen::MatrixXd;
using small::Prepared;

namespace {

StationaryState solve(const Prepared& p) {
  return solve_stationary_state(p.system, p.null_space, p.modes);
}
StationaryState solve(const Prepared& p, StationaryRoute route) {
  return solve_stationary_state(p.system, p.null_space, p.modes, route);
}
std::string obstacle_of(const Prepared& p) {
  return dynamics::explain_no_stationary_state(p.system, p.null_space, p.modes);
}

MatrixXd random_definite(Eigen::Index n, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  const MatrixXd B = MatrixXd::NullaryExpr(n, n, [&] { return normal(engine); });
  return B * B.transpose() / static_cast<double>(n) + 0.5 * MatrixXd::Identity(n, n);
}

// Of matrices with entries of order one and a Lyapunov equation of condition below 1e3.
constexpr double kRounding = 1e-12;

}  // namespace

TEST_CASE("stationary: scipy's Lyapunov solutions, general D and diagonal noise") {
  const StationaryState general = solve(Prepared(small::general()));
  CHECK(general.route == StationaryRoute::equilibrium);
  CHECK(general.xx(0, 0) == Approx(0.2851851851851849).epsilon(kRounding));
  CHECK(general.xx(0, 1) == Approx(0.12962962962962907).epsilon(kRounding));
  CHECK(general.vv(0, 1) == Approx(-0.1333333333333336).epsilon(kRounding));
  const StationaryState diagonal = solve(Prepared(small::sticks(small::NoiseModel::diagonal)));
  CHECK(diagonal.route == StationaryRoute::modes);
  CHECK(diagonal.xx(0, 0) == Approx(0.11302334182231054).epsilon(kRounding));
  CHECK(diagonal.xx(0, 1) == Approx(0.12249907282768344).epsilon(kRounding));
  CHECK(diagonal.xv(0, 1) == Approx(0.004670509871768191).epsilon(1e-11));
  CHECK(diagonal.vv(2, 2) == Approx(0.6569124300462355).epsilon(kRounding));
}

TEST_CASE("stationary: every open route gives the same state") {
  using Route = StationaryRoute;
  const Prepared general(small::general());
  const Prepared overdamped(small::general(small::Dynamics::overdamped));
  const Prepared fdt(small::sticks(small::NoiseModel::fdt));
  const Prepared diagonal(small::sticks(small::NoiseModel::diagonal));
  for (const Prepared* p : {&general, &overdamped, &fdt, &diagonal}) {
    const StationaryState lyapunov = solve(*p, Route::lyapunov);
    CHECK(small::largest_difference(solve(*p).covariance(), lyapunov.covariance()) < kRounding);
    if (!p->modes) continue;
    const StationaryState modal = solve(*p, Route::modes);
    CHECK(small::largest_difference(modal.covariance(), lyapunov.covariance()) < kRounding);
  }
}

TEST_CASE("stationary: random systems, equilibrium against Lyapunov") {
  for (const Eigen::Index n : {1, 4, 9}) {
    const auto seed = static_cast<std::uint64_t>(n);
    const Prepared p(small::make(small::Dynamics::underdamped, random_definite(n, seed),
                                 random_definite(n, seed + 50), random_definite(n, seed + 90)));
    CHECK(small::largest_difference(solve(p).covariance(),
                                    solve(p, StationaryRoute::lyapunov).covariance()) < 1e-11);
  }
}

TEST_CASE("stationary: critical damping, whose drift is defective, and far overdamped friction") {
  for (const double gamma : {4.0, 1e-3, 1e4}) {
    const Prepared p(small::oscillator(gamma, 4.0));
    for (const StationaryRoute route :
         {StationaryRoute::equilibrium, StationaryRoute::modes, StationaryRoute::lyapunov}) {
      const StationaryState state = solve(p, route);
      // Lyapunov's equation has a condition of about gamma / slow rate, 2.5e7 at the most.
      const double rounding = route == StationaryRoute::lyapunov ? 1e-8 : 1e-14;
      CHECK(state.xx(0, 0) == Approx(small::kT / 4.0).epsilon(rounding));
      CHECK(state.vv(0, 0) == Approx(small::kT).epsilon(rounding));
      CHECK(std::abs(state.xv(0, 0)) < rounding);
    }
  }
}

TEST_CASE("stationary: the mean is the fit, for each output; at kT = 0 nothing else is left") {
  Prepared p(small::general());
  p.system.kT = 0.0;
  const StationaryState state = solve(p);
  CHECK(state.mean == core::solve_fit(p.system, p.null_space));
  CHECK(state.covariance().isZero(0.0));
  CHECK(state.covariance().rows() == 6);
}

TEST_CASE("stationary: friction on one coordinate alone brakes all that are coupled to it") {
  MatrixXd D = MatrixXd::Zero(3, 3);
  D(0, 0) = 0.4;
  const Prepared p(
      small::make(small::Dynamics::underdamped, MatrixXd::Identity(3, 3), D, small::stiffness()));
  CHECK(obstacle_of(p).empty());
  CHECK(small::largest_difference(solve(p).covariance(),
                                  solve(p, StationaryRoute::lyapunov).covariance()) < 1e-10);
}

TEST_CASE("no stationary state: free directions are named with their coordinates") {
  MatrixXd K = small::stiffness();
  K.row(1).setZero();
  K.col(1).setZero();
  const Prepared p(small::make(small::Dynamics::overdamped, {}, MatrixXd::Identity(3, 3), K));
  CHECK_THAT(obstacle_of(p), ContainsSubstring("K has 1 free direction, along which positions "
                                               "diffuse (coordinates 1); add --neighbor-spring"));
  CHECK_THROWS_WITH(solve(p), ContainsSubstring("there is no stationary state: K has 1 free"));
  CHECK_THROWS_AS(solve(p), core::ParameterError);
}

TEST_CASE("no stationary state: undamped modes are named with their frequencies") {
  CHECK_THAT(obstacle_of(Prepared(small::oscillator(0.0, 4.0))),
             ContainsSubstring("1 mode without friction never comes to rest (omega 2); give "
                               "--friction above 0"));
  // Two of three masses without friction, one of them coupled to none with it.
  MatrixXd D = MatrixXd::Zero(3, 3);
  D(0, 0) = 0.4;
  const MatrixXd K = small::matrix_3(3, -1, 0, 2, 0, 2.25);
  CHECK_THAT(obstacle_of(Prepared(
                 small::make(small::Dynamics::underdamped, MatrixXd::Identity(3, 3), D, K))),
             ContainsSubstring("1 mode without friction") && ContainsSubstring("(omega 1.5)"));
  D(0, 0) = 0.0;
  CHECK_THAT(obstacle_of(Prepared(
                 small::make(small::Dynamics::underdamped, MatrixXd::Identity(3, 3), D, K))),
             ContainsSubstring("3 modes without friction never come to rest (omega 1."));
}

TEST_CASE("no stationary state: what runs away") {
  MatrixXd K = small::stiffness();
  K(2, 2) = -1.0;
  for (const auto dynamics : {small::Dynamics::underdamped, small::Dynamics::overdamped}) {
    const Prepared p(small::make(dynamics, MatrixXd::Identity(3, 3), MatrixXd::Identity(3, 3), K));
    CHECK_THAT(obstacle_of(p), ContainsSubstring("K is not positive definite"));
  }
}

TEST_CASE("stationary mistake: a route that is not open") {
  const Prepared general(small::general());
  CHECK_THROWS_WITH(solve(general, StationaryRoute::modes),
                    ContainsSubstring("no modes (D is not gamma M"));
  const Prepared diagonal(small::sticks(small::NoiseModel::diagonal));
  CHECK_THROWS_WITH(solve(diagonal, StationaryRoute::equilibrium),
                    ContainsSubstring("fdt noise only"));
}
