#include "sim/dynamics/mode_noise.hpp"

#include <algorithm>
#include <cmath>

namespace springspice::dynamics {
namespace {

// Rates times step of the power series; 20 terms then leave less than 1e-18.
constexpr double kSeriesRate = 0.25;
constexpr int kSeriesTerms = 20;
// Doublings after which any mode that relaxes has, and any other has outgrown all numbers.
constexpr int kMostDoublings = 2000;

// q and q' from unit positions and velocities: F = [xx xv; vx vv].
struct Flow {
  double xx = 1.0, xv = 0.0, vx = 0.0, vv = 1.0;
};

struct Motion {
  Flow flow;
  ModeCovariance noise;
};

// Sigma' = A Sigma + Sigma A^T + Q and F' = A F, A = [0 1; -omega^2 -gamma], term by term.
Motion series(double gamma, double omega2, double density, double t) {
  Motion out;
  Flow f;
  ModeCovariance s{0.0, 0.0, density * t};
  out.noise = s;
  for (int n = 1; n <= kSeriesTerms; ++n) {
    const double a = t / n;
    f = {a * f.vx, a * f.vv, -a * (omega2 * f.xx + gamma * f.vx),
         -a * (omega2 * f.xv + gamma * f.vv)};
    out.flow.xx += f.xx;
    out.flow.xv += f.xv;
    out.flow.vx += f.vx;
    out.flow.vv += f.vv;
    const double b = t / (n + 1);
    s = {b * 2.0 * s.qv, b * (s.vv - omega2 * s.qq - gamma * s.qv),
         -b * 2.0 * (omega2 * s.qv + gamma * s.vv)};
    out.noise.qq += s.qq;
    out.noise.qv += s.qv;
    out.noise.vv += s.vv;
  }
  return out;
}

void double_time(Motion& motion) {
  const Flow f = motion.flow;
  const ModeCovariance s = motion.noise;
  const double xq = f.xx * s.qq + f.xv * s.qv, xv = f.xx * s.qv + f.xv * s.vv;
  const double vq = f.vx * s.qq + f.vv * s.qv, vv = f.vx * s.qv + f.vv * s.vv;
  motion.noise.qq += xq * f.xx + xv * f.xv;
  motion.noise.qv += xq * f.vx + xv * f.vv;
  motion.noise.vv += vq * f.vx + vv * f.vv;
  motion.flow = {f.xx * f.xx + f.xv * f.vx, f.xv * (f.xx + f.vv), f.vx * (f.xx + f.vv),
                 f.vx * f.xv + f.vv * f.vv};
}

}  // namespace

ModeCovariance compute_mode_covariance(double gamma, double omega2, double density, double t) {
  if (density == 0.0 || t == 0.0) return {};
  int doublings = 0;
  std::frexp((gamma + std::sqrt(omega2)) * t / kSeriesRate, &doublings);
  doublings = std::clamp(doublings, 0, kMostDoublings);
  Motion motion = series(gamma, omega2, density, std::ldexp(t, -doublings));
  for (int i = 0; i < doublings; ++i) double_time(motion);
  return motion.noise;
}

ModeNoise factor_mode_noise(const ModeCovariance& covariance) {
  ModeNoise noise;
  noise.position = std::sqrt(covariance.qq);
  if (noise.position > 0.0) noise.cross = covariance.qv / noise.position;
  noise.velocity = std::sqrt(std::max(0.0, covariance.vv - noise.cross * noise.cross));
  return noise;
}

}  // namespace springspice::dynamics
