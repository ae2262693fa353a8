// Writes observed paths to a file, run after run.
//
// The oldest unfinished run streams to the writer as it goes; younger ones wait in memory for their
// turn (PathPlan::ahead bounds how many).
#pragma once

#include <mutex>

#include "sim/dynamics/path_writer.hpp"
#include "sim/dynamics/paths.hpp"

namespace springspice::dynamics {

class PathRecorder : public PathObserver {
 public:
  /// @param writer of a layout as make_layout() gives it, plan.samples() rows a run
  /// @param interval model time between two observations
  /// @param nu coordinates: theta has one or two blocks of nu rows
  /// @pre the plan is in_order
  PathRecorder(PathWriter& writer, double interval, Eigen::Index nu, Eigen::Index outputs)
      : writer_(writer), interval_(interval), nu_(nu), outputs_(outputs) {}

  std::unique_ptr<GroupObserver> begin(std::uint64_t first_run, std::uint64_t runs) override;
  void end(std::unique_ptr<GroupObserver> group) override;

 private:
  class Run;
  void flush(Run& run);

  PathWriter& writer_;
  double interval_;
  Eigen::Index nu_, outputs_;
  std::mutex mutex_;
  std::uint64_t oldest_ = 0;
  bool open_ = false;  ///< begin_run(oldest_) was called
};

}  // namespace springspice::dynamics
