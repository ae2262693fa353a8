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
