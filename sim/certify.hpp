// The proof: all checks, one verdict.
//
//   Analysis analysis = analyse(problem.system);     // null space, modes, fit
//   Report report = certify(problem, options);       // matrices, probe, steady, path, order,
//                                                    // spectrum, variance; the audit
//   report.passed()                                  // no check failed, every applicable one ran
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/audit.hpp"
#include "sim/check.hpp"
#include "sim/common_scale.hpp"

namespace springspice::sim {

/// Who runs the circuit. gnucap runs `steady` and `path` alone, without noise; with both these two
/// come after ngspice's checks, as `steady gnucap` and `path gnucap`.
enum class Engines { ngspice, gnucap, both };

struct CertifyOptions {
  Engines engines = Engines::ngspice;
  std::uint64_t seed = 1;  ///< of the random currents and frequencies of `probe`
  EngineOptions engine;    ///< its `worker` is ngspice's
  std::string gnucap;      ///< gnucap's path; empty: in PATH
  /// Steps of `path`; none: to problem.end, within a budget of 4000 (fewer for large circuits).
  std::optional<std::uint64_t> path_steps;
  /// Told each frequency of `spectrum`, in ascending order.
  std::function<void(const SpectrumRow&)> on_spectrum;
  std::uint64_t paths = 0;  ///< runs of `ensemble`; 0: neither it nor `ergodicity`
  int workers = 1;          ///< processes that share them; no result depends on it
  /// Told each run's end state, in the order of the runs.
  std::function<void(std::uint64_t run, const core::State&)> on_end;
  bool stop_at_first_failure = false;
  /// Whether a failed `matrices` names the parts that may be wrong: by trying them all, which costs
  /// a hundred times what the check itself does.
  bool explain = true;
  /// A deck that is the model in other units (common_scale.hpp) is certified in those.
  bool allow_rescale = false;
  /// Told the check that starts and how far all of them are, 0 to 1.
  std::function<void(const std::string& check, double fraction)> on_progress;
  /// Told each point of `path`: model time, circuit, model.
  std::function<void(double time, const core::State& circuit, const core::State& model)> on_path;
};

struct Report {
  std::vector<Check> checks;
  Engines engines = Engines::ngspice;
  std::string engine_version;  ///< ngspice's; of gnucap alone, gnucap's
  std::string gnucap_version;  ///< with both
  std::size_t points = 0;      ///< time points, frequencies and operating points of all runs
  double engine_wall_s = 0.0;
  double wall_s = 0.0;
  std::string realization;
  std::size_t nodes = 0;
  std::size_t elements = 0;  ///< as written, an instance counting as one

  /// The positions in which each engine's circuit comes to rest, nu x m; with both engines, where
  /// there is a settled state.
  struct SettledStates {
    Eigen::MatrixXd ngspice, gnucap;
    double difference = 0.0;  ///< the largest between the two, of the data's range
  };
  std::optional<SettledStates> settled;

  /// The positions in which the circuit comes to rest, nu x m, where `steady` ran: ngspice's, of
  /// gnucap alone gnucap's.
  std::optional<Eigen::MatrixXd> at_rest;

  std::optional<Audit> audit;  ///< where kT > 0
  /// The units in which it was certified; none where they are the manifest's.
  std::optional<CommonScale> scale;

  bool complete = false;  ///< none was left out by stop_at_first_failure

  /// No check failed and none was left out. Of gnucap alone it is gnucap's part: checks that need
  /// ngspice are listed as not applicable.
  bool passed() const;
};

/// @param analysis of problem.system, where it is at hand: large systems take seconds for it
/// @throws EngineError where ngspice does not take the deck or does not finish, except for a
/// circuit that has no solution at all, which is a failed check; netlist::NetlistError for a deck
/// that does not parse.
Report certify(const Problem& problem, const Analysis& analysis, const CertifyOptions& options);
Report certify(const Problem& problem, const CertifyOptions& options);

}  // namespace springspice::sim
