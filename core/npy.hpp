// NumPy's .npy files: one array of numbers with its shape.
//
// Read: format versions 1.0, 2.0 and 3.0; '<f8', '<f4' and integers (i1 to i8, u1 to u8; '<' where
// they have more than one byte); C or Fortran order; up to three dimensions. Written: version 1.0,
// '<f8', C order, the header alone, so that numbers can be streamed behind it. Not read: structured
// and object arrays (which hold pickled programs), complex, text, bool, big-endian numbers.
//
// Source: NumPy Enhancement Proposal 1, and numpy.lib.format, which describes the versions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace springspice::core {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// An array of one to three dimensions, the last index fastest (C order) whatever the file's.
struct NpyArray {
  std::vector<std::uint64_t> shape;
  std::vector<double> values;

  /// "(9, 2)", as NumPy writes it.
  std::string format_shape() const;
  /// Block k of three dimensions, (shape[1], shape[2]); the whole array where there are fewer, one
  /// dimension as a column. @pre k < shape[0] with three dimensions, else k is 0
  Eigen::Map<const RowMajorMatrix> matrix(std::uint64_t k = 0) const;
};

/// @throws InputError naming the file: one that cannot be read, that is no .npy file, another type
/// or format, data cut short or with bytes behind them, an integer of 2^53 or more
/// (doubles round there), no dimension or more than three, over 10^9 numbers.
NpyArray read_npy(const std::string& path);

/// Whether the file begins as .npy files do; false for a pipe, and for one that cannot be read.
bool is_npy(const std::string& path);

/// The first bytes of a file of '<f8' numbers in C order; a multiple of 64 bytes.
/// @throws ParameterError for a shape that fills the header of version 1.0 (some 3000 dimensions).
std::string format_npy_header(std::span<const std::uint64_t> shape);

}  // namespace springspice::core
