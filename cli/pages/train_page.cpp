#include "cli/pages/train_page.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "cli/pages/fit_figures.hpp"
#include "sim/training/group_predictor.hpp"

namespace springspice::cli {
namespace {

using report::Figure;
using report::Series;

// Twice as many as a picture has pixels.
constexpr std::size_t kMostPoints = 2000;

// One for each input, from the group that has it.
std::vector<core::Axis> axes_of(const TrainingSetup& setup) {
  std::vector<core::Axis> axes(setup.data.input_names.size());
  for (const auto& model : setup.models) {
    for (const training::InputGroup& group : model) {
      for (const core::Axis& axis : group.grid.axes()) {
        const auto at = std::ranges::find(setup.data.input_names, axis.name);
        axes[static_cast<std::size_t>(at - setup.data.input_names.begin())] = axis;
      }
    }
  }
  return axes;
}

Figure draw_curve(const TrainingSetup& setup, const LearningCurve& curve, const Losses& fit) {
  Figure figure;
  figure.title = "Learning curve";
  figure.x_label = "epoch";
  figure.y_label = "mean squared error";
  figure.log_y = true;
  Series train{"training points", Series::Kind::line, {}, {}, {}, {}};
  Series test{"test points", Series::Kind::line, {}, {}, {}, {}};
  for (const LearningCurve::Point& point : curve.points()) {
    train.x.push_back(point.epoch);
    train.y.push_back(point.losses.train);
    if (!point.losses.test) continue;
    test.x.push_back(point.epoch);
    test.y.push_back(*point.losses.test);
  }
  const std::vector<double> ends = {0.0, train.x.empty() ? 1.0 : train.x.back()};
  const auto level = [&](const char* name, double loss) {
    figure.series.push_back({name, Series::Kind::dashed, ends, {loss, loss}, {}, {}});
  };
  figure.series.push_back(std::move(train));
  if (setup.test_points() > 0) figure.series.push_back(std::move(test));
  level("least-squares fit, training points", fit.train);
  if (fit.test) level("least-squares fit, test points", *fit.test);
  figure.caption =
      fmt::format("{} points to learn from, {} to test.", setup.points(), setup.test_points());
  return figure;
}

report::Table make_losses(const LearningCurve& curve, const Losses& fit) {
  const auto cell = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.6g}", *value) : std::string("-");
  };
  report::Table table{"Losses", {"after", "training points", "test points", "last batch"}, {}};
  const auto add = [&](const std::string& name, const LearningCurve::Point& point) {
    table.rows.push_back(
        {name, cell(point.losses.train), cell(point.losses.test), cell(point.last_batch)});
  };
  const std::vector<LearningCurve::Point> points = curve.points();
  if (!points.empty()) {
    add("the start", points.front());
    add(fmt::format("epoch {}", points.back().epoch), points.back());
  }
  add("least-squares fit", {0.0, fit, {}});
  return table;
}

std::string summarize(const TrainingSetup& setup, const LearningCurve& curve, const Losses& fit,
                      bool partial) {
  const std::vector<LearningCurve::Point> points = curve.points();
  const Losses now = points.empty() ? Losses{} : points.back().losses;
  std::string text = fmt::format("{} epochs of {} batches: train loss {:.4g}",
                                 setup.training->epoch(), setup.training->batches(), now.train);
  if (now.test) text += fmt::format(", test loss {:.4g}", *now.test);
  text += fmt::format(". The least-squares fit of the same points has {:.4g}", fit.train);
  if (fit.test) text += fmt::format(" and {:.4g}", *fit.test);
  return text + (partial ? ". Interrupted: these are the results until then." : ".");
}

}  // namespace

void LearningCurve::add(const Point& point) {
  last_ = point;
  if (seen_++ % every_ != 0) return;
  last_.reset();
  points_.push_back(point);
  if (points_.size() < kMostPoints) return;
  for (std::size_t k = 0; 2 * k < points_.size(); ++k) points_[k] = points_[2 * k];
  points_.resize((points_.size() + 1) / 2);
  every_ *= 2;
  // An even number of points lost its last one.
  last_ = point;
  if (points_.back().epoch == point.epoch) last_.reset();
}

std::vector<LearningCurve::Point> LearningCurve::points() const {
  std::vector<Point> all = points_;
  if (last_) all.push_back(*last_);
  return all;
}

report::Page make_train_page(const Options& options, const TrainingSetup& setup,
                             const LearningCurve& curve, std::span<const core::State> fit,
                             const Losses& fit_losses, bool partial) {
  report::Page page;
  page.title = "Training on " + std::filesystem::path(*options.data).filename().string();
  page.summary = summarize(setup, curve, fit_losses, partial);
  page.sections.push_back(
      {"Learning", "", {draw_curve(setup, curve, fit_losses)}, {make_losses(curve, fit_losses)}});
  training::GroupPredictor learned(setup.models, setup.training->states());
  training::GroupPredictor least_squares(setup.models, fit);
  const auto make = [&](training::GroupPredictor& predictor, const char* name) {
    return Learned{
        axes_of(setup), setup.data.target_names,
        [&predictor](std::span<const double> u, std::span<double> y) { predictor.predict(u, y); },
        name};
  };
  const Learned now = make(learned, "what was learned");
  const Learned rest = make(least_squares, "least-squares fit");
  std::ranges::move(
      make_fit_sections("What was learned", "", now, take_sample(setup.data), {}, rest),
      std::back_inserter(page.sections));
  return page;
}

}  // namespace springspice::cli
