#include "core/sparse_cholesky.hpp"

#include <thread>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using Backend = SparseCholesky::Backend;
using sample::kEps;

namespace {

const std::vector<Backend> kBackends{Backend::eigen, Backend::cholmod};

/// M of a grid: positive definite, and as sparse as what is factorised.
SparseMatrix make_mass(const std::vector<int>& sticks) {
  DataSprings data(sample::make_grid(sticks), 1);
  const std::vector<double> u(sticks.size(), 0.0);
  const double y = 0.0;
  data.add(u, {&y, 1});
  return make_system(data, {}).M;
}

Eigen::MatrixXd make_columns(Eigen::Index rows, Eigen::Index columns) {
  std::mt19937_64 random(5);
  return Eigen::MatrixXd::NullaryExpr(rows, columns,
                                      [&] { return 2.0 * sample::unit(random) - 1.0; });
}

std::string complaint(const SparseMatrix& A, Backend backend) {
  try {
    const SparseCholesky factor(A, "K", backend);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("both backends solve what a dense factorisation solves") {
  const std::vector<std::vector<int>> shapes{{1}, {40}, {6, 7}, {20, 15}, {5, 6, 4}};
  for (const std::vector<int>& shape : shapes) {
    const SparseMatrix A = make_mass(shape);
    const Eigen::MatrixXd b = make_columns(A.rows(), 3);
    const Eigen::MatrixXd dense = Eigen::MatrixXd(A).llt().solve(b);
    for (const Backend backend : kBackends) {
      const SparseCholesky factor(A, "M", backend);
      CHECK(factor.backend() == backend);
      CHECK(factor.size() == A.rows());
      CHECK(factor.factor_entries() >= A.rows());
      // Backward error 3 n eps (Higham, Theorem 10.4) on either side; the condition of M is below
      // 3^d, a cell's, times at most 2^d, how differently many cells nodes have.
      const double condition = std::pow(6.0, static_cast<double>(shape.size()));
      const double limit = 6.0 * static_cast<double>(A.rows()) * kEps * condition;
      CHECK(sample::largest(factor.solve(b) - dense) <= limit * sample::largest(dense));
    }
  }
}

TEST_CASE("the backend is chosen by size") {
  CHECK(SparseCholesky(make_mass({6, 6})).backend() == Backend::eigen);
  CHECK(SparseCholesky(make_mass({9, 9})).backend() == Backend::cholmod);
}

TEST_CASE("one unknown, and none") {
  SparseMatrix one(1, 1);
  one.insert(0, 0) = 4.0;
  for (const Backend backend : kBackends) {
    const SparseCholesky factor(one, "M", backend);
    CHECK(factor.smallest_pivot() == 4.0);
    CHECK(factor.factor_entries() == 1);
    CHECK(factor.solve(Eigen::MatrixXd::Constant(1, 2, 2.0)) ==
          Eigen::MatrixXd::Constant(1, 2, 0.5));
  }
  const SparseCholesky none((SparseMatrix(0, 0)));
  CHECK(none.size() == 0);
  CHECK(none.solve(Eigen::MatrixXd(0, 2)).cols() == 2);
}

TEST_CASE("any number of columns, in rows of a larger matrix, in any order of calls") {
  const SparseMatrix A = make_mass({10, 10});
  for (const Backend backend : kBackends) {
    const SparseCholesky factor(A, "M", backend);
    for (const Eigen::Index columns : {1, 7, 2, 4, 0, 5}) {
      Eigen::MatrixXd tall = Eigen::MatrixXd::Constant(A.rows() + 5, columns, 9.0);
      const Eigen::MatrixXd b = make_columns(A.rows(), columns);
      tall.middleRows(2, A.rows()) = b;
      factor.solve_in_place(tall.middleRows(2, A.rows()));
      CHECK(sample::largest(A * tall.middleRows(2, A.rows()) - b) <= 200 * kEps);
      CHECK((tall.topRows(2).array() == 9.0).all());
      CHECK((tall.bottomRows(3).array() == 9.0).all());
    }
  }
}

TEST_CASE("a block of columns gives the same bits whatever was solved before") {
  const SparseMatrix A = make_mass({10, 10});
  const Eigen::MatrixXd b = make_columns(A.rows(), 6);
  for (const Backend backend : kBackends) {
    const SparseCholesky factor(A, "M", backend);
    const Eigen::MatrixXd before = factor.solve(b);
    (void)factor.solve(b.col(3));
    CHECK(factor.solve(b) == before);
    CHECK(factor.solve(b.leftCols(4)) == before.leftCols(4));
    CHECK(factor.solve(b.rightCols(2)) == before.rightCols(2));
    CHECK(SparseCholesky(A, "M", backend).solve(b) == before);
  }
}

TEST_CASE("two threads solve at once, and get what one gets") {
  const SparseMatrix A = make_mass({30, 30});
  const Eigen::MatrixXd b = make_columns(A.rows(), 2);
  for (const Backend backend : kBackends) {
    const SparseCholesky factor(A, "M", backend);
    const Eigen::MatrixXd alone = factor.solve(b);
    int different[2] = {0, 0};
    const auto solve_often = [&](int& count) {
      for (int i = 0; i < 100; ++i) count += factor.solve(b) == alone ? 0 : 1;
    };
    std::thread other(solve_often, std::ref(different[1]));
    solve_often(different[0]);
    other.join();
    CHECK(different[0] + different[1] == 0);
  }
}

TEST_CASE("two threads factorise at once, and get what one gets") {
  const SparseMatrix A = make_mass({12, 12, 4});
  const Eigen::VectorXd b = make_columns(A.rows(), 1);
  const Eigen::VectorXd alone = SparseCholesky(A).solve(b);
  Eigen::VectorXd of_other;
  std::thread other([&] { of_other = SparseCholesky(A).solve(b); });
  CHECK(SparseCholesky(A).solve(b) == alone);
  other.join();
  CHECK(of_other == alone);
}

TEST_CASE("the smallest pivot") {
  SparseMatrix diagonal(100, 100);
  for (int i = 0; i < 100; ++i) diagonal.insert(i, i) = i == 70 ? 0.25 : 1.0 + i;
  for (const Backend backend : kBackends) {
    CHECK(SparseCholesky(diagonal, "D", backend).smallest_pivot() == 0.25);
  }
}

TEST_CASE("the logarithm of the determinant, where the determinant itself is no double") {
  const SparseMatrix A = make_mass({20, 20});
  const Eigen::MatrixXd L = Eigen::MatrixXd(A).llt().matrixL();
  const double wanted = 2.0 * L.diagonal().array().log().sum();
  for (const Backend backend : kBackends) {
    const SparseMatrix tiny = 1e-3 * A;
    const SparseCholesky factor(tiny, "M", backend);
    // 441 logarithms, each to rounding.
    CHECK(factor.log_determinant() == Approx(wanted + 441.0 * std::log(1e-3)).epsilon(1e-13));
  }
}

TEST_CASE("mistake: a matrix that is not positive definite") {
  // A stick without mass at one end: its node feels nothing.
  SparseMatrix A = make_mass({70});
  SparseMatrix indefinite = A;
  indefinite.coeffRef(41, 41) = -1.0;
  SparseMatrix singular = A;
  for (const int j : {40, 41, 42}) singular.coeffRef(41, j) = singular.coeffRef(j, 41) = 0.0;
  for (const Backend backend : kBackends) {
    CHECK_THAT(complaint(singular, backend),
               ContainsSubstring("K is not positive definite: its Cholesky factorisation ends at "
                                 "coordinate 42 of 71"));
    CHECK_THAT(complaint(indefinite, backend), ContainsSubstring("K is not positive definite"));
    CHECK(!SparseCholesky::try_factor(singular, backend));
    CHECK(SparseCholesky::try_factor(A, backend));
  }
}
