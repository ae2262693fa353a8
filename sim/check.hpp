// One check of the proof, and the problem that the checks are about.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/modes.hpp"
#include "core/system.hpp"
#include "netlist/design.hpp"
#include "sim/engine.hpp"

namespace springspice::sim {

/// `value sense limit` decides; limits are fixed numbers, and `origin` says where each comes from.
struct Check {
  enum class Sense { at_most, at_least };
  enum class Status { pass, fail, not_applicable };
  std::string name;
  double value = 0.0;
  double limit = 0.0;
  Sense sense = Sense::at_most;
  Status status = Status::not_applicable;
  std::string detail;
  std::string origin;
};

const char* to_string(Check::Sense sense);
const char* to_string(Check::Status status);

/// Sets the status from value, sense and limit; a NaN fails.
void decide(Check& check);

/// What is certified: that the deck, read through the design's probes, is the system.
struct Problem {
  core::SecondOrderSystem system;
  core::State initial;
  double range = 1.0;  ///< what `steady` is relative to
  double step = 0.0;   ///< model time: of `path`
  double end = 0.0;
  netlist::Design design;  ///< probes, ports and scales; its circuit is not used, the deck is
  std::string deck;
  std::string deck_name;
};

/// Positions and velocities by coordinate and output: entry output * nu + coordinate.
struct ProbeMap {
  std::vector<const netlist::Probe*> positions, velocities;
  std::vector<const netlist::Port*> ports;
};

/// @throws netlist::NetlistError where a coordinate has no probe or port, or has two.
ProbeMap map_probes(const Problem& problem);

/// What all checks need, computed once.
struct Analysis {
  core::NullSpace null_space;
  std::optional<core::Modes> modes;
  core::TimeScales scales;
  Eigen::MatrixXd fit;  ///< nu x m
  bool has_fit = true;  ///< false where f pushes along a free direction
};
Analysis analyse(const core::SecondOrderSystem& system);

class StampedDeck;
class GnucapEngine;

/// What `ensemble` and `ergodicity` run.
struct EnsembleRequest {
  std::uint64_t runs = 0;  ///< 0: none of the two
  int workers = 1;
  EngineOptions engine = {};
  std::function<void(double fraction)> on_progress = {};
  /// Told each run's end state, in the order of the runs.
  std::function<void(std::uint64_t run, const core::State&)> on_end = {};
};

/// One frequency of `spectrum`: two-sided densities of the probes named (x0, v0: model units
/// squared times model time), of the circuit and of the model.
struct SpectrumRow {
  double omega = 0.0;  ///< rad per unit of model time
  const std::vector<std::string>& names;
  Eigen::RowVectorXd circuit, model;
};

struct Checker {
  const Problem& problem;
  const Analysis& analysis;
  const ProbeMap& probes;
  const StampedDeck& deck;
  Engine& engine;
  std::uint64_t seed = 1;
  std::size_t points = 0;  ///< streamed by the engine so far
  double engine_wall_s = 0.0;
  std::string version;
  /// Told each point of `path`: model time, circuit, model.
  std::function<void(double, const core::State&, const core::State&)> on_path = {};
  /// Steps of `path`; none: to problem.end, within a budget.
  std::optional<std::uint64_t> path_steps = {};
  EnsembleRequest ensemble = {};
  std::function<void(const SpectrumRow&)> on_spectrum = {};
  GnucapEngine* gnucap = nullptr;  ///< where it runs
  std::string gnucap_version = {};
  /// What `steady` found, nu x m, where it ran.
  std::optional<Eigen::MatrixXd> settled = {}, settled_in_gnucap = {};
  bool explain = true;  ///< `matrices`, where it fails, by the parts that may be wrong

  RunSummary run(const Run& job, const OnPoint& on_point);
};

/// The `model` check: a system against the same rebuilt from its data, entry by entry, relative to
/// the larger of the two.
Check compare_systems(const core::SecondOrderSystem& given, const core::SecondOrderSystem& rebuilt);

Check check_matrices(const Checker& checker);
Check check_probe(Checker& checker);
Check check_steady(Checker& checker);
Check check_path(Checker& checker);
Check check_order(Checker& checker);
/// `steady` and `path` by gnucap. @pre checker.gnucap
Check check_steady_in_gnucap(Checker& checker);
Check check_path_in_gnucap(Checker& checker);
/// `spectrum` and `variance`.
std::vector<Check> check_spectrum(Checker& checker);
/// `ensemble` and `ergodicity`. @pre checker.ensemble.runs > 0
std::vector<Check> check_ensemble(Checker& checker);

}  // namespace springspice::sim
