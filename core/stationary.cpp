#include "core/stationary.hpp"

#include <cmath>
#include <limits>

namespace springspice::core {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What grows without bound where noise drives it, and stays where it is where none does.
double free_moment(double noise) { return noise == 0.0 ? 0.0 : std::copysign(kInfinity, noise); }

void solve_overdamped(const Eigen::VectorXd& rate, StationaryMoments& moments) {
  const Eigen::Index nu = rate.size();
  for (Eigen::Index l = 0; l < nu; ++l) {
    for (Eigen::Index k = 0; k < nu; ++k) {
      const double sum = rate(k) + rate(l);
      const double noise = moments.noise(k, l);
      moments.qq(k, l) = sum > 0.0 ? noise / sum : free_moment(noise);
    }
  }
}

void solve_underdamped(const Eigen::VectorXd& w, double gamma, StationaryMoments& moments) {
  const Eigen::Index nu = w.size();
  moments.qv.resize(nu, nu);
  moments.vv.resize(nu, nu);
  for (Eigen::Index l = 0; l < nu; ++l) {
    for (Eigen::Index k = 0; k < nu; ++k) {
      const double noise = moments.noise(k, l);
      const double sum = w(k) + w(l);
      if (sum == 0.0) {
        moments.qq(k, l) = free_moment(noise);
        moments.qv(k, l) = 0.0;
        moments.vv(k, l) = noise / (2.0 * gamma);
        continue;
      }
      const double gap = w(k) - w(l);
      const double qq = noise / (gamma * sum + gap * gap / (2.0 * gamma));
      moments.qq(k, l) = qq;
      moments.qv(k, l) = gap / (2.0 * gamma) * qq;
      moments.vv(k, l) = sum / 2.0 * qq;
    }
  }
}

}  // namespace

std::optional<StationaryMoments> solve_stationary(const Modes& modes, Dynamics dynamics,
                                                  const SparseMatrix& S) {
  const Eigen::Index nu = modes.stiffness.size();
  StationaryMoments moments;
  moments.noise = modes.shapes.transpose() * (S * modes.shapes);
  moments.qq.resize(nu, nu);
  if (dynamics == Dynamics::overdamped) {
    solve_overdamped(modes.stiffness, moments);
    return moments;
  }
  if (modes.friction <= 0.0) return std::nullopt;
  solve_underdamped(modes.stiffness, modes.friction, moments);
  return moments;
}

}  // namespace springspice::core
