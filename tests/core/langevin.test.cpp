#include "core/langevin.hpp"

#include <complex>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

Eigen::MatrixXd density_of(const ForceNoise& noise) {
  const Eigen::MatrixXd H = noise.incidence;
  return H * noise.density.asDiagonal() * H.transpose();
}

// A S + S A^T + Q = 0 in the eigenvectors of A: with S = V Z V^H, Z_ij = -(V^-1 Q V^-H)_ij / (l_i +
// conj l_j).
Eigen::MatrixXd solve_lyapunov(const Eigen::MatrixXd& A, const Eigen::MatrixXd& Q) {
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(A);
  const Eigen::MatrixXcd V = solver.eigenvectors();
  const Eigen::MatrixXcd inverse = V.inverse();
  Eigen::MatrixXcd Z = -inverse * Q * inverse.adjoint();
  for (Eigen::Index i = 0; i < Z.rows(); ++i) {
    for (Eigen::Index j = 0; j < Z.cols(); ++j) {
      Z(i, j) /= solver.eigenvalues()(i) + std::conj(solver.eigenvalues()(j));
    }
  }
  return (V * Z * V.adjoint()).real();
}

Eigen::MatrixXd stationary_covariance(const SecondOrderSystem& system) {
  const LangevinSystem langevin = make_langevin(system);
  const Eigen::MatrixXd A = langevin.A;
  const Eigen::MatrixXd B = langevin.B;
  const Eigen::MatrixXd S = solve_lyapunov(A, B * B.transpose());
  // The solution is one, to the rounding of an eigensolver with eigenvectors of condition < 1e3.
  const Eigen::MatrixXd residual = A * S + S * A.transpose() + B * B.transpose();
  REQUIRE(sample::largest(residual) <= 1e-10 * sample::largest(A) * sample::largest(S));
  return S;
}

SecondOrderSystem model(const std::vector<int>& sticks, NoiseModel noise, double gamma = 0.8) {
  const auto s = sample::make_sample(sticks, 2, 40 * sample::make_grid(sticks).cell_count(), 71);
  Parameters parameters;
  parameters.mass = 0.7;
  parameters.friction = gamma;
  parameters.kT = 0.3;
  parameters.spring = 0.1;
  parameters.noise_model = noise;
  return make_system(s.data, parameters);
}

SecondOrderSystem given(const Eigen::MatrixXd& M, const Eigen::MatrixXd& D,
                        const Eigen::MatrixXd& K) {
  SecondOrderSystem system;
  system.M = M.sparseView();
  system.D = D.sparseView();
  system.K = K.sparseView();
  system.f = Eigen::MatrixXd::Ones(K.rows(), 1);
  system.kT = 0.3;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

const Eigen::Matrix3d kM = (Eigen::Matrix3d() << 2, 0.5, 0, 0.5, 1, 0.2, 0, 0.2, 3).finished();
const Eigen::Matrix3d kD =
    (Eigen::Matrix3d() << 1, -0.3, 0.1, -0.3, 0.6, 0, 0.1, 0, 0.4).finished();
const Eigen::Matrix3d kK = (Eigen::Matrix3d() << 4, -1, 0, -1, 3, -1, 0, -1, 2).finished();

const std::vector<std::vector<int>> kGrids{{1}, {4}, {2, 2}, {1, 2, 1}};

}  // namespace

TEST_CASE("fdt noise has the density 2 kT D: by sticks, by nodes, and by factors of D") {
  for (const auto& sticks : kGrids) {
    const SecondOrderSystem system = model(sticks, NoiseModel::fdt);
    const ForceNoise noise = make_force_noise(system);
    const Eigen::MatrixXd expected = 0.6 * Eigen::MatrixXd(system.D);
    // Up to 2 d sticks at a node, two terms each.
    CHECK(sample::largest(density_of(noise) - expected) <= 16 * kEps * sample::largest(expected));
    std::size_t count = 0;
    for_each_stick(system.shape, [&](int, int) { ++count; });
    CHECK(noise.names.size() == 2 * count);
    CHECK(noise.incidence.cols() == noise.density.size());
    CHECK((noise.density.array() > 0.0).all());
  }
  SecondOrderSystem system = given(kM, kD, kK);
  ForceNoise noise = make_force_noise(system);
  CHECK(noise.density.size() == 3);
  CHECK(sample::largest(density_of(noise) - 0.6 * kD) <= 8 * kEps);
  system.D = SparseMatrix(Eigen::MatrixXd(Eigen::Vector3d(1, 0, 2).asDiagonal()).sparseView());
  noise = make_force_noise(system);
  CHECK(density_of(noise) == Eigen::MatrixXd(Eigen::Vector3d(0.6, 0, 1.2).asDiagonal()));
  CHECK(noise.names == std::vector<std::string>{"node 0", "node 1", "node 2"});
}

TEST_CASE("fdt noise of a singular D: a dashpot between two nodes is one source") {
  const Eigen::Matrix2d D = (Eigen::Matrix2d() << 1, -1, -1, 1).finished();
  const ForceNoise noise = make_force_noise(given(Eigen::Matrix2d::Identity(), D, D));
  CHECK(noise.density.size() == 1);
  CHECK(sample::largest(density_of(noise) - 0.6 * D) <= 4 * kEps);
}

TEST_CASE("sources are named after their sticks") {
  const ForceNoise noise = make_force_noise(model({1, 1}, NoiseModel::fdt));
  CHECK(noise.names[0] == "translation 0_0 1_0");
  CHECK(noise.names[1] == "rotation 0_0 1_0");
  CHECK(noise.names[2] == "translation 0_0 0_1");
  // 2 kT gamma M_s / 4 and / 12
  CHECK(noise.density(0) == Approx(2 * 0.3 * 0.8 * 0.7 / 4).epsilon(4 * kEps));
  CHECK(noise.density(1) == Approx(2 * 0.3 * 0.8 * 0.7 / 12).epsilon(4 * kEps));
}

TEST_CASE("diagonal noise is sqrt(2 gamma kT / M_s) on each velocity alone") {
  for (const auto& sticks : kGrids) {
    const SecondOrderSystem system = model(sticks, NoiseModel::diagonal);
    const double density = 2 * 0.8 * 0.3 / 0.7;
    const Eigen::MatrixXd M = system.M;
    CHECK(sample::largest(density_of(make_force_noise(system)) - density * M * M) <=
          16 * kEps * density * sample::largest(M * M));
    const Eigen::Index n = system.size();
    const Eigen::MatrixXd B = make_langevin(system).B;
    CHECK(B.topRows(n) == Eigen::MatrixXd::Zero(n, n));
    const Eigen::MatrixXd unit = B.bottomRows(n) / std::sqrt(density);
    CHECK(sample::largest(unit - Eigen::MatrixXd::Identity(n, n)) <= 8 * kEps);
    CHECK(unit.isDiagonal(0.0));
  }
}

TEST_CASE("A, b and B are the blocks of the equation, by dense inverses") {
  for (const auto& sticks : kGrids) {
    const SecondOrderSystem system = model(sticks, NoiseModel::fdt);
    const LangevinSystem langevin = make_langevin(system);
    const Eigen::Index n = system.size();
    const Eigen::MatrixXd inverse = Eigen::MatrixXd(system.M).inverse();
    Eigen::MatrixXd A = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    A.topRightCorner(n, n).setIdentity();
    A.bottomLeftCorner(n, n) = -inverse * system.K;
    A.bottomRightCorner(n, n).diagonal().setConstant(-0.8);
    // cond(M) of a grid of sticks is below 3^d.
    const double limit = 27 * 16 * kEps;
    CHECK(sample::largest(Eigen::MatrixXd(langevin.A) - A) <= limit * sample::largest(A));
    CHECK(langevin.b.rows() == 2 * n);
    CHECK(langevin.b.cols() == 2);
    CHECK(langevin.b.topRows(n) == Eigen::MatrixXd::Zero(n, 2));
    CHECK(sample::largest(langevin.b.bottomRows(n) - inverse * system.f) <=
          limit * sample::largest(langevin.b));
    const Eigen::MatrixXd B = langevin.B;
    const Eigen::MatrixXd Q = 2 * 0.3 * 0.8 * inverse;
    CHECK(B.topRows(n).norm() == 0.0);
    CHECK(sample::largest((B * B.transpose()).bottomRightCorner(n, n) - Q) <=
          limit * sample::largest(Q));
  }
  const LangevinSystem general = make_langevin(given(kM, kD, kK));
  CHECK(sample::largest(Eigen::MatrixXd(general.A).bottomRightCorner(3, 3) + kM.inverse() * kD) <=
        32 * kEps);
}

TEST_CASE("fdt: the stationary covariance is kT K^-1 and kT M^-1, without correlation") {
  std::vector<SecondOrderSystem> systems{given(kM, kD, kK)};
  for (const auto& sticks : kGrids) systems.push_back(model(sticks, NoiseModel::fdt));
  for (const SecondOrderSystem& system : systems) {
    const Eigen::Index n = system.size();
    const Eigen::MatrixXd S = stationary_covariance(system);
    Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    expected.topLeftCorner(n, n) = 0.3 * Eigen::MatrixXd(system.K).inverse();
    expected.bottomRightCorner(n, n) = 0.3 * Eigen::MatrixXd(system.M).inverse();
    // Rounding of the eigensolver, by the condition of its eigenvectors (below 1e3).
    CHECK(sample::largest(S - expected) <= 1e-10 * sample::largest(expected));
  }
}

TEST_CASE("diagonal: kinetic energy per coordinate is 0.333, 0.533, 0.889 and 1.067 times kT/2") {
  const struct {
    std::vector<int> sticks;
    double ratio;
  } cases[] = {{{1}, 1.0 / 3}, {{4}, 8.0 / 15}, {{2, 2}, 8.0 / 9}, {{4, 4}, 16.0 / 15}};
  for (const auto& c : cases) {
    // Any friction and any data: the power balance fixes the sum over all coordinates.
    for (const double gamma : {0.1, 0.8, 5.0}) {
      const SecondOrderSystem system = model(c.sticks, NoiseModel::diagonal, gamma);
      const Eigen::Index n = system.size();
      const Eigen::MatrixXd S = stationary_covariance(system);
      const double kinetic = 0.5 * (Eigen::MatrixXd(system.M) * S.bottomRightCorner(n, n)).trace();
      CHECK(kinetic / (static_cast<double>(n) * 0.3 / 2) == Approx(c.ratio).epsilon(1e-9));
      // The same sum by hand: <v^T M v> = kT tr(M) / M_s.
      CHECK(Eigen::MatrixXd(system.M).trace() / (0.7 * static_cast<double>(n)) ==
            Approx(c.ratio).epsilon(1e-14));
    }
  }
}

TEST_CASE("overdamped: A = -K / eta, and the stationary covariance is kT K^-1") {
  const auto s = sample::make_sample({2, 2}, 2, 100, 72);
  Parameters parameters;
  parameters.dynamics = Dynamics::overdamped;
  parameters.mass = 0.0;
  parameters.friction = 0.4;
  parameters.kT = 0.3;
  SecondOrderSystem system = make_system(s.data, parameters);
  const LangevinSystem langevin = make_langevin(system);
  CHECK(langevin.A.rows() == 9);
  CHECK(sample::largest(Eigen::MatrixXd(langevin.A) + Eigen::MatrixXd(system.K) / 0.4) <=
        8 * kEps * sample::largest(langevin.A));
  CHECK(sample::largest(langevin.b - system.f / 0.4) <= 8 * kEps * sample::largest(langevin.b));
  CHECK(sample::largest(Eigen::MatrixXd(langevin.B) -
                        std::sqrt(2 * 0.3 / 0.4) * Eigen::MatrixXd::Identity(9, 9)) <= 8 * kEps);
  const Eigen::MatrixXd expected = 0.3 * Eigen::MatrixXd(system.K).inverse();
  CHECK(sample::largest(stationary_covariance(system) - expected) <=
        1e-12 * sample::largest(expected));
  // diagonal and fdt are one where D is eta I.
  system.noise_model = NoiseModel::diagonal;
  CHECK(Eigen::MatrixXd(make_langevin(system).B) == Eigen::MatrixXd(langevin.B));
  // A friction that couples.
  system = given(kM, kD, kK);
  system.dynamics = Dynamics::overdamped;
  system.M.resize(0, 0);
  CHECK(sample::largest(stationary_covariance(system) - 0.3 * kK.inverse()) <= 1e-12);
}

TEST_CASE("no temperature or no friction: sources that give nothing") {
  SecondOrderSystem system = model({2}, NoiseModel::fdt);
  system.kT = 0.0;
  CHECK(make_force_noise(system).density.isZero(0.0));
  CHECK(make_langevin(system).B.norm() == 0.0);
  system = model({2}, NoiseModel::fdt, 0.0);
  CHECK(make_force_noise(system).density.isZero(0.0));
}

TEST_CASE("mistake: diagonal noise of matrices that do not know the mass of a stick") {
  SecondOrderSystem system = given(kM, 0.5 * kM, kK);
  system.noise_model = NoiseModel::diagonal;
  CHECK_THROWS_WITH(make_force_noise(system),
                    ContainsSubstring("--noise-model diagonal refers to the mass of a stick") &&
                        ContainsSubstring("write --noise-model fdt"));
  system.stick_mass = 1.0;
  CHECK_NOTHROW(make_force_noise(system));
  system.D = SparseMatrix(kD.sparseView());
  CHECK_THROWS_AS(make_force_noise(system), ParameterError);
}

TEST_CASE("mistake: more coordinates than a dense A can take") {
  SecondOrderSystem system;
  system.K.resize(kLangevinLimit + 1, kLangevinLimit + 1);
  CHECK_THROWS_WITH(make_langevin(system),
                    ContainsSubstring("4097 coordinates: M^-1 K would have 16785409 entries") &&
                        ContainsSubstring("work with M, D, K"));
  CHECK_THROWS_AS(make_langevin(system), ParameterError);
}
