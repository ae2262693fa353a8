#include "sim/dynamics/mode_response.hpp"

#include <algorithm>
#include <cmath>

namespace springspice::dynamics {
namespace {

// P(t) for gamma t and omega t below one: the power series of P'' + gamma P' + omega^2 P = 1.
double force_series(double gamma, double omega2, double t) {
  double previous = 0.0;  // coefficient of t^(n-1), times t^(n-1)
  double current = 0.0;   // of t^n
  double sum = 0.0;
  for (int n = 2; n < 40; ++n) {
    // n (n-1) c_n = [n == 2] - gamma (n-1) c_(n-1) - omega^2 c_(n-2)
    const double drive = n == 2 ? t * t : 0.0;
    const double next =
        (drive - gamma * t * (n - 1) * current - omega2 * t * t * previous) / (n * (n - 1.0));
    sum += next;
    previous = current;
    current = next;
    if (n > 3 && std::abs(next) + std::abs(previous) < 1e-18 * std::abs(sum)) break;
  }
  return sum;
}

double force_response(double gamma, double omega2, double t, double hold) {
  const double omega_t = std::sqrt(std::abs(omega2)) * t;
  if (omega_t < 0.5 && gamma * t < 1.0) return force_series(gamma, omega2, t);
  const double root = std::sqrt(std::max(0.0, gamma * gamma / 4.0 - omega2));
  if (root * t >= 0.25) {
    // Overdamped: two real rates that are well apart, the slow one as omega^2 / fast.
    const double fast = gamma / 2.0 + root;
    const double slow = omega2 / fast;
    return t * (decay_mean(slow * t) - decay_mean(fast * t)) / (fast - slow);
  }
  // Half a radian on, and no slow rate that would leave C at 1: nothing cancels to speak of.
  return (1.0 - hold) / omega2;
}

}  // namespace

double decay_mean(double z) { return z == 0.0 ? 1.0 : -std::expm1(-z) / z; }

ModeResponse compute_mode_response(double gamma, double omega2, double t) {
  const double half = gamma / 2.0;
  const double under_root = half * half - omega2;
  const double root = std::sqrt(std::abs(under_root));
  const double y = root * t;
  ModeResponse r;
  double even = 0.0;  // e^(-gamma t / 2) cos or cosh(y)
  if (under_root < 0.0) {
    const double decay = std::exp(-half * t);
    even = decay * std::cos(y);
    r.kick = decay * t * (y < 1e-8 ? 1.0 : std::sin(y) / y);
  } else {
    // e^(-half t) sinh(y) and cosh(y) through the two decays, so that nothing overflows.
    const double fast = half + root;
    const double slow_decay = std::exp(-(fast > 0.0 ? omega2 / fast : 0.0) * t);
    const double fast_decay = std::exp(-fast * t);
    even = 0.5 * (slow_decay + fast_decay);
    r.kick = slow_decay * t * decay_mean(2.0 * y);
  }
  r.hold = even + half * r.kick;
  r.kick_rate = even - half * r.kick;
  if (half > 0.0 && under_root >= 0.0 && y > 1.0) {
    // S' = (fast e^(-fast t) - slow e^(-slow t)) / (fast - slow): no difference of near-equals.
    const double fast = half + root;
    const double slow = omega2 / fast;
    r.kick_rate = (fast * std::exp(-fast * t) - slow * std::exp(-slow * t)) / (2.0 * root);
  }
  r.force = force_response(gamma, omega2, t, r.hold);
  return r;
}

}  // namespace springspice::dynamics
