#include "sim/training/train.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/training/shuffle.hpp"

namespace springspice::training {
namespace {

void check_plan(const TrainingPlan& plan, std::size_t rows) {
  if (plan.batch == 0) throw core::ParameterError("--batch is 0; a batch has at least one row");
  if (plan.batch > rows) {
    throw core::ParameterError(
        fmt::format("--batch {0} is larger than the data: there are {1} rows to learn from; give "
                    "--batch {1} or fewer",
                    plan.batch, rows));
  }
  if (!(std::isfinite(plan.batch_time) && plan.batch_time > 0.0)) {
    throw core::ParameterError(
        fmt::format("--batch-time is {}; it must be a finite number above 0", plan.batch_time));
  }
  if (plan.steps && *plan.steps < 1) {
    throw core::ParameterError(
        fmt::format("--steps-per-batch is {}; it must be at least 1, or exact", *plan.steps));
  }
}

// The least number of steps of `time` that are no longer than `limit`.
double count_steps(double time, double limit) {
  double steps = std::ceil(time / limit);
  while (time / steps > limit) steps += 1.0;
  return steps;
}

}  // namespace

Training::Training(std::vector<LearningSystem> systems, std::vector<SpringRows> rows,
                   const TrainingPlan& plan, std::vector<core::State> start,
                   std::uint64_t epochs_done)
    : systems_(std::move(systems)),
      rows_(std::move(rows)),
      plan_(plan),
      states_(std::move(start)),
      epoch_(epochs_done) {
  check_plan(plan_, rows_.front().size());
  std::uint64_t copies = 0;
  for (std::size_t g = 0; g < systems_.size(); ++g) {
    const StepperRequest request{systems_[g], rows_[g], plan_.batch, plan_.batch_time,
                                 BatchNoise(plan_.seed, copies)};
    steppers_.push_back(plan_.steps ? make_euler_stepper(request, *plan_.steps)
                                    : make_exact_stepper(request));
    copies += rows_[g].outputs;
  }
}

double Training::time() const {
  return static_cast<double>(batch_number(next_)) * plan_.batch_time;
}

std::size_t Training::batches() const {
  return (rows_.front().size() + plan_.batch - 1) / plan_.batch;
}

std::span<const int> Training::batch_rows(std::size_t batch) const {
  const std::size_t first = batch * plan_.batch;
  return {&order_[first], std::min(plan_.batch, order_.size() - first)};
}

void Training::order_rows() {
  if (!order_.empty() && !plan_.shuffle) return;
  const int count = static_cast<int>(rows_.front().size());
  if (plan_.shuffle) {
    order_ = shuffle_epoch(count, plan_.seed, epoch_);
  } else {
    order_.resize(rows_.front().size());
    std::iota(order_.begin(), order_.end(), 0);
  }
  if (plan_.steps) check_stable();
}

void Training::check_stable() {
  const double step = plan_.batch_time / static_cast<double>(*plan_.steps);
  double limit = std::numeric_limits<double>::infinity();
  std::size_t worst = 0;
  for (std::size_t b = 0; b < batches(); ++b) {
    for (const auto& stepper : steppers_) {
      const double own = stepper->largest_stable_step({batch_rows(b), batch_number(b)}, step);
      if (own >= limit) continue;
      limit = own;
      worst = b;
    }
  }
  if (step <= limit) return;
  const std::string fault =
      fmt::format("epoch {}: an explicit Euler step of {:g} is unstable", epoch_ + 1, step);
  if (limit == 0.0) {
    throw core::ParameterError(fault +
                               ", as any is without friction; give --friction above 0, or "
                               "--steps-per-batch exact");
  }
  throw core::ParameterError(
      fmt::format("{} on batch {}: the largest step that is stable on every batch of the epoch is "
                  "{:g}; give --steps-per-batch {} or more (another order of the rows may need "
                  "some more), or exact",
                  fault, worst + 1, limit, count_steps(plan_.batch_time, limit)));
}

void Training::run_batch() {
  if (next_ == 0) order_rows();
  const Batch batch{batch_rows(next_), batch_number(next_)};
  for (std::size_t g = 0; g < steppers_.size(); ++g) steppers_[g]->advance(batch, states_[g]);
  if (++next_ < batches()) return;
  last_batch_loss_ = mean_squared_error(rows_, states_, batch.rows);
  next_ = 0;
  ++epoch_;
}

void Training::run_epoch() {
  do {
    run_batch();
  } while (next_ != 0);
}

double Training::kinetic_energy() const {
  double energy = 0.0;
  for (std::size_t g = 0; g < systems_.size(); ++g) {
    if (!systems_[g].underdamped()) continue;
    energy += 0.5 * states_[g].v.cwiseProduct(systems_[g].rest.M * states_[g].v).sum();
  }
  return energy;
}

}  // namespace springspice::training
