// Recorded trajectories as files, row by row, in constant memory.
//
//   auto writer = make_path_writer(path_format_of(name), layout, sink);   // the header
//   for each run, from 0:    writer->begin_run(run);
//                            writer->write(rows);      // any number of times, any number of rows
//                            writer->end_run();
//
//   format | holds
//   -------|----------------------------------------------------------------------------------
//   csv    | a header "run,t,x0_0,..." (no `run` for a single run); shortest round-trip numbers
//   npy    | float64, (runs, rows, 1 + columns), for a single run (rows, 1 + columns); column 0 is
//   t raw    | what ngspice's `load` and readers of LTspice's files take: a plot a run, binary
//
// Time and values are in model units. All formats promise their numbers of runs and rows in advance
// or may do so: a file of fewer (an interrupted run) is none that readers take, so discard it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/system.hpp"

namespace springspice::dynamics {

struct PathLayout {
  std::vector<std::string> columns;  ///< the names after time: x0_0, ..., v0_0, ...
  std::uint64_t runs = 1;
  std::uint64_t rows = 0;  ///< of every run
};

/// All positions, then (underdamped) all velocities, named as the nodes of decks are: x2_3, with
/// several outputs x2_3y1. Output 1's come first, then output 2's: the order in which State::x and
/// State::v lie in memory.
PathLayout make_layout(const core::SecondOrderSystem& system, std::uint64_t runs,
                       std::uint64_t rows);

class PathWriter {
 public:
  virtual ~PathWriter() = default;

  /// @pre no run is open. @throws std::logic_error where `run` is not the number of runs written
  /// so far, or not below layout.runs
  virtual void begin_run(std::uint64_t run) = 0;
  /// @param rows row after row, each time followed by the columns. @pre a run is open
  /// @throws std::logic_error for a part of a row, and for more rows than layout.rows
  virtual void write(std::span<const double> rows) = 0;
  /// Passes on what is buffered. @throws std::logic_error for fewer rows than layout.rows
  virtual void end_run() = 0;
};

/// Takes bytes in order; what it throws comes out of the writer's calls.
using Sink = std::function<void(std::string_view)>;

enum class PathFormat { csv, npy, raw };

/// By suffix. @throws core::ParameterError for another one (names the three)
PathFormat path_format_of(const std::string& file_name);

std::unique_ptr<PathWriter> make_path_writer(PathFormat format, const PathLayout& layout,
                                             Sink sink);

}  // namespace springspice::dynamics
