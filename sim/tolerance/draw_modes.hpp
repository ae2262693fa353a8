// How fast a drawn circuit relaxes and how hot its modes are. Not installed.
//
// With M', D', K' and the force noise S' of the circuit as drawn (overdamped: D' x' + K' x) and the
// shapes phi_a of the nominal modes (K phi = w^2 M phi; overdamped K phi = w D phi),
//
//     slowest time   -1 / max Re lambda of M' lambda^2 + D' lambda + K'
//     temperature    <(phi_a^T M' v)^2> / (phi_a^T M' phi_a)                       kinetic
//                    <(phi_a^T K' (x - x*))^2> / (phi_a^T K' phi_a)                overdamped
//
// which is kT for any phi where the circuit is in equilibrium, S' = 2 kT D', and the temperature of
// sim/dynamics/temperatures.hpp where it is the nominal one.
//
//   up to kExactModes coordinates   all eigenvalues and Lyapunov's equation: exact
//   up to core::kModesLimit         from the diagonals in the modes, phi_a^T M' phi_a and so on:
//                                   M'_aa lambda^2 + D'_aa lambda + K'_aa = 0 and the temperature
//                                   S'_aa / (2 D'_aa)
//   beyond                          none
//
// To first order in the parts' deviations from a circuit whose D is gamma M and whose noise is
// 2 kT D, no other entry moves a temperature: Lyapunov's operator is diagonal by pairs of modes
// there, and no difference of frequencies stands in a denominator. The error is of second order
// (where the noise is of another kind, of first). An eigenvalue is good to first order where it
// lies apart; within a band of modes closer than their coupling, the slowest time is good to the
// spread of the modes' rates.
//
// The noise of the parts themselves (NoiseSource::own) is left out.
#pragma once

#include <string>

#include "core/modes.hpp"
#include "sim/tolerance/varied_circuit.hpp"

namespace springspice::sim {

inline constexpr Eigen::Index kExactModes = 32;

/// The nominal modes and what they relax in: of M and K alone, D taken as gamma M with
/// gamma = tr D / tr M, which mapped parts do not keep to the last digit.
struct NominalModes {
  core::Modes modes;  ///< empty where there are more than core::kModesLimit coordinates
  double relaxation_time = 0.0;
};
/// @throws core::ParameterError where nothing relaxes
NominalModes find_nominal_modes(const core::SecondOrderSystem& system);

/// Relaxation and temperatures of one draw.
struct Motion {
  bool stable = true;
  double slowest_time = 0.0;  ///< 0 where it is not computed
  double coldest = 0.0, hottest = 0.0;
};

class DrawModes {
 public:
  DrawModes(const ToleranceRequest& request, const VariedCircuit& circuit, const ProbeMap& probes,
            const core::Modes& modes);

  /// From any thread.
  Motion analyse(const Eigen::VectorXd& multipliers) const;
  /// How many modes and how, or why none.
  const std::string& note() const { return note_; }

 private:
  Motion analyse_exactly(const core::SecondOrderSystem& system,
                         const core::SparseMatrix& noise) const;
  Motion analyse_diagonals(const core::SecondOrderSystem& system,
                           const core::SparseMatrix& noise) const;

  const VariedCircuit& circuit_;
  const ProbeMap& probes_;
  const core::Modes& modes_;
  using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  RowMatrix shapes_;               // a coordinate's shares in all modes lie together
  Problem problem_;                // without circuit, deck and the parts' own noise
  std::vector<int> johnson_part_;  // of each noise source: the part that its density follows
  bool has_modes_ = false, has_noise_ = false;
  std::string note_;
};

}  // namespace springspice::sim
