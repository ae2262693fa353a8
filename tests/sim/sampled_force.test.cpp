#include "sim/sampled_force.hpp"

#include <cmath>

#include "tests/catch.hpp"

using namespace springspice;
using sim::SampledForce;

namespace {

// Two outputs of two coordinates, three sources; the last is a part's own.
sim::CircuitNoise make_noise() {
  sim::CircuitNoise noise;
  noise.H.resize(4, 3);
  noise.H.insert(0, 0) = 2.0;
  noise.H.insert(1, 0) = -1.0;
  noise.H.insert(3, 1) = 0.5;
  noise.H.insert(2, 2) = 7.0;
  noise.H.makeCompressed();
  noise.density = Eigen::Vector3d(0.3, 0.7, 5.0);
  noise.own = {false, false, true};
  return noise;
}

constexpr double kStep = 0.125;

Eigen::MatrixXd expected(double t) {
  const core::NoisePath path(9, 3, kStep);
  const double first = std::sqrt(0.3 / kStep) * path.at(0, t);
  const double second = std::sqrt(0.7 / kStep) * path.at(1, t);
  Eigen::MatrixXd force(2, 2);
  force << 2.0 * first, 0.0, -first, 0.5 * second;
  return force;
}

double distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

// Two products and an interpolation of numbers below 20.
constexpr double kRounding = 20.0 * 8.0 * 2.2e-16;

}  // namespace

TEST_CASE("sampled force: incidence times the noise path, at samples and in between") {
  SampledForce force(make_noise(), 2, 9, 3, kStep);
  CHECK(force.step() == kStep);
  CHECK(force.at(0.0) == Eigen::MatrixXd::Zero(2, 2));
  for (int k = 0; k <= 200; ++k) {
    const double t = k * kStep / 4.0;
    CHECK(distance(force.at(t), expected(t)) < kRounding);
  }
  for (std::uint64_t k = 0; k <= 20; ++k) {
    CHECK(distance(force.sample(k), expected(static_cast<double>(k) * kStep)) < kRounding);
  }
}

TEST_CASE("sampled force: the same for any order of calls, another for another run or seed") {
  SampledForce force(make_noise(), 2, 9, 3, kStep);
  const double times[] = {1.3, 0.05, 7.77, 1.3, 0.2, 0.0, 7.5, 7.5};
  for (const double t : times) {
    SampledForce fresh(make_noise(), 2, 9, 3, kStep);
    CHECK(force.at(t) == fresh.at(t));
  }
  CHECK(SampledForce(make_noise(), 2, 9, 4, kStep).at(1.0) != force.at(1.0));
  CHECK(SampledForce(make_noise(), 2, 8, 3, kStep).at(1.0) != force.at(1.0));
}

TEST_CASE("sampled force: no jump at the samples") {
  SampledForce force(make_noise(), 2, 9, 3, kStep);
  for (std::uint64_t k = 1; k < 50; ++k) {
    const double t = static_cast<double>(k) * kStep;
    const Eigen::MatrixXd before = force.at(std::nextafter(t, 0.0));
    const Eigen::MatrixXd there = force.at(t);
    // Slopes below 40 / step, over one rounding of t.
    CHECK(distance(before, there) < kRounding + 40.0 / kStep * t * 2.3e-16);
  }
}
