// Writes observed paths to a file, run after run.
//
// The oldest unfinished run streams to the writer as it goes; younger ones wait in memory for their
// turn (PathPlan::ahead bounds how many). A run that is stopped leaves the file cut short, and its
// header wrong: discard it.
#pragma once

#include <mutex>

#include "sim/dynamics/path_writer.hpp"
#include "sim/dynamics/paths.hpp"

namespace springspice::dynamics {

class PathRecorder : public PathObserver {
 public:
  /// @param writer of a layout as make_layout() gives it, of plan.samples() rows a run
  /// @param step h of the integrator
  /// @pre the plan is in_order
  PathRecorder(PathWriter& writer, const core::SecondOrderSystem& system, const PathPlan& plan,
               double step)
      : writer_(writer),
        interval_(step * static_cast<double>(plan.every)),
        samples_(plan.samples()),
        nu_(system.size()),
        outputs_(system.outputs()) {}

  std::unique_ptr<GroupObserver> begin(std::uint64_t first_run, std::uint64_t runs) override;
  void end(std::unique_ptr<GroupObserver> group) override;

 private:
  class Run;
  void flush(Run& run);

  PathWriter& writer_;
  double interval_;  ///< model time between two observations
  std::uint64_t samples_;
  Eigen::Index nu_, outputs_;
  std::mutex mutex_;
  std::uint64_t oldest_ = 0;
  bool open_ = false;  ///< begin_run(oldest_) was called
  bool cut_ = false;   ///< a run ended early: nothing more is written
};

}  // namespace springspice::dynamics
