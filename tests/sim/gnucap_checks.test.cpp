// `steady` and `path` by gnucap: on the circuit that is the model, and on circuits that are not.
#include "tests/sim/gnucap.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;
using Status = sim::Check::Status;

namespace {

sim::Report certify_with(sim::Engines engines, const sim::Problem& problem) {
  sim::CertifyOptions options;
  options.engines = engines;
  return sim::certify(problem, options);
}

std::string failures_of(const std::string& from, const std::string& to) {
  return failed_checks(
      certify_with(sim::Engines::gnucap, one_mass(replaced(kOneMassDeck, from, to))));
}

// The mass read as a flux of node v, its spring an inductor: no operating point, one integrator.
sim::Problem mass_with_inductor() {
  sim::Problem problem = one_mass(
      "one mass\ncm v 0 2\nrd v 0 2\nlk v 0 0.3333333333333333 ic=-3\nif 0 v 6\n"
      ".ic v(v)=0.25\n.end\n");
  problem.design.probes[0].node = "v";
  problem.design.probes[0].quantity = netlist::Probe::Quantity::flux;
  problem.design.has_operating_point = false;
  return problem;
}

}  // namespace

TEST_CASE("gnucap alone: matrices, steady and path pass, and the rest is left to ngspice") {
  if (!has_gnucap()) return;
  const sim::Report report = certify_with(sim::Engines::gnucap, one_mass());
  REQUIRE(report.checks.size() == 7);
  CHECK(report.passed());
  CHECK(!report.engine_version.empty());
  for (const sim::Check& check : report.checks) {
    INFO(check.name << ": " << check.value << ", " << check.detail);
    const bool runs = check.name == "matrices" || check.name == "steady" || check.name == "path";
    CHECK(check.status == (runs ? Status::pass : Status::not_applicable));
    CHECK(!check.detail.empty());
  }
  CHECK(find_check(report, "steady").value <= 1e-14);
  CHECK(find_check(report, "path").value <= 1e-12);
  CHECK_THAT(find_check(report, "path").detail,
             ContainsSubstring("801 steps of 0.125 without noise: 800 trapezoidal, 1 backward"));
}

TEST_CASE("both engines: ngspice's whole list, gnucap's two, and one settled state") {
  if (!has_gnucap()) return;
  const sim::Report report = certify_with(sim::Engines::both, one_mass());
  REQUIRE(report.checks.size() == 9);
  CHECK(report.passed());
  CHECK(find_check(report, "steady gnucap").status == Status::pass);
  CHECK(find_check(report, "path gnucap").status == Status::pass);
  CHECK(report.engine_version != report.gnucap_version);
  REQUIRE(report.settled);
  CHECK(report.settled->ngspice(0, 0) == Approx(2.0));
  CHECK(report.settled->gnucap(0, 0) == Approx(2.0));
  CHECK(report.settled->difference <= 1e-6);
}

TEST_CASE("a flux is integrated beside the circuit, and a settled state without one takes a run") {
  if (!has_gnucap()) return;
  const sim::Report report = certify_with(sim::Engines::both, mass_with_inductor());
  for (const sim::Check& check : report.checks) {
    INFO(check.name << ": " << check.value << ", " << check.detail);
    CHECK(check.status != Status::fail);
  }
  CHECK_THAT(find_check(report, "steady gnucap").detail,
             ContainsSubstring("transient of 240 units of time, backward Euler"));
  REQUIRE(report.settled);
  CHECK(report.settled->difference <= 1e-6);
}

TEST_CASE("gnucap sees what is wrong with a circuit, without ngspice") {
  if (!has_gnucap()) return;
  CHECK(failures_of("v(x)=-1", "v(x)=-1.001") == "matrices path");
  CHECK(failures_of("if 0 v 6", "if 0 v 6.006") == "matrices steady path");
  CHECK(failures_of("cm v 0 2", "cm v 0 2.002") == "matrices path");
  CHECK(failures_of("rd v 0 2", "rd v 0 2.002") == "matrices path");
  CHECK(failures_of("0 3\n", "0 3.003\n") == "matrices steady path");
}

TEST_CASE("an ammeter in the circuit costs gnucap digits, and the limits say so") {
  if (!has_gnucap()) return;
  const std::string deck = replaced(kOneMassDeck, "rd v 0 2", "vm v r 0\nrd r 0 2");
  const sim::Report report = certify_with(sim::Engines::gnucap, one_mass(deck));
  CHECK(report.passed());
  for (const char* name : {"steady", "path"}) {
    const sim::Check& check = find_check(report, name);
    INFO(name << ": " << check.value);
    CHECK(check.limit == 1e-6);
    CHECK(check.value <= 1e-7);
    CHECK_THAT(check.origin, ContainsSubstring("floating sources"));
  }
}

TEST_CASE("a node that is not there is a failed check of gnucap's too") {
  if (!has_gnucap()) return;
  sim::Problem problem = one_mass();
  problem.design.probes[0].node = "y";
  const sim::Report report = certify_with(sim::Engines::gnucap, problem);
  CHECK(failed_checks(report) == "matrices steady path");
  CHECK_THAT(find_check(report, "path").detail, ContainsSubstring("'y'"));
}

TEST_CASE("without a settled state gnucap's steady does not apply either") {
  if (!has_gnucap()) return;
  sim::Problem problem = one_mass(replaced(kOneMassDeck, "rd v 0 2\n", ""));
  problem.system.D = one_by_one(0.0);
  const sim::Report report = certify_with(sim::Engines::both, problem);
  CHECK(find_check(report, "steady gnucap").status == Status::not_applicable);
  CHECK(find_check(report, "path gnucap").status == Status::pass);
  CHECK(!report.settled);
}
