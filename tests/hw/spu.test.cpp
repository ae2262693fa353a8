#include "hw/spu.hpp"

#include <Eigen/LU>

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/dense_circuit.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

core::SecondOrderSystem make_chain() {
  core::Parameters parameters;
  parameters.friction = 0.5;
  parameters.kT = 0.1;
  return core::make_system(parabola({3}, 40), parameters);
}

std::string refusal(const core::SecondOrderSystem& system) {
  try {
    hw::make_posterior(system);
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("the sampler's velocities have the posterior's covariance, and its mean is the fit") {
  const core::SecondOrderSystem model = make_chain();
  const hw::Posterior posterior = hw::make_posterior(model);
  const core::SecondOrderSystem& sampler = posterior.sampler;
  const Eigen::MatrixXd K = model.K;
  // A = [0 I; -M^-1 K, -M^-1 D] and Q = M^-1 2 kT D M^-1: kT diag(K'^-1, M'^-1) solves Lyapunov.
  const Eigen::Index nu = K.rows();
  const Eigen::MatrixXd inverse = Eigen::MatrixXd(sampler.M).inverse();
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(2 * nu, 2 * nu);
  A.topRightCorner(nu, nu).setIdentity();
  A.bottomLeftCorner(nu, nu) = -inverse * sampler.K;
  A.bottomRightCorner(nu, nu) = -inverse * sampler.D;
  Eigen::MatrixXd Q = Eigen::MatrixXd::Zero(2 * nu, 2 * nu);
  Q.bottomRightCorner(nu, nu) = 2.0 * sampler.kT * inverse * sampler.D * inverse;
  Eigen::MatrixXd Sigma = Eigen::MatrixXd::Zero(2 * nu, 2 * nu);
  Sigma.topLeftCorner(nu, nu) = sampler.kT * Eigen::MatrixXd(sampler.K).inverse();
  Sigma.bottomRightCorner(nu, nu) = model.kT * K.inverse();
  // Rounding of an inverse of a 4 x 4 matrix of condition below 100.
  CHECK((A * Sigma + Sigma * A.transpose() + Q).cwiseAbs().maxCoeff() <
        1e-12 * Q.cwiseAbs().maxCoeff());
  CHECK((K * posterior.mean - model.f).cwiseAbs().maxCoeff() <
        1e-12 * model.f.cwiseAbs().maxCoeff());
  CHECK(sampler.f.isZero(0.0));
  // gamma kbar, with D = gamma M.
  CHECK(sampler.D.coeff(1, 1) == Approx(0.5 * K.diagonal().mean()));
}

TEST_CASE("spu is its sampler, and reads the deviation of a prediction") {
  const hw::Posterior posterior = hw::make_posterior(make_chain());
  hw::Request request = hand_scaled(posterior.sampler, hw::Topology::spu);
  const std::vector<hw::Query> queries = {{{{1, 0.25}, {2, 0.75}}}};
  request.queries = queries;
  request.initial.v.setConstant(0.3);
  const netlist::Design design = hw::realize(posterior.sampler, request);
  CHECK(design.realization == "spu");
  REQUIRE(design.readouts.size() == 1);
  CHECK(design.readouts[0].kind == netlist::Probe::Kind::velocity);
  // 1e-9 as in equivalence.test.cpp.
  CHECK(dense_error(posterior.sampler, request.initial, design) < 1e-9);
}

TEST_CASE("spu names every coupling that fails") {
  // Odd cycle of positive entries: no signs.
  const Eigen::Matrix3d ones = Eigen::Matrix3d::Constant(1.0) + 3.0 * Eigen::Matrix3d::Identity();
  const Eigen::Matrix3d I = Eigen::Matrix3d::Identity();
  auto system = make_given(I, I, ones, Eigen::Vector3d(1.0, 0.0, 0.0));
  CHECK_THAT(refusal(system), ContainsSubstring("1 coupling fails: K(1,2) = 1;"));
  CHECK_THAT(refusal(system), ContainsSubstring("take --realization rlc with gyrators"));
  // Not dominant: the first row.
  system = make_given(two_by_two(1.0, 0.0, 1.0), two_by_two(1.0, 0.0, 1.0),
                      two_by_two(1.0, 1.5, 4.0), Eigen::Vector2d(1.0, 0.0));
  CHECK_THAT(refusal(system), ContainsSubstring("row 0 of S K S sums to -0.5"));
}

TEST_CASE("spu refuses what it cannot sample") {
  const Eigen::Matrix2d one = two_by_two(1.0, 0.0, 1.0);
  const Eigen::Vector2d f(1.0, 1.0);
  CHECK_THAT(refusal(make_given(one, one, two_by_two(1.0, 1.0, 1.0), f)),
             ContainsSubstring("K is singular: 1 free direction;"));
  CHECK_THAT(refusal(make_given(one, 0.0 * one, one, f)), ContainsSubstring("give --friction"));
  CHECK_THAT(refusal(make_given(Eigen::MatrixXd(), one, one, f)),
             ContainsSubstring("no overdamped form"));
  const Eigen::MatrixXd nine = Eigen::MatrixXd::Identity(9, 9);
  CHECK_THAT(refusal(make_given(nine, nine, nine, Eigen::VectorXd::Ones(9))),
             ContainsSubstring("has 8 cells, and the model has 9 nodes"));
}
