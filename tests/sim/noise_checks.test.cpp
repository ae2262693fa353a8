// The checks of circuits with noise: on the right circuit, and on some that are nearly right.
#include <cmath>

#include "tests/catch.hpp"
#include "tests/sim/plain_circuit.hpp"

using namespace springspice;
using namespace springspice::test;
using Status = sim::Check::Status;

namespace {

std::string failures_of(const sim::Problem& problem) {
  return failed_checks(sim::certify(problem, {}));
}

sim::Problem overdamped_mass() {
  core::SecondOrderSystem system = make_system_of({}, Eigen::MatrixXd::Constant(1, 1, 2.0),
                                                  Eigen::MatrixXd::Constant(1, 1, 3.0), 0.4);
  return plain_problem(system);
}

bool is_among(const std::string& name, const std::string& names) {
  return (" " + names + " ").find(" " + name + " ") != std::string::npos;
}

void check_all_pass(const sim::Problem& problem) {
  const sim::Report report = sim::certify(problem, {});
  for (const sim::Check& check : report.checks) {
    INFO(check.name << ": " << check.value << ", " << check.detail);
    CHECK(check.status == Status::pass);
    CHECK(!check.origin.empty());
  }
  CHECK(report.checks.size() == 7);
  REQUIRE(report.audit);
  INFO(report.audit->obstacle);
  CHECK(report.audit->spread() < 1e-11);
}

}  // namespace

TEST_CASE("noise of a resistor, of a generator, into a node: all checks pass") {
  SECTION("resistor") { check_all_pass(noisy_mass()); }
  SECTION("generator") { check_all_pass(generator_mass()); }
  SECTION("node") {
    sim::Problem problem = noisy_mass();
    problem.design.noise = {{"into v", {{"v", -2.0}}, 0.1, false}};
    check_all_pass(problem);
  }
  SECTION("the force's own current source") {
    sim::Problem problem = noisy_mass();
    problem.design.noise = {{"at if", {{"if", 1.0}}, 0.4, false}};
    // It is at 0 V or 0 A that a noisy source stands: the force comes from another.
    problem.deck = replaced(problem.deck, "if 0 v 6\n", "if 0 v 0\nig 0 v 6\n");
    check_all_pass(problem);
  }
  SECTION("overdamped") { check_all_pass(overdamped_mass()); }
  SECTION("three coordinates, sources at two places each") {
    const Eigen::MatrixXd M = positive_matrix(3, 1);
    check_all_pass(plain_problem(make_system_of(M, 0.3 * M, positive_matrix(3, 2), 0.4)));
  }
}

TEST_CASE("the spectrum's way: .noise for resistors, source by source for all else") {
  const sim::Report resistors = sim::certify(noisy_mass(), {});
  CHECK_THAT(find_check(resistors, "spectrum").detail, ContainsSubstring("by .noise"));
  const sim::Report generator = sim::certify(generator_mass(), {});
  CHECK_THAT(find_check(generator, "spectrum").detail,
             ContainsSubstring("by .ac, source by source"));
  CHECK_THAT(find_check(generator, "path").detail,
             ContainsSubstring("with one noise path in both (seed 1)"));
}

TEST_CASE("no noise: why there is no spectrum, and no audit") {
  sim::Report report = sim::certify(one_mass(), {});
  CHECK(!report.audit);
  for (const char* name : {"spectrum", "variance"}) {
    CHECK(find_check(report, name).status == Status::not_applicable);
    CHECK_THAT(find_check(report, name).detail, ContainsSubstring("kT is 0"));
  }
  sim::Problem loose = noisy_mass(replaced(kOneMassDeck, "rd v 0 2\n", ""));
  loose.system = make_mass(2.0, 0.0, 3.0, 6.0);
  loose.system.kT = 0.4;
  loose.design.noise.clear();
  report = sim::certify(loose, {});
  CHECK(report.passed());
  CHECK_THAT(find_check(report, "spectrum").detail, ContainsSubstring("without friction"));
}

TEST_CASE("a density or a weight that is off by 0.1 percent fails matrices and spectrum") {
  sim::Problem problem = noisy_mass();
  problem.design.noise[0].density *= 1.001;
  std::string failures = failures_of(problem);
  CHECK(is_among("matrices", failures));
  CHECK(is_among("spectrum", failures));
  problem = generator_mass();
  problem.design.noise[0].incidence[0].weight = 1.001;
  failures = failures_of(problem);
  CHECK(is_among("matrices", failures));
  CHECK(is_among("spectrum", failures));
  problem = generator_mass(replaced(kOneMassDeck, ".ic", ".ic"));
  problem.deck = replaced(problem.deck, "g 0 0.5\n", "g 0 0.5005\n");
  const sim::Report report = sim::certify(problem, {});
  CHECK_THAT(find_check(report, "matrices").detail, ContainsSubstring("noise of the force (0,0)"));
  CHECK(find_check(report, "matrices").status == Status::fail);
  CHECK(find_check(report, "spectrum").status == Status::fail);
}

TEST_CASE("a source that is missing, or there twice, fails") {
  sim::Problem problem = noisy_mass();
  problem.design.noise.clear();
  CHECK(is_among("matrices", failures_of(problem)));
  problem = noisy_mass();
  problem.design.noise = {{"into v", {{"v", 1.0}}, 0.4, false},
                          {"again", {{"v", 1.0}}, 0.4, false}};
  const std::string failures = failures_of(problem);
  CHECK(is_among("matrices", failures));
  CHECK(is_among("spectrum", failures));
  CHECK(is_among("variance", failures));
}

TEST_CASE("two noises at one generator fail: it can carry one") {
  sim::Problem problem = generator_mass();
  problem.design.noise.push_back(problem.design.noise[0]);
  problem.design.noise[1].name = "another";
  const sim::Report report = sim::certify(problem, {});
  CHECK(failed_checks(report) == "matrices");
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("'another' acts at 'vg', where another one"));
}

TEST_CASE("noise at a wrong place fails: at the position, at a part that is not there") {
  sim::Problem problem = noisy_mass();
  problem.design.noise[0].incidence[0].where = "x";
  sim::Report report = sim::certify(problem, {});
  CHECK(find_check(report, "matrices").status == Status::fail);
  problem.design.noise.push_back(noisy_mass().design.noise[0]);
  report = sim::certify(problem, {});
  CHECK(find_check(report, "matrices").status == Status::fail);
  CHECK_THAT(find_check(report, "matrices").detail,
             ContainsSubstring("position 0 by noise source 1"));
  problem = noisy_mass();
  problem.design.noise[0].incidence[0].where = "r9";
  report = sim::certify(problem, {});
  CHECK(!report.passed());
  CHECK(find_check(report, "matrices").status == Status::fail);
  CHECK_THAT(find_check(report, "matrices").detail, ContainsSubstring("acts at 'r9'"));
  // Of two coordinates, the other one's node.
  const Eigen::MatrixXd M = Eigen::Vector2d(1.0, 2.0).asDiagonal();
  problem = plain_problem(make_system_of(M, 0.3 * M, positive_matrix(2, 2), 0.4));
  REQUIRE(problem.design.noise.size() == 2);
  std::swap(problem.design.noise[0].incidence, problem.design.noise[1].incidence);
  CHECK(is_among("matrices", failures_of(problem)));
}

TEST_CASE("a part's own noise is not the model's: it fails nothing") {
  sim::Problem problem = noisy_mass();
  problem.design.noise.push_back({"thermal", {{"x", 1.0}}, 0.01, true});
  problem.design.noise.push_back({"thermal rd", {{"rd", 1.0}}, 0.01, true});
  const sim::Report report = sim::certify(problem, {});
  CHECK(failed_checks(report).empty());
  REQUIRE(report.audit);
  CHECK(report.audit->with_own_noise);
  CHECK(report.audit->hottest > 0.4);
}

TEST_CASE("a wrong stiffness fails spectrum and variance") {
  const std::string failures = failures_of(noisy_mass(replaced(kOneMassDeck, "0 3\n", "0 3.03\n")));
  CHECK(is_among("spectrum", failures));
  CHECK(is_among("variance", failures));
}

TEST_CASE("path sees what the noise does: a generator's part off by 0.1 percent") {
  // The stamped deck, which gives the model its force, is that of the right circuit.
  Bench bench(generator_mass());
  CHECK(sim::check_path(bench.checker).status == Status::pass);
  bench.problem.deck = replaced(bench.problem.deck, "g 0 0.5\n", "g 0 0.5005\n");
  const sim::Check check = sim::check_path(bench.checker);
  CHECK(check.status == Status::fail);
  CHECK(check.value > 1e-5);
}

TEST_CASE("path sees a source of the other sign, which no spectrum can") {
  Bench bench(generator_mass());
  bench.problem.deck = replaced(bench.problem.deck, "gg 0 v g 0 0.5", "gg v 0 g 0 0.5");
  CHECK(sim::check_path(bench.checker).status == Status::fail);
  CHECK(sim::check_spectrum(bench.checker)[0].status == Status::pass);
}

TEST_CASE("path with noise: both rules occur, the seed decides, and the steps can be chosen") {
  Bench bench(noisy_mass());
  std::vector<double> first;
  const auto run = [&](std::uint64_t seed) {
    std::vector<double> positions;
    bench.checker.seed = seed;
    bench.checker.path_steps = 50;
    bench.checker.on_path = [&](double, const core::State& circuit, const core::State&) {
      positions.push_back(circuit.x(0));
    };
    const sim::Check check = sim::check_path(bench.checker);
    CHECK(check.status == Status::pass);
    // Four short steps come before the grid's.
    CHECK_THAT(check.detail, ContainsSubstring("54 steps of 0.125"));
    CHECK_THAT(check.detail, ContainsSubstring("51 trapezoidal, 3 backward Euler"));
    return positions;
  };
  const auto one = run(1);
  CHECK(run(1) == one);
  CHECK(run(2) != one);
}

TEST_CASE("order with noise is 2, under- and overdamped") {
  Bench under(noisy_mass());
  sim::Check check = sim::check_order(under.checker);
  INFO(check.detail);
  CHECK(check.value == Approx(2.0).margin(0.1));
  CHECK_THAT(check.detail, ContainsSubstring("against the exact response to one noise path"));
  Bench over(overdamped_mass());
  check = sim::check_order(over.checker);
  INFO(check.detail);
  CHECK(check.value == Approx(2.0).margin(0.1));
  CHECK(check.status == Status::pass);
}

TEST_CASE("order with noise falls where the circuit is not the model") {
  Bench bench(generator_mass());
  bench.problem.deck = replaced(bench.problem.deck, "g 0 0.5\n", "g 0 0.51\n");
  CHECK(sim::check_order(bench.checker).status == Status::fail);
}

TEST_CASE("coordinates that noise does not reach have no spectrum to compare") {
  // Friction, so noise, at the first coordinate alone; the last two never feel it.
  Eigen::MatrixXd D = Eigen::MatrixXd::Zero(4, 4);
  D(0, 0) = 0.5;
  Eigen::MatrixXd K = Eigen::MatrixXd::Identity(4, 4);
  K(0, 1) = K(1, 0) = -0.5;
  K(3, 3) = 2.0;
  const sim::Report report =
      sim::certify(plain_problem(make_system_of(Eigen::MatrixXd::Identity(4, 4), D, K, 0.4)), {});
  INFO(find_check(report, "spectrum").detail);
  CHECK(report.passed());
}
