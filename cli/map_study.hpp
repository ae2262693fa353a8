// All that `map` finds out: the mapped circuit, its proof, its tolerances, its error budget.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/pipeline.hpp"
#include "hw/mapping/bill_of_materials.hpp"
#include "hw/mapping/energy.hpp"
#include "hw/mapping/mapping.hpp"
#include "sim/budget/budget.hpp"
#include "sim/certify.hpp"
#include "sim/tolerance/tolerance.hpp"

namespace springspice::cli {

/// One draw of the Monte Carlo, computed and by ngspice.
struct CheckedDraw {
  std::uint64_t draw = 0;
  double computed = 0.0;
  double ngspice = 0.0;
};

struct MapStudy {
  hw::Profile profile;
  Prepared prepared;
  hw::Mapping mapping;
  Built built;            ///< the mapped deck and its manifest
  std::string real_deck;  ///< the same with real parts
  /// With a vendor's amplifiers: the deck, the file that it includes, and what they cost at rest,
  /// by ngspice.
  struct Vendor {
    std::string name;  ///< of the subcircuit
    DeckFile deck, model;
    double alone = 0.0;
  };
  std::optional<Vendor> vendor;
  double read_at = 0.0;      ///< model time
  double error_limit = 0.0;  ///< rms, in the target's unit
  sim::Report proof;         ///< of the mapped deck against the mapped system
  sim::ToleranceReport tolerance;
  std::vector<CheckedDraw> checked_draws;
  std::vector<sim::BudgetTerm> budget;
  std::vector<hw::BillRow> bill;
  hw::EnergyReport energy;
  std::uint64_t seed = 1;

  /// Parts to order, the amplifiers too.
  std::size_t part_count() const;
  /// The largest |computed - ngspice| of the draws, of the targets' range.
  double draws_disagreement() const;
  /// The proof passed, draws and budget agree with ngspice (1e-6 of the range, 10 %), and with real
  /// amplifiers the circuit is stable.
  bool passed() const;
};

inline constexpr double kDrawsAgree = 1e-6;

/// @throws as the libraries do
MapStudy study_map(const Options& options, Progress& progress);

}  // namespace springspice::cli
