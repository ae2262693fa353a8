#include "core/noise_bias.hpp"

#include <array>
#include <cmath>
#include <complex>

#include "core/error.hpp"
#include "tests/catch.hpp"

using namespace springspice::core;

namespace {

double spline(double x) {
  return x < 1.0 ? 2.0 / 3.0 - x * x + x * x * x / 2.0 : std::pow(2.0 - x, 3) / 6.0;
}

// 2 int_0^2 spline(x) rho(x step) dx by Simpson's rule: error (rate h)^4 / 180, h = 1/2000.
template <class Rho>
double by_quadrature(double step, Rho rho) {
  double sum = 0.0;
  const int n = 4000;
  for (int i = 0; i <= n; ++i) {
    const double weight = i == 0 || i == n ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    sum += weight * spline(2.0 * i / n) * rho(2.0 * i / n * step);
  }
  return 2.0 * sum * (2.0 / n) / 3.0;
}

// The autocorrelation of q (sign +1) or q' (-1): e^(-gamma t/2) (cos + sign gamma/(2 w1) sin w1 t).
double autocorrelation(double gamma, double omega2, double sign, double t) {
  const std::complex<double> w1 = std::sqrt(std::complex<double>(omega2 - gamma * gamma / 4.0));
  const std::complex<double> s = w1 == 0.0 ? t : std::sin(w1 * t) / w1;
  return std::exp(-gamma * t / 2.0) * (std::cos(w1 * t) + sign * gamma / 2.0 * s).real();
}

}  // namespace

TEST_CASE("interpolation: the RC of ngspice-facts") {
  const std::array<std::array<double, 2>, 5> measured = {
      {{0.1, 0.955}, {0.25, 0.893}, {0.5, 0.803}, {1.0, 0.661}, {2.0, 0.476}}};
  for (const auto& [step, ratio] : measured) {
    CAPTURE(step);
    CHECK(interpolation_ratio(1.0, step) == Approx(ratio).margin(5e-4));  // three digits
  }
}

TEST_CASE("interpolation is the average over the B-spline: one rate") {
  for (const double step : {1e-9, 0.01, 0.5, 1.0, 1.9999, 2.0001, 5.0, 12.0}) {
    CAPTURE(step);
    const auto rho = [](double t) { return std::exp(-t); };
    CHECK(interpolation_ratio(1.0, step) ==
          Approx(by_quadrature(step, rho)).epsilon(1e-12 + std::pow(step / 2000.0, 4) / 20.0));
  }
  CHECK(interpolation_ratio(3.0, 1e9) == Approx(4.0 / 9e9).epsilon(1e-12));  // 4/(3x)
}

TEST_CASE("interpolation is the average over the B-spline: oscillators of every damping") {
  for (const double gamma : {1e-3, 0.5, 1.8, 1.9999999, 2.0, 2.0000001, 2.3, 20.0, 1e3}) {
    for (const double step : {1e-3, 0.1, 0.628, 1.5, 2.5, 6.0}) {
      if (gamma * step > 20.0) continue;  // beyond the quadrature
      CAPTURE(gamma, step);
      const auto rho = [gamma = gamma](double sign) {
        return [gamma, sign](double t) { return autocorrelation(gamma, 1.0, sign, t); };
      };
      const double tolerance = 1e-12 + std::pow(std::max(gamma, 1.0) * step / 2000.0, 4) / 20.0;
      const InterpolationRatio ratio = interpolation_ratio(gamma, 1.0, step);
      CHECK(ratio.position == Approx(by_quadrature(step, rho(1.0))).margin(tolerance));
      CHECK(ratio.velocity == Approx(by_quadrature(step, rho(-1.0))).margin(tolerance));
    }
  }
}

TEST_CASE("interpolation: limits") {
  // A free mode: q' alone is stationary, with rate gamma.
  CHECK(interpolation_ratio(0.7, 0.0, 0.9).velocity ==
        Approx(interpolation_ratio(0.7, 0.9)).epsilon(1e-14));
  // Much friction: q relaxes with omega^2 / gamma.
  CHECK(interpolation_ratio(1e6, 1.0, 1e5).position ==
        Approx(interpolation_ratio(1e-6, 1e5)).epsilon(1e-5));
  // Little friction: sinc^4 at the resonance, to order gamma step.
  const double step = 0.628, sinc = std::sin(step / 2.0) / (step / 2.0);
  CHECK(interpolation_ratio(1e-6, 1.0, step).position == Approx(std::pow(sinc, 4)).epsilon(2e-6));
}

TEST_CASE("breakpoints: the decay of an LC in ngspice 39, as measured") {
  struct Measured {
    double step, max_step, rate, tolerance;
  };
  // The last three: ngspice's steps come from tolerances too once the step may be long.
  for (const Measured& m : {Measured{0.628, 0.0628, 6.2799e-5, 1e-3},
                            {0.628, 0.2, 6.3682e-4, 1e-3},
                            {0.628, 0.35, 1.9494e-3, 3e-3},
                            {0.628, 0.5, 3.2608e-3, 1e-2},
                            {0.628, 0.628, 3.6010e-3, 0.1},
                            {0.628, 0.9, 3.5507e-3, 0.1},
                            {0.1, 1.0, 5.6004e-4, 0.1}}) {
    CAPTURE(m.step, m.max_step);
    // gamma / (gamma + rate) - 1 solved for rate.
    const double gamma = 0.1;
    const double bias = compute_noise_bias(gamma, 1.0, m.step, m.max_step).breakpoints;
    CHECK(-gamma * bias / (1.0 + bias) == Approx(m.rate).epsilon(m.tolerance));
  }
}

TEST_CASE("breakpoints and trapezoids: a noisy LC of Q = 30 in ngspice 39, as measured") {
  const double step = 2.0 * std::acos(-1.0) / 10.0;
  struct Measured {
    double max_step, ratio, error;
  };
  for (const Measured& m :
       {Measured{1.0, 0.880, 0.007}, {0.5, 0.938, 0.005}, {0.1, 0.9965, 7e-4}}) {
    const NoiseBias bias = compute_noise_bias(1.0 / 30.0, 1.0, step, m.max_step * step);
    CAPTURE(m.max_step, bias.breakpoints, bias.trapezoids);
    CHECK((1.0 + bias.breakpoints) * (1.0 + bias.trapezoids) ==
          Approx(m.ratio).margin(3.0 * m.error));
  }
}

TEST_CASE("a bias does not depend on the unit of time") {
  const NoiseBias a = compute_noise_bias(0.1, 1.0, 0.3, 0.2);
  const NoiseBias b = compute_noise_bias(0.1e6, 1e12, 0.3e-6, 0.2e-6);
  CHECK(a.interpolation == Approx(b.interpolation).epsilon(1e-12));
  CHECK(a.breakpoints == Approx(b.breakpoints).epsilon(1e-12));
  CHECK(a.trapezoids == Approx(b.trapezoids).epsilon(1e-12));
  CHECK(a.total() < a.interpolation);
}

TEST_CASE("an overdamped mode gains at breakpoints, far less than it loses between") {
  const NoiseBias bias = compute_noise_bias(1.0, 0.1, 0.1);
  CHECK(bias.interpolation == Approx(-0.045).margin(5e-4));
  CHECK(bias.breakpoints > 0.0);
  CHECK(bias.breakpoints <= 0.5 * 0.1 * 0.01);  // h1 <= 0.1 step
}

TEST_CASE("the step that is chosen keeps the bias, and a longer one does not") {
  for (const double max_bias : {1e-4, 0.01, 0.2}) {
    for (const double gamma : {0.01, 1.0, 30.0}) {
      CAPTURE(max_bias, gamma);
      const double step = choose_noise_step(gamma, 4.0, max_bias);
      const auto size = [&](double h) {
        return std::abs(compute_noise_bias(gamma, 4.0, h, h).total());
      };
      CHECK(size(step) <= max_bias);
      CHECK(size(1.00001 * step) > max_bias);
    }
    const double step = choose_noise_step_overdamped(5.0, max_bias);
    CHECK(std::abs(compute_noise_bias(5.0, step, step).total()) == Approx(max_bias).epsilon(1e-4));
  }
  CHECK(choose_noise_step(1.0, 0.0, 0.01) > 0.0);
}

TEST_CASE("noise bias refuses what is no mode") {
  CHECK_THROWS_WITH(compute_noise_bias(0.0, 1.0, 1.0, 1.0), ContainsSubstring("the friction is 0"));
  CHECK_THROWS_AS(compute_noise_bias(1.0, -1.0, 1.0, 1.0), ParameterError);
  CHECK_THROWS_AS(compute_noise_bias(1.0, 1.0, 0.0, 1.0), ParameterError);
  CHECK_THROWS_AS(compute_noise_bias(1.0, 1.0, 1.0, std::nan("")), ParameterError);
  CHECK_THROWS_WITH(choose_noise_step(1.0, 1.0, 1.0), ContainsSubstring("the largest bias is 1"));
  CHECK_THROWS_AS(choose_noise_step_overdamped(1.0, 0.0), ParameterError);
}
