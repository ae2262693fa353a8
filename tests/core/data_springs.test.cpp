#include "core/data_springs.hpp"

#include <cmath>

#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

struct Shape {
  std::vector<int> sticks;
  Eigen::Index outputs, points;
};
const std::vector<Shape> kShapes{{{1}, 1, 1},           {{8}, 1, 40},
                                 {{3, 4}, 2, 90},       {{2, 2, 2}, 3, 60},
                                 {{1, 2, 1, 2}, 1, 50}, {{2, 1, 1, 1, 2}, 2, 40}};

}  // namespace

TEST_CASE("the Gram matrices of the cells add up to W^T W and W^T y, none of them negative") {
  for (const Shape& shape : kShapes) {
    const auto s = sample::make_sample(shape.sticks, shape.outputs, shape.points, 11);
    const Eigen::Index nodes = s.grid.node_count();
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(nodes, nodes);
    Eigen::MatrixXd force = Eigen::MatrixXd::Zero(nodes, shape.outputs);
    for (const int cell : s.data.occupied_cells()) {
      const std::vector<int> corners = s.data.corners(cell);
      REQUIRE((s.data.gram(cell).array() >= 0.0).all());
      REQUIRE(s.data.gram(cell) == s.data.gram(cell).transpose());
      for (std::size_t a = 0; a < corners.size(); ++a) {
        force.row(corners[a]) += s.data.gram_targets(cell).row(static_cast<Eigen::Index>(a));
        for (std::size_t b = 0; b < corners.size(); ++b) {
          gram(corners[a], corners[b]) +=
              s.data.gram(cell)(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
        }
      }
    }
    // Each of N terms carries twice the error of a weight.
    const double limit = 2.0 * static_cast<double>(shape.points) * sample::kWeightError;
    CHECK(sample::largest(gram - s.W.transpose() * s.W) <= limit);
    CHECK(sample::largest(force - s.W.transpose() * s.y) <= limit * sample::largest(s.y));
  }
}

TEST_CASE("R is an upper triangle with R^T R = G and R^T z = g, cell by cell") {
  for (const Shape& shape : kShapes) {
    const auto s = sample::make_sample(shape.sticks, shape.outputs, shape.points, 12);
    for (const int cell : s.data.occupied_cells()) {
      const Eigen::MatrixXd R = s.data.factor(cell);
      REQUIRE(sample::largest(R.triangularView<Eigen::StrictlyLower>().toDenseMatrix()) == 0.0);
      // One rotation rounds by 6 eps of the column; 2^d of them a point (Higham, Section 19.6).
      const double limit = 6.0 * kEps * static_cast<double>(R.rows() * shape.points);
      const double size = s.data.gram(cell).trace();
      CHECK(sample::largest(R.transpose() * R - s.data.gram(cell)) <= limit * size);
      CHECK(sample::largest(R.transpose() * s.data.rotated_targets(cell) -
                            s.data.gram_targets(cell)) <= limit * size * sample::largest(s.y) * 10);
    }
  }
}

TEST_CASE("the residual sum of squares comes from the factors alone") {
  for (const Shape& shape : kShapes) {
    const auto s = sample::make_sample(shape.sticks, shape.outputs, shape.points, 13);
    const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(s.grid.node_count(), -2.0, 3.0);
    for (Eigen::Index p = 0; p < shape.outputs; ++p) {
      const double direct = (s.W * x - s.y.col(p)).squaredNorm();
      // Relative, from the errors of weights and rotations on |W x| <= 3 and |y| <= 3.
      const double limit =
          static_cast<double>(shape.points) * 36.0 * (sample::kWeightError + 32.0 * 6.0 * kEps);
      CHECK(s.data.residual_squares(x, static_cast<std::size_t>(p)) ==
            Approx(direct).margin(limit));
      const double at_rest =
          (s.W * s.W.colPivHouseholderQr().solve(s.y.col(p)) - s.y.col(p)).squaredNorm();
      double irreducible = s.data.irreducible_squares()[static_cast<std::size_t>(p)];
      CHECK(irreducible <= at_rest + limit);
    }
  }
}

TEST_CASE("one cell: the irreducible squares are the residual of least squares") {
  const auto s = sample::make_sample({1, 1}, 2, 30, 14);
  const Eigen::MatrixXd x = s.W.colPivHouseholderQr().solve(s.y);
  for (Eigen::Index p = 0; p < 2; ++p) {
    CHECK(s.data.irreducible_squares()[static_cast<std::size_t>(p)] ==
          Approx((s.W * x - s.y).col(p).squaredNorm()).epsilon(1e-12));
  }
}

namespace {

/// Rows of weights as locate() gives them, in the order of the points.
Eigen::MatrixXd rows_in_one_cell(const Grid& grid, const Eigen::MatrixXd& u) {
  Eigen::MatrixXd W(u.rows(), static_cast<Eigen::Index>(grid.corner_count()));
  Stencil stencil;
  for (Eigen::Index j = 0; j < u.rows(); ++j) {
    const Eigen::VectorXd point = u.row(j);
    grid.locate({point.data(), static_cast<std::size_t>(point.size())}, stencil);
    W.row(j) = Eigen::Map<const Eigen::RowVectorXd>(stencil.weights.data(), W.cols());
  }
  return W;
}

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// R with a positive diagonal, in extended precision.
Eigen::MatrixXd precise_factor(const Eigen::MatrixXd& W) {
  const LongMatrix qr = Eigen::HouseholderQR<LongMatrix>(W.cast<long double>()).matrixQR();
  LongMatrix R = qr.topRows(W.cols()).triangularView<Eigen::Upper>();
  for (Eigen::Index k = 0; k < R.rows(); ++k) {
    if (R(k, k) < 0.0L) R.row(k) *= -1.0L;
  }
  return R.cast<double>();
}

}  // namespace

TEST_CASE("any number of points in a cell, whole groups and parts of one") {
  for (const Eigen::Index points : {1, 3, 15, 16, 17, 32, 47, 64, 65, 100}) {
    const auto s = sample::make_sample({1, 1}, 1, points, 15);
    const double limit = 100.0 * kEps * static_cast<double>(points);
    CHECK(s.data.count() == static_cast<std::size_t>(points));
    CHECK(sample::largest(s.data.gram(0) - s.W.transpose() * s.W) <= limit);
    CHECK(sample::largest(s.data.factor(0).transpose() * s.data.factor(0) - s.data.gram(0)) <=
          limit);
    // |z|^2 + rho^2 = |y|^2: reflections keep lengths.
    CHECK(s.data.rotated_targets(0).squaredNorm() + s.data.irreducible_squares()[0] ==
          Approx(s.y.squaredNorm()).epsilon(limit));
  }
}

TEST_CASE("the order of the points matters no more than rounding, reading between them neither") {
  const auto s = sample::make_sample({2, 3}, 2, 500, 16);
  DataSprings backwards(s.grid, 2);
  DataSprings read_often(s.grid, 2);
  DataSprings again(s.grid, 2);
  for (Eigen::Index j = 0; j < s.u.rows(); ++j) {
    const auto add = [&](DataSprings& data, Eigen::Index row) {
      const Eigen::VectorXd u = s.u.row(row);
      const Eigen::VectorXd y = s.y.row(row);
      data.add({u.data(), 2}, {y.data(), 2});
    };
    add(backwards, s.u.rows() - 1 - j);
    add(again, j);
    add(read_often, j);
    if (j % 3 == 0) (void)read_often.irreducible_squares();
  }
  for (const int cell : s.data.occupied_cells()) {
    const double limit = 500.0 * 100.0 * kEps;  // points, and operations on each
    for (const DataSprings* other : {&backwards, &read_often}) {
      CHECK(sample::largest(other->gram(cell) - s.data.gram(cell)) <= limit);
      CHECK(sample::largest(other->gram_targets(cell) - s.data.gram_targets(cell)) <= 10.0 * limit);
      const Eigen::MatrixXd R = other->factor(cell);
      CHECK(sample::largest(R.transpose() * R - s.data.gram(cell)) <= limit);
    }
    CHECK(again.factor(cell) == s.data.factor(cell));
    CHECK(again.rotated_targets(cell) == s.data.rotated_targets(cell));
    CHECK(again.gram(cell) == s.data.gram(cell));
  }
  CHECK(backwards.spread(1) == Approx(s.data.spread(1)).epsilon(1e-12));
  CHECK(backwards.targets()[0].minimum == s.data.targets()[0].minimum);
}

TEST_CASE("points that crowd together keep the digits that a Gram matrix loses") {
  // In a patch of size h the singular values of W go as 1, h, h, h^2, so the last pivot of
  // W^T W goes as h^4: for h = 1e-4 it is what rounding leaves of 1.
  const double h = 1e-4;
  std::mt19937_64 random(17);
  const Eigen::MatrixXd u =
      Eigen::MatrixXd::NullaryExpr(200, 2, [&] { return 0.4 + h * (sample::unit(random) - 0.5); });
  const Grid grid({{"u", 1, 0, 1}, {"v", 1, 0, 1}});
  const DataSprings data = sample::fill(grid, u, Eigen::MatrixXd::Ones(200, 1));
  const Eigen::MatrixXd exact = precise_factor(rows_in_one_cell(grid, u));
  const Eigen::MatrixXd R = data.factor(0);
  CHECK(exact(3, 3) < 1e-7);
  // Each column is off by some eps of its length, 10, which the condition of the columns before it,
  // 1 / h, enlarges (Stewart, SIAM Journal on Numerical Analysis 14, 509).
  const double limit = 10.0 * 10.0 * kEps / h;
  for (int k = 0; k < 4; ++k) CHECK(std::abs(R(k, k) - exact(k, k)) <= limit);
  CHECK(limit < 0.01 * exact(3, 3));
  const Eigen::MatrixXd squared = data.gram(0);
  const Eigen::LLT<Eigen::MatrixXd> cholesky(squared);
  const bool lost = cholesky.info() != Eigen::Success ||
                    std::abs(cholesky.matrixLLT()(3, 3) - exact(3, 3)) > 0.5 * exact(3, 3);
  CHECK(lost);
}

TEST_CASE("weights near the least double, and targets near the largest, stay finite and right") {
  const Grid grid({{"u", 1, 0, 1}, {"v", 1, 0, 1}});
  for (const double tiny : {1e-320, 1e-200, 1e-154, 1e-146, 1e-144, 1e-100, 1e-30, 1e-19, 1e-17}) {
    DataSprings data(grid, 1);
    Eigen::MatrixXd u(40, 2);
    for (Eigen::Index j = 0; j < 40; ++j) {
      u(j, 0) = j < 20 ? tiny * static_cast<double>(1 + j % 7) : 0.0;
      u(j, 1) = static_cast<double>(j % 5) / 4.0;
    }
    for (Eigen::Index j = 0; j < 40; ++j) {
      const double point[] = {u(j, 0), u(j, 1)};
      const double y = j % 2 == 0 ? 1e140 : -1e140;
      data.add(point, {&y, 1});
    }
    const Eigen::MatrixXd R = data.factor(0);
    REQUIRE(R.allFinite());
    REQUIRE(data.rotated_targets(0).allFinite());
    CHECK(sample::largest(R.transpose() * R - data.gram(0)) <= 40.0 * 100.0 * kEps);
    CHECK(data.rotated_targets(0).squaredNorm() + data.irreducible_squares()[0] ==
          Approx(40.0 * 1e280).epsilon(1e-12));
  }
}

TEST_CASE("mean, spread and range of the targets") {
  const Grid grid({{"u", 2, 0, 1}});
  DataSprings data(grid, 2);
  CHECK(data.count() == 0);
  CHECK(data.spread(0) == 0.0);
  CHECK(data.range() == 0.0);
  const double rows[4][3] = {
      {0.1, 1e9 + 1, -1}, {0.2, 1e9 + 2, -4}, {0.9, 1e9 + 3, 2}, {1, 1e9 + 6, 3}};
  for (const auto& row : rows) data.add({row, 1}, {row + 1, 2});
  CHECK(data.count() == 4);
  CHECK(data.targets()[0].mean == 1e9 + 3);
  CHECK(data.targets()[1].mean == 0.0);
  CHECK(data.targets()[0].minimum == 1e9 + 1);
  CHECK(data.targets()[0].maximum == 1e9 + 6);
  // 4 + 1 + 0 + 9 = 14 over 3, although the squares of the values themselves have no such digit.
  CHECK(data.spread(0) == Approx(std::sqrt(14.0 / 3.0)).epsilon(1e-9));
  CHECK(data.spread(1) == Approx(std::sqrt(30.0 / 3.0)).epsilon(4 * kEps));
  CHECK(data.range() == 7.0);
}

TEST_CASE("only cells with data take memory, and they come in order") {
  const Grid grid({{"u", 1000, 0, 1000}, {"v", 1000, 0, 1000}});
  DataSprings data(grid, 1);
  const double y = 1.0;
  for (const double at : {999.5, 3.5, 500.5, 3.25}) {
    const double u[] = {at, 7.5};
    data.add(u, {&y, 1});
  }
  CHECK(data.occupied_cells() == std::vector<int>{3007, 500007, 999007});
  CHECK(data.corners(3007) ==
        std::vector<int>{3 * 1001 + 7, 3 * 1001 + 8, 4 * 1001 + 7, 4 * 1001 + 8});
}
