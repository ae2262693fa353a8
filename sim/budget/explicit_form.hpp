// A descriptor system as ordinary differential equations: its finite motion, at any index.
//
//     E z' + A z = B w     ->     y' = F y + G w,    z = V y + W w + X w'
//
//   symbol | shape | meaning
//   -------|-------|---------------------------------------------------------------------
//   z      | n     | unknowns of the circuit, voltages and currents
//   w      | q     | inputs, such as white noise
//   y      | r     | what the circuit remembers; r is the number of finite poles
//   W      | n x q | what passes without any memory
//   X      | n x q | what passes differentiated (the current of a source across a capacitor)
//
// Each round rotates E into rows of full rank above rows of zeros (QR with pivots); the rows of
// zeros are constraints A2 z = B2 w, whose solutions z = T w + N y are put into the others. It ends
// when E is regular; a circuit whose capacitors form loops with ideal op-amps takes two rounds. All
// is done by orthogonal matrices on the equilibrated pencil, so F is that of a circuit whose
// parts differ from the given ones by rounding, and no infinite pole appears as a large finite one.
//
// Source: the shuffle algorithm, Luenberger, "Time-invariant descriptor systems", 1978.
#pragma once

#include <string>

#include <Eigen/Core>

namespace springspice::sim {

struct ExplicitForm {
  Eigen::MatrixXd F, G, V, W, X;
  /// Empty, or why the inputs make no such form: one of them is differentiated twice.
  std::string obstacle;
};

/// Dense, O(n^3). @throws core::InputError for a singular pencil: a circuit whose equations do not
/// determine its motion
ExplicitForm make_explicit(const Eigen::MatrixXd& E, const Eigen::MatrixXd& A,
                           const Eigen::MatrixXd& B);

}  // namespace springspice::sim
