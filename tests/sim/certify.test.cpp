#include "sim/certify.hpp"

#include "netlist/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("progress names the checks in order and rises from 0 to 1") {
  sim::CertifyOptions options;
  std::vector<std::string> names;
  std::vector<double> fractions;
  options.on_progress = [&](const std::string& check, double fraction) {
    if (names.empty() || names.back() != check) names.push_back(check);
    fractions.push_back(fraction);
  };
  sim::certify(one_mass(), options);
  CHECK(names ==
        std::vector<std::string>{"matrices", "probe", "steady", "path", "order", "spectrum"});
  CHECK(fractions.front() == 0.0);
  CHECK(fractions.back() <= 1.0);
  CHECK(fractions.back() > 0.8);
}

TEST_CASE("on_path gets every point of path, circuit beside model") {
  sim::CertifyOptions options;
  std::size_t count = 0;
  double last = 0.0;
  double worst = 0.0;
  options.on_path = [&](double time, const core::State& circuit, const core::State& model) {
    CHECK(time > last);
    last = time;
    ++count;
    worst = std::max(worst, std::abs(circuit.x(0) - model.x(0)));
  };
  const sim::Report report = sim::certify(one_mass(), options);
  CHECK(count == 804);
  CHECK(last == Approx(100.0));
  CHECK(worst < 1e-12);
  CHECK(report.points > count);
}

TEST_CASE("after the first failure the rest is left out, where that is asked for") {
  sim::CertifyOptions options;
  options.stop_at_first_failure = true;
  const sim::Report report =
      sim::certify(one_mass(replaced(kOneMassDeck, "cm v 0 2", "cm v 0 3")), options);
  CHECK(report.checks.size() == 1);
  CHECK(!report.complete);
  CHECK(!report.passed());
  CHECK(sim::certify(one_mass(), options).passed());
}

TEST_CASE("a report without all its checks has not passed") {
  sim::Report report;
  CHECK(!report.passed());
}

TEST_CASE("a circuit without a solution is a failed check that quotes ngspice") {
  // Two voltage sources across one node.
  const std::string deck = replaced(kOneMassDeck, ".ic", "va y 0 1\nvb y 0 2\n.ic");
  const sim::Report report = sim::certify(one_mass(deck), {});
  CHECK(!report.passed());
  CHECK(find_check(report, "path").status == sim::Check::Status::fail);
  CHECK(!find_check(report, "path").detail.empty());
}

TEST_CASE("a deck that does not parse is refused, and so is one that ngspice does not take") {
  CHECK_THROWS_AS(sim::certify(one_mass(replaced(kOneMassDeck, "cm v 0 2", "cm v 0")), {}),
                  netlist::NetlistError);
  CHECK_THROWS_AS(sim::certify(one_mass(""), {}), netlist::NetlistError);
}

TEST_CASE("another seed probes at other frequencies, the same seed at the same") {
  sim::CertifyOptions options;
  const auto detail = [&](std::uint64_t seed) {
    options.seed = seed;
    return find_check(sim::certify(one_mass(), options), "probe").detail;
  };
  CHECK(detail(1) == detail(1));
  CHECK(detail(1) != detail(2));
}
