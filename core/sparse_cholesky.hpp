// Sparse Cholesky factorisation of a symmetric positive definite matrix, and solutions with it.
//
//     P A P^T = L L^T,    A x = b   by   L z = P b,  L^T w = z,  x = P^T w
//
//   symbol | shape | meaning
//   -------|-------|--------------------------------------------
//   A      | n x n | symmetric positive definite; its lower triangle is read
//   P      | n x n | an ordering that keeps L sparse
//   b, x   | n x m | right-hand sides and solutions, any number
//
// Two backends: Eigen's own (SimplicialLDLT with minimum degree), and SuiteSparse's CHOLMOD through
// Eigen's support module, supernodal where the work per entry of L pays for it; L is then kept
// column by column, since that solves in half the time that supernodes take. One solution, in
// microseconds on one core, the BLAS being Debian's reference (bench/cholesky.cpp repeats it):
//
//   grid         | Eigen: factor, solve | CHOLMOD: factor, solve
//   -------------|----------------------|-----------------------
//   5^2          |      11      0.5     |     20      0.6
//   9^2          |      78      2.2     |     59      1.5
//   33^2         |     920       49     |    920       28
//   129^2        |  57,000    1,900     | 31,000      640
//   257^2        | 377,000   12,000     | 213,000   6,300
//   20^3         | 541,000    5,500     | 240,000   1,500
//
// So `automatic` takes Eigen's below 64 unknowns, and CHOLMOD from there. A tuned BLAS
// (libopenblas) makes large factorisations faster still.
//
// Does not: refine, tell a rank (null_space.hpp does), or factor again on the same pattern.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <Eigen/Core>

#include "core/system.hpp"

namespace springspice::core {

/// Solving is const and may go on in several threads at once; the bits of a solution depend neither
/// on the threads nor on what was solved before. CHOLMOD takes columns four at a time, from the
/// first: many columns split at multiples of four keep their bits, split elsewhere they may not.
class SparseCholesky {
 public:
  enum class Backend { automatic, eigen, cholmod };

  /// @param name what the matrix is called in the error: "K"
  /// @throws InputError for a matrix that is not positive definite (names the coordinate at which
  /// the factorisation ends) and for one whose factor is too large to be indexed; std::bad_alloc.
  /// @pre A is square, its entries are finite
  explicit SparseCholesky(const SparseMatrix& A, std::string_view name = "the matrix",
                          Backend backend = Backend::automatic);
  /// None where A is not positive definite.
  static std::optional<SparseCholesky> try_factor(const SparseMatrix& A,
                                                  Backend backend = Backend::automatic);
  SparseCholesky(SparseCholesky&&) noexcept;
  SparseCholesky& operator=(SparseCholesky&&) noexcept;
  ~SparseCholesky();

  Eigen::Index size() const;
  Backend backend() const;  ///< never `automatic`
  /// Entries of L, its diagonal included; a solution reads each of them twice.
  Eigen::Index factor_entries() const;
  /// The least L_ii^2: above 0, though rounding alone may have left it so.
  double smallest_pivot() const;
  double log_determinant() const;  ///< ln det A, of pivots: it neither over- nor underflows

  /// x for A x = b. @pre b has n rows
  Eigen::MatrixXd solve(const Eigen::Ref<const Eigen::MatrixXd>& b) const;
  /// The same in the place of b. Memory is taken at the first call of each thread, and where the
  /// number of columns changes.
  void solve_in_place(Eigen::Ref<Eigen::MatrixXd> b) const;

 private:
  struct Factor;
  class EigenFactor;
  class CholmodFactor;
  explicit SparseCholesky(std::unique_ptr<const Factor> factor);
  static std::unique_ptr<const Factor> make_factor(const SparseMatrix& A, Backend backend);

  std::unique_ptr<const Factor> factor_;
};

}  // namespace springspice::core
