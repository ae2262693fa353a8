#include "core/springs.hpp"

#include <cmath>
#include <map>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

Eigen::MatrixXd sum_forces(const std::vector<Spring>& springs, Eigen::Index size,
                           Eigen::Index outputs) {
  Eigen::MatrixXd f = Eigen::MatrixXd::Zero(size, outputs);
  for (const Spring& spring : springs) {
    for (std::size_t k = 0; k < spring.nodes.size(); ++k) {
      f.row(spring.nodes[k]) += spring.stiffness * spring.turns[k] * spring.anchor.transpose();
    }
  }
  return f;
}

SparseMatrix to_sparse(const Eigen::MatrixXd& matrix) { return matrix.sparseView(); }

// W^T W of `rank` random rows with few entries.
Eigen::MatrixXd random_semidefinite(Eigen::Index size, Eigen::Index rank, std::mt19937_64& random) {
  Eigen::MatrixXd W = Eigen::MatrixXd::Zero(rank, size);
  for (Eigen::Index r = 0; r < rank; ++r) {
    for (int k = 0; k < 4; ++k) {
      W(r, static_cast<Eigen::Index>(random() % static_cast<std::uint64_t>(size))) =
          sample::unit(random) - 0.3;
    }
  }
  return W.transpose() * W;
}

// |K_ij| <= sqrt(K_ii K_jj), and the sum of the springs is off by some eps of that.
void check_sum(const std::vector<Spring>& springs, const Eigen::MatrixXd& K, double limit) {
  const Eigen::MatrixXd difference = Eigen::MatrixXd(sum_stiffness(springs, K.rows())) - K;
  const Eigen::VectorXd root = K.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < K.rows(); ++i) {
    for (Eigen::Index j = 0; j < K.cols(); ++j) {
      REQUIRE(std::abs(difference(i, j)) <= limit * root(i) * root(j));
    }
  }
}

}  // namespace

TEST_CASE("condensed springs add up to K and f, entry by entry, at most 2^d of them a cell") {
  const struct {
    std::vector<int> sticks;
    Eigen::Index outputs, points;
  } shapes[] = {{{1}, 1, 1},        {{6}, 2, 60},          {{3, 3}, 1, 80},         {{4, 4}, 3, 25},
                {{2, 2, 2}, 2, 90}, {{1, 2, 1, 1}, 1, 70}, {{1, 1, 2, 1, 1}, 1, 60}};
  for (const auto& shape : shapes) {
    const auto s = sample::make_sample(shape.sticks, shape.outputs, shape.points, 21);
    const double k = 1.7;
    const std::vector<Spring> springs = make_condensed_springs(s.data, k);
    const Eigen::MatrixXd K = k * s.W.transpose() * s.W;
    // Rotations: 6 eps each, 2^d a point; then as much again for the pivoted factorisation.
    const double limit = 12.0 * kEps * static_cast<double>(s.grid.corner_count()) *
                         static_cast<double>(shape.points);
    CHECK(sample::largest(Eigen::MatrixXd(sum_stiffness(springs, K.rows())) - K) <=
          limit * K.diagonal().maxCoeff());
    CHECK(
        sample::largest(sum_forces(springs, K.rows(), shape.outputs) - k * s.W.transpose() * s.y) <=
        limit * K.diagonal().maxCoeff() * sample::largest(s.y) * 10.0);
    std::map<int, int> of_cell;
    for (const Spring& spring : springs) {
      CHECK(spring.kind == Spring::Kind::data);
      CHECK(spring.stiffness > 0.0);
      CHECK(spring.number == of_cell[spring.origin]++);
      CHECK(spring.nodes.size() == spring.turns.size());
      CHECK(spring.anchor.size() == shape.outputs);
      double most = 0.0;
      for (const double turn : spring.turns) most = std::max(most, std::abs(turn));
      CHECK(most == 1.0);
    }
    CHECK(of_cell.size() == s.data.occupied_cells().size());
    for (const auto& [cell, count] : of_cell) {
      CHECK(count <= static_cast<int>(s.grid.corner_count()));
    }
  }
}

TEST_CASE("a cell has as many springs as its data have rank, however many data there are") {
  for (const std::size_t d : {1u, 2u, 3u}) {
    for (const int places : {1, 2, 3}) {
      std::mt19937_64 random(100 * d + static_cast<std::size_t>(places));
      const Grid grid = sample::make_grid(std::vector<int>(d, 1));
      Eigen::MatrixXd at(places, static_cast<Eigen::Index>(d));
      for (double& value : at.reshaped()) value = -1.0 + 3.0 * sample::unit(random);
      for (const int points : {3, 30, 3000}) {
        DataSprings data(grid, 1);
        for (int j = 0; j < points; ++j) {
          const Eigen::VectorXd u = at.row(j % places);
          const double y = sample::unit(random);
          data.add({u.data(), d}, {&y, 1});
        }
        const std::vector<Spring> springs = make_condensed_springs(data, 1.0);
        CHECK(springs.size() == std::min<std::size_t>(static_cast<std::size_t>(places), 1u << d));
        // Rounding taken for a spring would have an anchor of 1e9 and more.
        for (const Spring& spring : springs) CHECK(std::abs(spring.anchor(0)) < 1e3);
      }
    }
  }
}

TEST_CASE("data close together keep their own springs: the force is there to the last digits") {
  const Grid grid({{"u", 1, 0, 1}});
  DataSprings data(grid, 1);
  const double u[] = {0.3, 0.3 + 1e-6};
  const double y[] = {1.0, 2.0};
  for (int j = 0; j < 2; ++j) data.add({u + j, 1}, {y + j, 1});
  const std::vector<Spring> springs = make_condensed_springs(data, 1.0);
  REQUIRE(springs.size() == 2);
  const Eigen::MatrixXd f = sum_forces(springs, 2, 1);
  CHECK(f(0) == Approx((1 - u[0]) * y[0] + (1 - u[1]) * y[1]).epsilon(16 * kEps));
  CHECK(f(1) == Approx(u[0] * y[0] + u[1] * y[1]).epsilon(16 * kEps));
}

TEST_CASE("literal springs add up to the same K and f") {
  const auto s = sample::make_sample({3, 2}, 2, 40, 22);
  std::vector<Spring> springs;
  for (Eigen::Index j = 0; j < s.u.rows(); ++j) {
    const Eigen::VectorXd u = s.u.row(j);
    const Eigen::VectorXd y = s.y.row(j);
    springs.push_back(
        make_literal_spring(s.grid, {u.data(), 2}, {y.data(), 2}, 0.7, static_cast<int>(j)));
    CHECK(springs.back().kind == Spring::Kind::literal);
    CHECK(springs.back().origin == j);
    CHECK(springs.back().nodes.size() == 4);
  }
  const double limit = 2.0 * 40.0 * sample::kWeightError;
  const Eigen::Index nodes = s.grid.node_count();
  CHECK(sample::largest(Eigen::MatrixXd(sum_stiffness(springs, nodes)) -
                        0.7 * s.W.transpose() * s.W) <= limit);
  CHECK(sample::largest(sum_forces(springs, nodes, 2) - 0.7 * s.W.transpose() * s.y) <=
        limit * sample::largest(s.y));
  // On a node there is one turn only.
  const double corner[] = {-1.0, 2.0};
  const double y[] = {3.0, 4.0};
  const Spring spring = make_literal_spring(s.grid, corner, y, 2.0, 7);
  CHECK(spring.nodes == std::vector<int>{2});
  CHECK(spring.turns == std::vector<double>{1.0});
  CHECK(spring.stiffness == 2.0);
  CHECK(spring.anchor == Eigen::Vector2d(3.0, 4.0));
}

TEST_CASE("neighbour springs are the Laplacian of the grid; pins are its diagonal") {
  const Grid grid({{"a", 2, 0, 1}, {"b", 1, 0, 1}});
  const std::vector<Spring> springs = make_neighbor_springs(grid, 0.5, 3);
  CHECK(springs.size() == 2 * 2 + 3 * 1);
  Eigen::MatrixXd laplacian = Eigen::MatrixXd::Zero(6, 6);
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      if (std::abs(i / 2 - j / 2) + std::abs(i % 2 - j % 2) != 1) continue;
      laplacian(i, j) -= 0.5;
      laplacian(i, i) += 0.5;
    }
  }
  CHECK(Eigen::MatrixXd(sum_stiffness(springs, 6)) == laplacian);
  CHECK(springs[0].kind == Spring::Kind::neighbor);
  CHECK(springs[0].origin == 0);
  CHECK(springs[0].number == 0);
  CHECK(springs[1].origin == 0);
  CHECK(springs[1].number == 1);
  CHECK(springs[0].anchor == Eigen::VectorXd::Zero(3));

  const Eigen::Vector2d level(1.0, -2.0);
  const std::vector<Spring> pins = make_pin_springs(grid, 3.0, level);
  CHECK(pins.size() == 6);
  CHECK(Eigen::MatrixXd(sum_stiffness(pins, 6)) == 3.0 * Eigen::MatrixXd::Identity(6, 6));
  CHECK(sum_forces(pins, 6, 2) == 3.0 * Eigen::VectorXd::Ones(6) * level.transpose());
  CHECK(pins[4].kind == Spring::Kind::pin);
  CHECK(pins[4].origin == 4);
}

TEST_CASE("springs of stiffness 0 are none") {
  const auto s = sample::make_sample({2, 2}, 1, 9, 23);
  CHECK(make_condensed_springs(s.data, 0.0).empty());
  CHECK(make_neighbor_springs(s.grid, 0.0, 1).empty());
  CHECK(make_pin_springs(s.grid, 0.0, Eigen::VectorXd::Zero(1)).empty());
}

TEST_CASE("the springs of a model add up to its K, data springs to its f") {
  const auto s = sample::make_sample({3, 3}, 2, 7, 24);
  Parameters parameters;
  parameters.spring = 2.0;
  parameters.spring_is_total = true;
  parameters.neighbor_spring = 0.1;
  parameters.pin_spring = 0.01;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const std::vector<Spring> springs = make_springs(s.data, parameters);
  // 7 points of 4 weights: rotations of 6 eps, twice; anchors of data close together are larger.
  const double limit = 12.0 * kEps * 4 * 7;
  const Eigen::Index nodes = s.grid.node_count();
  CHECK(sample::largest(Eigen::MatrixXd(sum_stiffness(springs, nodes) - system.K)) <= limit);
  CHECK(sample::largest(sum_forces(springs, nodes, 2) - system.f) <=
        10.0 * limit * sample::largest(s.y));
}

TEST_CASE("any positive semidefinite K comes apart into as many springs as its rank") {
  std::mt19937_64 random(25);
  for (Eigen::Index size = 1; size <= 60; size += 3) {
    for (const Eigen::Index rank : {size, size / 2, size / 4}) {
      const Eigen::MatrixXd K = random_semidefinite(size, rank, random);
      const std::vector<Spring> springs = factor_springs(to_sparse(K), 2);
      // A factorisation with pivots rounds by some eps a step; dropped pivots are below 1e-13.
      check_sum(springs, K, 1e-13 + 4.0 * kEps * static_cast<double>(size));
      Eigen::VectorXd inverse = K.diagonal();
      for (double& d : inverse) d = d > 0.0 ? 1.0 / std::sqrt(d) : 1.0;
      const Eigen::MatrixXd scaled = inverse.asDiagonal() * K * inverse.asDiagonal();
      const auto eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(scaled).eigenvalues();
      // The spectrum of these matrices has nothing between 1e-13 and 1e-9.
      CHECK(static_cast<Eigen::Index>(springs.size()) == (eigenvalues.array() > 1e-11).count());
      for (const Spring& spring : springs) {
        CHECK(spring.kind == Spring::Kind::given);
        CHECK(spring.stiffness > 0.0);
        CHECK(spring.anchor == Eigen::VectorXd::Zero(2));
      }
    }
  }
}

TEST_CASE("springs of a K whose units differ by twenty orders, and of one with free coordinates") {
  Eigen::Matrix4d K;
  K << 4e-20, 1e-10, 0, 0, 1e-10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3e10;
  const std::vector<Spring> springs = factor_springs(to_sparse(K), 1);
  CHECK(springs.size() == 3);
  check_sum(springs, K, 8 * kEps);
  CHECK(factor_springs(SparseMatrix(5, 5), 1).empty());
  CHECK(factor_springs(SparseMatrix(0, 0), 1).empty());
}

TEST_CASE("mistake: a K that no springs add up to") {
  const auto refuse = [](const Eigen::MatrixXd& K, const std::string& what) {
    CHECK_THROWS_WITH(
        factor_springs(to_sparse(K), 1),
        ContainsSubstring("K is not positive semidefinite: the pivot of coordinate " + what) &&
            ContainsSubstring("take --realization opamp or gmc"));
    CHECK_THROWS_AS(factor_springs(to_sparse(K), 1), InputError);
  };
  refuse(Eigen::Vector3d(1.0, -2.0, 3.0).asDiagonal(), "2 is -2;");
  refuse((Eigen::Matrix2d() << 1, 2, 2, 1).finished(), "2 is -3;");
  refuse((Eigen::Matrix2d() << 0, 1, 1, 0).finished(), "1 is -1;");
  refuse((Eigen::Matrix2d() << 1, 1e-3, 1e-3, 0).finished(), "2 is");
}
