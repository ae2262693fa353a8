// Recorded node voltages -> model coordinates -> their distance from the model.
//
//     position, velocity   gain v(node) + offset
//     position, a flux     gain (q0 + integral of v(node) dt) + offset, by the trapezoidal rule
//     over
//                          the recorded points, q0 from the manifest's initial state
//     time                 t / tau, tau the seconds of a unit of model time
//
// A record serves the coordinates whose nodes it holds; an oscilloscope has two or four of them. A
// flux is known from the start on: it needs a record whose first point is at most one model step
// after t = 0 (ngspice streams no point at 0 itself; the voltage there is the initial velocity's).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/check.hpp"
#include "sim/trajectory.hpp"

namespace springspice::sim {

/// One coordinate of the model that the record holds.
struct Reading {
  const netlist::Probe* probe = nullptr;
  std::string name;        ///< "x2_3", "v0y1": as the columns of `simulate`
  std::size_t column = 0;  ///< of the record
};

class Readback {
 public:
  /// @param columns the record's, in lower case
  Readback(const Problem& problem, const std::vector<std::string>& columns);

  /// All positions, then all velocities, those that are there.
  const std::vector<Reading>& readings() const { return readings_; }
  /// Nodes of the circuit that the record lacks.
  const std::vector<std::string>& missing() const { return missing_; }
  /// True where all positions of the output are there.
  bool has_all_positions(int output) const;

  /// The next point: values in the order of the readings, volts in, model units out. Points before
  /// t = 0 are no part of the run: false.
  /// @throws core::InputError where a flux is read and the record begins too late
  bool convert(double time_s, std::span<double> values);

 private:
  void begin(double time_s);

  const Problem& problem_;
  std::vector<Reading> readings_;
  std::vector<std::string> missing_;
  bool begun_ = false;
  double last_time_s_ = 0.0;
  std::vector<double> last_volt_, flux_;  // one a reading
};

/// Distance of a record from the exact noise-free motion, reading by reading.
struct Distance {
  double largest = 0.0;
  double squares = 0.0;  ///< summed over the points
  double at = 0.0;       ///< model time of the largest
};

/// Compares as the points come. @pre ExactTrajectory::available()
class RecordComparison {
 public:
  RecordComparison(const Problem& problem, const Analysis& analysis, const Readback& readback);

  void add(double time, std::span<const double> values);

  const std::vector<Distance>& distances() const { return distances_; }
  std::size_t points() const { return points_; }
  /// What a reading's distance is relative to: the data's range, for velocities in the model's slow
  /// time (sim/swing.hpp).
  double unit(const Reading& reading) const;

 private:
  const Problem& problem_;
  const Analysis& analysis_;
  const Readback& readback_;
  ExactTrajectory trajectory_;
  std::vector<Distance> distances_;
  std::size_t points_ = 0;
};

}  // namespace springspice::sim
