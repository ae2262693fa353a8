#include "hw/mapping/linear_program.hpp"

#include "core/random.hpp"
#include "tests/catch.hpp"

using namespace springspice;

namespace {

double draw(std::uint64_t stream, std::uint64_t index) {
  return 2.0 * core::uniform(5, stream, index) - 1.0;
}

struct Program {
  Eigen::VectorXd c, h;
  Eigen::MatrixXd A;
};

// y = 0 is feasible; the box |y| <= 3 bounds it.
Program make_program(std::uint64_t number, Eigen::Index n, Eigen::Index limits) {
  Program program{Eigen::VectorXd(n), Eigen::VectorXd(limits + 2 * n),
                  Eigen::MatrixXd::Zero(limits + 2 * n, n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    program.c(i) = draw(number, static_cast<std::uint64_t>(i));
    program.A(limits + 2 * i, i) = 1.0;
    program.A(limits + 2 * i + 1, i) = -1.0;
  }
  program.h.setConstant(3.0);
  for (Eigen::Index k = 0; k < limits; ++k) {
    for (Eigen::Index i = 0; i < n; ++i) {
      program.A(k, i) = std::round(2.0 * draw(number, static_cast<std::uint64_t>(100 + n * k + i)));
    }
    program.h(k) = 1.0 + draw(number, static_cast<std::uint64_t>(50 + k));
  }
  return program;
}

}  // namespace

TEST_CASE("optima carry their proof: feasible, and multipliers that give the same value") {
  for (std::uint64_t number = 0; number < 40; ++number) {
    const auto n = static_cast<Eigen::Index>(1 + number % 6);
    const Program program = make_program(number, n, 8);
    const auto best = hw::maximise(program.c, program.A, program.h);
    INFO(number);
    REQUIRE(best);
    // Weak duality: no feasible y is better than any feasible u. The numbers are of order 1.
    CHECK((program.A * best->y - program.h).maxCoeff() < 1e-12);
    CHECK(best->multipliers.minCoeff() > -1e-12);
    CHECK((program.A.transpose() * best->multipliers - program.c).cwiseAbs().maxCoeff() < 1e-12);
    CHECK_THAT(program.h.dot(best->multipliers), WithinAbs(program.c.dot(best->y), 1e-12));
    CHECK_THAT(best->value, WithinAbs(program.c.dot(best->y), 1e-12));
  }
}

TEST_CASE("no point of a fine grid is better, and one near the optimum is nearly as good") {
  for (std::uint64_t number = 0; number < 5; ++number) {
    const Program program = make_program(number, 2, 6);
    const auto best = hw::maximise(program.c, program.A, program.h);
    REQUIRE(best);
    constexpr double kStep = 0.02;
    double of_grid = -1e300;
    for (double a = -3.0; a <= 3.0; a += kStep) {
      for (double b = -3.0; b <= 3.0; b += kStep) {
        const Eigen::Vector2d y(a, b);
        if ((program.A * y - program.h).maxCoeff() > 0.0) continue;
        of_grid = std::max(of_grid, program.c.dot(y));
      }
    }
    CHECK(of_grid <= best->value + 1e-12);
    // Entries of A are at most 2: a sharp corner's nearest grid point is a few steps off.
    CHECK(of_grid >= best->value - 10.0 * kStep);
  }
}

TEST_CASE("contradictory limits and optima without bound give none") {
  const Eigen::MatrixXd both = (Eigen::MatrixXd(2, 1) << 1.0, -1.0).finished();
  const Eigen::VectorXd c = Eigen::VectorXd::Ones(1);
  CHECK_FALSE(hw::maximise(c, both, Eigen::Vector2d(1.0, -2.0)));              // y <= 1, y >= 2
  CHECK_FALSE(hw::maximise(c, both.bottomRows(1), Eigen::VectorXd::Ones(1)));  // y >= -1
  CHECK_THAT(hw::maximise(c, both, Eigen::Vector2d(2.0, -2.0))->value, WithinAbs(2.0, 1e-15));
}

TEST_CASE("a variable that no limit and no aim knows stays 0") {
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(2, 2);
  A.col(0) << 1.0, -1.0;
  const auto best = hw::maximise(Eigen::Vector2d(1.0, 0.0), A, Eigen::Vector2d(3.0, 0.0));
  REQUIRE(best);
  CHECK(best->y == Eigen::Vector2d(3.0, 0.0));
}
