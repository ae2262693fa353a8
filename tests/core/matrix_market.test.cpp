#include "core/matrix_market.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <vector>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;

namespace {

using Sparse = Eigen::SparseMatrix<double>;

Sparse read(std::string_view text) {
  return read_sparse_matrix(TemporaryFile(text, "K.mtx").path());
}
Eigen::MatrixXd read_dense(std::string_view text) {
  return read_dense_matrix(TemporaryFile(text, "K.mtx").path());
}

std::string complaint(std::string_view text) {
  try {
    read(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no complaint";
}

template <class Matrix>
std::string written(const Matrix& matrix) {
  std::ostringstream out;
  write_matrix_market(out, matrix);
  return out.str();
}

const std::string general = "%%MatrixMarket matrix coordinate real general\n";
const std::string symmetric = "%%MatrixMarket matrix coordinate real symmetric\n";
const std::string array = "%%MatrixMarket matrix array real general\n";

}  // namespace

TEST_CASE("each kind of file is read into either matrix") {
  Eigen::MatrixXd expected(2, 3);
  expected << 1, 0, -2.5, 0, 3, 0;
  const std::string sparse = general + "% a comment\n\n2 3 3\n1 1 +1\n2 2 3\n\n1 3 -2.5\n";
  CHECK(read_dense(sparse) == expected);
  CHECK(Eigen::MatrixXd(read(sparse)) == expected);
  CHECK(read(sparse).nonZeros() == 3);

  const std::string full = array + "2 3\n1\n0\n0\n3\n-2.5\n0\n";
  CHECK(read_dense(full) == expected);
  CHECK(Eigen::MatrixXd(read(full)) == expected);

  Eigen::MatrixXd mirrored(2, 2);
  mirrored << 1, 2, 2, 3;
  CHECK(read_dense(symmetric + "2 2 3\n1 1 1\n2 1 2\n2 2 3\n") == mirrored);
  CHECK(read_dense("%%MatrixMarket matrix array integer symmetric\n2 2\n1\n2\n3\n") == mirrored);
  CHECK(read_dense("%%MatrixMarket MATRIX Array Integer General\r\n2\t2\r\n1\r\n2\r\n2\r\n3\r\n") ==
        mirrored);
  CHECK(read(general + "4 0 0\n").cols() == 0);
}

TEST_CASE("what is written, to the byte") {
  Sparse matrix(2, 3);
  matrix.insert(1, 0) = 0.1;
  matrix.insert(0, 2) = -1e300;
  matrix.insert(1, 2) = 0;
  CHECK(written(matrix) == general + "2 3 3\n2 1 0.1\n1 3 -1e+300\n2 3 0\n");

  std::ostringstream out;
  write_matrix_market(out, read(symmetric + "2 2 3\n1 1 2\n2 1 -1\n2 2 2\n"), Symmetry::symmetric);
  CHECK(out.str() == symmetric + "2 2 3\n1 1 2\n2 1 -1\n2 2 2\n");

  Eigen::MatrixXd dense(2, 2);
  dense << 1, 0.5, -3, 1e-9;
  CHECK(written(dense) == array + "2 2\n1\n-3\n0.5\n1e-09\n");
}

TEST_CASE("a number that no reader would take is not written") {
  Sparse matrix(2, 2);
  matrix.insert(1, 0) = std::nan("");
  CHECK_THROWS_WITH(written(matrix),
                    ContainsSubstring("entry (2, 1) of the matrix to be written is nan"));
  const Eigen::MatrixXd dense =
      Eigen::MatrixXd::Constant(1, 1, std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH(written(dense), ContainsSubstring("entry (1, 1)"));
}

TEST_CASE("mistake: the file is not there, is a folder, or is empty") {
  const TemporaryFile file("", "K.mtx");
  CHECK_THROWS_WITH(read_sparse_matrix(file.path() + "x"),
                    ContainsSubstring("K.mtxx: No such file or directory"));
  CHECK_THROWS_WITH(read_sparse_matrix(file.folder()), ContainsSubstring(": Is a directory"));
  CHECK_THAT(complaint(""), ContainsSubstring("K.mtx:0: the file is empty"));
}

TEST_CASE("mistake: a banner that is none, or of a kind that is not read") {
  CHECK_THAT(complaint("2 2 0\n"),
             ContainsSubstring("K.mtx:1: '2 2 0' is no Matrix Market banner; begin the file with"));
  for (const char* kind : {"coordinate pattern general", "coordinate complex general",
                           "coordinate real skew-symmetric", "array complex hermitian",
                           "coordinate real", "coordinate real general more"}) {
    CHECK_THAT(complaint(std::string("%%MatrixMarket matrix ") + kind + "\n1 1 0\n"),
               ContainsSubstring("K.mtx:1: '%%MatrixMarket matrix ") &&
                   ContainsSubstring("is a kind of Matrix Market file that is not read"));
  }
}

TEST_CASE("mistake: a size line that is none") {
  CHECK_THAT(complaint(general), ContainsSubstring("K.mtx:1: the file ends before its size line"));
  for (const char* size :
       {"2 2", "2 2 1 1", "2 x 1", "2 -2 1", "2.0 2 1", "99999999999999999999 1 1"}) {
    CHECK_THAT(complaint(general + size + "\n"),
               ContainsSubstring("is no size line; write 'ROWS COLUMNS ENTRIES'"));
  }
  CHECK_THAT(complaint(array + "2 2 4\n"), ContainsSubstring("write 'ROWS COLUMNS'"));
  CHECK_THAT(complaint(general + "2 2 5\n"), ContainsSubstring("K.mtx:2: '2 2 5' promises more"));
  CHECK_THAT(complaint(symmetric + "2 3 1\n"), ContainsSubstring("not square"));
  CHECK_THAT(complaint(general + "1000000000 2 1\n"),
             ContainsSubstring("is a size beyond 100000000"));
  CHECK_THROWS_WITH(
      read_dense(general + "100000 100000 1\n1 1 1\n"),
      ContainsSubstring("K.mtx:2: '100000 100000 1' is too large for a dense matrix"));
}

TEST_CASE("mistake: an entry outside the matrix or the triangle") {
  CHECK_THAT(complaint(general + "% c\n2 3 1\n3 1 5\n"),
             ContainsSubstring("K.mtx:4: row '3' is not one of 1 to 2; correct it"));
  CHECK_THAT(complaint(general + "2 3 1\n1 0 5\n"),
             ContainsSubstring("column '0' is not one of 1 to 3"));
  CHECK_THAT(complaint(general + "2 3 1\nx 1 5\n"), ContainsSubstring("row 'x'"));
  CHECK_THAT(complaint(symmetric + "2 2 1\n1 2 5\n"),
             ContainsSubstring("K.mtx:3: '1 2 5' is above the diagonal"));
}

TEST_CASE("mistake: an entry given twice, missing, or too many") {
  CHECK_THAT(complaint(general + "2 2 3\n2 1 1\n1 1 1\n2 1 1\n"),
             ContainsSubstring("entry (2, 1) is given on line 3 and again on line 5; remove one"));
  CHECK_THAT(complaint(general + "2 2 2\n1 1 1\n"),
             ContainsSubstring("K.mtx:3: the file ends after 1 of 2 entries"));
  CHECK_THAT(complaint(array + "2 2\n1\n2\n3\n"), ContainsSubstring("after 3 of 4 entries"));
  CHECK_THAT(complaint(general + "2 2 1\n1 1 1\n2 2 1\n"),
             ContainsSubstring("K.mtx:4: an entry more than the 1 of the size line"));
}

TEST_CASE("mistake: an entry that is no entry, or no finite number") {
  CHECK_THAT(complaint(general + "1 1 1\n1 1\n"), ContainsSubstring("K.mtx:3: '1 1' is no entry"));
  CHECK_THAT(complaint(array + "1 2\n1 2\n"), ContainsSubstring("'1 2' is not one value"));
  CHECK_THAT(complaint(general + "1 1 1\n% late\n1 1 1\n"),
             ContainsSubstring("comments stand before the size line"));
  CHECK_THAT(complaint(general + "1 1 1\n1 1 1d0\n"),
             ContainsSubstring("K.mtx:3: '1d0' is not a number"));
  CHECK_THAT(complaint(general + "1 1 1\n1 1 nan\n"), ContainsSubstring("'nan' is not finite"));
  CHECK_THAT(complaint(general + "1 1 1\n1 1 -inf\n"), ContainsSubstring("'-inf' is not finite"));
  CHECK_THAT(complaint("%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 1.5\n"),
             ContainsSubstring("'1.5' is not an integer and the banner promises integers"));
  CHECK_THAT(complaint(general + "%" + std::string(70000, 'x')),
             ContainsSubstring("K.mtx:2: the line is longer than 65536 bytes"));
}

TEST_CASE("property: a matrix that is written comes back to the bit") {
  std::mt19937_64 random(11);
  const auto same = [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  };
  for (int trial = 0; trial < 40; ++trial) {
    const Eigen::Index rows = 1 + static_cast<Eigen::Index>(random() % 12);
    const Eigen::Index cols = trial % 2 ? rows : 1 + static_cast<Eigen::Index>(random() % 12);
    Eigen::MatrixXd dense(rows, cols);
    std::vector<Eigen::Triplet<double>> triplets;
    for (Eigen::Index j = 0; j < cols; ++j) {
      for (Eigen::Index i = 0; i < rows; ++i) {
        do {
          dense(i, j) = std::bit_cast<double>(random());
        } while (!std::isfinite(dense(i, j)));
        if (random() % 3 != 0 || (trial % 2 && i < j)) continue;
        triplets.emplace_back(static_cast<int>(i), static_cast<int>(j), dense(i, j));
        if (trial % 2 && i != j) {
          triplets.emplace_back(static_cast<int>(j), static_cast<int>(i), dense(i, j));
        }
      }
    }
    const Eigen::MatrixXd dense_back = read_dense(written(dense));
    REQUIRE(dense_back.rows() == rows);
    for (Eigen::Index k = 0; k < dense.size(); ++k) {
      REQUIRE(same(dense_back.data()[k], dense.data()[k]));
    }

    Sparse sparse(rows, cols);
    sparse.setFromTriplets(triplets.begin(), triplets.end());
    std::ostringstream out;
    write_matrix_market(out, sparse, trial % 2 ? Symmetry::symmetric : Symmetry::general);
    const Sparse back = read(out.str());
    REQUIRE(back.nonZeros() == sparse.nonZeros());
    for (Eigen::Index k = 0; k < sparse.nonZeros(); ++k) {
      REQUIRE(back.innerIndexPtr()[k] == sparse.innerIndexPtr()[k]);
      REQUIRE(same(back.valuePtr()[k], sparse.valuePtr()[k]));
    }
  }
}

TEST_CASE("property: a damaged file gives a matrix or InputError, never anything else") {
  const std::vector<std::string> sound = {
      general + "% c\n3 4 4\n1 1 1.5\n2 1 -2e3\n3 4 0.25\n1 2 7\n",
      symmetric + "3 3 3\n1 1 2\n2 1 -1\n3 3 4\n", array + "2 2\n1\n-2.5\n3e4\n4\n"};
  const std::string spice = std::string("%\n\r\t \0+-.eE0129", 16);
  std::mt19937_64 random(13);
  const TemporaryFile file("", "K.mtx");
  int read_whole = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::string text = sound[random() % sound.size()];
    for (std::uint64_t i = 0, edits = 1 + random() % 3; i < edits; ++i) {
      // The banner is half of the text; most of the damage should come after it.
      const std::size_t from =
          random() % 8 == 0 ? 0 : std::min(text.find('\n') + 1, text.size() - 1);
      const std::size_t at = from + random() % (text.size() - from);
      const char c = random() % 2 ? spice[random() % spice.size()] : static_cast<char>(random());
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 3);
      else if (random() % 2)
        text.insert(at, 1, c);
      else
        text[at] = c;
      if (text.empty()) text += '%';
    }
    file.write(text);
    try {
      const Sparse matrix = read_sparse_matrix(file.path());
      REQUIRE(Eigen::MatrixXd(matrix) == read_dense_matrix(file.path()));
      ++read_whole;
    } catch (const InputError& error) {
      REQUIRE(std::string(error.what()).find_first_of(std::string("\n\r\0", 3)) ==
              std::string::npos);
    }
  }
  CHECK(read_whole > 30);  // else the damage is too heavy to reach the entries
}
