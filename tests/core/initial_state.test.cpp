#include "core/initial_state.hpp"

#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/lagrangian.hpp"
#include "core/npy.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

SecondOrderSystem model(Dynamics dynamics = Dynamics::underdamped, Eigen::Index points = 60) {
  const auto s = sample::make_sample({2, 1}, 2, points, 91);
  Parameters parameters;
  parameters.mass = 0.5;
  parameters.kT = 0.3;
  parameters.spring = 0.2;
  parameters.dynamics = dynamics;
  return make_system(s.data, parameters);
}

// Deviations with this precision matrix become independent N(0, 1).
Eigen::MatrixXd whiten(const SparseMatrix& precision, double kT,
                       const Eigen::MatrixXd& deviations) {
  const Eigen::MatrixXd L = Eigen::LLT<Eigen::MatrixXd>(Eigen::MatrixXd(precision)).matrixL();
  return L.transpose() * deviations / std::sqrt(kT);
}

}  // namespace

TEST_CASE("zero: shapes, and no velocities where overdamped") {
  State state = make_zero_state(model());
  CHECK(state.x == Eigen::MatrixXd::Zero(6, 2));
  CHECK(state.v == Eigen::MatrixXd::Zero(6, 2));
  state = make_zero_state(model(Dynamics::overdamped));
  CHECK(state.x == Eigen::MatrixXd::Zero(6, 2));
  CHECK(state.v.rows() == 0);
  CHECK(state.v.cols() == 2);
}

TEST_CASE("random: N(0, 1) times the spread of each output, at rest, the same for the same seed") {
  const SecondOrderSystem system = model();
  const double spread[] = {2.0, 0.5};
  double squares[2] = {0.0, 0.0};
  const int seeds = 2000;
  for (int seed = 0; seed < seeds; ++seed) {
    const State state = make_random_state(system, spread, static_cast<std::uint64_t>(seed));
    CHECK(state.v.isZero(0.0));
    for (int p = 0; p < 2; ++p) squares[p] += (state.x.col(p) / spread[p]).squaredNorm();
  }
  // Chi-square with 12000 degrees of freedom, variance twice that: z tests of level 1e-3.
  const double freedom = 6.0 * seeds;
  for (const double sum : squares) CHECK(std::abs(sum - freedom) < 3.29 * std::sqrt(2 * freedom));
  CHECK(make_random_state(system, spread, 5).x == make_random_state(system, spread, 5).x);
  CHECK(make_random_state(system, spread, 5).x != make_random_state(system, spread, 6).x);
}

TEST_CASE("stationary: mean K^-1 f, covariance kT K^-1 and kT M^-1, over many seeds") {
  for (const Dynamics dynamics : {Dynamics::underdamped, Dynamics::overdamped}) {
    const SecondOrderSystem system = model(dynamics);
    const NullSpace null_space = find_null_space(system.K);
    const Eigen::MatrixXd mean = Eigen::MatrixXd(system.K).inverse() * system.f;
    const int seeds = 4000;
    const bool moving = dynamics == Dynamics::underdamped;
    const Eigen::Index rows = moving ? 24 : 12;
    Eigen::MatrixXd white(rows, seeds);
    for (int seed = 0; seed < seeds; ++seed) {
      const State state =
          draw_stationary_state(system, null_space, static_cast<std::uint64_t>(seed));
      white.col(seed).head(12) = whiten(system.K, 0.3, state.x - mean).reshaped();
      if (moving) white.col(seed).tail(12) = whiten(system.M, 0.3, state.v).reshaped();
    }
    // All 24 means and 300 products, positions with velocities and outputs with each other too: z
    // tests of level 1e-3 together, so 3e-6 each (4.7). A product has variance 1, a square 2.
    const double root = std::sqrt(static_cast<double>(seeds));
    CHECK(sample::largest(white.rowwise().sum()) / root < 4.7);
    const Eigen::MatrixXd covariance = white * white.transpose() / root;
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (Eigen::Index j = 0; j <= i; ++j) {
        const double deviation = covariance(i, j) - (i == j ? root : 0.0);
        CHECK(std::abs(deviation) < 4.7 * (i == j ? std::sqrt(2.0) : 1.0));
      }
    }
  }
}

TEST_CASE("stationary at kT = 0 is the fit at rest, whatever the noise model") {
  SecondOrderSystem system = model();
  system.kT = 0.0;
  system.noise_model = NoiseModel::diagonal;
  const NullSpace null_space = find_null_space(system.K);
  const State state = draw_stationary_state(system, null_space, 1);
  CHECK(state.x == solve_fit(system, null_space));
  CHECK(state.v.isZero(0.0));
}

TEST_CASE("initial states share no numbers with noise sources, which count from 0") {
  SecondOrderSystem system = model();
  const double spread[] = {1.0, 1.0};
  const State state = make_random_state(system, spread, 1);
  for (std::uint64_t source = 0; source < 100000; ++source) {
    if (normal(1, source, 0) == state.x(0, 0)) FAIL("source " << source);
  }
}

TEST_CASE("x0 from a file: nu x m positions, at rest") {
  const SecondOrderSystem system = model();
  const TemporaryFile file(
      "%%MatrixMarket matrix array real general\n6 2\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
      "x0.mtx");
  const State state = read_state(system, file.path());
  CHECK(state.x(0, 1) == 7.0);
  CHECK(state.x(5, 0) == 6.0);
  CHECK(state.v == Eigen::MatrixXd::Zero(6, 2));
}

TEST_CASE("x0 from a NumPy file: positions, or positions and velocities, by its shape") {
  const SecondOrderSystem system = model();
  Eigen::Matrix<double, 12, 1> numbers;
  for (Eigen::Index i = 0; i < 12; ++i) numbers(i) = static_cast<double>(i);
  const std::string bytes(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
  const std::uint64_t positions[] = {6, 2};
  const TemporaryFile file(format_npy_header(positions) + bytes, "x0.npy");
  State state = read_state(system, file.path());
  CHECK(state.x(0, 1) == 1.0);  // row by row
  CHECK(state.x(5, 0) == 10.0);
  CHECK(state.v == Eigen::MatrixXd::Zero(6, 2));

  const std::uint64_t both[] = {2, 6, 2};
  // The name does not matter where the content tells.
  const TemporaryFile moving(format_npy_header(both) + bytes + bytes, "start");
  state = read_state(system, moving.path());
  CHECK(state.x(5, 0) == 10.0);
  CHECK(state.v(5, 1) == 11.0);

  SecondOrderSystem one = system;
  one.f = one.f.leftCols(1).eval();
  const std::uint64_t line[] = {6};
  file.write(format_npy_header(line) + bytes.substr(0, 48));
  CHECK(read_state(one, file.path()).x(4, 0) == 4.0);
}

TEST_CASE("mistake: a NumPy file of another shape, or that is none") {
  const auto message_of = [](const SecondOrderSystem& system, std::vector<std::uint64_t> shape) {
    std::size_t numbers = 1;
    for (const std::uint64_t side : shape) numbers *= side;
    const TemporaryFile file(format_npy_header(shape) + std::string(8 * numbers, '\0'), "x0.npy");
    try {
      read_state(system, file.path());
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(message_of(model(), {9, 2}),
             ContainsSubstring("x0.npy: shape (9, 2), but the system has 6 coordinates and 2 "
                               "outputs; give positions as (6, 2), or positions and velocities as "
                               "(2, 6, 2)"));
  CHECK_THAT(message_of(model(), {12}), ContainsSubstring("shape (12,), but the system has"));
  CHECK_THAT(message_of(model(), {2, 6}), ContainsSubstring("shape (2, 6), but the system has"));
  CHECK_THAT(message_of(model(Dynamics::overdamped), {2, 6, 2}),
             ContainsSubstring("give positions as (6, 2)") && !ContainsSubstring("velocities"));
  CHECK(message_of(model(), {6, 2}).empty());
  const TemporaryFile text("1\n2\n", "x0.npy");
  CHECK_THROWS_WITH(read_state(model(), text.path()), ContainsSubstring("x0.npy: no NumPy file"));
  const double nan[] = {std::nan(""), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const std::uint64_t shape[] = {6, 2};
  const TemporaryFile hole(
      format_npy_header(shape) + std::string(reinterpret_cast<const char*>(nan), sizeof nan),
      "x0.npy");
  CHECK_THROWS_WITH(read_state(model(), hole.path()), ContainsSubstring("finite numbers"));
}

TEST_CASE("mistake: a stationary state where there is none") {
  const SecondOrderSystem loose = model(Dynamics::underdamped, 3);
  const NullSpace null_space = find_null_space(loose.K);
  CHECK_THROWS_WITH(draw_stationary_state(loose, null_space, 1),
                    ContainsSubstring("--x0 stationary: K has 3 free directions") &&
                        ContainsSubstring("--neighbor-spring or --pin-spring"));
  CHECK_THROWS_AS(draw_stationary_state(loose, null_space, 1), ParameterError);

  SecondOrderSystem system = model();
  system.noise_model = NoiseModel::diagonal;
  CHECK_THROWS_WITH(draw_stationary_state(system, find_null_space(system.K), 1),
                    ContainsSubstring("stationary under fdt noise only") &&
                        ContainsSubstring("write --noise-model fdt, or --x0 zero"));

  system = model();
  system.K.coeffRef(0, 0) = -5.0;
  CHECK_THROWS_WITH(draw_stationary_state(system, find_null_space(system.K), 1),
                    ContainsSubstring("positive semidefinite"));
}

TEST_CASE("mistake: x0 of another shape") {
  const TemporaryFile file("%%MatrixMarket matrix array real general\n2 1\n1\n2\n", "x0.mtx");
  CHECK_THROWS_WITH(read_state(model(), file.path()),
                    ContainsSubstring("x0.mtx: 2 x 1 values, but the system has 6 coordinates and 2"
                                      " outputs; give one row a coordinate"));
  CHECK_THROWS_AS(read_state(model(), file.path()), InputError);
  CHECK_THROWS_AS(read_state(model(), file.path() + "x"), InputError);
}
