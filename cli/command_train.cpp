// `train`: mini-batches, epoch by epoch; the learning curve, and what was learned.
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/pages/train_page.hpp"
#include "cli/predictions.hpp"
#include "cli/record.hpp"
#include "cli/results.hpp"
#include "cli/training.hpp"
#include "sim/training/group_predictor.hpp"

namespace springspice::cli {
namespace {

class Curve {
 public:
  Curve(const std::optional<std::string>& path, bool keep) : keep_(keep) {
    if (!path) return;
    file_.emplace(*path, "--curve");
    file_->write("epoch,time,train_loss,test_loss,last_batch_loss,kinetic_energy\n");
  }
  // A loss that there is not (no test, no batch yet) is an empty cell.
  void write(const TrainingSetup& setup) {
    if (!file_ && !keep_) return;
    const training::Training& training = *setup.training;
    const Losses losses = compute_losses(setup, training.states());
    if (keep_) {
      kept_.add({static_cast<double>(training.epoch()), losses, training.last_batch_loss()});
    }
    if (!file_) return;
    file_->write(fmt::format("{},{},{},{},{},{}\n", training.epoch(), training.time(), losses.train,
                             cell(losses.test), cell(training.last_batch_loss()),
                             training.kinetic_energy()));
  }
  const LearningCurve& kept() const { return kept_; }
  void finish() {
    if (file_) file_->finish();
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  static std::string cell(const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  }
  std::optional<OutputFile> file_;
  bool keep_;  // for the record
  LearningCurve kept_;
};

// Until all epochs are done or a signal comes.
void run_epochs(const TrainingSetup& setup, std::uint64_t epochs, Curve& curve,
                Progress& progress) {
  training::Training& training = *setup.training;
  const InterruptGuard guard;
  const double all = static_cast<double>(epochs * training.batches());
  double done = 0.0;
  curve.write(setup);
  while (training.epoch() < epochs && !interrupted()) {
    training.run_batch();
    if (training.next_batch() == 0) curve.write(setup);
    progress.show("training", ++done / all);
  }
}

Json optional_number(const std::optional<double>& value) {
  return value ? number(*value) : Json(nullptr);
}

Json losses_to_json(const Losses& losses) {
  return {{"train_loss", number(losses.train)}, {"test_loss", optional_number(losses.test)}};
}

Json groups_to_json(const TrainingSetup& setup) {
  Json groups = Json::array();
  for (const auto& model : setup.models) {
    for (const training::InputGroup& group : model) {
      Json item = {{"inputs", Json::array()},
                   {"sticks", Json::array()},
                   {"lower", Json::array()},
                   {"upper", Json::array()},
                   {"nodes", group.grid.node_count()}};
      for (const core::Axis& axis : group.grid.axes()) {
        item["inputs"].push_back(axis.name);
        item["sticks"].push_back(axis.sticks);
        item["lower"].push_back(axis.lower);
        item["upper"].push_back(axis.upper);
      }
      groups.push_back(std::move(item));
    }
  }
  return groups;
}

Json plan_to_json(const Options& options, const training::Training& training) {
  const training::TrainingPlan& plan = options.train.plan;
  return {{"epochs", options.train.epochs},
          {"batch", plan.batch},
          {"batches", training.batches()},
          {"batch_time", plan.batch_time},
          {"steps_per_batch", plan.steps ? Json(*plan.steps) : Json("exact")},
          {"shuffle", plan.shuffle},
          {"seed", options.seed}};
}

Eigen::MatrixXd stack_positions(const training::Training& training) {
  Eigen::Index rows = 0;
  for (const core::State& state : training.states()) rows += state.x.rows();
  Eigen::MatrixXd x(rows, training.states().front().x.cols());
  rows = 0;
  for (const core::State& state : training.states()) {
    x.middleRows(rows, state.x.rows()) = state.x;
    rows += state.x.rows();
  }
  return x;
}

std::string describe_losses(const Losses& losses) {
  std::string text = fmt::format("train loss {:.4g}", losses.train);
  if (losses.test) text += fmt::format(", test loss {:.4g}", *losses.test);
  return text;
}

std::string describe(const TrainingSetup& setup, const Losses& now, const Losses& fit) {
  const training::Training& training = *setup.training;
  Eigen::Index nodes = 0;
  for (const auto& system : training.systems()) nodes += system.rest.size();
  std::string text =
      fmt::format("{} points to learn from, {} to test; {} nodes; {} batches an epoch\n",
                  setup.points(), setup.test_points(), nodes, training.batches());
  text += fmt::format("{} epochs, a time of {:g}: {}", training.epoch(), training.time(),
                      describe_losses(now));
  if (training.last_batch_loss()) {
    text += fmt::format(", last batch {:.4g}", *training.last_batch_loss());
  }
  text += fmt::format("\nleast-squares fit of the same points: {}\n", describe_losses(fit));
  if (interrupted()) text += "interrupted: these are the results so far\n";
  return text;
}

}  // namespace

int run_train(const Options& options) {
  Progress progress;
  const bool predictable = can_predict(options);
  std::optional<OutputFile> file;
  if (options.out) file.emplace(*options.out);
  JsonOutput results(options);
  RecordOutput record(options);
  Curve curve(options.train.curve, static_cast<bool>(record));
  TrainingSetup setup = prepare_training(options, progress);
  training::Training& training = *setup.training;
  run_epochs(setup, options.train.epochs, curve, progress);
  curve.finish();

  PredictionErrors errors;
  if (predictable) {
    training::GroupPredictor predictor(setup.models, training.states());
    const auto predict = [&predictor](std::span<const double> u, std::span<double> y) {
      return predictor.predict(u, y);
    };
    errors = write_predictions(setup.data.input_names, setup.data.target_names, predict, options,
                               file ? &*file : nullptr);
  }
  if (file) file->finish();
  remark_clamped(errors.clamped, errors.rows, "queries");

  const Losses now = compute_losses(setup, training.states());
  const std::vector<core::State> fit_states = fit_all_springs(setup);
  const Losses fit = compute_losses(setup, fit_states);
  Json json = make_json();
  json["partial"] = interrupted();
  json["groups"] = groups_to_json(setup);
  json["combine"] = options.train.add ? "add" : "average";
  json["outputs"] = setup.data.target_names;
  json["parameters"] = parameters_to_json(training.systems().front().rest, options);
  json["plan"] = plan_to_json(options, training);
  json["points"] = setup.points();
  json["test_points"] = setup.test_points();
  json["epochs"] = training.epoch();
  json["time"] = training.time();
  json.update(losses_to_json(now));
  json["last_batch_loss"] = optional_number(training.last_batch_loss());
  json["kinetic_energy"] = number(training.kinetic_energy());
  json["fit"] = losses_to_json(fit);
  json["predictions"] = errors.rows;
  json["clamped"] = errors.clamped;
  json["x"] = nodes_to_json(stack_positions(training));
  results.write(json);
  if (record) {
    record.write(make_train_page(options, setup, curve.kept(), fit_states, fit, interrupted()));
  }
  if (file) file->commit();
  curve.commit();
  results.commit();
  record.commit();
  print_text(options, describe(setup, now, fit));
  return 0;
}

}  // namespace springspice::cli
