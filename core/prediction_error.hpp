// How much predictions at the data points change when the nodes do.
//
//     e(x, x') = sqrt( 1/(N m) sum_p |W (x_p - x'_p)|^2 ) = sqrt( 1/m sum_p (x - x')_p^T G (x -
//     x')_p )
//
// with G = W^T W / N (nu x nu, sparse), which the condensed springs hold: O(cells), whatever N is.
// Units of the targets. A system given as matrices has no data: there G = I / nu, the root mean
// square over the coordinates.
#pragma once

#include "core/data_springs.hpp"
#include "core/system.hpp"

namespace springspice::core {

struct PredictionError {
  SparseMatrix gram;  ///< G, nu x nu

  /// @pre x and reference are nu x m
  double operator()(const Eigen::Ref<const Eigen::MatrixXd>& x,
                    const Eigen::Ref<const Eigen::MatrixXd>& reference) const;
};

PredictionError make_prediction_error(const DataSprings& data);
/// Where there are no data: every coordinate counts alike.
PredictionError make_prediction_error(Eigen::Index coordinates);

}  // namespace springspice::core
