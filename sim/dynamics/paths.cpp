#include "sim/dynamics/paths.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::dynamics {
namespace {

using Gathered = std::vector<std::unique_ptr<GroupObserver>>;
using Clock = std::chrono::steady_clock;

// Values of all columns of a group, so that the normals of four steps stay in the second-level
// cache; and groups enough for any number of threads to share.
constexpr std::uint64_t kGroupValues = 4096;
constexpr std::uint64_t kLargestGroup = 256;
constexpr std::uint64_t kLeastGroups = 32;
// Column steps between two looks at the clock.
constexpr std::uint64_t kPieceValues = 1 << 20;

std::uint64_t group_size(const Integrator& integrator, Eigen::Index outputs, const PathPlan& plan) {
  if (plan.in_order) return 1;
  const auto values =
      static_cast<std::uint64_t>(std::max(integrator.rows(), integrator.sources()) * outputs);
  const std::uint64_t fitting = std::clamp<std::uint64_t>(kGroupValues / values, 1, kLargestGroup);
  return std::min(fitting, (plan.runs + kLeastGroups - 1) / kLeastGroups);
}

class Crew {
 public:
  Crew(const Integrator& integrator, Eigen::Index outputs, const PathPlan& plan,
       const PathHooks& hooks, std::span<PathObserver* const> observers)
      : integrator_(integrator),
        outputs_(outputs),
        plan_(plan),
        hooks_(hooks),
        observers_(observers),
        size_(group_size(integrator, outputs, plan)),
        groups_((plan.runs + size_ - 1) / size_) {}

  bool run() {
    const auto wanted = static_cast<std::uint64_t>(std::max(1, plan_.threads));
    const std::uint64_t helpers = std::min(wanted, groups_) - 1;
    {
      std::vector<std::jthread> threads;
      for (std::uint64_t i = 0; i < helpers; ++i) threads.emplace_back([this] { work(false); });
      work(true);
    }
    if (error_) std::rethrow_exception(error_);
    return !stopped_;
  }

 private:
  void work(bool calling) {
    try {
      while (const std::optional<std::uint64_t> group = next_group(calling)) {
        deliver(*group, run_group(*group, calling));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      stopped_ = true;
      changed_.notify_all();
    }
  }

  // Not far ahead of the slowest: what waits for its turn takes memory.
  std::optional<std::uint64_t> next_group(bool calling) {
    std::unique_lock lock(mutex_);
    const std::uint64_t ahead =
        plan_.ahead > 0 ? plan_.ahead : static_cast<std::uint64_t>(2 * std::max(1, plan_.threads));
    const auto free = [&] { return stopped_ || next_ == groups_ || next_ < delivered_ + ahead; };
    while (!changed_.wait_for(lock, std::chrono::milliseconds(100), free)) {
      if (calling) report();
    }
    if (stopped_ || next_ == groups_) return std::nullopt;
    return next_++;
  }

  Gathered run_group(std::uint64_t group, bool calling) {
    const std::uint64_t first = group * size_;
    const std::uint64_t runs = std::min(size_, plan_.runs - first);
    Gathered gathered;
    for (PathObserver* observer : observers_) gathered.push_back(observer->begin(first, runs));
    Columns columns(integrator_, plan_.seed, first, runs, outputs_);
    Eigen::MatrixXd theta(integrator_.model_rows(), columns.count());
    set_starts(first, runs, columns, theta);
    for (std::uint64_t sample = 0;; ++sample) {
      if (sample > 0) columns.read(theta);
      check_finite(theta, first, sample);
      for (const auto& observer : gathered) observer->observe(sample, theta);
      if (sample + 1 == plan_.samples() || !advance(columns, runs, calling)) return gathered;
    }
  }

  void set_starts(std::uint64_t first, std::uint64_t runs, Columns& columns,
                  Eigen::MatrixXd& theta) const {
    Eigen::MatrixXd start(integrator_.model_rows(), outputs_);
    for (std::uint64_t r = 0; r < runs; ++r) {
      hooks_.start(first + r, start);
      theta.middleCols(static_cast<Eigen::Index>(r) * outputs_, outputs_) = start;
    }
    for (Eigen::Index c = 0; c < columns.count(); ++c) columns.set(c, theta.col(c));
  }

  // To the next observation; false where stopped before it.
  bool advance(Columns& columns, std::uint64_t runs, bool calling) {
    const auto values = static_cast<std::uint64_t>(columns.own.size());
    const std::uint64_t piece = std::max<std::uint64_t>(4, kPieceValues / values);
    for (std::uint64_t left = plan_.every; left > 0;) {
      const std::uint64_t steps = std::min(left, piece);
      integrator_.advance(columns, steps);
      left -= steps;
      done_ += steps * runs;
      if (calling) report();
      if (stopped_ || (hooks_.stop && hooks_.stop())) {
        stopped_ = true;
        return false;
      }
    }
    return true;
  }

  void report() {
    const Clock::time_point now = Clock::now();
    if (!hooks_.on_progress || now - last_report_ < std::chrono::milliseconds(100)) return;
    last_report_ = now;
    hooks_.on_progress(static_cast<double>(done_) /
                       (static_cast<double>(plan_.steps) * static_cast<double>(plan_.runs)));
  }

  void check_finite(const Eigen::MatrixXd& theta, std::uint64_t first, std::uint64_t sample) const {
    if (theta.allFinite()) return;
    Eigen::Index column = 0;
    while (theta.col(column).allFinite()) ++column;
    throw core::InputError(fmt::format(
        "run {}: the state is no longer finite at t = {:.6g}: the system grows without bound; give "
        "a shorter --t-end, or springs and friction that hold it",
        first + static_cast<std::uint64_t>(column / outputs_),
        static_cast<double>(sample * plan_.every) * integrator_.step()));
  }

  void deliver(std::uint64_t group, Gathered gathered) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(group, std::move(gathered));
    while (!waiting_.empty() && waiting_.begin()->first == delivered_) {
      Gathered ready = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      for (std::size_t i = 0; i < ready.size(); ++i) observers_[i]->end(std::move(ready[i]));
      ++delivered_;
    }
    changed_.notify_all();
  }

  const Integrator& integrator_;
  const Eigen::Index outputs_;
  const PathPlan& plan_;
  const PathHooks& hooks_;
  const std::span<PathObserver* const> observers_;
  const std::uint64_t size_, groups_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0, delivered_ = 0;
  std::map<std::uint64_t, Gathered> waiting_;
  std::exception_ptr error_;
  std::atomic<bool> stopped_ = false;
  std::atomic<std::uint64_t> done_ = 0;
  Clock::time_point last_report_;
};

}  // namespace

bool run_paths(const Integrator& integrator, Eigen::Index outputs, const PathPlan& plan,
               const PathHooks& hooks, std::span<PathObserver* const> observers) {
  if (plan.runs == 0) return true;
  return Crew(integrator, outputs, plan, hooks, observers).run();
}

}  // namespace springspice::dynamics
