#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "sim/training/input_groups.hpp"
#include "sim/training/train.hpp"
#include "tests/catch.hpp"
#include "tests/core/shared_data.hpp"
#include "tests/sim/training/training_case.hpp"

using namespace springspice;
using Places = std::vector<std::vector<std::size_t>>;

namespace {

const std::vector<std::string> kInputs{"a", "b", "c", "d", "e"};

/// y = a + sin 2b + c d over scattered points of the unit cube in four inputs.
core::DataRows four_inputs(int count) {
  core::DataRows rows;
  rows.input_names = {"a", "b", "c", "d"};
  rows.target_names = {"y"};
  rows.inputs.resize(count, 4);
  rows.targets.resize(count, 1);
  const std::array<double, 4> stride{0.8566748838545029, 0.7338918566271260, 0.6287067210378087,
                                     0.5385972572236101};
  for (int j = 0; j < count; ++j) {
    for (int b = 0; b < 4; ++b) {
      rows.inputs(j, b) = std::fmod(0.1 * b + j * stride[static_cast<std::size_t>(b)], 1.0);
    }
    const auto u = rows.inputs.row(j);
    rows.targets(j, 0) = u[0] + std::sin(2.0 * u[1]) + u[2] * u[3];
  }
  return rows;
}

std::vector<core::Axis> unit_axes(const core::DataRows& rows, int sticks) {
  std::vector<core::Axis> axes;
  for (const std::string& name : rows.input_names) axes.push_back({name, sticks, 0.0, 1.0});
  return axes;
}

/// W of one group, dense, from the grid alone.
Eigen::MatrixXd dense_weights(const core::Grid& grid, const Eigen::MatrixXd& u) {
  Eigen::MatrixXd W = Eigen::MatrixXd::Zero(u.rows(), grid.node_count());
  for (int i = 0; i < grid.node_count(); ++i) {
    // The hat of node i is what a unit at that node predicts.
    core::Predictor hat(grid,
                        Eigen::MatrixXd::Identity(grid.node_count(), grid.node_count()).col(i));
    for (Eigen::Index j = 0; j < u.rows(); ++j) {
      const std::array<double, 2> point{u(j, 0), u(j, 1)};
      hat.predict(point, {&W(j, i), 1});
    }
  }
  return W;
}

}  // namespace

TEST_CASE("groups by number and by name") {
  CHECK(training::parse_groups("2", kInputs) == Places{{0, 1}, {2, 3}, {4}});
  CHECK(training::parse_groups("5", kInputs) == Places{{0, 1, 2, 3, 4}});
  CHECK(training::parse_groups("9", kInputs) == Places{{0, 1, 2, 3, 4}});
  CHECK(training::parse_groups("c,a;b;e,d", kInputs) == Places{{2, 0}, {1}, {4, 3}});
  CHECK(training::parse_groups("2;3", {"2", "3"}) == Places{{0}, {1}});
}

TEST_CASE("mistake: groups that do not fit the inputs") {
  const auto refusal = [](const std::string& text) {
    try {
      training::parse_groups(text, kInputs);
    } catch (const core::ParameterError& error) {
      return std::string(error.what());
    }
    return std::string("no complaint");
  };
  CHECK(refusal("a,b;c,x") ==
        "--groups a,b;c,x: 'x' is no input; there are: a, b, c, d, e; write a,b;c with every input "
        "once");
  CHECK(refusal("a,b;b,c") == "--groups a,b;b,c: 'b' stands twice; groups share no input");
  CHECK(refusal("a,b;c") ==
        "--groups a,b;c: in no group: d, e; add them, or choose --inputs without them");
  CHECK_THAT(refusal("a;;b"), ContainsSubstring("'' is no input"));
  CHECK_THAT(refusal(""), ContainsSubstring("'' is no input"));
  CHECK_THAT(refusal("0"), ContainsSubstring("a group has at least one input"));
  CHECK_THAT(refusal("2.5"), ContainsSubstring("'2.5' is no input"));
}

TEST_CASE("groups that are added come to rest in the joint least-squares fit") {
  const core::DataRows data = four_inputs(60);
  const std::vector<int> all = test::all_rows(data);
  const auto groups = training::make_groups({{0, 1}, {2, 3}}, unit_axes(data, 2));
  core::Parameters parameters;
  parameters.friction = 3.0;
  training::TrainingPlan plan;
  plan.batch = 60;
  plan.batch_time = 1e5;
  plan.steps.reset();
  training::LearningSystem system = training::make_learning_system(groups, data, all, parameters);
  CHECK(system.rest.size() == 18);
  CHECK(Eigen::MatrixXd(system.rest.M).topRightCorner(9, 9).norm() == 0.0);
  const core::State start = core::make_zero_state(system.rest);
  const training::SpringRows rows = training::make_spring_rows(groups, data, all);
  const Eigen::MatrixXd settled = training::solve_training_fit(system, rows);
  training::Training training({std::move(system)}, {rows}, plan, {start});
  training.run_epoch();

  // Constants may go from one group to the other: predictions are unique, positions are not.
  Eigen::MatrixXd W(60, 18);
  W << dense_weights(groups[0].grid, data.inputs.leftCols(2)),
      dense_weights(groups[1].grid, data.inputs.rightCols(2));
  const Eigen::VectorXd wanted =
      W * W.completeOrthogonalDecomposition().solve(Eigen::MatrixXd(data.targets));
  CHECK((W * training.states()[0].x - wanted).norm() <= 1e-9 * wanted.norm());
  // From rest at zero nothing moves along the free direction, as core::solve_fit() says.
  CHECK((training.states()[0].x - settled).norm() <= 1e-9 * settled.norm());
  CHECK(*training.last_batch_loss() ==
        Approx((wanted - data.targets).squaredNorm() / 60.0).epsilon(1e-8));
}

TEST_CASE("groups that are averaged learn by themselves; the prediction is the mean") {
  const core::DataRows data = four_inputs(40);
  const std::vector<int> all = test::all_rows(data);
  const auto groups = training::make_groups({{0, 1}, {2, 3}}, unit_axes(data, 2));
  const core::Parameters parameters;
  training::TrainingPlan plan;
  plan.batch = 8;
  std::vector<training::LearningSystem> systems;
  std::vector<training::SpringRows> rows;
  std::vector<core::State> start;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(40);
  for (const training::InputGroup& group : groups) {
    systems.push_back(training::make_learning_system({&group, 1}, data, all, parameters));
    rows.push_back(training::make_spring_rows({&group, 1}, data, all));
    start.push_back(core::make_zero_state(systems.back().rest));
    // Each alone, on the same batches.
    training::Training alone({systems.back()}, {rows.back()}, plan, {start.back()});
    for (int epoch = 0; epoch < 3; ++epoch) alone.run_epoch();
    const Eigen::MatrixXd u =
        group.inputs[0] == 0 ? data.inputs.leftCols(2) : data.inputs.rightCols(2);
    mean += 0.5 * dense_weights(group.grid, u) * alone.states()[0].x;
  }
  training::Training together(systems, rows, plan, start);
  for (int epoch = 0; epoch < 3; ++epoch) together.run_epoch();
  const double wanted = (mean - data.targets).squaredNorm() / 40.0;
  CHECK(training::mean_squared_error(together.rows(), together.states()) ==
        Approx(wanted).epsilon(1e-12));
}

TEST_CASE("pins of several groups share the mean target") {
  const core::DataRows data = four_inputs(40);
  const auto groups = training::make_groups({{0, 1}, {2, 3}}, unit_axes(data, 2));
  core::Parameters parameters;
  parameters.pin_spring = 2.0;
  const auto system =
      training::make_learning_system(groups, data, test::all_rows(data), parameters);
  CHECK(system.rest.f(0, 0) == Approx(2.0 * data.targets.mean() / 2.0));
  parameters.pin_level = 0.3;
  CHECK(training::make_learning_system(groups, data, test::all_rows(data), parameters)
            .rest.f(17, 0) == 0.6);
}

TEST_CASE("five inputs of an airfoil are learned in groups") {
  const std::string path = shared_data("airfoil_self_noise.csv");
  if (path.empty()) {
    WARN("no shared data: skipped");
    return;
  }
  const core::DataRows data = core::read_rows(path, {}, {});
  const std::vector<int> all = test::all_rows(data);
  const auto groups = training::make_groups(training::parse_groups("2", data.input_names),
                                            core::make_axes(data, "4", std::nullopt));
  core::Parameters parameters;
  parameters.friction = 10.0;
  training::TrainingPlan plan;
  plan.steps.reset();
  training::LearningSystem system = training::make_learning_system(groups, data, all, parameters);
  CHECK(system.rest.size() == 25 + 25 + 5);
  const std::vector<training::SpringRows> rows{training::make_spring_rows(groups, data, all)};
  std::vector<core::State> fit{core::make_zero_state(system.rest)};
  const core::State start = fit[0];
  fit[0].x = training::solve_training_fit(system, rows[0]);
  const double best = training::mean_squared_error(rows, fit);
  training::Training training({std::move(system)}, rows, plan, {start});
  for (int epoch = 0; epoch < 20; ++epoch) training.run_epoch();
  const double loss = training::mean_squared_error(rows, training.states());
  const double variance =
      (data.targets.array() - data.targets.mean()).square().sum() / double(data.size());
  CHECK(best < 0.5 * variance);
  CHECK(loss >= best);
  CHECK(loss < 0.7 * variance);
}
