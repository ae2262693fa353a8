#include "sim/training/train.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "sim/dynamics/stable_step.hpp"
#include "sim/training/shuffle.hpp"
#include "tests/catch.hpp"
#include "tests/sim/training/training_case.hpp"

using namespace springspice;
using test::make_case;
using test::TrainingCase;

namespace {

/// L^-T xi of R = L L^T, or the paper's independent velocities.
Eigen::VectorXd shake(const TrainingCase& run, const core::SecondOrderSystem& system, double h,
                      const Eigen::VectorXd& xi) {
  const core::Parameters& p = run.parameters;
  if (p.kT == 0.0) return Eigen::VectorXd::Zero(xi.size());
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  if (!overdamped && p.noise_model == core::NoiseModel::diagonal) {
    return std::sqrt(2.0 * p.friction * p.kT * h / p.mass) * xi;
  }
  const Eigen::MatrixXd R(overdamped ? system.D : system.M);
  const Eigen::MatrixXd upper = Eigen::LLT<Eigen::MatrixXd>(R).matrixU();
  const double rate = overdamped ? 1.0 : p.friction;
  return std::sqrt(2.0 * p.kT * rate * h) * upper.fullPivLu().solve(xi);
}

/// Euler and Maruyama's scheme with full matrices, for `epochs` epochs.
core::State plain_euler(const TrainingCase& run, int epochs) {
  core::State s = run.start();
  const auto steps = static_cast<int>(*run.plan.steps);
  const double h = run.plan.batch_time / steps;
  training::BatchNoise noise(run.plan.seed, 0);
  const int count = static_cast<int>(run.data.size());
  std::uint64_t number = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto order = training::shuffle_epoch(count, run.plan.seed, static_cast<unsigned>(epoch));
    for (int first = 0; first < count; first += static_cast<int>(run.plan.batch), ++number) {
      const int last = std::min(count, first + static_cast<int>(run.plan.batch));
      const std::vector<int> rows(order.begin() + first, order.begin() + last);
      const core::SecondOrderSystem system = run.batch_system(rows);
      const bool overdamped = system.dynamics == core::Dynamics::overdamped;
      const Eigen::MatrixXd inverse =
          Eigen::MatrixXd(overdamped ? system.D : system.M)
              .llt()
              .solve(Eigen::MatrixXd::Identity(system.size(), system.size()));
      for (Eigen::Index p = 0; p < system.outputs(); ++p) {
        Eigen::MatrixXd xi = Eigen::MatrixXd::Zero(system.size(), steps);
        if (system.kT > 0.0) noise.fill(static_cast<std::uint64_t>(p), number, 0, xi);
        for (int n = 0; n < steps; ++n) {
          const Eigen::VectorXd force = system.f.col(p) - system.K * s.x.col(p);
          const Eigen::VectorXd kick = shake(run, system, h, xi.col(n));
          if (overdamped) {
            s.x.col(p) += h * inverse * force + kick;
            continue;
          }
          const Eigen::VectorXd a = inverse * force - run.parameters.friction * s.v.col(p);
          s.x.col(p) += h * s.v.col(p);
          s.v.col(p) += h * a + kick;
        }
      }
    }
  }
  return s;
}

void compare_with_plain_euler(const TrainingCase& run) {
  training::Training training = run.training();
  training.run_epoch();
  training.run_epoch();
  const Eigen::MatrixXd wanted = test::stack(plain_euler(run, 2));
  // 400 steps of a stable scheme, a few roundings each.
  CHECK((test::stack(training.states()[0]) - wanted).norm() <= 1e-12 * wanted.norm());
}

}  // namespace

TEST_CASE("an epoch of Euler steps is that of a plain dense loop") {
  TrainingCase run = make_case();
  SECTION("underdamped; the last batch is smaller") {
    CHECK(run.training().batches() == 4);
    compare_with_plain_euler(run);
  }
  SECTION("overdamped") {
    run.parameters.dynamics = core::Dynamics::overdamped;
    compare_with_plain_euler(run);
  }
  SECTION("springs that always act") {
    run.parameters.neighbor_spring = 0.4;
    run.parameters.pin_spring = 0.3;
    compare_with_plain_euler(run);
  }
  SECTION("more rows in a batch than nodes") {
    run = make_case(40, 25);
    compare_with_plain_euler(run);
  }
  SECTION("one step a batch, as the paper says") {
    run.plan.steps = 1;
    run.plan.batch_time = 0.02;
    compare_with_plain_euler(run);
  }
  SECTION("a grid whose inertia is solved for by sparse Cholesky") {
    run = make_case(7, 5);
    run.axes = {{"a", 14, 0.0, 1.0}, {"b", 13, 0.0, 1.0}};
    run.plan.steps = 20;
    run.plan.batch_time = 0.1;
    compare_with_plain_euler(run);
  }
}

TEST_CASE("noise enters each Euler step as the scheme says") {
  TrainingCase run = make_case();
  run.parameters.kT = 0.3;
  SECTION("fdt") { compare_with_plain_euler(run); }
  SECTION("diagonal") {
    run.parameters.noise_model = core::NoiseModel::diagonal;
    compare_with_plain_euler(run);
  }
  SECTION("overdamped") {
    run.parameters.dynamics = core::Dynamics::overdamped;
    compare_with_plain_euler(run);
  }
}

TEST_CASE("a long batch of all rows comes to rest in the least-squares fit") {
  TrainingCase run = make_case(18, 18);
  run.plan.batch_time = 1e5;
  run.plan.steps.reset();
  training::Training training = run.training();
  training.run_epoch();
  const core::SecondOrderSystem all = run.batch_system(test::all_rows(run.data));
  const core::NullSpace null_space = core::find_null_space(all.K);
  REQUIRE(null_space.dimension() == 0);
  const Eigen::MatrixXd fit = core::solve_fit(all, null_space);
  CHECK((training.states()[0].x - fit).norm() <= 1e-9 * fit.norm());
  CHECK((training::solve_training_fit(run.system(), run.rows()) - fit).norm() <=
        1e-11 * fit.norm());
  CHECK(training.states()[0].v.norm() < 1e-9);
  CHECK(training.kinetic_energy() < 1e-18);
  // All rows are the last batch.
  CHECK(*training.last_batch_loss() ==
        Approx(training::mean_squared_error(training.rows(), training.states())));
}

TEST_CASE("losses are the mean squared errors of the predictions") {
  const TrainingCase run = make_case();
  const core::State state = run.start();
  core::Predictor predictor(core::Grid(run.axes), state.x);
  double sum = 0.0;
  for (Eigen::Index j = 0; j < run.data.size(); ++j) {
    double fit[2];
    predictor.predict(run.data.input(j), fit);
    for (Eigen::Index p = 0; p < 2; ++p) sum += std::pow(fit[p] - run.data.targets(j, p), 2);
  }
  const std::vector<training::SpringRows> rows{run.rows()};
  const std::vector<core::State> states{state};
  CHECK(training::mean_squared_error(rows, states) == Approx(sum / 36.0).epsilon(1e-14));
}

TEST_CASE("a training that goes on from a state gives the same bits as one that never stopped") {
  for (const bool exact : {false, true}) {
    TrainingCase run = make_case();
    run.parameters.kT = 0.2;
    if (exact) run.plan.steps.reset();
    training::Training whole = run.training();
    for (int epoch = 0; epoch < 5; ++epoch) whole.run_epoch();
    training::Training first = run.training();
    for (int epoch = 0; epoch < 2; ++epoch) first.run_epoch();
    training::Training second({run.system()}, {run.rows()}, run.plan, first.states(), 2);
    for (int epoch = 0; epoch < 3; ++epoch) second.run_epoch();
    CHECK(second.epoch() == 5);
    CHECK(second.time() == Approx(5.0));
    CHECK(second.states()[0].x == whole.states()[0].x);
    CHECK(second.states()[0].v == whole.states()[0].v);
  }
}

TEST_CASE("without shuffling every epoch meets the rows as they are") {
  TrainingCase run = make_case(10, 5);
  run.plan.shuffle = false;
  training::Training training = run.training();
  training.run_epoch();
  // The last batch is the last five rows.
  const std::vector<int> last{5, 6, 7, 8, 9};
  CHECK(*training.last_batch_loss() ==
        training::mean_squared_error(training.rows(), training.states(), last));
}

TEST_CASE("Euler's bound separates steps that decay from steps that grow") {
  using core::Dynamics;
  // Largest |1 + h mu| over the roots of mu^2 + gamma mu + w.
  const auto growth = [](double gamma, double w, double h) {
    const std::complex<double> root = std::sqrt(std::complex<double>(gamma * gamma / 4.0 - w));
    return std::max(std::abs(1.0 + h * (-gamma / 2.0 + root)),
                    std::abs(1.0 + h * (-gamma / 2.0 - root)));
  };
  for (const auto& [gamma, least, most] :
       {std::array{10.0, 0.0, 3.0}, std::array{10.0, 1.0, 24.0}, std::array{10.0, 1.0, 600.0},
        std::array{1.0, 0.5, 40.0}, std::array{3.0, 2.0, 2.4}, std::array{10.0, 20.0, 26.0}}) {
    const double limit = dynamics::largest_euler_step(Dynamics::underdamped, gamma, least, most);
    const auto worst = [&, g = gamma, l = least, m = most](double h) {
      double largest = 0.0;
      // A free mode keeps its position: 1 is no growth.
      for (int i = 0; i <= 200; ++i)
        largest = std::max(largest, growth(g, l + (m - l) * i / 200.0, h));
      return largest;
    };
    CHECK(worst(limit * (1.0 - 1e-6)) <= 1.0);
    CHECK(worst(limit * (1.0 + 1e-6)) > 1.0);
  }
  CHECK(dynamics::largest_euler_step(Dynamics::overdamped, 1.0, 0.0, 8.0) == 0.25);
  CHECK(std::isinf(dynamics::largest_euler_step(Dynamics::overdamped, 1.0, 0.0, 0.0)));
  CHECK(dynamics::largest_euler_step(Dynamics::underdamped, 0.0, 0.0, 1.0) == 0.0);
}

namespace {

std::string complaint(training::Training& training) {
  try {
    training.run_epoch();
  } catch (const core::ParameterError& error) {
    return error.what();
  }
  return "no complaint";
}

/// The largest stable step of the worst batch of the first epoch, from the eigenvalues of
/// M^-1 K_b.
double dense_limit(const TrainingCase& run) {
  double limit = 1e300;
  const int count = static_cast<int>(run.data.size());
  const auto order = training::shuffle_epoch(count, run.plan.seed, 0);
  for (int first = 0; first < count; first += static_cast<int>(run.plan.batch)) {
    const int last = std::min(count, first + static_cast<int>(run.plan.batch));
    const core::SecondOrderSystem system =
        run.batch_system(std::vector<int>(order.begin() + first, order.begin() + last));
    const bool overdamped = system.dynamics == core::Dynamics::overdamped;
    const Eigen::MatrixXd product = Eigen::MatrixXd(overdamped ? system.D : system.M)
                                        .fullPivLu()
                                        .solve(Eigen::MatrixXd(system.K));
    const Eigen::VectorXd w = product.eigenvalues().real();
    limit =
        std::min(limit, dynamics::largest_euler_step(system.dynamics, run.parameters.friction,
                                                     std::max(0.0, w.minCoeff()), w.maxCoeff()));
  }
  return limit;
}

}  // namespace

TEST_CASE("mistake: an unstable Euler step; the message has the largest stable one") {
  TrainingCase run = make_case();
  run.plan.steps = 3;
  run.parameters.spring = 100.0;
  SECTION("few springs") {}
  SECTION("springs everywhere") { run.parameters.neighbor_spring = 20.0; }
  SECTION("overdamped") {
    run.parameters.dynamics = core::Dynamics::overdamped;
    run.parameters.friction = 0.3;
  }
  const double limit = dense_limit(run);
  REQUIRE(limit < 0.25 / 3.0);
  training::Training training = run.training();
  CHECK_THAT(
      complaint(training),
      ContainsSubstring("epoch 1: an explicit Euler step of 0.0833333 is unstable on batch"));
  CHECK_THAT(complaint(training), ContainsSubstring(std::to_string(limit).substr(0, 5)));
  const std::string advice = "give --steps-per-batch ";
  const std::string text = complaint(training);
  const auto steps = std::stoll(text.substr(text.find(advice) + advice.size()));
  CHECK(static_cast<double>(steps) == std::ceil(0.25 / limit));
  // What is advised is stable, one step fewer is not.
  run.plan.steps = steps;
  training::Training advised = run.training();
  CHECK(complaint(advised) == "no complaint");
  run.plan.steps = steps - 1;
  training::Training fewer = run.training();
  CHECK(complaint(fewer) != "no complaint");
  // Just below and just above the limit.
  run.plan.steps = 7;
  run.plan.batch_time = 7.0 * limit * (1.0 - 1e-6);
  training::Training below = run.training();
  CHECK(complaint(below) == "no complaint");
  run.plan.batch_time = 7.0 * limit * (1.0 + 1e-6);
  training::Training above = run.training();
  CHECK(complaint(above) != "no complaint");
}

TEST_CASE("mistake: plans that cannot be") {
  TrainingCase run = make_case();
  const auto refusal = [&run] {
    try {
      (void)run.training();
    } catch (const core::ParameterError& error) {
      return std::string(error.what());
    }
    return std::string("no complaint");
  };
  CHECK(refusal() == "no complaint");
  run.plan.batch = 19;
  CHECK(refusal() ==
        "--batch 19 is larger than the data: there are 18 rows to learn from; give "
        "--batch 18 or fewer");
  run.plan.batch = 0;
  CHECK_THAT(refusal(), ContainsSubstring("--batch is 0"));
  run.plan = make_case().plan;
  run.plan.batch_time = 0.0;
  CHECK_THAT(refusal(), ContainsSubstring("--batch-time is 0; it must be a finite number above 0"));
  run.plan.batch_time = 0.1;
  run.plan.steps = 0;
  CHECK_THAT(refusal(),
             ContainsSubstring("--steps-per-batch is 0; it must be at least 1, or exact"));
  run.plan.steps = 100;
  run.parameters.friction = 0.0;
  training::Training undamped = run.training();
  CHECK_THAT(complaint(undamped), ContainsSubstring("as any is without friction; give --friction "
                                                    "above 0, or --steps-per-batch exact"));
}
