#include "core/noise_bias.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <functional>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

using Complex = std::complex<double>;

void check_positive(double value, const char* name) {
  if (std::isfinite(value) && value > 0.0) return;
  throw ParameterError(fmt::format("{} is {}; it must be a finite number above 0", name, value));
}

void check_stiffness(double omega2) {
  if (std::isfinite(omega2) && omega2 >= 0.0) return;
  throw ParameterError(fmt::format("omega^2 is {}; it must be finite and not negative", omega2));
}

struct ValueAndSlope {
  Complex value, slope;
};

// J and its derivative: sum_{k >= 4} 2 (-1)^k (2^k - 4) x^(k-4) / k!. 40 terms serve |x| < 2.
ValueAndSlope series(Complex x) {
  ValueAndSlope out{0.0, 0.0};
  Complex power = 1.0, below = 0.0;  // x^(k-4), and the same one lower
  double factorial = 24.0, two = 16.0, sign = 1.0;
  for (int k = 4; k < 44; ++k) {
    const double coefficient = 2.0 * sign * (two - 4.0) / factorial;
    out.value += coefficient * power;
    out.slope += coefficient * static_cast<double>(k - 4) * below;
    below = power;
    power *= x;
    factorial *= k + 1;
    two *= 2.0;
    sign = -sign;
  }
  return out;
}

// The average of exp(-x |s|) over the B-spline of step 1. For small x the closed form cancels.
ValueAndSlope average(Complex x) {
  if (std::abs(x) < 2.0) return series(x);
  const Complex once = std::exp(-x), twice = std::exp(-2.0 * x), r = 1.0 / x;
  const Complex r2 = r * r, r4 = r2 * r2, sum = 3.0 - 4.0 * once + twice;
  return {
      2.0 * (2.0 / 3.0 * r - 2.0 * r * r2 + sum * r4),
      2.0 * (-2.0 / 3.0 * r2 + 6.0 * r4 + (4.0 * once - 2.0 * twice) * r4 - 4.0 * sum * r * r4)};
}

// (J(a) - J(b)) / (a - b). Where the two are close (critical damping), the mean of J' between them,
// by the five-point rule of Gauss: exact to rounding for a distance of a tenth.
Complex divided_difference(Complex a, Complex b) {
  if (std::abs(a - b) > 0.1 * std::max(std::abs(a), 1.0)) {
    return (average(a).value - average(b).value) / (a - b);
  }
  constexpr std::array<double, 3> kNodes = {0.0, 0.5384693101056831, 0.9061798459386640};
  constexpr std::array<double, 3> kWeights = {128.0 / 225.0, 0.4786286704993665,
                                              0.2369268850561891};
  Complex out = kWeights[0] * average(0.5 * (a + b)).slope;
  for (std::size_t i = 1; i < 3; ++i) {
    const Complex offset = 0.5 * kNodes[i] * (a - b);
    out += kWeights[i] *
           (average(0.5 * (a + b) + offset).slope + average(0.5 * (a + b) - offset).slope);
  }
  return 0.5 * out;
}

// ngspice's steps between breakpoints, in units of their distance, as means over many of them.
struct StepPattern {
  double euler_loss = 0.0;    // ln(1 + omega2 h1^2)
  double euler_square = 0.0;  // h1^2
  double cubes = 0.0;         // sum of h^3 of the other steps
};

StepPattern step_pattern(double omega2, double max_step) {
  constexpr int kWarmUp = 100, kCounted = 400;
  // With shorter steps all of this is below 1e-8 anyway.
  const double longest = std::max(max_step, 1e-4);
  const double end = 1.0 - 1e-9;
  StepPattern out;
  double next = 0.1 * std::min(longest, 1.0), proposed = longest;
  for (int k = -kWarmUp; k < kCounted; ++k) {
    const double first = next;
    double time = 0.0, last = 0.0, cubes = -first * first * first;
    while (time < end) {
      last = next;
      if (time + next >= end) {
        proposed = next;
        last = 1.0 - time;
      }
      time += last;
      cubes += last * last * last;
      next = std::min(2.0 * last, longest);
    }
    next = std::min(next, 0.1 * std::min(proposed, 1.0));
    if (k < 0) continue;
    out.euler_loss += std::log1p(omega2 * first * first) / kCounted;
    out.euler_square += first * first / kCounted;
    out.cubes += cubes / kCounted;
  }
  return out;
}

double larger(double a, double b) { return std::abs(a) > std::abs(b) ? a : b; }

// The bias grows with the step from 0, so the first step that is too long bounds the search.
double longest_step(double scale, double max_bias, const std::function<NoiseBias(double)>& bias) {
  if (!(max_bias > 0.0 && max_bias < 1.0)) {
    throw ParameterError(
        fmt::format("the largest bias is {}; give a number between 0 and 1", max_bias));
  }
  double good = 1e-6 * std::min(max_bias, 1e-3) * scale, bad = good;
  while (std::abs(bias(bad).total()) <= max_bias) {
    good = bad;
    bad *= 1.25;
  }
  while (bad - good > 1e-6 * bad) {
    const double middle = 0.5 * (good + bad);
    (std::abs(bias(middle).total()) <= max_bias ? good : bad) = middle;
  }
  return good;
}

}  // namespace

InterpolationRatio interpolation_ratio(double gamma, double omega2, double step) {
  check_positive(gamma, "the friction");
  check_stiffness(omega2);
  check_positive(step, "the step of the noise");
  // The rates s1, s2 of the mode; the smaller from the product, for it may be tiny.
  const Complex root = std::sqrt(Complex(0.25 * gamma * gamma - omega2));
  const Complex fast = 0.5 * gamma + root, slow = omega2 / fast;
  const Complex a = fast * step, b = slow * step;
  const Complex difference = divided_difference(a, b);
  // rho = (s1 e^(-s2 t) - s2 e^(-s1 t)) / (s1 - s2) for q, (s1 e^(-s1 t) - s2 e^(-s2 t)) / (s1 -
  // s2) for q'.
  return {(average(b).value - b * difference).real(), (average(a).value + b * difference).real()};
}

double interpolation_ratio(double rate, double step) {
  check_positive(rate, "the rate");
  check_positive(step, "the step of the noise");
  return average(rate * step).value.real();
}

NoiseBias compute_noise_bias(double gamma, double omega2, double step, double max_step) {
  check_positive(max_step, "the longest step");
  const InterpolationRatio ratio = interpolation_ratio(gamma, omega2, step);
  const double velocity = ratio.velocity - 1.0;
  const double square = omega2 * step * step;
  const StepPattern pattern = step_pattern(square, max_step / step);
  NoiseBias out;
  out.interpolation = omega2 > 0.0 ? larger(ratio.position - 1.0, velocity) : velocity;
  out.breakpoints = gamma / (gamma + pattern.euler_loss / step) - 1.0;
  out.trapezoids = 1.0 / (1.0 + square * pattern.cubes / 3.0) - 1.0;
  return out;
}

NoiseBias compute_noise_bias(double rate, double step, double max_step) {
  check_positive(max_step, "the longest step");
  NoiseBias out;
  out.interpolation = interpolation_ratio(rate, step) - 1.0;
  out.breakpoints = 0.5 * rate * step * step_pattern(0.0, max_step / step).euler_square;
  return out;
}

double choose_noise_step(double gamma, double omega2, double max_bias, double fraction) {
  check_positive(gamma, "the friction");
  check_positive(fraction, "the fraction");
  check_stiffness(omega2);
  return longest_step(1.0 / std::max(gamma, std::sqrt(omega2)), max_bias, [&](double step) {
    return compute_noise_bias(gamma, omega2, step, fraction * step);
  });
}

double choose_noise_step_overdamped(double rate, double max_bias, double fraction) {
  check_positive(rate, "the rate");
  check_positive(fraction, "the fraction");
  return longest_step(1.0 / rate, max_bias,
                      [&](double step) { return compute_noise_bias(rate, step, fraction * step); });
}

}  // namespace springspice::core
