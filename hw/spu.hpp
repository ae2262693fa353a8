// `spu`, the stochastic processing unit of Melanson et al., arXiv 2312.04836: RLC cells, coupled by
// capacitors, whose noise samples the posterior of the fit.
//
// The cells are another linear system than the model, of the model's nodes:
//
//     M' v' + D' v + K' int v = F(t),   M' = K,  D' = gamma kbar I,  K' = kbar I,  f' = 0
//
// with kbar = mean K_ii and gamma = tr D / tr M, at the model's kT and fdt noise (the resistors').
// Equipartition gives the cells' velocities <v v^T> = kT M'^-1 = kT K^-1: the covariance of the
// fit's parameters. Its mean, K^-1 f, is added when samples are read.
//
//   M' with signs S (signs.hpp)  capacitors -(S K S)_ij between cells, row sums to ground
//   D', K'                       equal resistors and equal inductors to ground
//
// So S K S must be a dominant M-matrix (off-diagonals <= 0, row sums >= 0), on at most 8 cells.
#pragma once

#include "core/system.hpp"
#include "hw/realization.hpp"

namespace springspice::hw {

constexpr Eigen::Index kSpuCells = 8;

struct Posterior {
  core::SecondOrderSystem sampler;  ///< M', D', K', f' = 0
  Eigen::MatrixXd mean;             ///< K^-1 f, nu x m
};

/// @throws RealizationError for an overdamped system, more than 8 nodes, no friction, a singular K,
/// and a K that capacitors cannot be: lists the entries and rows that fail, and what to take.
Posterior make_posterior(const core::SecondOrderSystem& system);

}  // namespace springspice::hw
