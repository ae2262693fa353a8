// What `train` shows: the learning curve with the losses of the least-squares fit, and what was
// learned beside that fit.
#pragma once

#include <optional>
#include <vector>

#include "report/page.hpp"

#include "cli/training.hpp"

namespace springspice::cli {

/// The losses after each epoch, thinned so that memory does not grow with the epochs: when it is
/// full, every other one goes, and only every other one that follows is kept.
class LearningCurve {
 public:
  struct Point {
    double epoch = 0.0;
    Losses losses;
    std::optional<double> last_batch;
  };
  void add(const Point& point);
  /// The last one added is always among them.
  std::vector<Point> points() const;

 private:
  std::vector<Point> points_;
  std::optional<Point> last_;  ///< where it is not in points_
  std::size_t every_ = 1, seen_ = 0;
};

/// @param fit the least-squares fit's states, `fit_losses` its losses
report::Page make_train_page(const Options& options, const TrainingSetup& setup,
                             const LearningCurve& curve, std::span<const core::State> fit,
                             const Losses& fit_losses, bool partial);

}  // namespace springspice::cli
