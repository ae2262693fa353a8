#include "sim/dynamics/paths.hpp"

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <string>

#include <Eigen/Cholesky>

#include "core/error.hpp"
#include "sim/dynamics/path_recorder.hpp"
#include "sim/dynamics/path_statistics.hpp"
#include "sim/dynamics/start_sampler.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using namespace springspice::dynamics;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using small::Prepared;

namespace {

PathHooks hooks_of(const StartSampler& start) {
  PathHooks hooks;
  hooks.start = [&start](std::uint64_t run, MatrixXd& theta) { start.draw(run, theta); };
  return hooks;
}

PathStatistics gather(const Prepared& p, const Integrator& integrator, const PathPlan& plan,
                      const PathHooks& hooks, const PathStatistics::Request& request) {
  const MatrixXd reference = MatrixXd::Zero(integrator.model_rows(), p.system.outputs());
  PathStatistics statistics(p.system, reference, std::nullopt, 0.0, plan, request);
  PathObserver* const observers[] = {&statistics};
  CHECK(run_paths(integrator, p.system.outputs(), plan, hooks, observers));
  return statistics;
}

std::string record(const Prepared& p, const Integrator& integrator, const PathPlan& plan,
                   const PathHooks& hooks) {
  std::string text;
  const auto writer =
      make_path_writer(PathFormat::csv, make_layout(p.system, plan.runs, plan.samples()),
                       [&](std::string_view piece) { text += piece; });
  PathRecorder recorder(*writer, integrator.step() * static_cast<double>(plan.every),
                        p.system.size(), p.system.outputs());
  PathObserver* const observers[] = {&recorder};
  CHECK(run_paths(integrator, p.system.outputs(), plan, hooks, observers));
  return text;
}

}  // namespace

TEST_CASE("paths: statistics and recordings are the same to the bit for any number of threads") {
  const auto model = GENERATE(small::NoiseModel::fdt, small::NoiseModel::diagonal);
  const Prepared p(small::sticks(model));
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 0.1);
  const auto start = make_stationary_start(p.system, p.null_space, p.modes, 7);
  PathPlan plan;
  plan.seed = 7;
  plan.runs = 301;
  plan.steps = 40;
  plan.every = 4;
  PathStatistics::Request request;
  request.stride = 3;
  request.pooled_from = 5;
  const auto with = [&](int threads) {
    plan.threads = threads;
    return gather(p, *exact, plan, hooks_of(*start), request);
  };
  const PathStatistics one = with(1);
  CHECK(one.samples() == std::vector<std::uint64_t>{0, 3, 6, 9, 10});
  CHECK(one.pooled_count() == 301 * 6);
  for (const int threads : {2, 3, 8}) {
    const PathStatistics many = with(threads);
    CHECK(many.pooled_mean() == one.pooled_mean());
    CHECK(many.pooled_covariance(1) == one.pooled_covariance(1));
    for (std::size_t s = 0; s < one.samples().size(); ++s) {
      CHECK(many.mean(s) == one.mean(s));
      CHECK(many.variance(s) == one.variance(s));
      CHECK(many.energies(s).kinetic.mean() == one.energies(s).kinetic.mean());
      CHECK(many.energies(s).potential.deviation() == one.energies(s).potential.deviation());
    }
  }
  plan.in_order = true;
  plan.runs = 20;
  plan.threads = 1;
  const std::string text = record(p, *exact, plan, hooks_of(*start));
  plan.threads = 3;
  CHECK(record(p, *exact, plan, hooks_of(*start)) == text);
  plan.ahead = 1;
  CHECK(record(p, *exact, plan, hooks_of(*start)) == text);
}

TEST_CASE("paths: from the stationary state nothing changes but by chance") {
  const auto model = GENERATE(small::NoiseModel::fdt, small::NoiseModel::diagonal);
  const Prepared p(small::sticks(model));
  const StationaryState wanted = solve_stationary_state(p.system, p.null_space, p.modes);
  const auto start = make_stationary_start(p.system, p.null_space, p.modes, 3);
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 0.7);
  PathPlan plan;
  plan.seed = 3;
  plan.runs = 4000;
  plan.steps = plan.every = 5;
  for (const std::uint64_t from : {0u, 1u}) {
    PathStatistics::Request request;
    request.pooled_from = from;
    if (from == 0) plan.steps = plan.every = 0, plan.every = 1;  // the start alone
    if (from == 1) plan.steps = plan.every = 5;
    const PathStatistics got = gather(p, *exact, plan, hooks_of(*start), request);
    const MatrixXd theta = wanted.covariance();
    const double n = static_cast<double>(plan.runs);
    for (Index output = 0; output < 2; ++output) {
      const VectorXd mean = got.pooled_mean().col(output);
      const MatrixXd covariance = got.pooled_covariance(output);
      for (Index i = 0; i < 6; ++i) {
        const double rest = i < 3 ? wanted.mean(i, output) : 0.0;
        // z of level 1e-3 for each family of about 70 numbers: 4.3.
        CHECK(std::abs(mean(i) - rest) < 4.3 * std::sqrt(theta(i, i) / n));
        for (Index j = 0; j <= i; ++j) {
          const double spread =
              std::sqrt((theta(i, i) * theta(j, j) + theta(i, j) * theta(i, j)) / n);
          CHECK(std::abs(covariance(i, j) - theta(i, j)) < 4.3 * spread);
        }
      }
    }
  }
}

TEST_CASE("paths: energies are those of the state, and equipartition holds") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const auto start = make_stationary_start(p.system, p.null_space, p.modes, 1);
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 1.0);
  PathPlan plan;
  plan.runs = 3000;
  plan.every = 1;
  PathStatistics::Request request;
  const PathStatistics got = gather(p, *exact, plan, hooks_of(*start), request);
  // Six velocities (three nodes, two outputs): 3 kT, of variance 3 kT^2.
  const Tally& kinetic = got.pooled_energies().kinetic;
  CHECK(kinetic.count() == 3000);
  CHECK(std::abs(kinetic.mean() - 3.0 * small::kT) < 3.29 * kinetic.standard_error());
  CHECK(kinetic.deviation() == Approx(std::sqrt(3.0) * small::kT).epsilon(0.1));
  double lowest = 0.0;
  const MatrixXd fit = MatrixXd(p.system.K).ldlt().solve(p.system.f);
  for (Index m = 0; m < 2; ++m) lowest -= 0.5 * p.system.f.col(m).dot(fit.col(m));
  const Tally& potential = got.pooled_energies().potential;
  CHECK(std::abs(potential.mean() - lowest - 3.0 * small::kT) < 3.29 * potential.standard_error());
}

TEST_CASE("paths: a recording holds time, all positions, then all velocities") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  core::State state{MatrixXd(3, 2), MatrixXd(3, 2)};
  state.x << 1, 4, 2, 5, 3, 6;
  state.v << 0.1, 0.4, 0.2, 0.5, 0.3, 0.6;
  const auto start = make_given_start(state);
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 0.25);
  PathPlan plan;
  plan.in_order = true;
  plan.steps = 4;
  plan.every = 2;
  const std::string text = record(p, *exact, plan, hooks_of(*start));
  CHECK(text.substr(0, text.find('\n', text.find('\n') + 1) + 1) ==
        "t,x0y1,x1y1,x2y1,x0y2,x1y2,x2y2,v0y1,v1y1,v2y1,v0y2,v1y2,v2y2\n"
        "0,1,2,3,4,5,6,0.1,0.2,0.3,0.4,0.5,0.6\n");
  CHECK(text.find("\n0.5,") != std::string::npos);
  CHECK(text.find("\n1,") != std::string::npos);
}

TEST_CASE("paths: a stop is heard at once, and what was seen stays") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 0.1);
  const auto start = make_stationary_start(p.system, p.null_space, p.modes, 1);
  PathPlan plan;
  plan.runs = 50;
  plan.steps = 1000000000000;
  plan.every = 1000;
  plan.threads = 2;
  PathHooks hooks = hooks_of(*start);
  std::atomic<int> asked = 0;
  hooks.stop = [&] { return ++asked > 20; };
  PathStatistics::Request request;
  request.stride = 1000000;
  const MatrixXd reference = MatrixXd::Zero(6, 2);
  PathStatistics statistics(p.system, reference, std::nullopt, 0.0, plan, request);
  PathObserver* const observers[] = {&statistics};
  CHECK_FALSE(run_paths(*exact, 2, plan, hooks, observers));
  CHECK(statistics.energies(0).kinetic.count() > 0);
  CHECK(statistics.pooled_count() > 0);
}

TEST_CASE("paths: what an observer or a start throws comes out, and a run that blows up is named") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const auto exact = make_integrator(Scheme::exact, p.system, p.modes, 0.1);
  PathPlan plan;
  plan.runs = 100;
  plan.steps = 10;
  plan.threads = 3;
  PathHooks hooks;
  hooks.start = [](std::uint64_t run, MatrixXd&) {
    if (run == 57) throw std::runtime_error("no start");
  };
  CHECK_THROWS_WITH(run_paths(*exact, 2, plan, hooks, {}), "no start");

  core::SecondOrderSystem hill = small::oscillator(0.1, -4.0);
  hill.kT = 0.0;
  const auto midpoint = make_integrator(Scheme::midpoint, hill, std::nullopt, 0.5);
  plan.steps = 1000;
  plan.every = 100;
  hooks.start = [](std::uint64_t, MatrixXd& theta) { theta.setOnes(); };
  CHECK_THROWS_WITH(run_paths(*midpoint, 2, plan, hooks, {}),
                    Catch::Contains("no longer finite at t = ") && Catch::Contains("run "));
}

TEST_CASE("starts: random ones have the targets' spread, each run its own") {
  const Prepared p(small::sticks(small::NoiseModel::fdt));
  const double spread[] = {2.0, 0.5};
  const auto start = make_random_start(p.system, spread, 11);
  MatrixXd theta, again;
  double squares[2] = {};
  const int runs = 3000;
  for (int run = 0; run < runs; ++run) {
    start->draw(static_cast<std::uint64_t>(run), theta);
    CHECK(theta.bottomRows(3).cwiseAbs().maxCoeff() == 0.0);
    for (Index m = 0; m < 2; ++m) squares[m] += theta.col(m).squaredNorm();
  }
  // z of level 1e-3 for a variance of 9000 normals.
  for (int m = 0; m < 2; ++m) {
    const double ratio = squares[m] / (3.0 * runs * spread[m] * spread[m]);
    CHECK(std::abs(ratio - 1.0) < 3.29 * std::sqrt(2.0 / (3.0 * runs)));
  }
  start->draw(5, theta);
  start->draw(5, again);
  CHECK(theta == again);
  start->draw(6, again);
  CHECK((theta - again).topRows(3).cwiseAbs().minCoeff() > 0.0);
}

TEST_CASE("starts: no stationary state is an error that says why") {
  const Prepared free(small::oscillator(1.0, 0.0));
  CHECK_THROWS_WITH(make_stationary_start(free.system, free.null_space, free.modes, 1),
                    Catch::Contains("--x0 stationary") && Catch::Contains("free"));
  const Prepared undamped(small::oscillator(0.0, 4.0));
  CHECK_THROWS_WITH(make_stationary_start(undamped.system, undamped.null_space, undamped.modes, 1),
                    Catch::Contains("--x0 stationary") && Catch::Contains("friction"));
}
