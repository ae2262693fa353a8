// Each check on a circuit that is the model, and on circuits that only some of them can tell.
#include <cmath>

#include "netlist/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"

using namespace springspice;
using namespace springspice::test;
using Status = sim::Check::Status;

namespace {

std::string failures_of(const sim::Problem& problem) {
  return failed_checks(sim::certify(problem, {}));
}

std::string failures_of(const std::string& from, const std::string& to) {
  return failures_of(one_mass(replaced(kOneMassDeck, from, to)));
}

}  // namespace

TEST_CASE("a circuit that is the model passes every check") {
  const sim::Report report = sim::certify(one_mass(), {});
  REQUIRE(report.checks.size() == 7);
  CHECK(report.passed());
  for (const sim::Check& check : report.checks) {
    INFO(check.name << ": " << check.value << ", " << check.detail);
    const bool of_noise = check.name == "spectrum" || check.name == "variance";  // kT is 0
    CHECK(check.status == (of_noise ? Status::not_applicable : Status::pass));
    CHECK((of_noise || !check.origin.empty()));
  }
  CHECK(find_check(report, "matrices").value <= 1e-15);
  CHECK(find_check(report, "order").value == Approx(2.0).margin(0.02));
  CHECK_THAT(find_check(report, "path").detail,
             ContainsSubstring("804 steps of 0.125: 801 trapezoidal, 3 backward Euler"));
  CHECK(report.elements == 6);
  CHECK(report.nodes == 2);
  CHECK(report.realization == "hand");
}

TEST_CASE("wrong initial values are seen by matrices, path and order alone") {
  CHECK(failures_of("v(x)=-1", "v(x)=-1.001") == "matrices path order");
  CHECK(failures_of("v(v)=0.25", "v(v)=0.2501") == "matrices path");  // too little for order
  CHECK(failures_of(" v(x)=-1", "") == "matrices path order");
}

TEST_CASE("a wrong force is seen by all but probe") {
  CHECK(failures_of("if 0 v 6", "if 0 v 6.006") == "matrices steady path order");
}

TEST_CASE("a wrong mass is seen by all but steady") {
  CHECK(failures_of("cm v 0 2", "cm v 0 2.002") == "matrices probe path order");
}

TEST_CASE("wrong friction is seen by all but steady") {
  CHECK(failures_of("rd v 0 2", "rd v 0 2.002") == "matrices probe path order");
}

TEST_CASE("a wrong stiffness is seen by all") {
  CHECK(failures_of("0 3\n", "0 3.003\n") == "matrices probe steady path order");
}

TEST_CASE("a wrong position gain is seen by all, a wrong offset by all but probe") {
  sim::Problem problem = one_mass();
  problem.design.probes[0].gain = 1.001;
  CHECK(failures_of(problem) == "matrices probe steady path order");
  problem = one_mass();
  problem.design.probes[0].offset = 0.003;
  CHECK(failures_of(problem) == "matrices steady path order");
}

TEST_CASE("a wrong port gain is seen by probe and by matrices") {
  sim::Problem problem = one_mass();
  problem.design.ports[0].gain = 1.001;
  CHECK(failures_of(problem) == "matrices probe");
}

TEST_CASE("probes on the wrong nodes, and on none, fail") {
  sim::Problem problem = one_mass();
  std::swap(problem.design.probes[0].node, problem.design.probes[1].node);
  CHECK_THAT(failures_of(problem), ContainsSubstring("matrices"));
  problem = one_mass();
  problem.design.probes[0].node = "y";
  const sim::Report report = sim::certify(problem, {});
  CHECK(failed_checks(report) == "matrices probe steady path order");
  CHECK_THAT(find_check(report, "matrices").detail, ContainsSubstring("y"));
  CHECK_THAT(find_check(report, "path").detail, ContainsSubstring("y"));
  problem.design.probes[0].node = "0";
  CHECK_THAT(failures_of(problem), ContainsSubstring("matrices"));
}

TEST_CASE("what the options do to a circuit, matrices cannot see, and the engine does") {
  // rshunt puts a resistor to ground at each node.
  CHECK(failures_of(".ic", ".options rshunt=1e3\n.ic") == "probe steady path order");
}

TEST_CASE("a velocity that is no voltage, or has an offset, is not taken") {
  sim::Problem problem = one_mass();
  problem.design.probes[1].offset = 0.5;
  CHECK_THAT(failures_of(problem), ContainsSubstring("matrices"));
  problem = one_mass();
  problem.design.probes[1].quantity = netlist::Probe::Quantity::flux;
  CHECK_THROWS_AS(sim::certify(problem, {}), netlist::NetlistError);
}

TEST_CASE("matrices names the worst entry, and an obstacle in words") {
  sim::Problem problem = one_mass(replaced(kOneMassDeck, "cm v 0 2", "cm v 0 2.5"));
  sim::Report report = sim::certify(problem, {});
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("M(0,0) is 2.5, the model has 2: cm is 2.5 F, expected 2 F"));
  CHECK(find_check(report, "matrices").value == Approx(0.2));
  problem = one_mass(replaced(kOneMassDeck, ".ic", "vx v 0 0\n.ic"));
  report = sim::certify(problem, {});
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("no second-order system: nothing determines 'i(vx)'"));
}

TEST_CASE("a position that leaks is no position, even where no spring reads it") {
  sim::Problem problem =
      one_mass(replaced(replaced(kOneMassDeck, "gk v 0 x 0 3\n", ""), ".ic", "rx x 0 9\n.ic"));
  problem.system = make_mass(2.0, 0.5, 0.0, 6.0);
  const sim::Report report = sim::certify(problem, {});
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("position 0 is no integral of velocities"));
  CHECK_THAT(failed_checks(report), ContainsSubstring("matrices probe path"));
}

TEST_CASE("an op-amp with its inputs exchanged fails, though its equations hold") {
  // Overdamped: D x' + K x = f with one op-amp.
  const std::string deck =
      "one op-amp\n.subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
      "xx 0 s x opamp_ideal\ncd x s 2m\nrk x s 500\nvr ref 0 -1\nrf ref s 250\n"
      ".ic v(x)=-1\n.end\n";
  sim::Problem problem = one_mass(deck);
  problem.system = make_mass(1.0, 2.0, 2.0, 4.0);
  problem.system.dynamics = core::Dynamics::overdamped;
  problem.system.M.resize(0, 0);
  problem.initial.v.resize(0, 1);
  problem.design.probes.pop_back();
  problem.design.ports[0] = {"s", 0, 0, -1000.0};
  CHECK(failures_of(problem).empty());
  problem.deck = replaced(deck, "xx 0 s x", "xx s 0 x");
  CHECK(failures_of(problem) == "matrices");
  CHECK_THAT(find_check(sim::certify(problem, {}), "matrices").detail,
             ContainsSubstring("op-amp 'xx' comes back to its non-inverting input"));
}

TEST_CASE("what does not apply says why") {
  SECTION("free directions: no settled state") {
    sim::Problem problem = one_mass(replaced(kOneMassDeck, "gk v 0 x 0 3\n", ""));
    problem.system = make_mass(2.0, 0.5, 0.0, 6.0);
    const sim::Report report = sim::certify(problem, {});
    CHECK(report.passed());
    CHECK(find_check(report, "steady").status == Status::not_applicable);
    CHECK_THAT(find_check(report, "steady").detail,
               ContainsSubstring("K has 1 free direction (1 of 1 nodes are in them)"));
  }
  SECTION("no friction: nothing settles") {
    sim::Problem problem = one_mass(replaced(kOneMassDeck, "rd v 0 2\n", ""));
    problem.system = make_mass(2.0, 0.0, 3.0, 6.0);
    const sim::Report report = sim::certify(problem, {});
    CHECK(report.passed());
    CHECK_THAT(find_check(report, "steady").detail, ContainsSubstring("give --friction"));
  }
  SECTION("neither springs nor friction: no time scale") {
    sim::Problem problem =
        one_mass(replaced(replaced(kOneMassDeck, "gk v 0 x 0 3\n", ""), "rd v 0 2\n", ""));
    problem.system = make_mass(2.0, 0.0, 0.0, 6.0);
    const sim::Report report = sim::certify(problem, {});
    CHECK(report.passed());
    CHECK(find_check(report, "probe").status == Status::pass);
    CHECK_THAT(find_check(report, "order").detail, ContainsSubstring("nothing sets a time scale"));
  }
  SECTION("a state of rest: no motion whose order could be seen") {
    sim::Problem problem = one_mass(replaced(kOneMassDeck, "v(v)=0.25 v(x)=-1", "v(x)=2"));
    problem.initial = make_state(2.0, 0.0);
    const sim::Report report = sim::certify(problem, {});
    CHECK(report.passed());
    CHECK(find_check(report, "path").status == Status::pass);
    CHECK_THAT(find_check(report, "order").detail, ContainsSubstring("state of rest"));
  }
}

TEST_CASE("decide: at most, at least, and a NaN fails") {
  sim::Check check;
  check.limit = 1.0;
  const auto decided = [&](double value, sim::Check::Sense sense) {
    check.value = value;
    check.sense = sense;
    sim::decide(check);
    return check.status;
  };
  CHECK(decided(1.0, sim::Check::Sense::at_most) == Status::pass);
  CHECK(decided(1.1, sim::Check::Sense::at_most) == Status::fail);
  CHECK(decided(1.0, sim::Check::Sense::at_least) == Status::pass);
  CHECK(decided(0.9, sim::Check::Sense::at_least) == Status::fail);
  CHECK(decided(std::nan(""), sim::Check::Sense::at_most) == Status::fail);
  CHECK(decided(std::nan(""), sim::Check::Sense::at_least) == Status::fail);
}

TEST_CASE("model: two systems, entry by entry, relative to the larger") {
  const core::SecondOrderSystem given = make_mass(2.0, 0.5, 3.0, 6.0);
  CHECK(sim::compare_systems(given, given).status == Status::pass);
  CHECK(sim::compare_systems(given, given).value == 0.0);
  const sim::Check stiffer = sim::compare_systems(given, make_mass(2.0, 0.5, 3.003, 6.0));
  CHECK(stiffer.status == Status::fail);
  CHECK(stiffer.value == Approx(0.003 / 3.003));
  CHECK_THAT(stiffer.detail, ContainsSubstring("K(0,0): manifest 3, data 3.003"));
  CHECK_THAT(sim::compare_systems(given, make_mass(2.0, 0.5, 3.0, -6.0)).detail,
             ContainsSubstring("f(0)"));
  // An entry that one side has not at all.
  core::SecondOrderSystem loose = given;
  loose.D = core::SparseMatrix(1, 1);
  CHECK(sim::compare_systems(given, loose).value == 1.0);
  CHECK(sim::compare_systems(loose, given).value == 1.0);
  CHECK(sim::compare_systems(given, make_mass(std::nextafter(2.0, 3.0), 0.5, 3.0, 6.0)).status ==
        Status::pass);
}

TEST_CASE("parts that change nothing pass: zero-valued ones, splits in series and in parallel") {
  const std::string deck =
      replaced(replaced(replaced(kOneMassDeck, "cm v 0 2", "cm v m1 4\ncm2 m1 m2 8\ncm3 m2 0 8"),
                        ".ic", "vzero v vv 0\nlzero vv vvv 0\ncopen vvv 0 0\n.ic"),
               "gk v 0 x 0 3", "gk v 0 x 0 1\ngk2 vvv 0 x 0 2");
  sim::Problem problem = one_mass(deck);
  const sim::Report report = sim::certify(problem, {});
  INFO(failed_checks(report));
  CHECK(report.passed());
}

TEST_CASE("other units: refused with the reason, accepted when allowed, with the factors") {
  // All C twice, all conductances and forces twice: impedance x 0.5.
  std::string deck(kOneMassDeck);
  sim::Problem problem = one_mass();
  for (netlist::Port& port : problem.design.ports) port.gain *= 2.0;
  sim::Report report = sim::certify(problem, {});
  CHECK_FALSE(report.passed());
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("at another scale (impedance x 0.5); --allow-rescale"));
  sim::CertifyOptions options;
  options.allow_rescale = true;
  report = sim::certify(problem, options);
  CHECK(report.passed());
  REQUIRE(report.scale);
  CHECK(report.scale->text() == "impedance x 0.5");

  // The deck's second is the manifest's half a unit: everything is twice as slow.
  problem = one_mass();
  problem.design.scales.time_s *= 0.5;
  for (netlist::Probe& probe : problem.design.probes) {
    if (probe.kind == netlist::Probe::Kind::velocity) probe.gain *= 0.5;
  }
  CHECK_FALSE(sim::certify(problem, {}).passed());
  report = sim::certify(problem, options);
  INFO(failed_checks(report));
  CHECK(report.passed());
  REQUIRE(report.scale);
  CHECK_THAT(report.scale->text(), ContainsSubstring("time x 2"));

  // One wrong value is no common scale.
  problem = one_mass(replaced(kOneMassDeck, "cm v 0 2", "cm v 0 2.5"));
  CHECK_FALSE(sim::certify(problem, options).passed());
}

TEST_CASE("a read-out is held to its weights, its constant and its start, and to the fit") {
  // q = 2 V a unit of position: yhat = 0.75 x is read as 0.375 v(q).
  const auto with_readout = [](const std::string& cards) {
    sim::Problem problem = one_mass(replaced(kOneMassDeck, ".ic", cards + "\n.ic"));
    problem.design.readouts = {{"q", 0, 0, 0.375, 0.0, {{0, 0.75}}}};
    return problem;
  };
  sim::Report report = sim::certify(with_readout("gq 0 q x 0 2\nrq q 0 1"), {});
  INFO(failed_checks(report));
  CHECK(report.passed());
  CHECK_THAT(find_check(report, "steady").detail, ContainsSubstring("1 read-out"));

  report = sim::certify(with_readout("gq 0 q x 0 2.1\nrq q 0 1"), {});
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("the weight of 0 in read-out q is 0.7875, the model has 0.75"));
  CHECK_THAT(find_check(report, "matrices").detail, ContainsSubstring("gq is 2.1 S, expected 2 S"));
  CHECK_THAT(failed_checks(report), ContainsSubstring("steady"));

  // It shows the velocity, too, or a constant.
  for (const char* cards :
       {"gq 0 q x 0 2\nrq q 0 1\ngv 0 q v 0 1", "gq 0 q x 0 2\nrq q 0 1\niq 0 q 1"}) {
    report = sim::certify(with_readout(cards), {});
    CHECK_THAT(failed_checks(report), ContainsSubstring("matrices"));
  }
  // An integrator of the velocity, which no operating point knows, and one with the wrong start.
  sim::Problem integrating = with_readout("gq 0 q v 0 2\ncq q 0 1\n.ic v(q)=-2");
  integrating.design.has_operating_point = false;
  report = sim::certify(integrating, {});
  INFO(failed_checks(report));
  CHECK(report.passed());
  report = sim::certify(with_readout("gq 0 q v 0 2\ncq q 0 1\n.ic v(q)=-1"), {});
  CHECK_THAT(find_check(report, "matrices").detail, ContainsSubstring("initial value of q"));
}
