#include "core/entropy_rates.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/LU>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/langevin.hpp"
#include "core/moments.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using sample::kEps;

namespace {

MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return MatrixXd::NullaryExpr(rows, cols, [&] { return 2.0 * sample::unit(random) - 1.0; });
}

// Symmetric, with eigenvalues from 1/2 on.
MatrixXd positive_matrix(Index n, std::uint64_t seed) {
  const MatrixXd R = random_matrix(n, n, seed);
  return R * R.transpose() + 0.5 * MatrixXd::Identity(n, n);
}

SecondOrderSystem make_sticks(int sticks, Dynamics dynamics, NoiseModel noise) {
  const auto s = sample::make_sample({sticks}, 1, 40, 5);
  Parameters parameters;
  parameters.mass = 0.7;
  parameters.friction = 0.8;
  parameters.kT = 0.3;
  parameters.dynamics = dynamics;
  parameters.noise_model = noise;
  return make_system(s.data, parameters);
}

// M, D, K with nothing in common, so that no modes decouple it.
SecondOrderSystem make_general(Index n, Dynamics dynamics) {
  SecondOrderSystem system;
  system.dynamics = dynamics;
  if (dynamics == Dynamics::underdamped) system.M = positive_matrix(n, 1).sparseView();
  system.D = positive_matrix(n, 2).sparseView();
  system.K = positive_matrix(n, 3).sparseView();
  system.f = random_matrix(n, 1, 4);
  system.kT = 0.3;
  system.shape = {static_cast<int>(n)};
  return system;
}

struct Gaussian {
  VectorXd mean;
  MatrixXd covariance;
};

Gaussian random_state(Index n, std::uint64_t seed) {
  return {random_matrix(n, 1, seed), positive_matrix(n, seed + 1)};
}

MatrixXd diffusion_of(const LangevinSystem& langevin) {
  return MatrixXd(langevin.B * langevin.B.transpose());
}

Gaussian steady_state(const SecondOrderSystem& system) {
  const LangevinSystem langevin = make_langevin(system);
  const MatrixXd A = langevin.A;
  return {-A.partialPivLu().solve(langevin.b.col(0)), solve_lyapunov(A, diffusion_of(langevin))};
}

// What a time t makes of a state.
Gaussian move(const SecondOrderSystem& system, const Gaussian& state, double t) {
  const LangevinSystem langevin = make_langevin(system);
  const Moments m = propagate_moments(MatrixXd(langevin.A), langevin.b, diffusion_of(langevin), t);
  return {m.propagator * state.mean + m.drift.col(0),
          m.propagator * state.covariance * m.propagator.transpose() + m.covariance};
}

double rate_of_log_determinant(const SecondOrderSystem& system, const MatrixXd& Theta) {
  const LangevinSystem langevin = make_langevin(system);
  const MatrixXd A = langevin.A;
  const MatrixXd slope = A * Theta + Theta * A.transpose() + diffusion_of(langevin);
  return 0.5 * Theta.partialPivLu().solve(slope).trace();
}

EntropyRates rates_of(const SecondOrderSystem& system, const Gaussian& state) {
  return compute_entropy_rates(system, state.mean, state.covariance);
}

// Each term of a rate is below 2e3 here, the condition of Theta below 100, that of M and D
// below 20.
constexpr double kRounding = 2e3 * 100.0 * 20.0 * kEps;

void check_balance(const SecondOrderSystem& system, const Gaussian& state) {
  const EntropyRates rates = rates_of(system, state);
  const double slope = rate_of_log_determinant(system, state.covariance);
  CHECK(rates.change == Approx(slope).margin(kRounding));
  CHECK(rates.production - rates.flux == Approx(slope).margin(kRounding));
  CHECK(rates.production > 0.01);
}

// dS/dt by five points of the exact motion from `start`, around t: an error of h^4 S^(5) / 30.
double five_point_slope(const SecondOrderSystem& system, const Gaussian& start, double t,
                        double h) {
  const auto S = [&](double at) { return rates_of(system, move(system, start, at)).entropy; };
  return (S(t - 2.0 * h) - 8.0 * S(t - h) + 8.0 * S(t + h) - S(t + 2.0 * h)) / (12.0 * h);
}

std::vector<SecondOrderSystem> all_kinds() {
  return {make_sticks(4, Dynamics::underdamped, NoiseModel::fdt),
          make_sticks(4, Dynamics::underdamped, NoiseModel::diagonal),
          make_sticks(4, Dynamics::overdamped, NoiseModel::fdt),
          make_general(4, Dynamics::underdamped), make_general(5, Dynamics::overdamped)};
}

Index rows_of(const SecondOrderSystem& system) {
  return system.dynamics == Dynamics::overdamped ? system.size() : 2 * system.size();
}

}  // namespace

TEST_CASE("entropy rates: production less flux is the derivative of ln det Theta / 2") {
  for (const SecondOrderSystem& system : all_kinds()) {
    for (const std::uint64_t seed : {10, 20, 30}) {
      CAPTURE(to_string(system.dynamics), to_string(system.noise_model), seed);
      check_balance(system, random_state(rows_of(system), seed));
    }
  }
}

TEST_CASE("entropy rates: so does the entropy itself move, along the exact moments") {
  for (const SecondOrderSystem& system : all_kinds()) {
    CAPTURE(to_string(system.dynamics), to_string(system.noise_model));
    const Gaussian start = random_state(rows_of(system), 40);
    const double t = 0.05, h = 2e-3;
    const double change = rates_of(system, move(system, start, t)).change;
    const double coarse = five_point_slope(system, start, t, 2.0 * h);
    const double fine = five_point_slope(system, start, t, h);
    // The finer one is off by a fifteenth of their distance, and higher orders; rounding is
    // eps S / h.
    const double apart = std::abs(coarse - fine);
    CHECK(apart < 1e-3 * std::abs(change));
    CHECK(std::abs(fine - change) < 0.2 * apart + 100.0 * kEps / h);
  }
}

TEST_CASE("entropy rates: nothing is made, given or taken in equilibrium") {
  for (const SecondOrderSystem& system : all_kinds()) {
    if (system.noise_model == NoiseModel::diagonal) continue;
    CAPTURE(to_string(system.dynamics), system.size());
    const Index nu = system.size();
    const MatrixXd K = system.K;
    Gaussian state{VectorXd::Zero(rows_of(system)),
                   MatrixXd::Zero(rows_of(system), rows_of(system))};
    state.mean.head(nu) = K.llt().solve(system.f.col(0));
    state.covariance.topLeftCorner(nu, nu) = system.kT * K.inverse();
    if (system.dynamics == Dynamics::underdamped) {
      state.covariance.bottomRightCorner(nu, nu) = system.kT * MatrixXd(system.M).inverse();
    }
    const EntropyRates rates = rates_of(system, state);
    CHECK(std::abs(rates.change) < kRounding);
    CHECK(std::abs(rates.flux) < kRounding);
    CHECK(rates.production < kRounding * kRounding);
  }
}

TEST_CASE("entropy rates: `diagonal` noise keeps 4 sticks making entropy, in the steady state") {
  const SecondOrderSystem system = make_sticks(4, Dynamics::underdamped, NoiseModel::diagonal);
  const Gaussian state = steady_state(system);
  const EntropyRates rates = rates_of(system, state);
  const LangevinSystem langevin = make_langevin(system);
  MatrixXd irreversible = langevin.A;
  irreversible.topRows(5).setZero();
  irreversible.leftCols(5).setZero();
  const double known = entropy_production(irreversible, diffusion_of(langevin), state.covariance);
  CHECK(rates.production == Approx(known).epsilon(1e-10));
  CHECK(rates.production > 0.1);
  CHECK(rates.flux == Approx(rates.production).epsilon(1e-10));
  CHECK(std::abs(rates.change) < kRounding);
}

TEST_CASE("entropy rates: one stick with symmetric data makes none, whatever the noise") {
  // The modes of K and M are then (1, 1) and (1, -1), and noise of each velocity keeps them apart:
  // two oscillators, each in equilibrium with a bath of its own. Data on one side couple them.
  const auto production = [](double right) {
    const Grid grid({{"u", 1, 0.0, 1.0}});
    DataSprings data(grid, 1);
    for (const double u : {0.0, 0.25, 0.75, right}) {
      const double y = 2.0 * u;
      data.add({&u, 1}, {&y, 1});
    }
    Parameters parameters;
    parameters.kT = 0.1;
    parameters.noise_model = NoiseModel::diagonal;
    const SecondOrderSystem system = make_system(data, parameters);
    return rates_of(system, steady_state(system)).production;
  };
  CHECK(production(1.0) < kRounding * kRounding);
  CHECK(production(0.5) > 1e-3);
}

TEST_CASE("entropy rates: a particle of one velocity heats its bath by its friction") {
  // <v> = V: heat gamma m V^2 a unit of time, over kT, beside equilibrium.
  SecondOrderSystem system = make_general(1, Dynamics::underdamped);
  system.M.coeffRef(0, 0) = 2.0;
  system.D.coeffRef(0, 0) = 0.6;
  Gaussian state{VectorXd::Zero(2), MatrixXd::Zero(2, 2)};
  state.mean[1] = 3.0;
  state.covariance.diagonal() << 1.0, 0.3 / 2.0;
  const EntropyRates rates = rates_of(system, state);
  CHECK(rates.flux == Approx(0.6 * 9.0 / 0.3).epsilon(1e-14));
  CHECK(rates.production == Approx(rates.flux).epsilon(1e-14));
  CHECK(std::abs(rates.change) < 1e-14);
  CHECK(rates.entropy ==
        Approx(1.0 + std::log(2.0 * std::numbers::pi) + 0.5 * std::log(0.15)).epsilon(1e-14));
}

TEST_CASE("entropy rates: no rest, no friction, and friction that misses a coordinate") {
  SecondOrderSystem drifting = make_general(3, Dynamics::overdamped);
  drifting.K.setZero();
  // Free diffusion under a force: the drift D^-1 f gives f . D^-1 f / kT to the bath for ever.
  const EntropyRates free = rates_of(drifting, random_state(3, 50));
  const VectorXd f = drifting.f.col(0);
  CHECK(free.flux == Approx(f.dot(MatrixXd(drifting.D).llt().solve(f)) / 0.3).epsilon(1e-13));
  check_balance(drifting, random_state(3, 50));

  SecondOrderSystem undamped = make_general(3, Dynamics::underdamped);
  undamped.D.setZero();
  const EntropyRates still = rates_of(undamped, random_state(6, 60));
  CHECK(still.production == 0.0);
  CHECK(still.flux == 0.0);
  CHECK(still.change == 0.0);

  SecondOrderSystem partly = make_general(3, Dynamics::underdamped);
  const VectorXd rough = random_matrix(3, 1, 70);
  partly.D = MatrixXd(rough * rough.transpose()).sparseView();  // one direction of three
  check_balance(partly, random_state(6, 71));
}

TEST_CASE("entropy rates: units do not matter, 1e-25 J as little as others") {
  const SecondOrderSystem system = make_sticks(4, Dynamics::underdamped, NoiseModel::diagonal);
  const Gaussian state = random_state(10, 80);
  const EntropyRates here = rates_of(system, state);
  SecondOrderSystem tiny = system;
  const double scale = 0x1p-90;  // a power of two: the same bits
  tiny.M *= scale;
  tiny.D *= scale;
  tiny.K *= scale;
  tiny.f *= scale;
  tiny.kT *= scale;
  *tiny.stick_mass *= scale;
  const EntropyRates there = rates_of(tiny, state);
  CHECK(there.production == Approx(here.production).epsilon(1e-12));
  CHECK(there.change == Approx(here.change).epsilon(1e-12));
  CHECK(there.flux == Approx(here.flux).epsilon(1e-12));
}

TEST_CASE("entropy rates refuse what has none") {
  const SecondOrderSystem system = make_sticks(2, Dynamics::underdamped, NoiseModel::diagonal);
  const Gaussian state = random_state(6, 90);
  const auto with = [&](auto&& change) {
    SecondOrderSystem other = system;
    Gaussian moved = state;
    change(other, moved);
    return rates_of(other, moved);
  };
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.mean.resize(3); }), ContainsSubstring("6"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.covariance.setZero(); }),
                    ContainsSubstring("not positive definite"));
  CHECK_THROWS_WITH(with([](auto&, auto& s) { s.covariance(2, 1) = std::nan(""); }),
                    ContainsSubstring("not finite"));
  CHECK_THROWS_WITH(with([](auto& t, auto&) { t.kT = 0.0; }), ContainsSubstring("kT is 0"));
  CHECK_THROWS_WITH(with([](auto& t, auto&) { t.stick_mass.reset(); }),
                    ContainsSubstring("--noise-model fdt"));
  CHECK_THROWS_WITH(compute_entropy_rates(system, state.mean, state.covariance, 1),
                    ContainsSubstring("output 1"));
}
