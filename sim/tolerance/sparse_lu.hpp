// Sparse LU factorisation of one pattern again and again, with other values: KLU. Not installed.
//
//     P R A Q = L U  in block triangular form,   A x = b,   A^T x = b
//
// Circuits are what KLU is made for: most of an ideal circuit is triangular, so costs nothing, and
// the pivots of the nominal circuit serve those that are a few percent away. On one core, 33x33
// nodes, against Eigen's SparseLU (COLAMD), in milliseconds:
//
//   circuit        | unknowns | SparseLU: factor, solve | KLU: analysis, factor, refactor, solve
//   ---------------|----------|-------------------------|---------------------------------------
//   gmc, A         |    2,178 |   11          0.4       |      13        8         6       0.2
//   opamp, A       |   24,593 |   80          2.4       |     260       10         6       0.5
//   rlc, E/h + A   |    5,185 |   21          0.8       |       2       43        19       1.1
//
// Source: Davis and Palamadai Natarajan, "Algorithm 907: KLU", ACM TOMS 37 (2010) 36.
#pragma once

#include <memory>

#include <Eigen/SparseCore>

namespace springspice::sim {

class SparseLu {
 public:
  /// Analyses and factors. @pre A is square and compressed
  /// @throws core::InputError for a matrix that is singular to working precision
  explicit SparseLu(const Eigen::SparseMatrix<double>& A);
  SparseLu(SparseLu&&) noexcept;
  SparseLu& operator=(SparseLu&&) noexcept;
  ~SparseLu();

  /// Factors a matrix of the same pattern with the pivots of the one before. False where a pivot is
  /// zero; nothing can be solved then. The result depends on A and the first matrix alone.
  bool refactor(const Eigen::SparseMatrix<double>& A);
  void solve_in_place(Eigen::Ref<Eigen::MatrixXd, 0, Eigen::OuterStride<>> b) const;
  void solve_transposed_in_place(Eigen::Ref<Eigen::MatrixXd, 0, Eigen::OuterStride<>> b) const;

 private:
  struct Factor;
  std::unique_ptr<Factor> factor_;
};

}  // namespace springspice::sim
