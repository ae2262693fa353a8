#include "hw/signs.hpp"

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

using Signs = std::vector<int>;

core::SecondOrderSystem make_masses(const Eigen::MatrixXd& M, const Eigen::MatrixXd& D) {
  return make_given(M, D, Eigen::MatrixXd::Identity(M.rows(), M.cols()),
                    Eigen::MatrixXd::Zero(M.rows(), 1));
}

std::string refusal(const core::SecondOrderSystem& system) {
  try {
    hw::find_signs(system, "gmc");
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("a grid's signs are a checkerboard") {
  const core::SecondOrderSystem chain = core::make_system(parabola({4}, 20), {});
  CHECK(hw::find_signs(chain, "gmc") == Signs{1, -1, 1, -1, 1});
  const core::SecondOrderSystem sheet = core::make_system(parabola({2, 3}, 60), {});
  CHECK(hw::find_signs(sheet, "gmc") == Signs{1, -1, 1, -1, -1, 1, -1, 1, 1, -1, 1, -1});
}

TEST_CASE("S M S of a grid has off-diagonals of -M_s/6 and row sums of deg M_s/6") {
  const core::SecondOrderSystem sheet = core::make_system(parabola({2, 2}, 60), {});
  const core::SparseMatrix flipped = hw::apply_signs(sheet.M, hw::find_signs(sheet, "gmc"));
  const int degree[] = {2, 3, 2, 3, 4, 3, 2, 3, 2};
  for (Eigen::Index i = 0; i < 9; ++i) {
    double sum = 0.0;
    for (core::SparseMatrix::InnerIterator it(flipped, i); it; ++it) {
      sum += it.value();
      if (it.row() != i) CHECK(it.value() == Approx(-1.0 / 6.0));
    }
    CHECK(sum == Approx(degree[i] / 6.0));
  }
}

TEST_CASE("entries below 0 join equal signs, in M or in D, and parts apart start with +1") {
  Eigen::MatrixXd M = 4.0 * Eigen::MatrixXd::Identity(5, 5);
  Eigen::MatrixXd D = 4.0 * Eigen::MatrixXd::Identity(5, 5);
  M(0, 1) = M(1, 0) = -1.0;
  D(1, 2) = D(2, 1) = 1.0;
  D(4, 3) = D(3, 4) = -0.5;
  CHECK(hw::find_signs(make_masses(M, D), "gmc") == Signs{1, 1, -1, 1, 1});
}

TEST_CASE("M and D that ask one pair for different signs are refused by name") {
  const auto system = make_masses(two_by_two(2.0, 0.5, 2.0), two_by_two(2.0, -0.25, 2.0));
  CHECK_THAT(refusal(system), ContainsSubstring("gmc needs signs"));
  CHECK_THAT(refusal(system), ContainsSubstring("D(0,1) = -0.25") || ContainsSubstring("D(1,0)"));
  CHECK_THAT(refusal(system), ContainsSubstring("--realization opamp"));
}

TEST_CASE("an odd cycle of positive masses is refused by name") {
  Eigen::MatrixXd M = Eigen::MatrixXd::Constant(3, 3, 0.5) + 2.0 * Eigen::MatrixXd::Identity(3, 3);
  const auto system = make_masses(M, Eigen::MatrixXd::Identity(3, 3));
  CHECK_THAT(refusal(system), ContainsSubstring("the cycle through M("));
  CHECK_THAT(refusal(system), ContainsSubstring("= 0.5"));
}

TEST_CASE("a cycle of positive masses with one negative among three is none") {
  Eigen::MatrixXd M = Eigen::MatrixXd::Constant(3, 3, 0.5) + 2.0 * Eigen::MatrixXd::Identity(3, 3);
  M(0, 2) = M(2, 0) = -0.5;
  const auto system = make_masses(M, Eigen::MatrixXd::Identity(3, 3));
  CHECK(hw::find_signs(system, "gmc") == Signs{1, -1, 1});
}

TEST_CASE("a row sum below 0 is refused with the row and its diagonal") {
  const auto masses = make_masses(two_by_two(5.0, 2.0, 1.5), Eigen::Matrix2d::Identity());
  CHECK_THAT(refusal(masses), ContainsSubstring("row 1 sums to -0.5"));
  CHECK_THAT(refusal(masses), ContainsSubstring("M(1,1) = 1.5 is too small"));
  const auto friction = make_masses(Eigen::Matrix2d::Identity(), two_by_two(1.0, 2.0, 5.0));
  CHECK_THAT(refusal(friction), ContainsSubstring("D(0,0) = 1 is too small"));
}

TEST_CASE("a row sum of rounding is no ground part") {
  // 0.1 + 0.2 - 0.3 is 5.6e-17.
  Eigen::MatrixXd D(3, 3);
  D << 0.1 + 0.2, -0.3, 0.0, -0.3, 0.5, -0.2, 0.0, -0.2, 0.2;
  const auto system = make_masses(Eigen::MatrixXd::Identity(3, 3), D);
  CHECK(hw::find_signs(system, "gmc") == Signs{1, 1, 1});
  hw::Request request = hand_scaled(system, hw::Topology::gmc);
  const netlist::Design design = hw::realize(system, request);
  CHECK(design.circuit.find("rd0") == nullptr);
  CHECK(design.circuit.find("rd0__1") != nullptr);
}
