#include "sim/trajectory.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Dense>
#include <unsupported/Eigen/MatrixFunctions>

#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

struct Reference {
  double gamma, omega2, t;
  double kick, kick_rate, hold, force;
};

// mpmath, 80 digits, from the closed forms in r = sqrt(gamma^2/4 - omega^2).
constexpr Reference kReferences[] = {
    {0.5, 4.0, 0.3, 0.26217341434882624166, 0.70261308286257680965, 0.83369979003698993049,
     0.041575052490752517378},
    {0.5, 4.0, 25.0, -5.9466399277763806172e-4, 1.6764924588478569215e-3, 1.3791604624590378907e-3,
     0.24965520988438524053},
    {0.5, 4.0, 1e-09, 9.9999999975000006166e-10, 0.99999999949999999812, 0.999999999999999998,
     4.9999999991666672879e-19},
    {0.0, 4.0, 1000000.0, -0.32785715778173500238, 0.75500909687574631122, 0.75500909687574631122,
     0.061247725781063422194},
    {0.0, 1.0, 0.001, 9.9999983333334168748e-4, 0.99999950000004166667, 0.99999950000004166667,
     4.9999995833333474304e-7},
    {0.0, 0.0, 3.0, 3.0, 1.0, 1.0, 4.5},
    {0.0, 0.0, 1e-12, 9.9999999999999997989e-13, 1.0, 1.0, 4.9999999999999997989e-25},
    {3.0, 0.0, 0.1, 0.08639392643942738209, 0.74081822068171785373, 1.0, 4.5353578535242078203e-3},
    {3.0, 0.0, 1e-10, 9.9999999985000003645e-11, 0.99999999970000000004, 1.0,
     4.9999999995000003644e-21},
    {3.0, 0.0, 100000.0, 0.33333333333333333333, 0.0, 1.0, 3.3333222222222222222e+4},
    {4.0, 4.0, 0.7, 0.17261787475912453824, -0.098638785576642577635, 0.59183271345985557532,
     0.10204182163503610617},
    {4.0, 4.0, 30.0, 2.6269532288089561015e-25, -5.1663413499909469997e-25,
     5.3414715652448774065e-25, 0.25},
    {4.0, 4.0, 1e-07, 9.9999980000001995475e-8, 0.99999960000005999999, 0.99999999999998,
     4.9999993333333828808e-15},
    {4.0, 4.000000001, 5.0, 2.2699964786659231055e-4, -4.0859936653819893737e-4,
     4.9939922492817030483e-4, 0.24987515013129916472},
    {4.0, 3.999999999, 5.0, 2.2699964975825620717e-4, -4.0859936918652839264e-4,
     4.9939922984649643605e-4, 0.24987515025500716862},
    {100.0, 1.0, 0.01, 6.3211019504765922005e-3, 0.36785301729304507029, 0.99996321234070429035,
     3.6787659295709653211e-5},
    {100.0, 1.0, 5.0, 9.5141496944001331587e-3, -9.5151012997001511323e-5, 0.95131981842701631436,
     0.048680181572983685641},
    {100.0, 1.0, 300.0, 4.9782088914096640365e-4, -4.9787068118878808472e-6,
     0.049777110207284752484, 0.95022288979271524752},
    {1000000.0, 1.0, 1e-07, 9.5162581964040264163e-8, 0.90483741803595489842,
     0.99999999999999516258, 4.8374180359595687295e-15},
    {1000000.0, 1.0, 3.0, 9.999970000064999865e-7, -9.999970000074999835e-13, 0.9999970000054999895,
     2.9999945000104999801e-6},
    {1000000.0, 1.0, 1000000.0, 3.6787944117181020104e-7, -3.6787944117217808048e-13,
     0.3678794411714423216, 0.6321205588285576784},
    {1e-06, 1.0, 1000.0, 0.82646620403429568516, 0.56209754390843366792, 0.56209837037463770222,
     0.43790162962536229778},
    {2.0, 1e-12, 100000.0, 0.49999997500025062498, -2.4999998750018780746e-13,
     0.99999995000025124997, 4.9999748750025020645e+4},
    {2.0, 1e-12, 10000000000000.0, 3.368973499540207157e-3, -1.6844867497705246663e-15,
     6.7379469990787298273e-3, 9.9326205300092129015e+11},
    {1.0, 1e-20, 2.0, 0.8646647167633873081, 0.13533528323661269189, 0.99999999999999999999,
     1.1353352832366126919},
    {1e-09, 0.0, 10000.0, 9.99995000016666625e+3, 0.99999000004999983333, 1.0,
     4.9999833333749999167e+7},
    {0.5, -1.0, 2.0, 2.274514492695111162, 1.853072045724847135, 2.990329292072402716,
     1.990329292072402716},
    {0.0, -4.0, 1.0, 1.8134302039235093838, 3.7621956910836314596, 3.7621956910836314596,
     0.69054892277090786489},
    {1.0, 2500.0, 0.4, 0.014943184403282421163, 0.32738504943685069044, 0.3423282338401331116,
     2.6306870646394675536e-4},
    {20.0, 25.0, 0.001, 9.9006220941849860741e-4, 0.98018633875579217099, 0.99998758294416214314,
     4.9668223351427445985e-7},
    {10.0, 25.0000001, 0.3, 0.066939047944120376724, -0.11156508057625777395,
     0.55782539886494599329, 0.017686983974654223543},
    {0.001, 100000000.0, 2.5, -7.1250815472748633365e-5, 0.69988234847828572895,
     0.6998822772274702562, 3.001177227725297438e-9},
    {0.01, 1e-06, 40.0, 32.959227986572467081, 0.66970461085346258539, 0.99929689071918726306,
     703.10928081273696913},
    {0.9, 0.001, 1.0, 0.65925861114774977613, 0.4062887984402912627, 0.99962154847326607586,
     0.37845152673392412783},
    {0.0, 1e-18, 5.0, 4.9999999999999999792, 0.9999999999999999875, 0.9999999999999999875,
     12.499999999999999974},
    {1.5, 0.5, 0.66, 0.40414479788045387373, 0.31477893555147228465, 0.92099613237215309525,
     0.1580077352556938095},
};

// Relative: some roundings, and that of the phase omega t.
bool close(double value, double wanted, double omega_t) {
  if (value == wanted) return true;
  return std::abs(value - wanted) <=
         (1e-14 + 2.0 * std::numeric_limits<double>::epsilon() * omega_t) * std::abs(wanted);
}

core::SecondOrderSystem make_random_system(Eigen::Index n, bool overdamped, bool rayleigh) {
  std::uint64_t count = 0;
  const auto positive = [&](double least) {
    Eigen::MatrixXd R(n, n);
    for (double& value : R.reshaped()) value = core::normal(5, 2, count++);
    return Eigen::MatrixXd(R * R.transpose() / static_cast<double>(n) +
                           least * Eigen::MatrixXd::Identity(n, n));
  };
  core::SecondOrderSystem system;
  const Eigen::MatrixXd M = positive(1.0);
  Eigen::MatrixXd D = 0.3 * M;
  if (!rayleigh) D(0, 0) += 0.7;
  if (overdamped) {
    system.dynamics = core::Dynamics::overdamped;
  } else {
    system.M = M.sparseView();
  }
  system.D = D.sparseView();
  system.K = Eigen::MatrixXd(positive(0.1) * 3.0).sparseView();
  system.f = Eigen::MatrixXd::Ones(n, 2);
  system.f(0, 1) = -4.0;
  system.shape = {static_cast<int>(n)};
  return system;
}

core::State make_random_start(const core::SecondOrderSystem& system) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  core::State start;
  start.x.resize(system.size(), 2);
  start.v.resize(overdamped ? 0 : system.size(), 2);
  std::uint64_t count = 0;
  for (double& value : start.x.reshaped()) value = core::normal(5, 3, count++);
  for (double& value : start.v.reshaped()) value = core::normal(5, 3, count++);
  return start;
}

std::optional<core::Modes> modes_of(const core::SecondOrderSystem& system) {
  return core::compute_modes(system, core::find_null_space(system.K));
}

}  // namespace

TEST_CASE("a mode's responses agree with references to 14 digits in every regime") {
  for (const Reference& r : kReferences) {
    const sim::ModeResponse mode = sim::compute_mode_response(r.gamma, r.omega2, r.t);
    const double omega_t = std::sqrt(std::abs(r.omega2)) * r.t;
    INFO("gamma " << r.gamma << ", omega^2 " << r.omega2 << ", t " << r.t);
    CHECK(close(mode.kick, r.kick, omega_t));
    CHECK(close(mode.kick_rate, r.kick_rate, omega_t));
    CHECK(close(mode.hold, r.hold, omega_t));
    CHECK(close(mode.force, r.force, omega_t));
  }
}

TEST_CASE("at t = 0 nothing has happened, and long after everything has decayed") {
  for (const double gamma : {0.0, 0.5, 4.0, 1e6}) {
    for (const double omega2 : {0.0, 1e-12, 4.0}) {
      const sim::ModeResponse start = sim::compute_mode_response(gamma, omega2, 0.0);
      CHECK(start.kick == 0.0);
      CHECK(start.kick_rate == 1.0);
      CHECK(start.hold == 1.0);
      CHECK(start.force == 0.0);
    }
  }
  for (const double gamma : {1e-3, 0.5, 4.0, 1e6}) {
    const sim::ModeResponse end = sim::compute_mode_response(gamma, 4.0, 1e300);
    CHECK(end.kick == 0.0);
    CHECK(end.kick_rate == 0.0);
    CHECK(end.hold == 0.0);
    CHECK(end.force == 0.25);
  }
}

TEST_CASE("responses pass through critical damping without a step") {
  // S varies by about t^3/6 times the change of omega^2.
  const double at = sim::compute_mode_response(4.0, 4.0, 0.7).kick;
  for (const double change : {1e-15, 1e-13, 1e-10, 1e-7}) {
    for (const double sign : {-1.0, 1.0}) {
      const double near = sim::compute_mode_response(4.0, 4.0 * (1.0 + sign * change), 0.7).kick;
      CHECK(std::abs(near - at) <= 4.0 * change * std::pow(0.7, 3) * at + 1e-16);
    }
  }
}

TEST_CASE("a mode's motion is one flow: two short times are one long") {
  for (const double gamma : {0.0, 0.1, 2.0, 4.0, 50.0}) {
    for (const double omega2 : {0.0, 1e-6, 1.0, 4.0}) {
      const auto move = [&](double x, double v, double t) {
        const sim::ModeResponse r = sim::compute_mode_response(gamma, omega2, t);
        return std::pair{r.hold * x + r.kick * v + r.force,
                         -omega2 * r.kick * x + r.kick_rate * v + r.kick};
      };
      const auto [x1, v1] = move(0.3, -1.1, 0.7);
      const auto [x2, v2] = move(x1, v1, 1.6);
      const auto [x, v] = move(0.3, -1.1, 2.3);
      CHECK(x2 == Approx(x).epsilon(1e-13).margin(1e-14));
      CHECK(v2 == Approx(v).epsilon(1e-13).margin(1e-14));
    }
  }
}

TEST_CASE("modes and the matrix exponential tell the same motion") {
  const bool overdamped = GENERATE(false, true);
  const core::SecondOrderSystem system = make_random_system(6, overdamped, true);
  const core::State start = make_random_start(system);
  const auto modes = modes_of(system);
  REQUIRE(modes);
  const std::optional<core::Modes> none;
  const sim::ExactTrajectory by_modes(system, modes, start);
  const sim::ExactTrajectory by_exponential(system, none, start);
  for (const double t : {0.0, 1e-6, 0.3, 5.0, 60.0}) {
    const core::State a = by_modes.at(t);
    const core::State b = by_exponential.at(t);
    INFO("t " << t);
    CHECK((a.x - b.x).cwiseAbs().maxCoeff() < 1e-11);
    if (!overdamped) CHECK((a.v - b.v).cwiseAbs().maxCoeff() < 1e-11);
  }
}

TEST_CASE("general friction goes through the exponential and obeys the equation") {
  const core::SecondOrderSystem system = make_random_system(5, false, false);
  const auto modes = modes_of(system);
  REQUIRE(!modes);
  const core::State start = make_random_start(system);
  const sim::ExactTrajectory exact(system, modes, start);
  CHECK((exact.at(0.0).x - start.x).cwiseAbs().maxCoeff() < 1e-15);
  // Central differences of v: an error of h^2 v'''/6, about 1e-8.
  const double h = 1e-4;
  const core::State now = exact.at(1.7);
  const Eigen::MatrixXd acceleration = (exact.at(1.7 + h).v - exact.at(1.7 - h).v) / (2.0 * h);
  const Eigen::MatrixXd velocity = (exact.at(1.7 + h).x - exact.at(1.7 - h).x) / (2.0 * h);
  CHECK((velocity - now.v).cwiseAbs().maxCoeff() < 1e-6);
  const Eigen::MatrixXd rest =
      system.M * acceleration + system.D * now.v + system.K * now.x - system.f;
  CHECK(rest.cwiseAbs().maxCoeff() < 1e-6);
  // And settles where K x = f.
  const Eigen::MatrixXd settled = Eigen::MatrixXd(system.K).ldlt().solve(system.f);
  CHECK((exact.at(2000.0).x - settled).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("a free coordinate without friction falls: x = x0 + v0 t + f t^2 / (2 M)") {
  const core::SecondOrderSystem system = make_mass(2.0, 0.0, 0.0, 6.0);
  const auto modes = modes_of(system);
  const sim::ExactTrajectory exact(system, modes, make_state(-1.0, 0.25));
  CHECK(exact.at(3.0).x(0) == Approx(-1.0 + 0.75 + 13.5).epsilon(1e-15));
  CHECK(exact.at(3.0).v(0) == Approx(0.25 + 9.0).epsilon(1e-15));
}

TEST_CASE("without friction the exact motion keeps its energy") {
  core::SecondOrderSystem system = make_random_system(5, false, true);
  system.D = core::SparseMatrix(5, 5);
  const auto modes = modes_of(system);
  const core::State start = make_random_start(system);
  const auto energy = [&](const core::State& state) {
    const core::Energies e = core::compute_energies(system, state, 0.0);
    return e.kinetic + e.potential;
  };
  const sim::ExactTrajectory exact(system, modes, start);
  for (const double t : {0.5, 10.0, 1000.0}) {
    // The shapes are orthonormal in M to some roundings, and stay so for all times.
    CHECK(energy(exact.at(t)) == Approx(energy(start)).epsilon(1e-12));
  }
}

TEST_CASE("an overdamped system relaxes along exponentials, and a free direction drifts") {
  core::SecondOrderSystem system;
  system.dynamics = core::Dynamics::overdamped;
  system.D = Eigen::MatrixXd(2.0 * Eigen::Matrix3d::Identity()).sparseView();
  system.K = Eigen::MatrixXd(Eigen::Vector3d(4.0, 1.0, 0.0).asDiagonal()).sparseView();
  system.f = Eigen::Vector3d(1.0, -2.0, 0.5);
  system.shape = {3};
  const auto modes = modes_of(system);
  const core::State start{Eigen::MatrixXd::Zero(3, 1), Eigen::MatrixXd(0, 1)};
  const Eigen::VectorXd x = sim::ExactTrajectory(system, modes, start).at(1.5).x;
  CHECK(x(0) == Approx(0.25 * (1.0 - std::exp(-3.0))).epsilon(1e-14));
  CHECK(x(1) == Approx(-2.0 * (1.0 - std::exp(-0.75))).epsilon(1e-14));
  CHECK(x(2) == Approx(0.25 * 1.5).epsilon(1e-14));
}
