// Many paths by many threads, observed while they run; nothing is stored.
//
// Runs are dealt out in groups whose size depends on the system and the number of runs alone, and
// what the observers gather from each group is put together in the order of the groups. So every
// result is the same to the last bit for any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

struct PathPlan {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::uint64_t steps = 0;
  std::uint64_t every = 1;  ///< steps between two observations. steps is a multiple of it
  int threads = 1;
  bool in_order = false;  ///< an observer needs run after run: groups of one
  /// Groups that may be begun before the oldest unfinished one ends: what they gather takes memory.
  /// 1 runs one at a time; 0: twice the threads.
  std::uint64_t ahead = 0;

  /// Observations of each run: at step 0, every, 2 every, ..., steps.
  std::uint64_t samples() const { return steps / every + 1; }
};

/// What one thread gathers from one group of runs.
class GroupObserver {
 public:
  virtual ~GroupObserver() = default;
  /// @param theta model coordinates; column r m + p is output p of the group's run r
  virtual void observe(std::uint64_t sample, const Eigen::MatrixXd& theta) = 0;
};

class PathObserver {
 public:
  virtual ~PathObserver() = default;
  /// From any thread, several at a time.
  virtual std::unique_ptr<GroupObserver> begin(std::uint64_t first_run, std::uint64_t runs) = 0;
  /// One at a time, in the order of first_run. A group that was stopped has fewer samples.
  virtual void end(std::unique_ptr<GroupObserver> group) = 0;
};

struct PathHooks {
  /// The state at t = 0 of a run: model_rows x outputs. From any thread, several at a time.
  std::function<void(std::uint64_t run, Eigen::MatrixXd& theta)> start;
  /// Told the share of all steps that are done, from the calling thread, some times a second.
  std::function<void(double)> on_progress;
  /// Asked between pieces of work; true: every group ends where it is, and no new one begins.
  std::function<bool()> stop;
};

/// @return false where `stop` cut it short. @throws what an observer or a start throws, and
/// core::InputError for a state that is no longer finite (names run and time)
bool run_paths(const Integrator& integrator, Eigen::Index outputs, const PathPlan& plan,
               const PathHooks& hooks, std::span<PathObserver* const> observers);

}  // namespace springspice::dynamics
