#include "core/learning_free_energy.hpp"

#include <cmath>

#include <Eigen/Dense>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;

namespace {

SecondOrderSystem one_coordinate(double K, double f, double kT) {
  SecondOrderSystem system;
  system.dynamics = Dynamics::overdamped;
  system.K = Eigen::MatrixXd::Constant(1, 1, K).sparseView();
  system.D = system.K;
  system.f = Eigen::MatrixXd::Constant(1, 1, f);
  system.kT = kT;
  system.shape = {1};
  return system;
}

}  // namespace

TEST_CASE("the free energy of learning, against the integrals themselves") {
  // U = K/2 x^2 - f x + c with a prior of mean 0.8 and spread 0.5.
  const double K = 6.0, f = 5.0, kT = 0.3, c = 1.7;
  const TargetPrior prior{0.8, 0.5, 0.5 * K * 0.64 - f * 0.8 + c};
  const double pin = kT / 0.25;
  double before = 0.0, after = 0.0;
  // Equal steps over an integrand that vanishes at both ends: exact to rounding.
  for (double x = -6.0; x <= 8.0; x += 0.01) {
    const double pinned = 0.5 * pin * (x - 0.8) * (x - 0.8);
    before += std::exp(-pinned / kT);
    after += std::exp(-(pinned + 0.5 * K * x * x - f * x + c) / kT);
  }
  const Eigen::VectorXd difference =
      learning_free_energy(one_coordinate(K, f, kT), std::vector{prior});
  REQUIRE(difference.size() == 1);
  CHECK(difference(0) == Approx(-kT * std::log(after / before)).epsilon(1e-12));
}

TEST_CASE(
    "the free energy of learning of a data set, against dense least squares and determinant") {
  // The second grid has cells without data: K is singular, dF is not.
  const bool sparse_data = GENERATE(false, true);
  const auto s = sample::make_sample({3, 2}, 2, sparse_data ? 3 : 40, 77);
  Parameters parameters;
  parameters.spring = 1.3;
  parameters.kT = 0.2;
  if (!sparse_data) parameters.pin_spring = 0.4;
  if (!sparse_data) parameters.pin_level = 0.25;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const std::vector<TargetPrior> priors = make_target_priors(s.data, parameters);
  const Eigen::VectorXd difference = learning_free_energy(system, priors);
  const Eigen::MatrixXd W = sample::hat_weights(s.grid, s.u);
  const Eigen::Index points = W.rows(), nodes = W.cols();
  REQUIRE(difference.size() == 2);
  for (Eigen::Index p = 0; p < 2; ++p) {
    const double mean = s.y.col(p).mean();
    const double variance =
        (s.y.col(p).array() - mean).square().sum() / static_cast<double>(points - 1);
    const double pin = parameters.kT / variance;
    // Data springs, pin springs and prior as one least-squares problem |B x - b|^2 / 2.
    Eigen::MatrixXd B(points + 2 * nodes, nodes);
    Eigen::VectorXd b(points + 2 * nodes);
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(nodes, nodes);
    B << std::sqrt(1.3) * W, std::sqrt(parameters.pin_spring) * identity, std::sqrt(pin) * identity;
    b << std::sqrt(1.3) * s.y.col(p),
        Eigen::VectorXd::Constant(nodes, std::sqrt(parameters.pin_spring) * 0.25),
        Eigen::VectorXd::Constant(nodes, std::sqrt(pin) * mean);
    const Eigen::VectorXd x = B.colPivHouseholderQr().solve(b);
    const double least = 0.5 * (B * x - b).squaredNorm();
    const double determinant = (B.transpose() * B / pin).determinant();
    // 40 terms a sum, a condition number of some thousands.
    CHECK(difference(p) ==
          Approx(least + 0.5 * parameters.kT * std::log(determinant)).epsilon(1e-11));
  }
}

TEST_CASE("mistake: a free energy of learning where there is none") {
  const std::vector<TargetPrior> prior{{0.0, 1.0, 0.0}}, still{{0.0, 0.0, 0.0}};
  CHECK_THROWS_WITH(learning_free_energy(one_coordinate(1.0, 0.0, 0.0), prior),
                    ContainsSubstring("kT is 0"));
  CHECK_THROWS_WITH(learning_free_energy(one_coordinate(1.0, 0.0, 1.0), still),
                    ContainsSubstring("output 0 do not vary"));
}
