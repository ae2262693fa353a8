#include "cli/training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "cli/pipeline.hpp"
#include "cli/predictions.hpp"
#include "core/fit.hpp"
#include "core/initial_state.hpp"

namespace springspice::cli {
namespace {

using Models = std::vector<std::vector<training::InputGroup>>;

core::DataRows read_data(const Options& options, Progress& progress) {
  core::DataRows data =
      core::read_rows(*options.data, options.columns,
                      [&progress](std::size_t rows) { progress.count("rows", rows); });
  require_utf8(data.input_names, *options.data);
  require_utf8(data.target_names, *options.data);
  return data;
}

Models make_models(const Options& options, const core::DataRows& data) {
  const std::string all = std::to_string(data.input_names.size());
  const auto groups = training::make_groups(
      training::parse_groups(options.train.groups.value_or(all), data.input_names),
      core::make_axes(data, options.sticks, options.bounds));
  if (options.train.add) return {groups};
  Models models;
  for (const training::InputGroup& group : groups) models.push_back({group});
  return models;
}

// As core::DataSprings::spread(), of the rows that are learned from.
std::vector<double> find_spread(const core::DataRows& data, const std::vector<int>& rows) {
  std::vector<double> spread(static_cast<std::size_t>(data.targets.cols()), 0.0);
  for (std::size_t p = 0; p < spread.size() && rows.size() > 1; ++p) {
    const Eigen::VectorXd y = data.targets.col(static_cast<Eigen::Index>(p))(rows);
    spread[p] =
        std::sqrt((y.array() - y.mean()).square().sum() / static_cast<double>(rows.size() - 1));
  }
  return spread;
}

// One state for all systems' nodes, in order, cut into theirs: a file of --x0 has them all.
std::vector<core::State> make_start(const Options& options, const core::DataRows& data,
                                    const std::vector<int>& rows,
                                    const std::vector<training::LearningSystem>& systems) {
  Eigen::Index nodes = 0;
  for (const training::LearningSystem& system : systems) nodes += system.rest.size();
  core::SecondOrderSystem whole;
  whole.dynamics = systems.front().rest.dynamics;
  whole.K.resize(nodes, nodes);
  whole.f = Eigen::MatrixXd::Zero(nodes, data.targets.cols());
  const core::State all =
      options.x0 == "zero" ? core::make_zero_state(whole)
      : options.x0 == "random"
          ? core::make_random_state(whole, find_spread(data, rows), options.seed)
          : core::read_state(whole, options.x0);
  std::vector<core::State> start;
  Eigen::Index first = 0;
  for (const training::LearningSystem& system : systems) {
    start.push_back(core::make_zero_state(system.rest));
    start.back().x = all.x.middleRows(first, system.rest.size());
    if (system.underdamped()) start.back().v = all.v.middleRows(first, system.rest.size());
    first += system.rest.size();
  }
  return start;
}

std::vector<training::SpringRows> make_rows(const Models& models, const core::DataRows& data,
                                            const std::vector<int>& rows) {
  std::vector<training::SpringRows> out;
  for (const auto& groups : models) {
    out.push_back(training::make_spring_rows(groups, data, rows));
  }
  return out;
}

// Rows of the table of --test, or those held out.
std::vector<training::SpringRows> make_test(const Options& options, const Models& models,
                                            const core::DataRows& data,
                                            const std::vector<int>& held_out) {
  if (!options.train.test) return make_rows(models, data, held_out);
  const core::DataRows test =
      core::read_rows(*options.train.test, {data.input_names, data.target_names}, {});
  std::vector<int> all(static_cast<std::size_t>(test.size()));
  std::iota(all.begin(), all.end(), 0);
  std::vector<training::SpringRows> rows = make_rows(models, test, all);
  std::size_t clamped = 0;
  for (const training::SpringRows& model : rows) clamped = std::max(clamped, model.clamped);
  remark_clamped(clamped, all.size(), "rows of --test");
  return rows;
}

void remark_free(const TrainingSetup& setup, std::size_t model, const std::string& text) {
  if (text.empty() || setup.models.size() == 1) return print_remark(text);
  std::string names;
  for (const core::Axis& axis : setup.models[model].front().grid.axes()) {
    names += (names.empty() ? "" : ",") + core::printable(axis.name);
  }
  print_remark(fmt::format("group {}: {}", names, text));
}

}  // namespace

TrainingSetup prepare_training(const Options& options, Progress& progress) {
  TrainingSetup setup;
  setup.data = read_data(options, progress);
  setup.models = make_models(options, setup.data);
  const training::Split split =
      training::split_rows(static_cast<int>(setup.data.size()),
                           options.train.test ? 0.0 : options.train.test_fraction, options.seed);
  setup.test = make_test(options, setup.models, setup.data, split.test);
  std::vector<training::LearningSystem> systems;
  for (const auto& groups : setup.models) {
    systems.push_back(
        training::make_learning_system(groups, setup.data, split.train, options.parameters));
  }
  std::vector<core::State> start = make_start(options, setup.data, split.train, systems);
  training::TrainingPlan plan = options.train.plan;
  plan.seed = options.seed;
  setup.training = std::make_unique<training::Training>(
      std::move(systems), make_rows(setup.models, setup.data, split.train), plan, std::move(start));
  return setup;
}

Losses compute_losses(const TrainingSetup& setup, std::span<const core::State> states) {
  Losses losses;
  losses.train = training::mean_squared_error(setup.training->rows(), states);
  if (setup.test_points() > 0) losses.test = training::mean_squared_error(setup.test, states);
  return losses;
}

std::vector<core::State> fit_all_springs(const TrainingSetup& setup) {
  std::vector<core::State> states;
  const auto& systems = setup.training->systems();
  for (std::size_t g = 0; g < systems.size(); ++g) {
    const core::SecondOrderSystem all =
        training::join_all_springs(systems[g], setup.training->rows()[g]);
    const core::NullSpace null_space = core::find_null_space(all.K);
    // A constant may always go from one added group to another: nothing to remark.
    if (setup.models[g].size() == 1) {
      remark_free(setup, g, describe_null_space(all, null_space));
    }
    states.push_back(core::make_zero_state(all));
    states.back().x = core::solve_fit(all, null_space);
  }
  return states;
}

}  // namespace springspice::cli
