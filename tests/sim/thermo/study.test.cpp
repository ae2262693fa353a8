// A protocol examined as a whole: the exact difference, Jarzynski, Bennett and Crooks agree within
// their errors, and what is wrong is seen.
#include "sim/thermo/study.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/sim/thermo/thermo_cases.hpp"

using namespace springspice;
using namespace springspice::test;
using namespace springspice::thermo;

namespace {

// The data are switched on over pins.
Protocol make_learning(int sticks, double duration, Shape shape) {
  Parameters parameters = make_parameters();
  parameters.pin_spring = 0.5;
  Parameters before = parameters;
  before.spring = 0.0;
  const EnergySystem from = make_chain(sticks, before);
  const EnergySystem to = make_chain(sticks, parameters);
  return duration > 0.0 ? make_ramp(from, to, duration, 40, shape) : make_quench(from, to);
}

StudyRequest make_request(std::uint64_t runs) {
  StudyRequest request;
  request.runs = runs;
  request.threads = 2;
  return request;
}

std::size_t count_compared(const Study& study) {
  return static_cast<std::size_t>(std::ranges::count_if(
      study.agreements, [](const Agreement& a) { return a.obstacle.empty(); }));
}

}  // namespace

TEST_CASE("all estimates agree with the exact difference, 1 to 4 sticks, quench and ramps") {
  for (const int sticks : {1, 2, 3, 4}) {
    for (const auto& [duration, shape] :
         {std::pair{0.0, Shape::linear}, {2.0, Shape::linear}, {4.0, Shape::smooth}}) {
      const Study study =
          study_protocol(make_learning(sticks, duration, shape), make_request(3000));
      INFO(sticks << " sticks, duration " << duration);
      for (const Agreement& a : study.agreements) {
        INFO(a.name << ": " << a.value << "; " << a.detail << a.obstacle);
        CHECK((!a.obstacle.empty() || a.holds()));
      }
      CHECK(study.passed());
      // Second law, two means, two of Jarzynski, Bennett, the crossing and its slope.
      CHECK(study.agreements.size() == 8);
      CHECK(count_compared(study) >= 7);
      CHECK(study.trajectories->bennett.error < 0.1);
    }
  }
}

TEST_CASE("a slower ramp dissipates less and needs fewer runs") {
  const Study fast = study_protocol(make_learning(3, 1.0, Shape::linear), {});
  const Study slow = study_protocol(make_learning(3, 20.0, Shape::linear), {});
  CHECK(fast.exact.reduced() == slow.exact.reduced());
  const double phi = fast.exact.reduced();
  CHECK(slow.forward->reduced - phi < 0.5 * (fast.forward->reduced - phi));
  CHECK(slow.needed_forward < fast.needed_forward);
  CHECK_FALSE(fast.trajectories);
  CHECK(fast.passed());
}

TEST_CASE("springs that are a fifth stiffer would be noticed") {
  Protocol protocol = make_learning(2, 2.0, Shape::linear);
  const Study study = study_protocol(protocol, make_request(3000));
  Parameters stiffer = make_parameters();
  stiffer.pin_spring = 0.5;
  stiffer.spring *= 1.2;
  protocol.to = make_chain(2, stiffer);
  const double other = compute_free_energy_change(protocol).reduced();
  const Estimate& bennett = study.trajectories->bennett;
  CHECK(std::abs(bennett.value - other) > 4.0 * bennett.error);
}

TEST_CASE("coarse midpoint steps have another mean work, which is not held against them") {
  Protocol protocol = make_learning(2, 4.0, Shape::linear);
  protocol.steps = 4;
  StudyRequest request = make_request(20000);
  request.scheme = dynamics::Scheme::midpoint;
  const Study study = study_protocol(protocol, request);
  // Beyond what chance gives, so a comparison would fail a right program.
  const SampleMean mean = summarize(study.trajectories->forward.reduced);
  CHECK(std::abs(mean.mean - study.forward->reduced) > 4.0 * mean.error);
  CHECK(std::ranges::none_of(study.agreements,
                             [](const Agreement& a) { return a.name.starts_with("mean_work"); }));
  CHECK(study.passed());
}

TEST_CASE("forward and reverse do not share their noise") {
  const Study study = study_protocol(make_learning(2, 1.0, Shape::linear), make_request(500));
  const std::vector<double>& forward = study.trajectories->forward.reduced;
  const std::vector<double>& reverse = study.trajectories->reverse.reduced;
  const SampleMean f = summarize(forward);
  const SampleMean r = summarize(reverse);
  double products = 0.0;
  for (std::size_t k = 0; k < forward.size(); ++k) {
    products += (forward[k] - f.mean) * (reverse[k] - r.mean);
  }
  // A correlation of independent samples is below 4 / sqrt(N) but once in 16,000.
  const double correlation =
      products / (static_cast<double>(forward.size() - 1) * std::sqrt(f.variance * r.variance));
  CHECK(std::abs(correlation) < 4.0 / std::sqrt(500.0));
}

TEST_CASE("a study that is stopped at once keeps what is exact") {
  StudyRequest request = make_request(100'000);
  request.stop = [] { return true; };
  const Study study = study_protocol(make_learning(1, 1.0, Shape::linear), request);
  CHECK_FALSE(study.trajectories);
  CHECK(study.agreements.size() == 1);
}
