// Exact mean work against an independent program, trajectories, and what theory says.
#include "sim/thermo/work_moments.hpp"

#include <limits>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "sim/dynamics/stationary_state.hpp"
#include "sim/thermo/work_paths.hpp"
#include "tests/catch.hpp"
#include "tests/sim/thermo/thermo_cases.hpp"

using namespace springspice;
using namespace springspice::test;
using core::Conjugate;
using thermo::compute_work_moments;
using thermo::MomentRow;
using thermo::WorkMoments;

namespace {

core::SparseMatrix matrix_3(double a, double b, double c, double d, double e, double f) {
  Eigen::MatrixXd out(3, 3);
  out << a, b, c, b, d, e, c, e, f;
  return out.sparseView();
}

// All of M, D, K, f, constant and kT change; D is not gamma M in between. Two outputs.
Protocol make_reference(Conjugate held) {
  EnergySystem from, to;
  from.system.M = matrix_3(0.4, 0.2, 0, 0.8, 0.2, 0.4);
  from.system.D = 0.8 * from.system.M;
  from.system.K = matrix_3(3, -1, 0.5, 2, -0.5, 1.5);
  from.system.f.resize(3, 2);
  from.system.f << 1, -0.5, 2, -0.5, 3, -0.5;
  from.system.kT = 0.7;
  from.system.shape = {3};
  from.constant = 4.25;
  to = from;
  to.system.M = 1.6 * from.system.M + matrix_3(0.1, 0, 0, 0.1, 0, 0.1);
  to.system.D = 0.5 * to.system.M;
  to.system.K = matrix_3(5, -1, 0.5, 2.5, -1, 4);
  to.system.f << 2, 0.5, -1, 0.25, 1, 1;
  to.system.kT = 1.1;
  to.constant = 2.5;
  Protocol protocol = make_ramp(from, to, 2.0, 8, Shape::smooth);
  protocol.held = held;
  return protocol;
}

Protocol make_stiffening(double duration, std::uint64_t steps, core::Dynamics dynamics) {
  Parameters from = make_parameters();
  from.dynamics = dynamics;
  Parameters to = from;
  to.spring = 1.5;
  return make_ramp(make_chain(3, from), make_chain(3, to, 1.3), duration, steps);
}

double lost(const Protocol& protocol) {
  return compute_work_moments(protocol, 0.0).work -
         thermo::compute_free_energy_change(protocol).energy();
}

}  // namespace

TEST_CASE("mean work, heat and energy of a staircase, against numpy and scipy") {
  // mu and Theta through scipy.linalg.expm of Van Loan's block at each of 8 steps of 0.25 at lambda
  // = 3 s^2 - 2 s^3, s = (j + 1/2) / 8; <H> = c + sum_p (1/2 tr K Theta_xx + 1/2 mu^T K mu - f^T mu
  // + the same of M); at the jumps v' = M'^-1 M v, or v' = v.
  const WorkMoments momentum = compute_work_moments(make_reference(Conjugate::momentum), 0.0);
  CHECK(momentum.work == Approx(11.019901357586573).epsilon(1e-12));
  CHECK(momentum.heat == Approx(-1.3538065567467736).epsilon(1e-11));
  CHECK(momentum.reduced == Approx(8.831334353274947).epsilon(1e-12));
  CHECK(momentum.rows.back().energy == Approx(11.99572443046943).epsilon(1e-12));
  const WorkMoments velocity = compute_work_moments(make_reference(Conjugate::velocity), 0.0);
  CHECK(velocity.work == Approx(15.20547106264728).epsilon(1e-12));
  CHECK(velocity.heat == Approx(-3.255079520534604).epsilon(1e-11));
  CHECK(velocity.reduced == Approx(12.879463898828863).epsilon(1e-12));
  CHECK(velocity.rows.back().energy == Approx(14.280021171742307).epsilon(1e-12));
}

TEST_CASE("means over trajectories are the exact means") {
  const Conjugate held = GENERATE(Conjugate::momentum, Conjugate::velocity);
  const Protocol protocol = make_reference(held);
  const WorkMoments exact = compute_work_moments(protocol, 0.0);
  thermo::WorkPlan plan;
  plan.runs = 5000;
  const thermo::WorkSamples samples = thermo::sample_work(protocol, plan);
  const SampleMean work = summarize(samples.work), heat = summarize(samples.heat);
  const SampleMean reduced = summarize(samples.reduced);
  REQUIRE(work.error < 0.02 * exact.work);
  CHECK(std::abs(work.mean - exact.work) < 4.0 * work.error);
  CHECK(std::abs(heat.mean - exact.heat) < 4.0 * heat.error);
  CHECK(std::abs(reduced.mean - exact.reduced) < 4.0 * reduced.error);
}

TEST_CASE("rows: the start in equilibrium, every step, the end, and the relaxation") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  const Protocol protocol = make_stiffening(2.0, 10, dynamics);
  const WorkMoments moments = compute_work_moments(protocol, 60.0);
  const std::vector<MomentRow>& rows = moments.rows;
  REQUIRE(rows.size() == 1 + 10 + 1 + 300);
  CHECK(rows[0].time == 0.0);
  CHECK(rows[0].work == 0.0);
  // Equilibrium: nothing is made, nothing flows.
  CHECK(std::abs(rows[0].entropy.production) < 1e-12);
  CHECK(std::abs(rows[0].entropy.flux) < 1e-12);
  CHECK(rows[4].time == Approx(0.8));
  CHECK(rows[4].lambda == Approx(0.35));
  CHECK(rows[11].time == rows[10].time);
  CHECK(rows[11].lambda == 1.0);
  CHECK(moments.work == rows[11].work);
  CHECK(moments.heat == rows[11].heat);
  CHECK(rows.back().time == Approx(62.0));
  for (const MomentRow& row : rows) {
    CHECK(row.entropy.production > -1e-12);
    // The first law.
    CHECK(row.work + row.heat == Approx(row.energy - rows[0].energy).margin(1e-10));
  }
  // Long after: equilibrium of the end, whose energy and entropy are known; no more work.
  const MomentRow& last = rows.back();
  CHECK(last.work == moments.work);
  const double nu = 4.0, kT = 0.5, copies = dynamics == core::Dynamics::overdamped ? 0.5 : 1.0;
  const core::FreeEnergy to = thermo::compute_free_energy_change(protocol).to;
  CHECK(last.energy == Approx(to.minimum + copies * nu * kT).epsilon(1e-9));
  CHECK(std::abs(last.entropy.production) < 1e-9);
  // S in (x, v) against F = E - T S in (x, p): ln det M apart.
  double entropy = (last.energy - to.total()) / kT;
  if (dynamics == core::Dynamics::underdamped) {
    entropy -= std::log(Eigen::MatrixXd(protocol.to.system.M).determinant());
  }
  CHECK(last.entropy.entropy == Approx(entropy).epsilon(1e-9));
}

TEST_CASE("entropy adds up: its rates over the relaxation are what it gains") {
  const Protocol protocol = make_quench(make_chain(2, make_parameters()), [] {
    Parameters stiff = make_parameters();
    stiff.spring = 1.0;
    return make_chain(2, stiff);
  }());
  const WorkMoments moments = compute_work_moments(protocol, 4.0);
  REQUIRE(moments.rows.size() == 2 + 200);
  // Simpson's rule over 200 steps of 0.02.
  const auto integrate = [&](auto rate) {
    double sum = 0.0;
    for (std::size_t i = 1; i + 2 < moments.rows.size(); i += 2) {
      sum += 0.02 / 3.0 *
             (rate(moments.rows[i]) + 4.0 * rate(moments.rows[i + 1]) + rate(moments.rows[i + 2]));
    }
    return sum;
  };
  const MomentRow &first = moments.rows[1], &last = moments.rows.back();
  const double gained = last.entropy.entropy - first.entropy.entropy;
  CHECK(integrate([](const MomentRow& r) { return r.entropy.change; }) ==
        Approx(gained).epsilon(1e-6));
  // The flux is the heat that the bath gets, over kT.
  CHECK(integrate([](const MomentRow& r) { return r.entropy.flux; }) ==
        Approx(-(last.heat - first.heat) / 0.5).epsilon(1e-6));
  const double production = integrate([](const MomentRow& r) { return r.entropy.production; });
  CHECK(production == Approx(gained - (last.heat - first.heat) / 0.5).epsilon(1e-6));
  CHECK(production > 0.01);
}

TEST_CASE("what is lost: never negative, less when slower, in the end as 1 / duration") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  double before = lost(make_stiffening(0.0, 0, dynamics));
  for (const double duration : {1.0, 4.0, 16.0}) {
    const double now = lost(make_stiffening(duration, 40, dynamics));
    CHECK(now > 0.0);
    CHECK(now < before);
    before = now;
  }
  // Relaxation times are below 5; the next order in 1/duration is left.
  const double slow = lost(make_stiffening(200.0, 400, dynamics));
  const double slower = lost(make_stiffening(400.0, 800, dynamics));
  CHECK(slow / slower == Approx(2.0).epsilon(0.02));
}

TEST_CASE("a staircase does the mean work of the smooth ramp to second order in its step") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  const double coarse = compute_work_moments(make_stiffening(2.0, 20, dynamics), 0.0).work;
  const double middle = compute_work_moments(make_stiffening(2.0, 40, dynamics), 0.0).work;
  const double fine = compute_work_moments(make_stiffening(2.0, 80, dynamics), 0.0).work;
  CHECK((coarse - middle) / (middle - fine) == Approx(4.0).epsilon(0.05));
}

TEST_CASE("to and fro costs work on average") {
  const Protocol forward = make_reference(Conjugate::momentum);
  const WorkMoments there = compute_work_moments(forward, 0.0);
  const WorkMoments back = compute_work_moments(thermo::reverse(forward), 0.0);
  const double phi = thermo::compute_free_energy_change(forward).reduced();
  CHECK(there.reduced > phi);
  CHECK(back.reduced > -phi);
  CHECK(there.reduced + back.reduced > 0.5);
}

TEST_CASE("a quench by hand, and without friction no heat") {
  // <W> = 1/2 (k1 - k0) kT / k0.
  const EnergySystem from = make_oscillator(1.3, 0.0, 2.0, 0.0, 0.4);
  const EnergySystem to = make_oscillator(1.3, 0.0, 5.0, 0.0, 0.4);
  const WorkMoments quench = compute_work_moments(make_quench(from, to), 0.0);
  CHECK(quench.work == Approx(0.5 * 3.0 * 0.4 / 2.0).epsilon(1e-14));
  CHECK(quench.reduced == Approx(quench.work / 0.4).epsilon(1e-14));
  REQUIRE(quench.rows.size() == 2);
  const WorkMoments ramp = compute_work_moments(make_ramp(from, to, 3.0, 12), 0.0);
  CHECK(ramp.work > 0.1);
  CHECK(std::abs(ramp.heat) < 1e-13);
}

TEST_CASE("mistake: mean work that cannot be had") {
  const EnergySystem chain = make_chain(2, make_parameters());
  CHECK_THROWS_WITH(compute_work_moments(make_quench(chain, chain), -1.0),
                    ContainsSubstring("the relaxation after the protocol lasts -1"));
  Parameters pinned = make_parameters();
  pinned.pin_spring = 1.0;
  const EnergySystem many = make_chain(300, pinned);
  CHECK_THROWS_AS(compute_work_moments(make_quench(many, many), 0.0), core::ParameterError);
  CHECK_THROWS_WITH(
      compute_work_moments(make_quench(many, many), 0.0),
      ContainsSubstring("mean work of 301 coordinates") && ContainsSubstring("limit: 300"));
}

TEST_CASE("noise of the paper's kind makes entropy for ever") {
  Parameters parameters = make_parameters();
  parameters.noise_model = core::NoiseModel::diagonal;
  const EnergySystem chain = make_chain(4, parameters);
  const WorkMoments course = compute_work_moments(make_quench(chain, chain), 400.0);
  // Nothing is changed, so no work is done; the energy changes by heat alone.
  CHECK(course.work == 0.0);
  const MomentRow& end = course.rows.back();
  const dynamics::DenseDrift drift = dynamics::make_dense_drift(chain.system);
  const Eigen::MatrixXd stationary = core::solve_lyapunov(drift.A, drift.Q);
  Eigen::MatrixXd irreversible = drift.A;
  const Eigen::Index nu = chain.system.size();
  irreversible.topRows(nu).setZero();
  irreversible.bottomLeftCorner(nu, nu).setZero();
  const double exact = core::entropy_production(irreversible, drift.Q, stationary);
  CHECK(exact > 1e-4);
  CHECK(end.entropy.production == Approx(exact).epsilon(1e-9));
  CHECK(end.entropy.flux == Approx(exact).epsilon(1e-9));
  CHECK(std::abs(end.entropy.change) < 1e-9);
}
