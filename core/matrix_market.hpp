// Matrix Market files: the exchange format of sparse matrices.
//
// Read: `matrix coordinate real|integer general|symmetric`, and `matrix array real|integer
// general|symmetric`; either form into either matrix. Indices in files count from 1. Symmetric
// files hold the lower triangle. Written: coordinate (sparse) and array (dense), real, shortest
// round-trip numbers, no date. Not read: pattern, complex, skew-symmetric and Hermitian files.
//
// Source: Boisvert, Pozo, Remington, "The Matrix Market Exchange Formats", NISTIR 5935, 1996.
#pragma once

#include <iosfwd>
#include <string>

#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace springspice::core {

/// @throws InputError with file and line: no such file, bad banner or size line, an index outside
/// the matrix, an entry given twice or missing, a number that is none, NaN or infinite. An array
/// read as sparse keeps every entry, zeros too. Sizes end at 10^8 rows or columns, and a dense
/// matrix at 10^8 entries: a slip in the size line must not take the machine's memory.
Eigen::SparseMatrix<double> read_sparse_matrix(const std::string& path);
Eigen::MatrixXd read_dense_matrix(const std::string& path);

enum class Symmetry { general, symmetric };
/// Writes stored entries, column by column; `symmetric` writes the lower triangle.
/// @pre with `symmetric`, the matrix is symmetric
/// @throws InputError for an entry that is NaN or infinite: no reader would take the file.
void write_matrix_market(std::ostream& out, const Eigen::SparseMatrix<double>& matrix,
                         Symmetry symmetry = Symmetry::general);
void write_matrix_market(std::ostream& out, const Eigen::Ref<const Eigen::MatrixXd>& matrix);

}  // namespace springspice::core
