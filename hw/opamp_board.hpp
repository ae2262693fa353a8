// What the two op-amp boards share, underdamped and overdamped: supplies, stages, sums.
//
// Every amplifier sums currents into a virtual ground s..., so its output is the negative of a
// weighted sum of what feeds it:
//
//   inverter   ra from the input, rb back                            output = -input
//   sum        resistors R / |w_i| from -x_i (from x_i where w_i < 0), R back:
//              output = sum w_i x_i; for a residual also a resistor from a reference, which takes
//              the anchor out
//
// x<label> and xn<label> are position and its negative; the overdamped board has xn only of nodes
// that ask for it (an inverter).
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/springs.hpp"
#include "hw/builder.hpp"

namespace springspice::hw {

class Board {
 public:
  explicit Board(Builder& builder);

  void add_supplies();
  void add_opamp(const std::string& name, const std::string& summing, const std::string& output,
                 const std::string& what);
  /// output = -input, through the summing node s<prefix><label>.
  void add_inverter(const std::string& prefix, const std::string& label, const std::string& input,
                    const std::string& output, const std::string& what);

  /// The entries of row i of a symmetric matrix, as parts from each column's node into s_i. A
  /// negative entry comes from the column's negated node.
  template <typename Part>
  void add_row(const core::SparseMatrix& matrix, Eigen::Index i, const Part& part) {
    for (core::SparseMatrix::InnerIterator it(matrix, i); it; ++it) {
      if (it.value() != 0.0) part(it.row(), it.value());
    }
  }

  /// Resistors ohm / |K_ij| from the positions into s_i.
  void add_stiffness(Eigen::Index i, Eigen::Index output, double ohm);
  /// A resistor from a reference into s_i, which draws f out of it.
  void add_force(Eigen::Index i, Eigen::Index output, const std::string& summing);
  /// Residual amplifier e = l . x - a, and resistors ohm / (kappa |l_i|) from it (from its
  /// inverse en, where l_i < 0) into s_i.
  void add_literal_spring(const core::Spring& spring, Eigen::Index output, double ohm);
  /// One amplifier for each query.
  void add_readouts(Eigen::Index output);

  /// Resistors from the generators into the summing nodes, which draw force -V/R; the sign of a
  /// whole source is free, so only sources that act with both signs need their inverse.
  void add_noise();

 private:
  void add_sum(const std::string& label, const std::string& output,
               const std::vector<std::pair<int, double>>& weights, Eigen::Index p,
               const std::string& what, int query);

  Builder& builder_;
  double ohm_;                      ///< of the inverters' and sums' feedback
  std::set<std::string> inverted_;  ///< generators that have an inverter
};

}  // namespace springspice::hw
