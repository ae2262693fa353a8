#include "core/modes.hpp"

#include <algorithm>
#include <complex>
#include <numbers>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

constexpr double kPi = std::numbers::pi;

TimeScales time_scales_of(const SecondOrderSystem& system) {
  const NullSpace null_space = find_null_space(system.K);
  return compute_time_scales(system, null_space, compute_modes(system, null_space));
}

// A in blocks, by dense inverses; its eigenvalues without the `zeros` smallest.
std::vector<std::complex<double>> eigenvalues_of(const SecondOrderSystem& system,
                                                 std::size_t zeros) {
  const Eigen::Index n = system.size();
  Eigen::MatrixXd A;
  if (system.dynamics == Dynamics::overdamped) {
    A = -Eigen::MatrixXd(system.D).inverse() * system.K;
  } else {
    const Eigen::MatrixXd inverse = Eigen::MatrixXd(system.M).inverse();
    A = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    A.topRightCorner(n, n).setIdentity();
    A.bottomLeftCorner(n, n) = -inverse * system.K;
    A.bottomRightCorner(n, n) = -inverse * system.D;
  }
  const auto values = Eigen::EigenSolver<Eigen::MatrixXd>(A, false).eigenvalues().eval();
  std::vector<std::complex<double>> lambda(values.begin(), values.end());
  std::sort(lambda.begin(), lambda.end(),
            [](const auto& a, const auto& b) { return std::abs(a) < std::abs(b); });
  lambda.erase(lambda.begin(), lambda.begin() + static_cast<std::ptrdiff_t>(zeros));
  return lambda;
}

void check_against_eigenvalues(const SecondOrderSystem& system, std::size_t zeros, double limit) {
  const TimeScales scales = time_scales_of(system);
  double slowest = -std::numeric_limits<double>::infinity();
  double fastest = 0.0;
  for (const auto& value : eigenvalues_of(system, zeros)) {
    slowest = std::max(slowest, value.real());
    fastest = std::max(fastest, std::abs(value));
  }
  REQUIRE(scales.relaxation_time);
  CHECK(*scales.relaxation_time == Approx(-1.0 / slowest).epsilon(limit));
  CHECK(scales.fastest_rate == Approx(fastest).epsilon(limit));
}

SecondOrderSystem given(const Eigen::MatrixXd& M, const Eigen::MatrixXd& D,
                        const Eigen::MatrixXd& K) {
  SecondOrderSystem system;
  system.M = M.sparseView();
  system.D = D.sparseView();
  system.K = K.sparseView();
  system.f = Eigen::MatrixXd::Ones(K.rows(), 1);
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

// Sticks with springs between neighbours and nothing else.
SecondOrderSystem laplacian(const std::vector<int>& sticks, Dynamics dynamics, double mass,
                            double friction, double spring) {
  Parameters parameters;
  parameters.mass = mass;
  parameters.friction = friction;
  parameters.spring = 0.0;
  parameters.neighbor_spring = spring;
  parameters.dynamics = dynamics;
  return make_system(sample::make_sample(sticks, 1, 1, 81).data, parameters);
}

}  // namespace

TEST_CASE("modes are orthonormal in M and solve K phi = w^2 M phi, free ones exactly") {
  for (const auto& [sticks, points] : std::vector<std::pair<std::vector<int>, Eigen::Index>>{
           {{1}, 5}, {{8}, 5}, {{3, 3}, 200}, {{3, 3}, 8}, {{2, 2, 2}, 20}}) {
    for (const Dynamics dynamics : {Dynamics::underdamped, Dynamics::overdamped}) {
      const auto s = sample::make_sample(sticks, 1, points, 82);
      Parameters parameters;
      parameters.mass = 0.7;
      parameters.friction = 0.3;
      parameters.spring = 2.0;
      parameters.dynamics = dynamics;
      const SecondOrderSystem system = make_system(s.data, parameters);
      const NullSpace null_space = find_null_space(system.K);
      const std::optional<Modes> modes = compute_modes(system, null_space);
      REQUIRE(modes);
      const Eigen::Index n = system.size();
      const Eigen::MatrixXd G = dynamics == Dynamics::overdamped ? system.D : system.M;
      const double largest = modes->stiffness(n - 1);
      // LAPACK-like bounds: n eps times the condition of M, which is below 3^d.
      const double limit = static_cast<double>(n) * 27 * 4 * kEps;
      CHECK(modes->free == null_space.dimension());
      CHECK(sample::largest(modes->shapes.transpose() * G * modes->shapes -
                            Eigen::MatrixXd::Identity(n, n)) <= limit);
      CHECK(sample::largest(system.K * modes->shapes -
                            G * modes->shapes * modes->stiffness.asDiagonal()) <=
            limit * largest * sample::largest(modes->shapes));
      for (Eigen::Index k = 0; k < n; ++k) {
        if (k < modes->free) CHECK(modes->stiffness(k) == 0.0);
        if (k >= modes->free) CHECK(modes->stiffness(k) > 0.0);
        if (k > 0) CHECK(modes->stiffness(k) >= modes->stiffness(k - 1));
      }
      if (dynamics == Dynamics::underdamped) {
        CHECK(modes->friction == Approx(0.3).epsilon(2 * kEps));
      }
    }
  }
}

TEST_CASE("frequencies of the reference points, from scipy.linalg.eigh") {
  const double expected[] = {0.6008265818882409, 1.5355365580606102, 2.255281873265451,
                             2.9340199741167385, 3.1190897000612128, 3.3012992006898774,
                             3.719580787058616,  4.072866765190811,  4.628916619753863,
                             4.958494919765187,  6.411817402823779,  7.7722517965755396};
  const auto s = sample::make_reference_sample(60);
  Parameters parameters;
  parameters.mass = 0.7;
  parameters.spring = 1.3;
  parameters.friction = 0.3;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const std::optional<Modes> modes = compute_modes(system, find_null_space(system.K));
  REQUIRE(modes);
  for (Eigen::Index k = 0; k < 12; ++k) {
    // Absolute error n eps of the largest, and sixty weights with some eps each.
    CHECK(modes->stiffness(k) == Approx(expected[k]).margin(7.8 * 200 * kEps));
  }
  const TimeScales scales = time_scales_of(system);
  CHECK(*scales.relaxation_time == Approx(2.0 / 0.3).epsilon(1e-12));
  CHECK(scales.fastest_rate == Approx(2.787875857454121).epsilon(1e-12));

  const auto few = sample::make_reference_sample(9);
  const SecondOrderSystem loose = make_system(few.data, parameters);
  const TimeScales slow = time_scales_of(loose);
  CHECK(slow.slowest_frequency == Approx(std::sqrt(1.9802065362674280e-03)).epsilon(1e-11));
  CHECK(*slow.relaxation_time == Approx(148.0892575389423).epsilon(1e-11));
  CHECK(slow.fastest_rate == Approx(1.5192446591268878).epsilon(1e-12));
}

TEST_CASE("a chain of sticks with springs between neighbours: the closed form") {
  // M and K are those of linear finite elements with free ends: both have the vectors cos(j pi i /
  // s), so w_j^2 = k2 (2 - 2 cos t) / (M_s (2 + cos t) / 3) with t = j pi / s.
  const int sticks = 30;
  const SecondOrderSystem system = laplacian({sticks}, Dynamics::underdamped, 0.5, 0.2, 2.0);
  const NullSpace null_space = find_null_space(system.K);
  const std::optional<Modes> modes = compute_modes(system, null_space);
  REQUIRE(modes);
  REQUIRE(modes->free == 1);
  for (int j = 0; j <= sticks; ++j) {
    const double t = j * kPi / sticks;
    CHECK(modes->stiffness(j) == Approx(2.0 * (2 - 2 * std::cos(t)) / (0.5 * (2 + std::cos(t)) / 3))
                                     .margin(31 * 4 * kEps * 48));
  }
}

TEST_CASE("a grid of overdamped nodes with springs between neighbours: the closed form") {
  const SecondOrderSystem system = laplacian({4, 6}, Dynamics::overdamped, 1.0, 0.2, 3.0);
  const std::optional<Modes> modes = compute_modes(system, find_null_space(system.K));
  REQUIRE(modes);
  std::vector<double> expected;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 7; ++j) {
      expected.push_back(15.0 * (4 - 2 * std::cos(i * kPi / 5) - 2 * std::cos(j * kPi / 7)));
    }
  }
  std::sort(expected.begin(), expected.end());
  for (Eigen::Index k = 0; k < 35; ++k) {
    CHECK(modes->stiffness(k) ==
          Approx(expected[static_cast<std::size_t>(k)]).margin(35 * 4 * kEps * 120));
  }
}

TEST_CASE(
    "time scales are those of A's eigenvalues, for any friction, with and without free modes") {
  for (const Eigen::Index points : {100, 7}) {
    for (const double friction : {1e-3, 0.3, 2.0, 6.0, 50.0}) {
      const auto s = sample::make_sample({2, 2}, 1, points, 83);
      Parameters parameters;
      parameters.friction = friction;
      parameters.spring = 0.5;
      const SecondOrderSystem system = make_system(s.data, parameters);
      const std::size_t free = static_cast<std::size_t>(find_null_space(system.K).dimension());
      CHECK((free > 0) == (points == 7));
      // The eigensolver loses gamma / slowest of its digits, and half of them where two eigenvalues
      // meet (critical damping).
      check_against_eigenvalues(system, free, 1e-8);
      parameters.dynamics = Dynamics::overdamped;
      check_against_eigenvalues(make_system(s.data, parameters), free, 1e-10);
    }
  }
}

TEST_CASE("one coordinate: under, at and over critical damping, undamped and free, by hand") {
  const auto scales = [](double gamma, double k) {
    return time_scales_of(given(Eigen::MatrixXd::Ones(1, 1), gamma * Eigen::MatrixXd::Ones(1, 1),
                                k * Eigen::MatrixXd::Ones(1, 1)));
  };
  CHECK(*scales(0.5, 4.0).relaxation_time == 4.0);  // 2 / gamma
  CHECK(scales(0.5, 4.0).fastest_rate == 2.0);      // omega
  CHECK(*scales(2.0, 1.0).relaxation_time == 1.0);
  CHECK(scales(2.0, 1.0).fastest_rate == 1.0);  // both eigenvalues are -1
  // lambda^2 + 5 lambda + 4 = (lambda + 1)(lambda + 4)
  CHECK(*scales(5.0, 4.0).relaxation_time == 1.0);
  CHECK(scales(5.0, 4.0).fastest_rate == 4.0);
  CHECK(scales(5.0, 4.0).slowest_frequency == 2.0);
  // gamma = 1e8: -1e-8 without cancellation
  CHECK(*scales(1e8, 1.0).relaxation_time == Approx(1e8).epsilon(4 * kEps));
  CHECK_FALSE(scales(0.0, 4.0).relaxation_time);
  CHECK(scales(0.0, 4.0).fastest_rate == 2.0);
  // Free: x stays, v decays with gamma.
  CHECK(*scales(0.5, 0.0).relaxation_time == 2.0);
  CHECK(scales(0.5, 0.0).fastest_rate == 0.5);
  CHECK(scales(0.5, 0.0).fastest_frequency == 0.0);
  CHECK_FALSE(scales(0.0, 0.0).relaxation_time);
}

TEST_CASE("general friction: numpy's eigenvalues") {
  const SecondOrderSystem chain = laplacian({3}, Dynamics::underdamped, 1.0, 1.0, 1.0);
  Eigen::Matrix4d K = Eigen::Vector4d(2, 3, 4, 5).asDiagonal();
  Eigen::Matrix4d D = Eigen::Vector4d(0.1, 0.2, 0.3, 0.4).asDiagonal();
  K(0, 1) = K(1, 0) = -1;
  D(1, 2) = D(2, 1) = -0.05;
  const SecondOrderSystem system = given(chain.M, D, K);
  CHECK_FALSE(compute_modes(system, find_null_space(system.K)));
  const TimeScales scales = time_scales_of(system);
  CHECK(*scales.relaxation_time == Approx(9.589773498026336).epsilon(1e-11));
  CHECK(scales.slowest_frequency == Approx(1.4851531186896314).epsilon(1e-11));
  CHECK(scales.fastest_rate == Approx(4.3986953808944875).epsilon(1e-11));
}

TEST_CASE("general friction and free directions: what rests is no slow mode") {
  const Eigen::Matrix3d M = Eigen::Matrix3d::Identity();
  const Eigen::Matrix3d K = Eigen::Vector3d(4, 0, 0).asDiagonal();
  // Node 1 is braked; node 2 is neither held nor braked, two zeros of A in one Jordan block.
  const TimeScales scales = time_scales_of(given(M, Eigen::Vector3d(0.5, 3, 0).asDiagonal(), K));
  CHECK(*scales.relaxation_time == Approx(4.0).epsilon(1e-12));
  CHECK(scales.slowest_frequency == Approx(2.0).epsilon(1e-12));
  CHECK(scales.fastest_rate == Approx(3.0).epsilon(1e-12));
  // A mode without friction beside one that relaxes.
  const TimeScales half = time_scales_of(
      given(M, Eigen::Vector3d(0.5, 0, 1).asDiagonal(), Eigen::Vector3d(4, 9, 1).asDiagonal()));
  CHECK(*half.relaxation_time == Approx(4.0).epsilon(1e-12));
  CHECK(half.fastest_frequency == Approx(3.0).epsilon(1e-12));
}

TEST_CASE("a K that pushes away has no modes of this kind and no relaxation time, but rates") {
  const Eigen::Matrix2d K = (Eigen::Matrix2d() << 1, 2, 2, 1).finished();  // 3 and -1
  for (const Dynamics dynamics : {Dynamics::underdamped, Dynamics::overdamped}) {
    SecondOrderSystem system = given(Eigen::Matrix2d::Identity(), Eigen::Matrix2d::Identity(), K);
    system.dynamics = dynamics;
    CHECK_FALSE(compute_modes(system, find_null_space(system.K)));
    const TimeScales scales = time_scales_of(system);
    CHECK_FALSE(scales.relaxation_time);
    // lambda^2 + lambda - 1 = 0 and lambda^2 + lambda + 3 = 0
    CHECK(scales.fastest_rate == Approx(dynamics == Dynamics::overdamped ? 3.0 : std::sqrt(3.0)));
  }
}

TEST_CASE("Lanczos, a long chain: the closed form, with its free mode taken out") {
  const int sticks = static_cast<int>(kModesLimit) + 200;
  const SecondOrderSystem system = laplacian({sticks}, Dynamics::underdamped, 0.5, 0.2, 2.0);
  const NullSpace null_space = find_null_space(system.K);
  CHECK(null_space.dimension() == 1);
  CHECK_FALSE(compute_modes(system, null_space));
  const TimeScales scales = compute_time_scales(system, null_space, std::nullopt);
  const double t = kPi / sticks;
  const double slowest = 2.0 * std::pow(2 * std::sin(t / 2), 2) / (0.5 * (2 + std::cos(t)) / 3);
  // The residual is below 1e-4 of the eigenvalue, so the eigenvalue's error is, and its root's
  // half.
  CHECK(scales.slowest_frequency == Approx(std::sqrt(slowest)).epsilon(1e-4));
  CHECK(scales.fastest_frequency == Approx(std::sqrt(2.0 * 4 / (0.5 / 3))).epsilon(1e-4));
  // gamma/2 - sqrt(gamma^2/4 - w^2)
  CHECK(*scales.relaxation_time ==
        Approx(1.0 / (slowest / (0.1 + std::sqrt(0.01 - slowest)))).epsilon(2e-4));
}

TEST_CASE(
    "Lanczos, overdamped blocks with a hundred free directions, equal modes many times over") {
  // Chains of 4 to 35 nodes between free nodes; the slowest mode is 2 - 2 cos(pi / 35).
  Eigen::Index size = 0;
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::Index free = 0;
  for (int block = 0; size <= kModesLimit; ++block, ++free, ++size) {
    const int nodes = 4 + block * 7 % 32;
    ++free;
    for (int i = 0; i + 1 < nodes; ++i) {
      const int a = static_cast<int>(size) + i;
      entries.insert(entries.end(),
                     {{a, a, 1.0}, {a + 1, a + 1, 1.0}, {a, a + 1, -1.0}, {a + 1, a, -1.0}});
    }
    size += nodes;
  }
  SecondOrderSystem system;
  system.dynamics = Dynamics::overdamped;
  system.K.resize(size, size);
  system.K.setFromTriplets(entries.begin(), entries.end());
  system.D.resize(size, size);
  system.D.setIdentity();
  system.D *= 0.5;
  system.f = Eigen::MatrixXd::Zero(size, 1);
  const NullSpace null_space = find_null_space(system.K);
  CHECK(null_space.dimension() == free);
  CHECK(free > 100);
  const TimeScales scales = compute_time_scales(system, null_space, std::nullopt);
  CHECK(scales.slowest_frequency == Approx(2 * (2 - 2 * std::cos(kPi / 35))).epsilon(1e-4));
  CHECK(scales.fastest_rate == Approx(2 * (2 + 2 * std::cos(kPi / 35))).epsilon(1e-4));
  CHECK(*scales.relaxation_time == Approx(1.0 / scales.slowest_frequency).epsilon(4 * kEps));
}

TEST_CASE("large and nearly empty: one datum, and none") {
  const Grid grid({{"u", 3200, 0, 3200}});
  DataSprings data(grid, 1);
  const double u = 100.5;
  const double y = 1.0;
  data.add({&u, 1}, {&y, 1});
  Parameters parameters;
  parameters.dynamics = Dynamics::overdamped;
  parameters.friction = 0.5;
  SecondOrderSystem system = make_system(data, parameters);
  const NullSpace null_space = find_null_space(system.K);
  CHECK(null_space.dimension() == 3200);
  // w^T w = 1/2, over eta
  TimeScales scales = compute_time_scales(system, null_space, std::nullopt);
  CHECK(scales.slowest_frequency == Approx(1.0).epsilon(1e-14));
  CHECK(scales.fastest_frequency == Approx(1.0).epsilon(1e-14));
  parameters.spring = 0.0;
  system = make_system(data, parameters);
  scales = compute_time_scales(system, find_null_space(system.K), std::nullopt);
  CHECK(scales.fastest_rate == 0.0);
  CHECK_FALSE(scales.relaxation_time);
}

TEST_CASE("mistake: too many coordinates for general friction, or for a K that pushes away") {
  const Eigen::Index size = 501;
  SecondOrderSystem system;
  system.M.resize(size, size);
  system.M.setIdentity();
  system.K = system.D = system.M;
  system.D.coeffRef(0, 0) = 2.0;
  CHECK_THROWS_WITH(time_scales_of(system),
                    ContainsSubstring("the 501 coordinates do not decouple into modes") &&
                        ContainsSubstring("D is not gamma M") &&
                        ContainsSubstring("give --dt and --t-end"));
  CHECK_THROWS_AS(time_scales_of(system), ParameterError);
  SecondOrderSystem large;
  large.M.resize(kModesLimit + 1, kModesLimit + 1);
  large.M.setIdentity();
  large.K = large.D = large.M;
  large.K.coeffRef(5, 5) = -0.01;
  CHECK_THROWS_WITH(
      time_scales_of(large),
      ContainsSubstring("K is not positive semidefinite: a mode has the stiffness -0.01"));
}
