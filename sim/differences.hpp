// The circuit's equations beside the model's, entry by entry.
//
//   kind     | row, column                | compared
//   ---------|----------------------------|------------------------------------------------------
//   mass ... | coordinate, coordinate     | M, D, K of the stamped and reduced netlist, model units
//   stiffness|                            |
//   ghost    | coordinate, coordinate     | what no second-order system has (overdamped: integrals)
//   force    | coordinate                 | f - K offset
//   position | coordinate, coordinate     | a position's node must read its own coordinate, fully
//   readout  | read-out, coordinate       | weights of a prediction's node (column -1: its
//   constant) initial  | unknown                    | `.ic` and `ic=` against the model's start
//   noise    | coordinate, coordinate     | two-sided densities of the forces, <F_i F_j> (column
//            |                            | -1 - q: what source q does to a position)
//
// The difference of an entry is relative to the largest of both values and of the sum of the
// absolute contributions to it: what rounding may do. Entries are visited in a fixed order of
// kinds, and within a kind row by row.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "sim/check.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {

struct EntryKey {
  enum class Kind { mass, friction, stiffness, ghost, force, position, readout, initial, noise };
  Kind kind = Kind::mass;
  Eigen::Index row = 0;
  Eigen::Index column = 0;

  bool operator==(const EntryKey&) const = default;
};

struct ComparedEntry {
  EntryKey key;
  double circuit = 0.0;
  double model = 0.0;
  double absolute = 0.0;  ///< sum of the absolute contributions

  /// |circuit - model| / max(|circuit|, |model|, absolute); infinite for what is not a number.
  double difference() const;
};

/// Visits every entry. @pre the deck has no obstacle; with kT > 0 its noise neither.
void for_each_entry(const Problem& problem, const ProbeMap& probes, const StampedDeck& deck,
                    const std::function<void(const ComparedEntry&)>& visit);

/// "K(3,4)", "f(2)", "initial value of x0".
std::string describe(const EntryKey& key, const Problem& problem, const StampedDeck& deck);

}  // namespace springspice::sim
