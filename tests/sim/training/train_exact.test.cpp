#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/modes.hpp"
#include "sim/dynamics/mode_response.hpp"
#include "sim/training/shuffle.hpp"
#include "sim/training/train.hpp"
#include "tests/catch.hpp"
#include "tests/sim/training/training_case.hpp"

using namespace springspice;
using test::make_case;
using test::TrainingCase;

namespace {

TrainingCase exact_case(int rows = 5, std::size_t batch = 5) {
  TrainingCase run = make_case(rows, batch);
  run.plan.steps.reset();
  run.plan.batch_time = 0.7;
  return run;
}

core::Moments moments_of(const TrainingCase& run) {
  return test::dense_moments(run.batch_system(test::all_rows(run.data)), run.parameters.friction,
                             run.plan.batch_time);
}

void compare_mean(const TrainingCase& run) {
  training::Training training = run.training();
  training.run_epoch();
  const core::Moments moments = moments_of(run);
  core::State start = run.start();
  const Eigen::MatrixXd wanted = moments.propagator * test::stack(start) + moments.drift;
  // propagate_moments() takes a rounding for each unit of 1/|A| in the time.
  CHECK((test::stack(training.states()[0]) - wanted).norm() <= 1e-12 * wanted.norm());
}

// Where the twice log likelihood ratio of "covariance = Sigma" against any covariance lies in its
// chi-squared distribution, as a normal deviate (Wilson and Hilferty); the mean is known.
double likelihood_deviate(const Eigen::MatrixXd& whitened) {
  const auto n = static_cast<double>(whitened.cols());
  const auto p = static_cast<double>(whitened.rows());
  const Eigen::MatrixXd S = whitened * whitened.transpose() / n;
  const double log_det =
      2.0 * Eigen::LLT<Eigen::MatrixXd>(S).matrixLLT().diagonal().array().log().sum();
  // Bartlett's factor brings its mean to the degrees of freedom.
  const double factor = 1.0 - (2.0 * p + 1.0 - 2.0 / (p + 1.0)) / (6.0 * n);
  const double chi2 = factor * n * (S.trace() - log_det - p);
  const double freedom = p * (p + 1.0) / 2.0;
  const double spread = 2.0 / (9.0 * freedom);
  return (std::cbrt(chi2 / freedom) - (1.0 - spread)) / std::sqrt(spread);
}

// The ensemble over seeds, whitened by the exact covariance; both outputs are samples.
void compare_covariance(TrainingCase run, int seeds) {
  const core::Moments moments = moments_of(run);
  const Eigen::MatrixXd mean = moments.propagator * test::stack(run.start()) + moments.drift;
  const Eigen::LLT<Eigen::MatrixXd> factor(moments.covariance);
  REQUIRE(factor.info() == Eigen::Success);
  Eigen::MatrixXd whitened(mean.rows(), 2 * seeds);
  for (int seed = 0; seed < seeds; ++seed) {
    run.plan.seed = static_cast<std::uint64_t>(seed);
    training::Training training = run.training();
    training.run_epoch();
    whitened.middleCols(2 * seed, 2) =
        factor.matrixL().solve(test::stack(training.states()[0]) - mean);
  }
  // Level 1e-3, two-sided.
  CHECK(std::abs(likelihood_deviate(whitened)) < 3.29);
  CHECK(std::abs(whitened.sum()) < 3.29 * std::sqrt(static_cast<double>(whitened.size())));
}

}  // namespace

TEST_CASE("the exact propagator of a batch has the mean of the dense system") {
  TrainingCase run = exact_case();
  SECTION("fewer springs than nodes") { compare_mean(run); }
  SECTION("at many times") {
    for (const double time : {1e-9, 1e-3, 0.05, 5.0, 300.0}) {
      run.plan.batch_time = time;
      compare_mean(run);
    }
  }
  SECTION("frictions from undamped to overdamped") {
    for (const double friction : {0.0, 1e-3, 4.0, 60.0}) {
      run.parameters.friction = friction;
      compare_mean(run);
    }
  }
  SECTION("two data at one place: a spring matrix without full rank") {
    run.data.inputs.row(3) = run.data.inputs.row(1);
    compare_mean(run);
  }
  SECTION("two data next to each other") {
    run.data.inputs.row(3) = run.data.inputs.row(1) + Eigen::RowVector2d(1e-9, 0.0);
    compare_mean(run);
  }
  SECTION("as many rows as nodes and more") {
    run = exact_case(12, 12);
    compare_mean(run);
    run = exact_case(40, 40);
    compare_mean(run);
  }
  SECTION("neighbours and pins") {
    run.parameters.neighbor_spring = 0.7;
    run.parameters.pin_spring = 0.2;
    compare_mean(run);
  }
  SECTION("overdamped") {
    run.parameters.dynamics = core::Dynamics::overdamped;
    compare_mean(run);
    run.parameters.neighbor_spring = 0.7;
    compare_mean(run);
  }
}

TEST_CASE("on a grid whose inertia is solved for by sparse Cholesky, all modes say the same") {
  TrainingCase run = exact_case();
  run.axes = {{"a", 14, 0.0, 1.0}, {"b", 13, 0.0, 1.0}};
  const core::SecondOrderSystem system = run.batch_system(test::all_rows(run.data));
  REQUIRE(system.size() == 210);
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  REQUIRE(modes);
  const core::State start = run.start();
  const Eigen::MatrixXd reading = modes->shapes.transpose() * system.M;
  const Eigen::MatrixXd q = reading * start.x, force = modes->shapes.transpose() * system.f;
  Eigen::MatrixXd moved(q.rows(), q.cols());
  for (Eigen::Index i = 0; i < q.rows(); ++i) {
    const dynamics::ModeResponse r = dynamics::compute_mode_response(
        run.parameters.friction, modes->stiffness[i], run.plan.batch_time);
    moved.row(i) = r.hold * q.row(i) + r.force * force.row(i);
  }
  const Eigen::MatrixXd wanted = modes->shapes * moved;
  training::Training training = run.training();
  training.run_epoch();
  CHECK((training.states()[0].x - wanted).norm() <= 1e-11 * wanted.norm());
}

TEST_CASE("batch after batch, the exact propagator follows the moments of each") {
  TrainingCase run = exact_case(18, 5);
  training::Training training = run.training();
  training.run_epoch();
  Eigen::MatrixXd theta = test::stack(run.start());
  const std::vector<int> order = training::shuffle_epoch(18, run.plan.seed, 0);
  for (int first = 0; first < 18; first += 5) {
    const std::vector<int> rows(order.begin() + first, order.begin() + std::min(18, first + 5));
    const core::Moments moments =
        test::dense_moments(run.batch_system(rows), run.parameters.friction, run.plan.batch_time);
    theta = moments.propagator * theta + moments.drift;
  }
  CHECK((test::stack(training.states()[0]) - theta).norm() <= 1e-12 * theta.norm());
}

TEST_CASE("noise of the exact propagator: ensemble against the exact covariance") {
  // 9 nodes.
  TrainingCase run = exact_case(4, 4);
  run.axes = {{"a", 2, 0.0, 1.0}, {"b", 2, 0.0, 1.0}};
  run.parameters.kT = 0.4;
  SECTION("fewer springs than nodes") { compare_covariance(run, 1500); }
  SECTION("two data at one place") {
    run.data.inputs.row(3) = run.data.inputs.row(1);
    compare_covariance(run, 1500);
  }
  SECTION("neighbours and pins") {
    run.parameters.neighbor_spring = 0.7;
    run.parameters.pin_spring = 0.2;
    compare_covariance(run, 1500);
  }
  SECTION("overdamped") {
    run.parameters.dynamics = core::Dynamics::overdamped;
    compare_covariance(run, 1500);
  }
  SECTION("the paper's noise") {
    run.axes = {{"a", 1, 0.0, 1.0}, {"b", 1, 0.0, 1.0}};
    run.data = test::scattered_rows(3);
    run.plan.batch = 3;
    run.parameters.noise_model = core::NoiseModel::diagonal;
    compare_covariance(run, 700);
  }
}

TEST_CASE("the paper's noise without temperature is no noise") {
  TrainingCase run = exact_case();
  run.parameters.noise_model = core::NoiseModel::diagonal;
  compare_mean(run);
  // At next to no temperature the moments of the whole system move the mean alike.
  training::Training modes = run.training();
  run.parameters.kT = 1e-30;
  training::Training moments = run.training();
  modes.run_epoch();
  moments.run_epoch();
  const Eigen::MatrixXd wanted = test::stack(modes.states()[0]);
  CHECK((test::stack(moments.states()[0]) - wanted).norm() <= 1e-12 * wanted.norm());
}

TEST_CASE("Euler's error falls with the step: order 1") {
  TrainingCase run = exact_case(18, 5);
  run.plan.batch_time = 0.2;
  training::Training exact = run.training();
  exact.run_epoch();
  std::array<double, 3> errors{};
  for (std::size_t i = 0; i < 3; ++i) {
    run.plan.steps = 200LL << i;
    training::Training euler = run.training();
    euler.run_epoch();
    errors[i] = (test::stack(euler.states()[0]) - test::stack(exact.states()[0])).norm();
  }
  for (std::size_t i = 1; i < 3; ++i) {
    const double order = std::log2(errors[i - 1] / errors[i]);
    CHECK(order > 0.97);
    CHECK(order < 1.03);
  }
}

TEST_CASE("mistake: too many nodes for what has no short cut") {
  TrainingCase run = exact_case();
  run.axes = {{"a", 60, 0.0, 1.0}, {"b", 60, 0.0, 1.0}};
  run.parameters.neighbor_spring = 1.0;
  CHECK_THROWS_WITH(run.training(),
                    ContainsSubstring("3721 nodes are above the limit of 3000: give "
                                      "--steps-per-batch 100"));
  run.parameters.neighbor_spring = 0.0;
  CHECK_NOTHROW(run.training());
  run.parameters.kT = 0.1;
  run.parameters.noise_model = core::NoiseModel::diagonal;
  CHECK_THROWS_WITH(run.training(), ContainsSubstring("3721 nodes are above the limit of 200: give "
                                                      "--noise-model fdt"));
}
