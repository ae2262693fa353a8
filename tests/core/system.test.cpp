#include "core/system.hpp"

#include <fstream>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

SecondOrderSystem sound() {
  SecondOrderSystem system;
  system.M = Eigen::MatrixXd((Eigen::Matrix2d() << 2, 1, 1, 2).finished()).sparseView();
  system.D = 0.5 * system.M;
  system.K = Eigen::MatrixXd((Eigen::Matrix2d() << 3, -1, -1, 1).finished()).sparseView();
  system.f = Eigen::MatrixXd::Ones(2, 1);
  system.shape = {2};
  return system;
}

SparseMatrix sparse(double a, double b, double c, double d) {
  return Eigen::MatrixXd((Eigen::Matrix2d() << a, b, c, d).finished()).sparseView();
}

template <class Change>
void refuse(Change change, const std::string& message) {
  SecondOrderSystem system = sound();
  change(system);
  CHECK_THROWS_WITH(check_system(system), ContainsSubstring(message));
  CHECK_THROWS_AS(check_system(system), InputError);
}

}  // namespace

TEST_CASE("a sound system passes, with a singular or no friction and an indefinite K too") {
  SecondOrderSystem system = sound();
  CHECK_NOTHROW(check_system(system));
  system.D = sparse(1, -1, -1, 1);
  CHECK_NOTHROW(check_system(system));
  system.D.setZero();
  CHECK_NOTHROW(check_system(system));
  system.K = sparse(1, 2, 2, 1);
  CHECK_NOTHROW(check_system(system));
  system.dynamics = Dynamics::overdamped;
  system.M.resize(0, 0);
  system.D = sparse(1, 0, 0, 2);
  CHECK_NOTHROW(check_system(system));
}

TEST_CASE("asymmetry is judged by the entry: rounding passes, 1e-13 does not") {
  SecondOrderSystem system = sound();
  system.K = sparse(1e20, 3.0, 3.0 * (1 + 4 * kEps), 1e20);
  CHECK_NOTHROW(check_system(system));
  system.K = sparse(1e20, 3.0, 3.0 * (1 + 1e-13), 1e20);
  CHECK_THROWS_AS(check_system(system), InputError);
}

TEST_CASE("mistake: matrices that do not fit together") {
  refuse([](auto& s) { s.K = SparseMatrix(0, 0); }, "K has no rows; the system needs at least one");
  refuse([](auto& s) { s.K = SparseMatrix(2, 3); }, "K is 2 x 3; it must be square");
  refuse([](auto& s) { s.M = SparseMatrix(3, 3); },
         "M is 3 x 3, but K is 2 x 2; all must be of one");
  refuse([](auto& s) { s.D = SparseMatrix(2, 1); }, "D is 2 x 1, but K is 2 x 2");
  refuse([](auto& s) { s.f = Eigen::MatrixXd::Ones(3, 1); },
         "f is 3 x 1, but K is 2 x 2; f needs one row a coordinate");
  refuse([](auto& s) { s.f = Eigen::MatrixXd(2, 0); }, "f is 2 x 0");
}

TEST_CASE("mistake: matrices that are not symmetric, or have entries that are not finite") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refuse([](auto& s) { s.K = sparse(1, 0.5, 0.25, 1); },
         "K is not symmetric: (2,1) is 0.25, (1,2) is 0.5; a quadratic Lagrangian");
  refuse([](auto& s) { s.M = sparse(1, 0, 0.25, 1); },
         "M is not symmetric: (2,1) is 0.25, (1,2) is 0");
  refuse([](auto& s) { s.D = sparse(1, 0.25, 0, 1); }, "D is not symmetric: (1,2) is 0.25");
  refuse([&](auto& s) { s.K = sparse(1, nan, nan, 1); }, "K(2,1) is nan; it must be a finite");
  refuse([&](auto& s) { s.D.coeffRef(0, 0) = 1.0 / 0.0; }, "D(1,1) is inf; it must be a finite");
  refuse([&](auto& s) { s.f(1, 0) = nan; }, "f(2,1) is nan; it must be a finite number");
}

TEST_CASE("mistake: a mass that is not positive definite") {
  const std::string message =
      "M is not positive definite; a coordinate without mass needs --dynamics overdamped";
  refuse([](auto& s) { s.M = sparse(1, 0, 0, 0); }, message);
  refuse([](auto& s) { s.M = sparse(1, 2, 2, 1); }, message);
  refuse([](auto& s) { s.M = sparse(-1, 0, 0, 1); }, message);
  // 0.1 and 0.3: the pivot is 1e-17 by rounding, where 0 is meant.
  refuse([](auto& s) { s.M = sparse(0.01, 0.03, 0.03, 0.09 + 2e-17); }, message);
}

TEST_CASE("mistake: friction that is not positive semidefinite, or missing where overdamped") {
  refuse([](auto& s) { s.D = sparse(-1, 0, 0, 1); }, "D is not positive semidefinite");
  refuse([](auto& s) { s.D = sparse(1, 2, 2, 1); }, "D is not positive semidefinite");
  refuse([](auto& s) { s.D = sparse(0, 1, 1, 0); }, "D is not positive semidefinite");
  refuse(
      [](auto& s) {
        s.dynamics = Dynamics::overdamped;
        s.D = sparse(1, 0, 0, 0);
      },
      "D is not positive definite; overdamped dynamics need friction on every coordinate");
}

TEST_CASE("friction of the form gamma M is found entry by entry") {
  SecondOrderSystem system = sound();
  CHECK(system.rayleigh_friction() == 0.5);
  system.D.coeffRef(0, 1) *= 1 + 1e-12;
  CHECK_FALSE(system.rayleigh_friction());
  system.D = SparseMatrix(2, 2);
  CHECK(system.rayleigh_friction() == 0.0);
  system.D = sparse(0, 0, 0, 1);
  CHECK_FALSE(system.rayleigh_friction());
}

TEST_CASE("labels are the indices along each axis") {
  SecondOrderSystem system = sound();
  system.shape = {3, 4, 2};
  CHECK(system.index(13) == std::vector<int>{1, 2, 1});
  CHECK(system.label(13) == "1_2_1");
  system.shape = {24};
  CHECK(system.label(13) == "13");
  CHECK(std::string(to_string(Dynamics::overdamped)) == "overdamped");
  CHECK(std::string(to_string(Dynamics::underdamped)) == "underdamped");
  CHECK(std::string(to_string(NoiseModel::fdt)) == "fdt");
  CHECK(std::string(to_string(NoiseModel::diagonal)) == "diagonal");
}

TEST_CASE("T = v M v / 2 and U = x K x / 2 - f x, over all outputs") {
  SecondOrderSystem system = sound();
  system.f = (Eigen::Matrix2d() << 1, 2, 3, 4).finished();
  const State state{(Eigen::Matrix2d() << 1, 0, 2, -1).finished(),
                    (Eigen::Matrix2d() << 1, 1, -1, 0).finished()};
  const Energies energies = compute_energies(system, state, 10.0);
  CHECK(energies.kinetic == 0.5 * (2 - 2 + 2) + 0.5 * 2);
  CHECK(energies.potential == 10.0 + 0.5 * (3 - 4 + 4) + 0.5 * 1 - (1 + 6) - (0 - 4));
  system.dynamics = Dynamics::overdamped;
  CHECK(compute_energies(system, state, 0.0).kinetic == 0.0);
}

TEST_CASE("a system is read from a folder of Matrix Market files, checked") {
  const TemporaryFile file("", "K.mtx");
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(file.folder() + "/" + name) << text;
  };
  write("K.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 3\n2 1 -1\n2 2 1\n");
  write("D.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n2 2 2\n");
  write("f.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n");
  const SecondOrderSystem system = read_system(file.folder(), Dynamics::overdamped);
  CHECK(Eigen::MatrixXd(system.K) == (Eigen::Matrix2d() << 3, -1, -1, 1).finished());
  CHECK(system.f == (Eigen::Matrix2d() << 1, 3, 2, 4).finished());
  CHECK(system.shape == std::vector<int>{2});
  CHECK(system.kT == 0.0);
  CHECK_THROWS_WITH(read_system(file.folder(), Dynamics::underdamped),
                    ContainsSubstring("M.mtx: No such file"));
  write("M.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1\n");
  CHECK_THROWS_WITH(read_system(file.folder(), Dynamics::underdamped),
                    ContainsSubstring("M is not positive definite"));
}
