#include "core/null_space.hpp"

#include "core/lagrangian.hpp"
#include "core/model.hpp"
#include "core/pivoted_ldl.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"
#include "tests/core/shared_data.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

Eigen::MatrixXd scaled(const Eigen::MatrixXd& K) {
  Eigen::VectorXd inverse = K.diagonal();
  for (double& d : inverse) d = d > 0.0 ? 1.0 / std::sqrt(d) : 1.0;
  return inverse.asDiagonal() * K * inverse.asDiagonal();
}

// K N = 0, N of full rank, K definite on the independent coordinates, and the two make up the
// whole.
void check_null_space(const SparseMatrix& K, const NullSpace& null_space) {
  const Eigen::Index size = K.rows();
  const Eigen::Index free = null_space.dimension();
  REQUIRE(static_cast<Eigen::Index>(null_space.independent.size()) + free == size);
  REQUIRE(null_space.basis.rows() == size);
  Eigen::VectorXd root = Eigen::MatrixXd(K).diagonal().cwiseSqrt();
  for (double& d : root) d = d > 0.0 ? d : 1.0;
  // In units in which K has a unit diagonal: a column of the basis has some entries up to a few,
  // and the factorisation rounds by some eps of them.
  const Eigen::MatrixXd N = root.asDiagonal() * Eigen::MatrixXd(null_space.basis);
  const Eigen::MatrixXd unit = scaled(K);
  CHECK(sample::largest(unit * N) <= 64.0 * kEps * std::max(1.0, sample::largest(N)));
  if (free > 0) {
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(N);
    CHECK(svd.singularValues()(free - 1) >= 1.0 - 64 * kEps);  // it holds an identity
  }
  const auto& held = null_space.independent;
  Eigen::MatrixXd block(held.size(), held.size());
  for (std::size_t i = 0; i < held.size(); ++i) {
    for (std::size_t j = 0; j < held.size(); ++j) {
      block(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = unit(held[i], held[j]);
    }
  }
  if (!held.empty()) {
    CHECK(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(block).eigenvalues()(0) > 0.0);
  }
  std::vector<int> support;
  for (int i = 0; i < size; ++i) {
    if (N.row(i).size() > 0 && N.row(i).cwiseAbs().maxCoeff() > 1e-10) support.push_back(i);
  }
  CHECK(null_space.support == support);
}

SparseMatrix stiffness_of(const sample::Sample& s) { return make_system(s.data, {}).K; }

}  // namespace

TEST_CASE("data in every cell leave nothing free") {
  for (const auto& sticks : std::vector<std::vector<int>>{{1}, {6}, {3, 3}, {2, 2, 2}}) {
    const auto s = sample::make_sample(sticks, 1, 400, 51);
    const NullSpace null_space = find_null_space(stiffness_of(s));
    CHECK(null_space.dimension() == 0);
    CHECK(null_space.support.empty());
    check_null_space(stiffness_of(s), null_space);
  }
}

TEST_CASE("empty cells free their nodes") {
  const Grid grid({{"u", 5, 0, 5}});
  DataSprings data(grid, 1);
  const double y = 1.0;
  for (const double u : {0.2, 0.7, 1.5, 4.3, 4.9}) data.add({&u, 1}, {&y, 1});
  const SparseMatrix K = make_system(data, {}).K;
  const NullSpace null_space = find_null_space(K);
  // Nodes 0 and 1 by two data, node 2 by the one, node 3 by none, nodes 4 and 5 by two.
  CHECK(null_space.dimension() == 1);
  CHECK(null_space.support == std::vector<int>{3});
  CHECK(null_space.independent == std::vector<int>{0, 1, 2, 4, 5});
  check_null_space(K, null_space);
}

TEST_CASE("the dimension is that of W, by singular values, for random data of any number") {
  std::mt19937_64 random(52);
  for (const auto& sticks : std::vector<std::vector<int>>{{9}, {4, 4}, {2, 2, 3}, {1, 2, 1, 2}}) {
    for (const Eigen::Index points : {1, 5, 12, 20, 30}) {
      const auto s = sample::make_sample(sticks, 1, points, random());
      const SparseMatrix K = stiffness_of(s);
      const NullSpace null_space = find_null_space(K);
      // These samples have no singular value of the scaled W between 1e-7 and 1e-13.
      const Eigen::VectorXd spread = s.W.colwise().norm().cwiseMax(1e-300);
      Eigen::JacobiSVD<Eigen::MatrixXd> svd(s.W * spread.cwiseInverse().asDiagonal());
      svd.setThreshold(1e-10);
      CHECK(null_space.dimension() == K.rows() - svd.rank());
      check_null_space(K, null_space);
    }
  }
}

TEST_CASE("one datum in each cell of a chain leaves one direction, which grows or fades along it") {
  for (const int cells : {2, 10, 20, 40, 100}) {
    for (const double at : {0.25, 0.5, 0.6, 0.1}) {
      const Grid grid({{"u", cells, 0, static_cast<double>(cells)}});
      DataSprings data(grid, 1);
      const double y = 1.0;
      for (int cell = 0; cell < cells; ++cell) {
        const double u = cell + at;
        data.add({&u, 1}, {&y, 1});
      }
      const SparseMatrix K = make_system(data, {}).K;
      const NullSpace null_space = find_null_space(K);
      REQUIRE(null_space.dimension() == 1);
      check_null_space(K, null_space);
      // (1 - at) x_i + at x_{i+1} = 0, where u = cell + at is rounded by up to eps cells.
      const Eigen::VectorXd N = null_space.basis.col(0);
      const double limit = (16 + 2 * cells) * kEps * N.cwiseAbs().maxCoeff();
      for (int i = 0; i < cells; ++i) {
        CHECK(std::abs((1 - at) * N(i) + at * N(i + 1)) <= limit);
      }
    }
  }
}

TEST_CASE("without springs everything is free") {
  const SparseMatrix K(7, 7);
  const NullSpace null_space = find_null_space(K);
  CHECK(null_space.dimension() == 7);
  CHECK(null_space.independent.empty());
  CHECK(null_space.support.size() == 7);
  CHECK(Eigen::MatrixXd(null_space.basis) == Eigen::MatrixXd::Identity(7, 7));

  const auto s = sample::make_sample({2, 2}, 1, 9, 53);
  Parameters parameters;
  parameters.spring = 0.0;  // K stores zeros or nothing
  CHECK(find_null_space(make_system(s.data, parameters).K).dimension() == 9);
}

TEST_CASE("neighbour springs without data leave the common motion; a pin or a datum holds it") {
  const auto s = sample::make_sample({3, 3}, 1, 1, 54);
  Parameters parameters;
  parameters.spring = 0.0;
  parameters.neighbor_spring = 0.3;
  const SparseMatrix K = make_system(s.data, parameters).K;
  const NullSpace null_space = find_null_space(K);
  REQUIRE(null_space.dimension() == 1);
  check_null_space(K, null_space);
  const Eigen::VectorXd N = null_space.basis.col(0);
  CHECK(N.maxCoeff() - N.minCoeff() <= 32 * kEps * N.maxCoeff());
  parameters.spring = 1.0;
  CHECK(find_null_space(make_system(s.data, parameters).K).dimension() == 0);
  parameters.spring = parameters.neighbor_spring = 0.0;
  parameters.pin_spring = 1e-6;
  CHECK(find_null_space(make_system(s.data, parameters).K).dimension() == 0);
}

TEST_CASE("the decision does not depend on units, of the whole or of single coordinates") {
  const auto s = sample::make_sample({4, 4}, 1, 18, 55);
  const SparseMatrix K = stiffness_of(s);
  const NullSpace reference = find_null_space(K);
  REQUIRE(reference.dimension() > 0);
  for (const double scale : {1e-8, 1e8, 1e-200}) {
    const NullSpace other = find_null_space(scale * K);
    CHECK(other.dimension() == reference.dimension());
    CHECK(other.support == reference.support);
  }
  Eigen::VectorXd units = Eigen::VectorXd::Ones(K.rows());
  for (Eigen::Index i = 0; i < units.size(); i += 3) units(i) = 0x1p-30;
  const NullSpace other = find_null_space(units.asDiagonal() * K * units.asDiagonal());
  CHECK(other.dimension() == reference.dimension());
  CHECK(other.support == reference.support);
}

TEST_CASE("data of little weight do not count as none") {
  const Grid grid({{"u", 2, 0, 2}});
  DataSprings data(grid, 1);
  const double y = 1.0;
  // 2000 data in the first cell; in the second one, near the common node: weight 1e-4 on node 2.
  for (int j = 0; j < 2000; ++j) {
    const double u = (j + 0.5) / 2000.0;
    data.add({&u, 1}, {&y, 1});
  }
  const double u = 1.0001;
  data.add({&u, 1}, {&y, 1});
  CHECK(find_null_space(make_system(data, {}).K).dimension() == 0);
}

TEST_CASE("airfoil: rank and free nodes in all choices of three inputs, as numpy has them") {
  const std::string path = shared_data("airfoil_self_noise.csv");
  if (path.empty()) {
    WARN("skipped: airfoil_self_noise.csv is not there; set SPRINGSPICE_SHARED_DATA");
    return;
  }
  const std::vector<std::string> names{"frequency_hz", "angle_deg", "chord_m", "velocity_m_s",
                                       "displacement_m"};
  // numpy: matrix_rank(W); nodes whose column of W is zero; nodes in the null space of K.
  const struct {
    std::size_t a, b, c;
    int rank, without_data, support;
  } expected[] = {{0, 1, 2, 74, 49, 55}, {0, 1, 3, 71, 34, 74}, {0, 1, 4, 61, 64, 64},
                  {0, 2, 3, 83, 16, 67}, {0, 2, 4, 71, 52, 58}, {0, 3, 4, 68, 36, 78},
                  {1, 2, 3, 72, 32, 78}, {1, 2, 4, 46, 71, 88}, {1, 3, 4, 52, 43, 105},
                  {2, 3, 4, 61, 41, 86}};
  for (const auto& e : expected) {
    ModelRequest request;
    request.path = path;
    request.columns.inputs = {names[e.a], names[e.b], names[e.c]};
    request.columns.targets = {"sound_pressure_db"};
    request.sticks = "4";
    for (const double scale : {1.0, 1e-8}) {
      request.parameters.spring = scale;
      const Model model = read_model(request);
      const NullSpace null_space = find_null_space(model.system.K);
      int without_data = 0;
      for (int i = 0; i < 125; ++i) without_data += model.system.K.coeff(i, i) == 0.0 ? 1 : 0;
      CHECK(model.data.count() == 1503);
      CHECK(without_data == e.without_data);
      CHECK(125 - null_space.dimension() == e.rank);
      CHECK(static_cast<int>(null_space.support.size()) == e.support);
      check_null_space(model.system.K, null_space);
    }
  }
}

TEST_CASE("a K with negative directions keeps its rank, with or without a diagonal") {
  const auto null_space_of = [](const Eigen::MatrixXd& K) {
    return find_null_space(SparseMatrix(K.sparseView()));
  };
  CHECK(null_space_of((Eigen::Matrix2d() << 1, 2, 2, 1).finished()).dimension() == 0);
  CHECK(null_space_of((Eigen::Matrix2d() << 0, 1, 1, 0).finished()).dimension() == 0);
  CHECK(null_space_of((Eigen::Matrix2d() << -1, 0, 0, 1).finished()).dimension() == 0);
  Eigen::Matrix4d K = Eigen::Matrix4d::Zero();
  K.topLeftCorner(2, 2) << -1, 1, 1, -1;
  K(3, 3) = 2;
  const NullSpace null_space = null_space_of(K);
  CHECK(null_space.dimension() == 2);
  CHECK(null_space.independent.size() == 2);
  CHECK(null_space.support == std::vector<int>{0, 1, 2});
  CHECK(sample::largest(K * Eigen::MatrixXd(null_space.basis)) <= 8 * kEps);
}

TEST_CASE("mistake: a singular K whose rank would take too long to tell") {
  const auto s = sample::make_sample({12, 12}, 1, 20, 41);
  const SparseMatrix K = make_system(s.data, {}).K;
  CHECK_NOTHROW(factor_pivoted(K));
  CHECK_THROWS_WITH(factor_pivoted(K, 1000.0),
                    ContainsSubstring("K of 169 coordinates is singular, or nearly so") &&
                        ContainsSubstring("--neighbor-spring 0.01"));
}
