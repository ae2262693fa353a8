// Realizability: which circuits can carry a system, why others cannot, and what each costs.
//
// Every form is realized, and its refusal kept where there is one, so this says what realize()
// does and nothing else. Signs and dominance are those of signs.hpp: with S of M and D (for K, of
// K alone), a matrix is a passive network where S A S has off-diagonals <= 0 and row sums >= 0.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/realization.hpp"

namespace springspice::hw {

/// Of M, D or K.
struct MatrixReport {
  std::string name;
  std::size_t couplings = 0;      ///< off-diagonal pairs that are not 0
  std::size_t negative = 0;       ///< of them
  std::size_t conflicts = 0;      ///< couplings that no signs make a positive part
  std::size_t negative_rows = 0;  ///< of S A S: a negative part to ground
  double worst_row = 0.0;         ///< least row sum of S A S over its diagonal entry
  std::string worst_label;        ///< of that row
};

/// Parts of one kind: "R", "C", "L", "op-amp"...
struct PartsReport {
  std::string kind;
  std::string unit;  ///< of the values; empty where the parts have none
  std::size_t count = 0;
  double low = 0.0;
  double high = 0.0;
  std::size_t outside = 0;  ///< of the range that was asked for
};

struct FormReport {
  std::string name;      ///< "rlc, coupling gyrator"
  std::string options;   ///< what to write: "--realization rlc --coupling gyrator"
  std::string obstacle;  ///< empty: it can be built
  std::string needs;     ///< what its couplings take
  std::size_t nodes = 0;
  std::vector<PartsReport> parts;

  bool possible() const { return obstacle.empty(); }
  std::size_t count(const std::string& kind) const;
  std::size_t outside() const;
};

struct Explanation {
  std::vector<MatrixReport> matrices;
  std::vector<FormReport> forms;
  std::string recommendation;  ///< options of one form; empty where none can be built
  std::string reason;
};

/// @param request range, scales, swing, initial state and springs; its topology and coupling do not
/// count. Coils are asked for with its coupling factor, else 0.99.
Explanation explain(const core::SecondOrderSystem& system, const Request& request);

/// Tables for people.
std::string format_explanation(const Explanation& explanation);

}  // namespace springspice::hw
