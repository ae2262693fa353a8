// How far thermal motion spreads a prediction.
//
//     x ~ N(K^-1 f, kT K^-1)   =>   yhat(u) ~ N(w . x_fit, kT w^T K^-1 w),   w the weights of u
//
// the same for every output. It is that of `fdt` noise, underdamped and overdamped. Where K is
// singular, w^T K^-1 w exists for u whose weights are orthogonal to the null space, and any inverse
// on independent coordinates gives it; elsewhere the spread grows without end.
//
// A point takes two triangular solutions, 2 |L| products, |L| the entries of K's factor.
//
// Does not: hold for `diagonal` noise, whose covariance is another (stationary.hpp).
#pragma once

#include <limits>
#include <optional>

#include <Eigen/Core>

#include "core/grid.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::core {

/// Standard deviation of the prediction at each of the points, infinite where a free direction
/// reaches it; 0 at kT = 0.
/// @param points one a row, clamped to the grid's bounds
/// @param most_products the answer is none where more would be needed, 1e9 taking about a second
/// @throws InputError where K has negative eigenvalues: there is no equilibrium
/// @pre the system's coordinates are the grid's nodes
std::optional<Eigen::VectorXd> compute_prediction_spread(
    const SecondOrderSystem& system, const NullSpace& null_space, const Grid& grid,
    const Eigen::Ref<const Eigen::MatrixXd>& points,
    double most_products = std::numeric_limits<double>::infinity());

}  // namespace springspice::core
