// A factor of a covariance that may be singular.
//
//     Theta = L L^T,    L n x r,    r = rank Theta
//
// by LDL^T with diagonal pivots on the matrix scaled to a unit diagonal, so that variances of any
// size count alike; directions whose share is below n eps are rounding and left out. x = L n with n
// independent N(0, 1) then has covariance Theta. Source: Golub and Van Loan, Section 4.2.8.
#pragma once

#include <Eigen/Core>

namespace springspice::dynamics {

/// @pre covariance is symmetric; negative eigenvalues of the size of rounding count as 0
Eigen::MatrixXd factor_covariance(const Eigen::Ref<const Eigen::MatrixXd>& covariance);

}  // namespace springspice::dynamics
