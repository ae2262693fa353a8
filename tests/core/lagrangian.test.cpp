#include "core/lagrangian.hpp"

#include <cmath>
#include <set>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

SecondOrderSystem chain(int sticks, double mass) {
  const auto s = sample::make_sample({sticks}, 1, 10, 31);
  Parameters parameters;
  parameters.mass = mass;
  return make_system(s.data, parameters);
}

const std::vector<std::vector<int>> kGrids{{1},       {5},          {2, 3},
                                           {2, 2, 2}, {1, 1, 2, 1}, {1, 1, 1, 1, 2}};

}  // namespace

TEST_CASE("sticks lie between neighbours along each axis, each once") {
  for (const auto& sticks : kGrids) {
    const Grid grid = sample::make_grid(sticks);
    std::set<std::pair<int, int>> seen;
    for_each_stick(grid.shape(), [&](int i, int j) {
      CHECK(seen.insert({i, j}).second);
      const std::vector<int> a = grid.node_index(i);
      const std::vector<int> b = grid.node_index(j);
      int steps = 0;
      for (std::size_t axis = 0; axis < a.size(); ++axis) {
        CHECK((b[axis] == a[axis] || b[axis] == a[axis] + 1));
        steps += b[axis] - a[axis];
      }
      CHECK(steps == 1);
    });
    std::size_t expected = 0;
    for (const int along : sticks) {
      expected += static_cast<std::size_t>(grid.node_count() / (along + 1) * along);
    }
    CHECK(seen.size() == expected);
  }
  std::size_t count = 0;
  for_each_stick(std::vector<int>{5, 5}, [&](int, int) { ++count; });
  CHECK(count == 40);
}

TEST_CASE("mass of one stick, by hand: translation M v^2 / 8 of the sum, rotation M v^2 / 24") {
  // M_s = 6: M_ii = 2, M_ij = 1.
  const SecondOrderSystem system = chain(1, 6.0);
  CHECK(Eigen::MatrixXd(system.M) == (Eigen::Matrix2d() << 2, 1, 1, 2).finished());
  State state{Eigen::MatrixXd::Zero(2, 1), Eigen::Vector2d(3.0, -1.0)};
  // Translation: 6/2 (1)^2 = 3. Rotation of a rod of length 1 at 4 rad/s: I = 6/12, 1/2 I 16 = 4.
  CHECK(compute_energies(system, state, 0.0).kinetic == 7.0);
}

TEST_CASE("an interior node of a chain has 2 M_s / 3, an end M_s / 3, neighbours M_s / 6") {
  const SecondOrderSystem system = chain(3, 3.0);
  Eigen::Matrix4d M;
  M << 1, 0.5, 0, 0, 0.5, 2, 0.5, 0, 0, 0.5, 2, 0.5, 0, 0, 0.5, 1;
  CHECK(Eigen::MatrixXd(system.M) == M);
}

TEST_CASE("M is the sum over sticks of M_s/4 e+ e+^T + M_s/12 e- e-^T") {
  for (const auto& sticks : kGrids) {
    const auto s = sample::make_sample(sticks, 1, 5, 32);
    Parameters parameters;
    parameters.mass = 0.7;
    const SecondOrderSystem system = make_system(s.data, parameters);
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(system.size(), system.size());
    for_each_stick(s.grid.shape(), [&](int i, int j) {
      const Eigen::VectorXd plus =
          Eigen::VectorXd::Unit(system.size(), i) + Eigen::VectorXd::Unit(system.size(), j);
      const Eigen::VectorXd minus =
          Eigen::VectorXd::Unit(system.size(), i) - Eigen::VectorXd::Unit(system.size(), j);
      sum += 0.7 / 4 * plus * plus.transpose() + 0.7 / 12 * minus * minus.transpose();
    });
    // Up to 2 d sticks at a node, two terms each, one rounding a term.
    const double limit = 4.0 * static_cast<double>(sticks.size()) * kEps;
    CHECK(sample::largest(Eigen::MatrixXd(system.M) - sum) <= limit);
    CHECK(Eigen::MatrixXd(system.M) == Eigen::MatrixXd(system.M).transpose());
    CHECK(Eigen::LLT<Eigen::MatrixXd>(system.M).info() == Eigen::Success);
    // 1^T M 1: every stick moving along has its whole mass.
    std::size_t count = 0;
    for_each_stick(s.grid.shape(), [&](int, int) { ++count; });
    CHECK(Eigen::MatrixXd(system.M).sum() ==
          Approx(0.7 * static_cast<double>(count)).epsilon(1e-13));
  }
}

TEST_CASE("mass-is total divides by the cells: 4x4 has 16 cells, though 40 sticks") {
  const auto s = sample::make_sample({4, 4}, 1, 50, 33);
  Parameters parameters;
  parameters.mass = 8.0;
  CHECK(stick_mass(parameters, s.grid) == 8.0);
  parameters.mass_is_total = true;
  CHECK(stick_mass(parameters, s.grid) == 0.5);
  const SecondOrderSystem system = make_system(s.data, parameters);
  CHECK(system.stick_mass == 0.5);
  CHECK(system.M.coeff(0, 1) == Approx(0.5 / 6).epsilon(kEps));
}

TEST_CASE("spring-is total: data given twice change neither K nor f") {
  const auto s = sample::make_sample({3}, 2, 12, 34);
  Eigen::MatrixXd u(24, 1), y(24, 2);
  u << s.u, s.u;
  y << s.y, s.y;
  Parameters parameters;
  parameters.spring = 3.0;
  parameters.spring_is_total = true;
  CHECK(spring_stiffness(parameters, 12) == 0.25);
  const SecondOrderSystem once = make_system(s.data, parameters);
  const SecondOrderSystem twice = make_system(sample::fill(s.grid, u, y), parameters);
  // Sums of 24 terms.
  CHECK(sample::largest(Eigen::MatrixXd(once.K - twice.K)) <= 24 * kEps * 3.0);
  CHECK(sample::largest(once.f - twice.f) <= 24 * kEps * 3.0 * sample::largest(y));
  CHECK(potential_constant(s.data, parameters) ==
        Approx(potential_constant(sample::fill(s.grid, u, y), parameters)).epsilon(1e-13));
}

TEST_CASE("K = k W^T W and f = k W^T y against the dense sum, in 1 to 5 inputs, 1 to 3 outputs") {
  for (const auto& sticks : kGrids) {
    const auto outputs = static_cast<Eigen::Index>(1 + sticks.size() % 3);
    const auto s = sample::make_sample(sticks, outputs, 70, 35);
    Parameters parameters;
    parameters.spring = 1.3;
    const SecondOrderSystem system = make_system(s.data, parameters);
    CHECK(system.size() == s.grid.node_count());
    CHECK(system.outputs() == outputs);
    CHECK(system.shape == s.grid.shape());
    // N terms, each with twice the error of a weight.
    const double limit = 2.0 * 1.3 * 70.0 * sample::kWeightError;
    CHECK(sample::largest(Eigen::MatrixXd(system.K) - 1.3 * s.W.transpose() * s.W) <= limit);
    CHECK(sample::largest(system.f - 1.3 * s.W.transpose() * s.y) <= limit * sample::largest(s.y));
    CHECK((Eigen::MatrixXd(system.K).array() >= 0.0).all());
    CHECK(Eigen::MatrixXd(system.K) == Eigen::MatrixXd(system.K).transpose());
    const auto eigenvalues =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(Eigen::MatrixXd(system.K)).eigenvalues();
    CHECK(eigenvalues(0) >=
          -static_cast<double>(system.size()) * kEps * eigenvalues(system.size() - 1));
  }
}

TEST_CASE("K and f of the reference points, from the program in Python") {
  const auto s = sample::make_reference_sample(60);
  Parameters parameters;
  parameters.spring = 1.3;
  const SecondOrderSystem system = make_system(s.data, parameters);
  // Sixty terms with an error of some eps in each weight.
  const double limit = 60 * 16 * kEps;
  CHECK(system.K.coeff(0, 0) == Approx(1.7552268242614897).epsilon(limit));
  CHECK(system.K.coeff(0, 1) == Approx(0.9210569008202167).epsilon(limit));
  CHECK(system.K.coeff(0, 4) == Approx(0.49224782829412195).epsilon(limit));
  CHECK(system.K.coeff(4, 4) == Approx(3.0658736487810017).epsilon(limit));
  CHECK(system.f(4, 0) == Approx(6.0655107816405565).epsilon(limit));
  CHECK(system.f(4, 1) == Approx(-2.843453434917176).epsilon(limit));
}

TEST_CASE("neighbour springs and pins add the Laplacian and the identity") {
  const auto s = sample::make_sample({2, 2}, 2, 30, 36);
  Parameters parameters;
  const SecondOrderSystem bare = make_system(s.data, parameters);
  parameters.neighbor_spring = 0.25;
  parameters.pin_spring = 0.5;
  const SecondOrderSystem held = make_system(s.data, parameters);
  Eigen::MatrixXd expected = bare.K;
  for_each_stick(s.grid.shape(), [&](int i, int j) {
    const Eigen::VectorXd minus = Eigen::VectorXd::Unit(9, i) - Eigen::VectorXd::Unit(9, j);
    expected += 0.25 * minus * minus.transpose();
  });
  expected.diagonal().array() += 0.5;
  // Sums of up to 6 terms of up to the largest entry.
  CHECK(sample::largest(Eigen::MatrixXd(held.K) - expected) <=
        8 * kEps * sample::largest(expected));
  const Eigen::MatrixXd level = held.f - bare.f;
  for (Eigen::Index p = 0; p < 2; ++p) {
    for (Eigen::Index i = 0; i < 9; ++i) {
      CHECK(level(i, p) == Approx(0.5 * s.y.col(p).mean()).margin(64 * kEps));
    }
  }
  parameters.pin_level = -2.0;
  CHECK(sample::largest(((make_system(s.data, parameters).f - bare.f).array() + 1.0).matrix()) <=
        64 * kEps);
}

TEST_CASE("friction is gamma M, or eta I where overdamped") {
  const auto s = sample::make_sample({2, 2}, 1, 30, 37);
  Parameters parameters;
  parameters.friction = 0.3;
  SecondOrderSystem system = make_system(s.data, parameters);
  CHECK(Eigen::MatrixXd(system.D) == 0.3 * Eigen::MatrixXd(system.M));
  CHECK(*system.rayleigh_friction() == Approx(0.3).epsilon(2 * kEps));
  parameters.friction = 0.0;
  system = make_system(s.data, parameters);
  CHECK(system.D.norm() == 0.0);
  CHECK(system.rayleigh_friction() == 0.0);
  parameters.friction = 0.7;
  parameters.dynamics = Dynamics::overdamped;
  parameters.mass = 0.0;
  system = make_system(s.data, parameters);
  CHECK(Eigen::MatrixXd(system.D) == 0.7 * Eigen::MatrixXd::Identity(9, 9));
  CHECK(system.M.rows() == 0);
  CHECK_FALSE(system.stick_mass);
  CHECK_FALSE(system.rayleigh_friction());
}

TEST_CASE("U is half the squares of all residuals, and of neighbours and pins") {
  for (const auto& sticks : kGrids) {
    const auto s = sample::make_sample(sticks, 2, 25, 38);
    Parameters parameters;
    parameters.spring = 1.1;
    parameters.neighbor_spring = 0.2;
    parameters.pin_spring = 0.3;
    parameters.pin_level = 0.4;
    const SecondOrderSystem system = make_system(s.data, parameters);
    State state;
    std::mt19937_64 random(39);
    state.x = state.v = Eigen::MatrixXd::Zero(system.size(), 2);
    for (double& value : state.x.reshaped()) value = 4.0 * sample::unit(random) - 2.0;
    for (double& value : state.v.reshaped()) value = 4.0 * sample::unit(random) - 2.0;
    double kinetic = 0.0;
    double potential = 0.55 * (s.W * state.x - s.y).squaredNorm();
    for_each_stick(s.grid.shape(), [&](int i, int j) {
      potential += 0.1 * (state.x.row(i) - state.x.row(j)).squaredNorm();
      kinetic += (state.v.row(i) + state.v.row(j)).squaredNorm() / 8.0 +
                 (state.v.row(i) - state.v.row(j)).squaredNorm() / 24.0;
    });
    potential += 0.15 * (state.x.array() - 0.4).square().sum();
    const Energies energies =
        compute_energies(system, state, potential_constant(s.data, parameters));
    // A few hundred terms of either sign, of about the size of the result.
    CHECK(energies.kinetic == Approx(kinetic).epsilon(1e-13));
    CHECK(energies.potential == Approx(potential).epsilon(1e-12));
    CHECK(energies.lagrangian() == energies.kinetic - energies.potential);
  }
}

TEST_CASE("stiffness 0 is a legal model without springs") {
  const auto s = sample::make_sample({2}, 1, 5, 40);
  Parameters parameters;
  parameters.spring = 0.0;
  const SecondOrderSystem system = make_system(s.data, parameters);
  CHECK(system.K.norm() == 0.0);
  CHECK(system.f.norm() == 0.0);
  CHECK(make_springs(s.data, parameters).empty());
}

TEST_CASE("mistake: parameters that cannot be") {
  const double bad[] = {-1.0, std::numeric_limits<double>::quiet_NaN(),
                        std::numeric_limits<double>::infinity(), -0x1p-1074};
  const std::pair<double Parameters::*, std::string> options[] = {
      {&Parameters::mass, "--mass"},
      {&Parameters::spring, "--spring"},
      {&Parameters::friction, "--friction"},
      {&Parameters::kT, "--kT"},
      {&Parameters::neighbor_spring, "--neighbor-spring"},
      {&Parameters::pin_spring, "--pin-spring"}};
  for (const auto& [member, option] : options) {
    for (const double value : bad) {
      Parameters parameters;
      parameters.*member = value;
      CHECK_THROWS_WITH(check_parameters(parameters),
                        ContainsSubstring(option + " is ") &&
                            ContainsSubstring("it must be a finite number, 0 or more"));
      CHECK_THROWS_AS(check_parameters(parameters), ParameterError);
    }
  }
  Parameters parameters;
  parameters.kT = -0.5;
  CHECK_THROWS_WITH(check_parameters(parameters), ContainsSubstring("--kT is -0.5;"));
  parameters = {};
  parameters.pin_level = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(check_parameters(parameters),
                    ContainsSubstring("--pin-level is nan; it must be a finite number"));
}

TEST_CASE("mistake: no mass, or no friction where the dynamics divide by it") {
  Parameters parameters;
  parameters.mass = 0.0;
  CHECK_THROWS_WITH(
      check_parameters(parameters),
      ContainsSubstring("--mass is 0") && ContainsSubstring("write --dynamics overdamped"));
  parameters.dynamics = Dynamics::overdamped;
  CHECK_NOTHROW(check_parameters(parameters));
  parameters.friction = 0.0;
  CHECK_THROWS_WITH(check_parameters(parameters),
                    ContainsSubstring("--friction is 0: overdamped dynamics divide by it"));
  const DataSprings data(sample::make_grid({2}), 1);
  CHECK_THROWS_AS(make_system(data, parameters), ParameterError);
}

TEST_CASE("mistake: no data") {
  const DataSprings data(sample::make_grid({2}), 1);
  CHECK_THROWS_WITH(make_system(data, {}), ContainsSubstring("the data have no rows"));
  CHECK_THROWS_AS(make_system(data, {}), InputError);
}
