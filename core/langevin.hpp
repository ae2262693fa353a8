// The first-order (Langevin) form of a system, and the noise that enters it.
//
//     theta' = A theta + b + B xi,    <xi(t) xi(t')^T> = I delta(t - t')
//
//   underdamped, theta = (x, v):  A = [0 I; -M^-1 K, -M^-1 D],  b = (0, M^-1 f),  B = (0, M^-1 H)
//   overdamped,  theta = x:       A = -D^-1 K,                  b = D^-1 f,       B = D^-1 H
//
// with the force noise F = H xi, one column of H a source. H H^T = sum_q s_q h_q h_q^T is
//   fdt       2 kT D, from two sources a stick where D = gamma M is made of sticks (translation,
//             h = e_i + e_j, s = 2 kT gamma M_s/4; rotation, h = e_i - e_j, s = 2 kT gamma M_s/12),
//             from one a coordinate where D is diagonal, else from the sparse factors of D
//   diagonal  one source a velocity of density 2 gamma kT / M_s, so h_q = column q of M
//
//   symbol | shape                | meaning
//   -------|----------------------|-------------------------------------------
//   A      | 2nu x 2nu (nu x nu)  | drift; the block M^-1 K is dense in general
//   b      | 2nu x m   (nu x m)   | constant drift
//   B      | 2nu x q   (nu x q)   | noise amplitudes
//
// Source: arXiv 2508.19015, Section 2.2; fluctuation-dissipation: Kubo 1966.
#pragma once

#include <string>
#include <vector>

#include "core/system.hpp"

namespace springspice::core {

/// White force noise: sum_q density_q incidence_q incidence_q^T is its two-sided density matrix.
struct ForceNoise {
  SparseMatrix incidence;          ///< nu x q
  Eigen::VectorXd density;         ///< q, force^2 time
  std::vector<std::string> names;  ///< q, e.g. "translation 2_3 2_4"
};

/// @throws ParameterError for `diagonal` noise of a system without a stick mass.
ForceNoise make_force_noise(const SecondOrderSystem& system);

/// S = sum_q density_q incidence_q incidence_q^T, nu x nu: 2 kT D (fdt), or
/// M (2 gamma kT / M_s) M (diagonal), from these formulas and not from the sources.
/// @throws ParameterError as make_force_noise()
SparseMatrix compute_force_noise_matrix(const SecondOrderSystem& system);

struct LangevinSystem {
  SparseMatrix A;
  Eigen::MatrixXd b;
  SparseMatrix B;
};

/// The largest system that make_langevin() takes: M^-1 K has nu^2 entries.
inline constexpr Eigen::Index kLangevinLimit = 4096;

/// @throws ParameterError above kLangevinLimit coordinates.
LangevinSystem make_langevin(const SecondOrderSystem& system);

}  // namespace springspice::core
