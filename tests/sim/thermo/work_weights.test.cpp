// The exact moments of exp(-w): Jarzynski's equality, closed forms, samples, and what is infinite.
#include "sim/thermo/work_weights.hpp"

#include <limits>

#include "sim/thermo/study.hpp"
#include "tests/catch.hpp"
#include "tests/sim/thermo/thermo_cases.hpp"

using namespace springspice;
using namespace springspice::test;
using namespace springspice::thermo;

namespace {

Protocol make_mixed(double duration, core::Conjugate held) {
  Parameters before = make_parameters();
  before.pin_spring = 0.2;
  Parameters after = before;
  after.spring = 0.8;
  after.mass = 1.7;
  after.kT = 0.7;
  const EnergySystem from = make_chain(2, before, 1.0, 2);
  const EnergySystem to = make_chain(2, after, 1.5, 2);
  Protocol protocol =
      duration > 0.0 ? make_ramp(from, to, duration, 12, Shape::smooth) : make_quench(from, to);
  protocol.held = held;
  return protocol;
}

}  // namespace

TEST_CASE("the first moment of exp(-w) is Jarzynski's equality") {
  for (const core::Conjugate held : {core::Conjugate::momentum, core::Conjugate::velocity}) {
    for (const double duration : {0.0, 1.5}) {
      const Protocol protocol = make_mixed(duration, held);
      for (const Protocol& one : {protocol, reverse(protocol)}) {
        const double phi = compute_free_energy_change(one).reduced();
        CHECK(log_mean_exponential(one, 1) == Approx(-phi).epsilon(1e-10));
      }
    }
  }
}

TEST_CASE("a quench of one oscillator has its moments in closed form") {
  // w = (k1 - k0) x^2 / 2 kT with x ~ N(0, kT/k0): <exp(-s w)> = (1 + s (k1/k0 - 1))^(-1/2).
  for (const double ratio : {3.0, 1.5, 0.8, 0.6}) {
    const Protocol quench = make_quench(make_oscillator(1.0, 1.0, 1.0, 0.0, 0.5),
                                        make_oscillator(1.0, 1.0, ratio, 0.0, 0.5));
    for (const int order : {1, 2, 3, 4}) {
      const double inside = 1.0 + order * (ratio - 1.0);
      const double exact =
          inside > 0.0 ? -0.5 * std::log(inside) : std::numeric_limits<double>::infinity();
      INFO(ratio << ", order " << order);
      CHECK(log_mean_exponential(quench, order) == Approx(exact).margin(1e-12));
    }
    // 1 + 4 (ratio - 1) > 0 for a finite fourth moment.
    CHECK(std::isinf(runs_for_jarzynski(quench)) == (ratio <= 0.75));
  }
  const EnergySystem same = make_oscillator(1.0, 1.0, 1.0, 0.3, 0.5);
  CHECK(runs_for_jarzynski(make_quench(same, same)) == Approx(200.0));
}

TEST_CASE("a pulled oscillator: Gaussian work of the variance that its dissipation asks for") {
  // <exp(-2w)> exp(2 phi) = exp(variance), and the variance is twice the dissipated work.
  const Protocol pull = make_ramp(make_oscillator(1.0, 1.0, 1.0, 0.0, 0.5),
                                  make_oscillator(1.0, 1.0, 1.0, 0.8, 0.5), 2.0, 20);
  const double phi = compute_free_energy_change(pull).reduced();
  const double dissipated = compute_work_moments(pull, 0.0).reduced - phi;
  CHECK(log_mean_exponential(pull, 2) + 2.0 * phi == Approx(2.0 * dissipated).epsilon(1e-9));
  CHECK(log_mean_exponential(pull, 4) + 4.0 * phi == Approx(12.0 * dissipated).epsilon(1e-9));
}

TEST_CASE("samples have the second moment that is computed") {
  Parameters before = make_parameters();
  before.pin_spring = 0.2;
  Parameters after = before;
  after.spring = 0.4;
  const Protocol protocol =
      make_ramp(make_chain(2, before), make_chain(2, after), 1.5, 12, Shape::smooth);
  const double phi = compute_free_energy_change(protocol).reduced();
  WorkPlan plan;
  plan.runs = 20000;
  std::vector<double> squares;
  for (const double w : sample_work(protocol, plan).reduced) {
    squares.push_back(std::exp(2.0 * (phi - w)));
  }
  const SampleMean sampled = summarize(squares);
  const double exact = std::exp(log_mean_exponential(protocol, 2) + 2.0 * phi);
  CHECK(std::abs(sampled.mean - exact) < 4.0 * sampled.error);
  CHECK(sampled.error < 0.02 * exact);
}

TEST_CASE("an estimate that is shown has an error bar that covers, whatever was drawn") {
  // Springs loosened to 0.8: a tail that a sample cannot judge. 60 seeds, beyond two bars with a
  // probability of 5 %: 10 or more of 60 come once in 2000.
  const Protocol protocol = make_quench(make_oscillator(1.0, 1.0, 1.0, 0.0, 0.5),
                                        make_oscillator(1.0, 1.0, 0.8, 0.0, 0.5));
  StudyRequest request;
  request.runs = 3000;
  int beyond = 0, shown = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    request.seed = seed;
    const Study study = study_protocol(protocol, request);
    const Estimate& estimate = study.trajectories->jarzynski_forward;
    if (!estimate.obstacle.empty()) continue;
    ++shown;
    beyond += std::abs(estimate.value - study.exact.reduced()) > 2.0 * estimate.error ? 1 : 0;
  }
  CHECK(shown == 60);  // known beforehand, so for all seeds or none
  CHECK(beyond < 10);
}
