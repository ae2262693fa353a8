// Training by mini-batches, epoch by epoch, as in arXiv 2508.19015, Section 3.1.
//
//   Training training(systems, rows, plan, start);
//   while (training.epoch() < epochs) training.run_epoch();
//   training.states();                       // where it is; mean_squared_error() for losses
//
// The state (x, v) of all nodes persists; in batch b of an epoch only that batch's data springs act
// (K_b, f_b of learning_system.hpp), neighbour and pin springs, friction and thermal noise always;
// after the batch's time the next batch takes over. An epoch shows every row once, in an order that
// is a pure function of (seed, epoch) (shuffle.hpp); its last batch is smaller where the rows are
// no multiple. Noise is a pure function of (seed, model, output, batch, step, coordinate)
// (batch_noise.hpp): a training that goes on from a state and an epoch gives the same numbers as
// one that never stopped.
//
// Several systems learn side by side, each y itself, on the same batches; the prediction is their
// mean (divide and conquer, averaged). Predictions that are added are one system: see
// learning_system.hpp.
//
//   what                        | default      | the paper's Figure 2
//   ----------------------------|--------------|-------------------------------------------
//   rows of a batch             | 16           | 16 of 160: 10 batches an epoch
//   time of a batch             | 0.1          | 0.1
//   explicit Euler steps of it  | 100          | 1 by the text; 100 in the authors' program
//   friction                    | (Parameters) | 10
//
// A batch does not come to rest: the state hovers about the fit at a distance that grows with k
// times the batch's time. It is not stochastic gradient descent, for velocities persist.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/system.hpp"
#include "sim/training/batch_stepper.hpp"
#include "sim/training/learning_system.hpp"
#include "sim/training/spring_rows.hpp"

namespace springspice::training {

struct TrainingPlan {
  std::size_t batch = 16;                   ///< rows
  double batch_time = 0.1;                  ///< model time
  std::optional<std::int64_t> steps = 100;  ///< explicit Euler steps a batch; none: exact
  bool shuffle = true;
  std::uint64_t seed = 1;
};

class Training {
 public:
  /// @param rows those of each system, in the same order of data points
  /// @param epochs_done where an earlier training stopped
  /// @throws core::ParameterError for a batch of no rows or of more than there are, a time that is
  /// not above 0, fewer than one step, and as make_exact_stepper()
  Training(std::vector<LearningSystem> systems, std::vector<SpringRows> rows,
           const TrainingPlan& plan, std::vector<core::State> start, std::uint64_t epochs_done = 0);

  /// The next batch. An epoch is done where it was the last one.
  /// @throws core::ParameterError, before the first batch of an epoch, where an Euler step is
  /// unstable on one of them; the message has the largest step that is stable on all
  void run_batch();
  /// What is left of this epoch.
  void run_epoch();

  std::uint64_t epoch() const { return epoch_; }    ///< epochs done
  std::size_t next_batch() const { return next_; }  ///< of the epoch that has begun
  double time() const;
  std::size_t batches() const;  ///< of an epoch
  const std::vector<core::State>& states() const { return states_; }
  const std::vector<SpringRows>& rows() const { return rows_; }
  const std::vector<LearningSystem>& systems() const { return systems_; }

  /// Mean squared error over the rows of the epoch's last batch, at its end: what the paper plots
  /// as "test". None before the first epoch.
  std::optional<double> last_batch_loss() const { return last_batch_loss_; }
  /// 1/2 v^T M v over all systems and outputs; 0 where overdamped.
  double kinetic_energy() const;

 private:
  std::span<const int> batch_rows(std::size_t batch) const;
  std::uint64_t batch_number(std::size_t batch) const { return epoch_ * batches() + batch; }
  void order_rows();
  void check_stable();

  std::vector<LearningSystem> systems_;
  std::vector<SpringRows> rows_;
  TrainingPlan plan_;
  std::vector<core::State> states_;
  std::vector<std::unique_ptr<BatchStepper>> steppers_;
  std::vector<int> order_;
  std::uint64_t epoch_;
  std::size_t next_ = 0;
  std::optional<double> last_batch_loss_;
};

}  // namespace springspice::training
