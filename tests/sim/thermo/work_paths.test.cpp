// Work along trajectories against what is known exactly.
#include "sim/thermo/work_paths.hpp"

#include <cstring>
#include <string>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/thermo/thermo_cases.hpp"

using namespace springspice;
using namespace springspice::test;
using core::Conjugate;
using dynamics::Scheme;
using thermo::sample_work;
using thermo::WorkPlan;
using thermo::WorkSamples;

namespace {

WorkPlan make_plan(std::uint64_t runs, Scheme scheme = Scheme::exact, std::uint64_t seed = 3) {
  WorkPlan plan;
  plan.runs = runs;
  plan.scheme = scheme;
  plan.seed = seed;
  return plan;
}

Protocol held(Protocol protocol, Conjugate what) {
  protocol.held = what;
  return protocol;
}

Protocol geometric(Protocol protocol, double ratio) {
  protocol.shape = Shape::geometric;
  protocol.ratio = ratio;
  return protocol;
}

// Jarzynski's equality both ways, and Crooks' theorem between them:
//     <exp(phi - w)>_F = 1,  <exp(-phi - w)>_R = 1,
//     <exp((phi - w) / 2)>_F = <exp((-phi - w) / 2)>_R
// each within 4 standard errors, which are small enough to see a wrong phi.
void check_equalities(const Protocol& forward, Scheme scheme) {
  const double phi = thermo::compute_free_energy_change(forward).reduced();
  const WorkSamples f = sample_work(forward, make_plan(4000, scheme, 3));
  const WorkSamples r = sample_work(thermo::reverse(forward), make_plan(4000, scheme, 4));
  REQUIRE(f.complete);
  REQUIRE(f.reduced.size() == 4000);
  const SampleMean along = jarzynski_ratio(f.reduced, phi);
  const SampleMean against = jarzynski_ratio(r.reduced, -phi);
  REQUIRE(along.error < 0.06);
  REQUIRE(against.error < 0.06);
  CHECK(std::abs(along.mean - 1.0) < 4.0 * along.error);
  CHECK(std::abs(against.mean - 1.0) < 4.0 * against.error);
  std::vector<double> halves_f, halves_r;
  for (const double w : f.reduced) halves_f.push_back(std::exp(0.5 * (phi - w)));
  for (const double w : r.reduced) halves_r.push_back(std::exp(0.5 * (-phi - w)));
  const SampleMean half_f = summarize(halves_f), half_r = summarize(halves_r);
  const double error = std::hypot(half_f.error, half_r.error);
  REQUIRE(error < 0.03);
  CHECK(std::abs(half_f.mean - half_r.mean) < 4.0 * error);
  // The second law. (Not of each run.)
  CHECK(summarize(f.reduced).mean > phi);
  CHECK(summarize(r.reduced).mean > -phi);
}

EnergySystem chain_with(int sticks, double spring, core::Dynamics dynamics, double pin = 0.0,
                        double neighbor = 0.0) {
  Parameters parameters = make_parameters();
  parameters.spring = spring;
  parameters.dynamics = dynamics;
  parameters.pin_spring = pin;
  parameters.neighbor_spring = neighbor;
  return make_chain(sticks, parameters);
}

constexpr core::Dynamics kBoth[] = {core::Dynamics::underdamped, core::Dynamics::overdamped};

}  // namespace

TEST_CASE("the equalities hold for stiffer springs, 1 to 4 sticks") {
  const int sticks = GENERATE(1, 2, 3, 4);
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  const core::Dynamics dynamics = kBoth[sticks % 2];
  const EnergySystem weak = chain_with(sticks, 0.3, dynamics);
  const EnergySystem stiff = chain_with(sticks, 0.7, dynamics);
  CAPTURE(sticks, dynamics::to_string(scheme));
  check_equalities(make_quench(weak, stiff), scheme);
  check_equalities(make_ramp(weak, stiff, 1.0, 6, Shape::smooth), scheme);
  check_equalities(geometric(make_ramp(weak, stiff, 2.0, 5), 0.7 / 0.3), scheme);
}

TEST_CASE("the equalities hold for another data set") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  Parameters parameters = make_parameters();
  parameters.dynamics = dynamics;
  check_equalities(
      make_ramp(make_chain(3, parameters, 1.0, 2), make_chain(3, parameters, 1.8, 2), 1.0, 6),
      scheme);
}

TEST_CASE("the equalities hold for data switched on over pins, and over neighbours") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  // Neighbours alone leave the chain free to move as a whole: a weak pin holds it.
  const double pin = GENERATE(0.6, 0.1);
  const double neighbor = pin < 0.5 ? 0.5 : 0.0;
  check_equalities(make_ramp(chain_with(2, 0.0, dynamics, pin, neighbor),
                             chain_with(2, 0.3, dynamics, pin, neighbor), 8.0, 12),
                   Scheme::exact);
}

TEST_CASE("the equalities hold for another mass, momenta or velocities held") {
  const Conjugate what = GENERATE(Conjugate::momentum, Conjugate::velocity);
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  Parameters heavy = make_parameters();
  heavy.mass = 1.4;
  const EnergySystem from = make_chain(2, make_parameters()), to = make_chain(2, heavy);
  check_equalities(held(make_quench(from, to), what), scheme);
  check_equalities(held(make_ramp(from, to, 1.0, 6), what), scheme);
}

TEST_CASE("the equalities hold for another temperature, where no work is done") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  Parameters cold = make_parameters();
  cold.dynamics = dynamics;
  Parameters hot = cold;
  hot.kT = 0.8;
  const Protocol protocol = make_ramp(make_chain(2, cold), make_chain(2, hot), 2.0, 6);
  check_equalities(protocol, Scheme::exact);
  for (const double work : sample_work(protocol, make_plan(50)).work) CHECK(work == 0.0);
}

TEST_CASE("the equalities hold when all changes at once, and on a sheet of sticks") {
  Parameters to = make_parameters();
  to.spring = 0.5;
  to.mass = 1.4;
  to.kT = 0.6;
  to.friction = 2.0;  // D is not gamma M in between
  check_equalities(make_ramp(make_sheet(make_parameters()), make_sheet(to), 1.5, 5), Scheme::exact);
  check_equalities(make_ramp(make_sheet(make_parameters()), make_sheet(to), 1.5, 5),
                   Scheme::midpoint);
}

TEST_CASE("the equalities hold for an isolated system, which takes no heat") {
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  const Protocol protocol = make_ramp(make_oscillator(1.0, 0.0, 1.0, 0.0, 0.5),
                                      make_oscillator(1.0, 0.0, 1.7, 0.3, 0.5), 3.0, 6);
  check_equalities(protocol, scheme);
  for (const double heat : sample_work(protocol, make_plan(50, scheme)).heat) {
    CHECK(std::abs(heat) < 1e-13);
  }
}

TEST_CASE("the work of a quench: mean and variance in closed form, two outputs") {
  Parameters stiff = make_parameters();
  stiff.spring = 0.8;
  const Protocol protocol =
      make_quench(make_chain(3, make_parameters(), 1.0, 2), make_chain(3, stiff, 1.5, 2));
  const core::SecondOrderSystem &a = protocol.from.system, &b = protocol.to.system;
  // W = 1/2 x^T dK x - df^T x + dc, x ~ N(K^-1 f, kT K^-1).
  const Eigen::MatrixXd dK = b.K - a.K, df = b.f - a.f;
  const Eigen::MatrixXd C = a.kT * Eigen::MatrixXd(a.K).inverse();
  const Eigen::MatrixXd mu = C * a.f / a.kT;
  double mean = protocol.to.constant - protocol.from.constant, variance = 0.0;
  for (Eigen::Index p = 0; p < 2; ++p) {
    const Eigen::VectorXd g = dK * mu.col(p) - df.col(p);
    mean += 0.5 * (dK * C).trace() + 0.5 * mu.col(p).dot(dK * mu.col(p)) - df.col(p).dot(mu.col(p));
    variance += 0.5 * (dK * C * dK * C).trace() + g.dot(C * g);
  }
  const WorkSamples samples = sample_work(protocol, make_plan(20000));
  const SampleMean found = summarize(samples.work);
  CHECK(std::abs(found.mean - mean) < 4.0 * found.error);
  CHECK(std::abs(found.variance - variance) < 4.0 * found.variance_error);
  CHECK(found.variance_error < 0.05 * variance);
  for (const double heat : samples.heat) CHECK(heat == 0.0);
}

TEST_CASE(
    "one oscillator that is pulled: the work is Gaussian, its variance 2 kT of what is lost") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  EnergySystem from = make_oscillator(1.0, 0.7, 2.0, 0.0, 0.4);
  from.system.dynamics = dynamics;
  EnergySystem to = from;
  to.system.f(0, 0) = 3.0;
  const Protocol protocol = make_ramp(from, to, 2.0, 10, Shape::smooth);
  const double dF = thermo::compute_free_energy_change(protocol).energy();
  CHECK(dF == Approx(-9.0 / 4.0).epsilon(1e-14));
  const SampleMean found = summarize(sample_work(protocol, make_plan(10000, scheme)).work);
  const double lost = found.mean - dF;
  CHECK(lost > 10.0 * found.error);
  CHECK(std::abs(found.variance - 2.0 * 0.4 * lost) <
        4.0 * std::hypot(found.variance_error, 0.8 * found.error));
}

TEST_CASE("the first law for each run, and heat where there is a bath") {
  const core::Dynamics dynamics = GENERATE(core::Dynamics::underdamped, core::Dynamics::overdamped);
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  Parameters from = make_parameters();
  from.dynamics = dynamics;
  Parameters to = from;
  to.spring = 3.0;
  to.mass = 2.0;
  const Protocol protocol =
      make_ramp(make_chain(4, from, 1.0, 2), make_chain(4, to, 2.0, 2), 1.0, 20);
  const WorkSamples samples = sample_work(protocol, make_plan(200, scheme));
  REQUIRE(samples.energy_change.size() == 200);
  for (std::size_t r = 0; r < 200; ++r) {
    const double sum = samples.work[r] + samples.heat[r];
    // 42 differences of energies of some 100 units, each rounded.
    CHECK(std::abs(sum - samples.energy_change[r]) < 42 * 100 * 2.3e-16);
    CHECK(samples.reduced[r] == Approx(samples.work[r] / 0.5).epsilon(1e-12));
  }
  CHECK(std::abs(summarize(samples.heat).mean) > 0.1);
}

namespace {

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

Protocol make_long_ramp() {
  Parameters to = make_parameters();
  to.spring = 1.0;
  to.mass = 1.3;
  return make_ramp(make_chain(4, make_parameters(), 1.0, 2), make_chain(4, to, 1.2, 2), 1.0, 7);
}

}  // namespace

TEST_CASE("the same bits for any number of threads and any memory") {
  const Scheme scheme = GENERATE(Scheme::exact, Scheme::midpoint);
  const WorkPlan plan = make_plan(300, scheme);
  const WorkSamples alone = sample_work(make_long_ramp(), plan);
  REQUIRE(alone.work.size() == 300);
  for (const std::uint64_t memory : {std::uint64_t{1}, std::uint64_t{60000}, plan.memory_bytes}) {
    WorkPlan other = plan;
    other.memory_bytes = memory;
    other.threads = 3;
    const WorkSamples found = sample_work(make_long_ramp(), other);
    CHECK(same_bits(found.work, alone.work));
    CHECK(same_bits(found.heat, alone.heat));
    CHECK(same_bits(found.reduced, alone.reduced));
    CHECK(same_bits(found.energy_change, alone.energy_change));
  }
  WorkPlan reseeded = plan;
  reseeded.seed = 99;
  CHECK_FALSE(same_bits(sample_work(make_long_ramp(), reseeded).work, alone.work));
}

TEST_CASE("stopped, the runs that came to the end are kept") {
  const WorkSamples all = sample_work(make_long_ramp(), make_plan(300));
  WorkPlan plan = make_plan(300);
  int asked = 0;
  plan.stop = [&] { return ++asked > 100; };
  double share = 0.0;
  plan.on_progress = [&](double done) { share = done; };
  const WorkSamples part = sample_work(make_long_ramp(), plan);
  CHECK_FALSE(part.complete);
  REQUIRE(!part.work.empty());
  REQUIRE(part.work.size() < 300);
  CHECK(share <= 1.0);
  for (const auto member : {&WorkSamples::work, &WorkSamples::heat, &WorkSamples::reduced}) {
    // One thread: they are the first ones.
    const std::vector<double> first((all.*member).begin(),
                                    (all.*member).begin() + static_cast<long>(part.work.size()));
    CHECK(same_bits(part.*member, first));
  }
}

TEST_CASE("the scheme that is chosen: exact for few coordinates, midpoint for many") {
  const EnergySystem few = make_chain(4, make_parameters());
  CHECK(thermo::choose_scheme(make_quench(few, few)) == Scheme::exact);
  Parameters pinned = make_parameters();
  pinned.pin_spring = 1.0;
  const EnergySystem many = make_chain(1000, pinned);
  CHECK(thermo::choose_scheme(make_quench(many, many)) == Scheme::midpoint);
}

TEST_CASE("mistake: work that cannot be sampled") {
  const EnergySystem chain = make_chain(2, make_parameters());
  for (const Scheme scheme : {Scheme::baoab, Scheme::euler_maruyama}) {
    CHECK_THROWS_AS(sample_work(make_quench(chain, chain), make_plan(10, scheme)),
                    core::ParameterError);
    CHECK_THROWS_WITH(
        sample_work(make_quench(chain, chain), make_plan(10, scheme)),
        ContainsSubstring(std::string("--integrator ") + dynamics::to_string(scheme)) &&
            ContainsSubstring("give exact or midpoint"));
  }
  Parameters pinned = make_parameters();
  pinned.pin_spring = 1.0;
  const EnergySystem many = make_chain(500, pinned);
  CHECK_THROWS_WITH(sample_work(make_quench(many, many), make_plan(10)),
                    ContainsSubstring("500 coordinates at most, and the system has 501; give "
                                      "--integrator midpoint"));
  EnergySystem diagonal = chain;
  diagonal.system.noise_model = core::NoiseModel::diagonal;
  CHECK_THROWS_WITH(sample_work(make_quench(diagonal, diagonal), make_plan(10)),
                    ContainsSubstring("diagonal noise has no equilibrium"));
  EnergySystem huge = make_oscillator(1.0, 1.0, 1.0, 1e170, 1.0);
  CHECK_THROWS_AS(sample_work(make_quench(chain, chain), make_plan(10, Scheme::baoab)),
                  core::ParameterError);
  CHECK_THROWS_WITH(sample_work(make_quench(huge, huge), make_plan(10)),
                    ContainsSubstring("run 0: the energy is no longer finite"));
}
