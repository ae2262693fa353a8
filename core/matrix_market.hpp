// Matrix Market files: the exchange format of sparse matrices.
//
// Read: `matrix coordinate real|integer|pattern-free general|symmetric`, and
// `matrix array real|integer general|symmetric`. Indices in files count from 1. Symmetric files hold
// the lower triangle. Written: coordinate (sparse) and array (dense), real, shortest round-trip
// numbers, no date.
//
// Source: Boisvert, Pozo, Remington, "The Matrix Market Exchange Formats", NISTIR 5935, 1996.
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <iosfwd>
#include <string>

namespace springspice::core {

/// @throws InputError with file and line: no such file, bad banner or size line, an index outside
/// the matrix, an entry given twice or missing, a number that is none, NaN or infinite.
Eigen::SparseMatrix<double> read_sparse_matrix(const std::string& path);
Eigen::MatrixXd read_dense_matrix(const std::string& path);

enum class Symmetry { general, symmetric };
/// Writes stored entries; `symmetric` writes the lower triangle of a matrix that is symmetric.
void write_matrix_market(std::ostream& out, const Eigen::SparseMatrix<double>& matrix,
                         Symmetry symmetry = Symmetry::general);
void write_matrix_market(std::ostream& out, const Eigen::Ref<const Eigen::MatrixXd>& matrix);

}  // namespace springspice::core
