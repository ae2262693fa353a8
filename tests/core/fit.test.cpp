#include "core/fit.hpp"

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/model.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"
#include "tests/core/shared_data.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

double condition(const Eigen::MatrixXd& W) {
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(W);
  double least = svd.singularValues()(0);
  for (const double value : svd.singularValues()) {
    if (value > 1e-9 * svd.singularValues()(0)) least = std::min(least, value);
  }
  return svd.singularValues()(0) / least;
}

SecondOrderSystem given(const Eigen::MatrixXd& K, const Eigen::MatrixXd& D,
                        const Eigen::MatrixXd& f) {
  SecondOrderSystem system;
  system.K = K.sparseView();
  system.D = D.sparseView();
  system.M.resize(K.rows(), K.rows());
  system.M.setIdentity();
  system.f = f;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

}  // namespace

TEST_CASE("the fit is the least-squares solution, by QR of W") {
  for (const auto& sticks :
       std::vector<std::vector<int>>{{1}, {6}, {3, 3}, {2, 2, 2}, {1, 1, 2, 1}}) {
    const auto s = sample::make_sample(sticks, 2, 400, 61);
    Parameters parameters;
    parameters.spring = 0.3;
    const SecondOrderSystem system = make_system(s.data, parameters);
    const Eigen::MatrixXd x = solve_fit(system, find_null_space(system.K));
    const Eigen::MatrixXd reference = s.W.colPivHouseholderQr().solve(s.y);
    // The normal equations square the condition of W.
    const double kappa = condition(s.W);
    CHECK(sample::largest(x - reference) <=
          8 * kEps * kappa * kappa * static_cast<double>(s.W.cols()) * sample::largest(reference));
  }
}

TEST_CASE("the fit of the reference points, from scipy.linalg.lstsq") {
  Eigen::MatrixXd full(12, 2), least(12, 2);
  full.col(0) << 8.9645088586714800e-02, 4.1064158641349358e-01, 8.1243435355621607e-01,
      1.0626918497848030e+00, 1.0626617822557047e+00, 1.5142175075481759e+00,
      1.7741309260733269e+00, 2.2221074929814688e+00, 3.0031638663759919e-01,
      5.9834640513845416e-01, 9.0967967101804603e-01, 1.2914492154525694e+00;
  full.col(1) << -0.5, -0.5, -0.5, -0.5, -0.5, -1.0 / 3, -1.0 / 6, 0, -0.5, -1.0 / 6, 1.0 / 6, 0.5;
  least.col(0) << 0.5823238070871825, -0.4690087228985945, 1.05605648909611, 1.0075540228842268,
      -0.10132176846803435, 1.5366956463908450, 1.6867829715659857, 2.2868086484783707,
      1.1838486929465235, 0.4725323091277408, 1.5383397139341144, -0.3665904267364094;
  least.col(1) << -0.7616863676947555, 0.09880463471854674, -0.3460379198336021,
      -0.7404959476944083, -0.04810398873334661, -0.3333478530940467, -0.17682446011271752,
      0.0970800431366397, -0.7122102365604993, -0.15693553253635253, 0.1693106511014961,
      0.12322582452125291;
  for (const Eigen::Index points : {60, 9}) {
    const auto s = sample::make_reference_sample(points);
    Parameters parameters;
    parameters.mass = 0.7;
    parameters.spring = 1.3;
    parameters.friction = 0.3;
    const SecondOrderSystem system = make_system(s.data, parameters);
    const NullSpace null_space = find_null_space(system.K);
    CHECK(null_space.dimension() == (points == 9 ? 3 : 0));
    const Eigen::MatrixXd x = solve_fit(system, null_space);
    // cond(W)^2 is 13 with sixty points; with nine, the stiffnesses span 2e-3 to 2.3 (numpy).
    CHECK(sample::largest(x - (points == 9 ? least : full)) <=
          (points == 9 ? 2e3 : 50) * 32 * kEps);
    CHECK(s.data.residual_squares(x.col(0), 0) ==
          Approx(points == 9 ? 0.0 : 0.18082698699855185).margin(1e-12));
  }
}

TEST_CASE("free directions: residuals are the least there are, and N^T D x = 0") {
  for (const std::uint64_t seed : {62u, 63u, 64u}) {
    const auto s = sample::make_sample({4, 3}, 2, 12, seed);
    const SecondOrderSystem system = make_system(s.data, {});
    const NullSpace null_space = find_null_space(system.K);
    REQUIRE(null_space.dimension() > 0);
    const Eigen::MatrixXd x = solve_fit(system, null_space);
    Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> cod;
    cod.setThreshold(1e-10);
    cod.compute(s.W);
    const double kappa = condition(s.W);
    const double limit = 64 * kEps * kappa * kappa * sample::largest(x);
    CHECK(sample::largest(s.W * x - s.W * cod.solve(s.y)) <= limit);
    CHECK(sample::largest(null_space.basis.transpose() * system.D * x) <=
          64 * kEps * sample::largest(x) * sample::largest(Eigen::MatrixXd(null_space.basis)) * 4);
    // Friction's size does not matter, and without any the masses decide, which are proportional.
    SecondOrderSystem undamped = system;
    undamped.D = SparseMatrix(system.size(), system.size());
    CHECK(sample::largest(solve_fit(undamped, null_space) - x) <= limit);
  }
}

TEST_CASE("overdamped, the free part has the least norm: numpy's lstsq") {
  const auto s = sample::make_sample({4}, 1, 3, 65);
  Parameters parameters;
  parameters.dynamics = Dynamics::overdamped;
  parameters.friction = 3.0;
  const SecondOrderSystem system = make_system(s.data, parameters);
  const Eigen::MatrixXd x = solve_fit(system, find_null_space(system.K));
  const double kappa = condition(s.W);
  CHECK(sample::largest(x - s.W.completeOrthogonalDecomposition().solve(s.y)) <=
        64 * kEps * kappa * kappa * sample::largest(x));
}

TEST_CASE("where data hold little, the forces still balance to rounding") {
  // One datum a cell on average: stiffnesses down to 1e-12, sticks far outside the data's range.
  for (const int along : {5, 10, 20, 30}) {
    const auto s = sample::make_sample({along, along}, 1, along * along, 66);
    const SecondOrderSystem system = make_system(s.data, {});
    const Eigen::MatrixXd x = solve_fit(system, find_null_space(system.K));
    const Eigen::MatrixXd unbalanced = system.K * x - system.f;
    CHECK(sample::largest(unbalanced) <= 1e3 * kEps * (sample::largest(x) + sample::largest(s.y)));
  }
}

TEST_CASE("airfoil: the residual sums of squares are scipy's, free directions and all") {
  const std::string path = shared_data("airfoil_self_noise.csv");
  if (path.empty()) {
    WARN("skipped: airfoil_self_noise.csv is not there; set SPRINGSPICE_SHARED_DATA");
    return;
  }
  const struct {
    std::vector<std::string> inputs;
    double squares;
  } cases[] = {{{"frequency_hz", "angle_deg", "velocity_m_s"}, 42502.39730365228},
               {{"angle_deg", "velocity_m_s", "displacement_m"}, 51939.83031153379},
               {{"angle_deg", "chord_m", "displacement_m"}, 51012.053925163644}};
  for (const auto& c : cases) {
    ModelRequest request;
    request.path = path;
    request.columns.inputs = c.inputs;
    request.columns.targets = {"sound_pressure_db"};
    request.sticks = "4";
    const Model model = read_model(request);
    const NullSpace null_space = find_null_space(model.system.K);
    const Eigen::MatrixXd x = solve_fit(model.system, null_space);
    // At the minimum an error of x enters squared; what is left is rounding of 1503 terms of up to
    // |y|^2 = 2e4 each.
    CHECK(model.data.residual_squares(x.col(0), 0) == Approx(c.squares).epsilon(1e-10));
    CHECK(sample::largest(null_space.basis.transpose() * model.system.D * x) <=
          1e3 * kEps * sample::largest(x) * sample::largest(Eigen::MatrixXd(null_space.basis)) * 4);
  }
}

TEST_CASE("fully free: everything stays where it starts, at 0") {
  const auto s = sample::make_sample({2, 2}, 2, 9, 67);
  Parameters parameters;
  parameters.spring = 0.0;
  const SecondOrderSystem system = make_system(s.data, parameters);
  CHECK(solve_fit(system, find_null_space(system.K)) == Eigen::MatrixXd::Zero(9, 2));
}

TEST_CASE("mistake: a force along a free direction") {
  const Eigen::Matrix2d K = (Eigen::Matrix2d() << 1, -1, -1, 1).finished();
  Eigen::MatrixXd f(2, 2);
  f << 1, 1, -1, 0.5;
  const SecondOrderSystem system = given(K, Eigen::Matrix2d::Identity(), f);
  const NullSpace null_space = find_null_space(system.K);
  CHECK_THROWS_WITH(
      solve_fit(system, null_space),
      ContainsSubstring("f of output 2 pushes along free direction 1 of K with 1.5") &&
          ContainsSubstring("--neighbor-spring or --pin-spring"));
  CHECK_THROWS_AS(solve_fit(system, null_space), InputError);
  const SecondOrderSystem balanced = given(K, Eigen::Matrix2d::Identity(), f.col(0));
  CHECK(solve_fit(balanced, null_space).isApprox(Eigen::Vector2d(0.5, -0.5), 4 * kEps));
}

TEST_CASE("mistake: a K with a direction that pushes away from rest") {
  const Eigen::Vector2d f(1, 1);
  for (const Eigen::Matrix2d& K :
       {Eigen::Matrix2d((Eigen::Matrix2d() << 1, 2, 2, 1).finished()),
        Eigen::Matrix2d((Eigen::Matrix2d() << -1, 0, 0, 1).finished())}) {
    const SecondOrderSystem system = given(K, Eigen::Matrix2d::Identity(), f);
    CHECK_THROWS_WITH(solve_fit(system, find_null_space(system.K)),
                      ContainsSubstring("it must be positive semidefinite for a fit to exist"));
  }
}

TEST_CASE("mistake: friction that leaves a free direction alone") {
  const Eigen::Matrix2d K = (Eigen::Matrix2d() << 1, 0, 0, 0).finished();
  const Eigen::Matrix2d D = (Eigen::Matrix2d() << 1, 0, 0, 0).finished();
  const SecondOrderSystem system = given(K, D, Eigen::Vector2d(1, 0));
  CHECK_THROWS_WITH(solve_fit(system, find_null_space(system.K)),
                    ContainsSubstring("D is singular on a free direction of K"));
}
