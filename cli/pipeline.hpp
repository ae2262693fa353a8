// The chain that several commands share: options -> model -> start and times -> circuit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/deck_files.hpp"
#include "cli/deck_noise.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "core/model.hpp"
#include "hw/manifest.hpp"
#include "netlist/source_text.hpp"
#include "sim/check.hpp"

namespace springspice::cli {

/// A system with what belongs to it, from data or from matrices.
struct Prepared {
  std::optional<core::Model> model;  ///< where it came from data
  core::SecondOrderSystem system;
  core::NullSpace null_space;
  core::State initial;
  std::optional<Eigen::MatrixXd> posterior_mean;  ///< --realization spu: `system` samples it
};

Prepared prepare(const Options& options, Progress& progress);

/// @throws core::InputError for a column name that JSON cannot hold
void require_utf8(const std::vector<std::string>& names, const std::string& file);

/// --dt and --t-end, or their defaults: 1/40 of the fastest period, 20 relaxation times.
struct Times {
  double step = 0.0;
  double end = 0.0;
};
Times choose_times(const Options& options, const core::TimeScales& scales);

/// False for standard input and for pipes, whose rows are gone once read.
bool can_read_twice(const std::string& path);

/// A circuit that is ready to be written or run.
struct Built {
  sim::Analysis analysis;
  hw::Manifest manifest;  ///< its design holds the circuit too
  DeckFiles files;
  std::size_t queries = 0;  ///< rows of --query
  std::size_t clamped_queries = 0;
  DeckNoisePlan noise;

  /// The deck with what it includes.
  netlist::SourceText whole_deck() const;
};

/// What `prepared` asks of hw, without queries.
/// @param times model time of the deck's own run
struct Asked {
  hw::Request request;
  std::vector<core::Spring> springs;  ///< what the request points to
};
Asked ask(const Prepared& prepared, const Options& options, const sim::Analysis& analysis,
          const Times& times, const std::string& title);

/// @param deck_name for the title and the manifest
/// @param offset of each output, where another deck's is to be kept
Built build_circuit(const Prepared& prepared, const Options& options, const std::string& deck_name,
                    const std::optional<Eigen::VectorXd>& offset = {});

/// A circuit whose values were chosen already, so that it is `system` and not prepared.system,
/// which the manifest keeps as the ideal one.
Built build_mapped(const Prepared& prepared, const Options& options, const Times& times,
                   const core::SecondOrderSystem& system, netlist::Design design,
                   const std::string& deck_name);

/// The problem that certification takes.
sim::Problem make_problem(const hw::Manifest& manifest, std::string deck,
                          const std::string& deck_name);

/// The temperature that the circuit would need, and what the deck's noise costs, for people.
std::string describe_noise(const Built& built);

/// Remarks for people, on standard error: free directions, parts out of range.
void print_remark(const std::string& text);
std::string describe_null_space(const core::SecondOrderSystem& system,
                                const core::NullSpace& null_space);

}  // namespace springspice::cli
