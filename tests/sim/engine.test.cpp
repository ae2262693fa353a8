// The engine against closed forms, and against every way in which ngspice fails.
#include "sim/engine.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numbers>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <Eigen/Dense>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/sim/engine_runs.hpp"

using namespace engine_runs;

namespace {

std::string numbered(const char* prefix, int number) {
  std::string name(prefix);
  return name += std::to_string(number);
}

std::string deck_with(const std::string& lines) { return "a title\nV1 a 0 1\n" + lines + ".end\n"; }

}  // namespace

// ---- what comes out

TEST_CASE("a transient of an RC follows the closed form") {
  const double h = 1e-5;
  const Result result = collect({rc_deck, grid_run(h, 5e-3), {"out", "in"}});
  // The trapezoidal rule's error is at most (h/tau)^2 / 12 times max(x e^-x) = 0.37, and that of
  // the three backward Euler steps of h/100 far below.
  const double tolerance = 1e-4 / 12 * 0.37 * 1.1;
  for (const Point& point : result.points) {
    CHECK(std::abs(point.values[0].real() - (1 - std::exp(-point.scale / 1e-3))) < tolerance);
    CHECK(point.values[1] == Complex(1, 0));
  }
  CHECK(result.points.size() == 504);
  CHECK(result.summary.points == 504);
  CHECK(std::stod(result.summary.version) >= 38);
  CHECK_THAT(result.summary.log, ContainsSubstring("Circuit: rc"));
}

TEST_CASE("an operating point comes as one point at scale 0") {
  const Run run{deck_with("R1 a b 1k\nR2 b 0 3k\n"), OperatingPointRun{}, {"b", "i(v1)", "V(A)"}};
  const Result result = collect(run);
  REQUIRE(result.points.size() == 1);
  CHECK(result.points[0].scale == 0.0);
  CHECK(result.points[0].values[0].real() == Approx(0.75).epsilon(1e-9));  // gmin = 1e-12 S
  CHECK(result.points[0].values[1].real() == Approx(-0.25e-3).epsilon(1e-9));
  CHECK(result.points[0].values[2].real() == 1.0);
}

TEST_CASE("an AC run gives the complex closed form") {
  const double frequency = 123.456789;
  const Result result = collect({rc_deck, AcRun{{frequency}, {}}, {"out"}});
  REQUIRE(result.points.size() == 1);
  CHECK(result.points[0].scale == Approx(frequency).epsilon(1e-15));
  const Complex expected = 1.0 / Complex(1.0, 2 * std::numbers::pi * frequency * 1e-3);
  CHECK(std::abs(result.points[0].values[0] - expected) < 1e-12);
}

TEST_CASE("an AC run skips the operating point's plot that keepopinfo makes") {
  std::string deck = rc_deck;
  deck.replace(deck.find("noopac"), 6, "keepopinfo");
  const Result result = collect({deck, AcRun{{100.0}, {}}, {"out"}});
  REQUIRE(result.points.size() == 1);
  CHECK(result.points[0].values[0].imag() < 0);
}

TEST_CASE("vectors are found under every spelling, and come in the order asked for") {
  const Run run{deck_with("R1 a 1 1\nL1 1 X.y 1\nR2 x.y n!$ 1\nR3 n!$ 0 1\nX1 a sub\n"
                          ".subckt sub p\nR1 p q 1\nL1 q r 1\nR2 r 0 1\n.ends\n"),
                OperatingPointRun{},
                {"n!$", "X.Y", "1", "v(1)", "I(L1)", "x1.r", "i(l.x1.l1)", "l1#branch"}};
  const std::vector<double> expected = {1.0 / 3, 2.0 / 3, 2.0 / 3, 2.0 / 3,
                                        1.0 / 3, 0.5,     0.5,     1.0 / 3};
  const Result result = collect(run);
  REQUIRE(result.points.size() == 1);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(result.points[0].values[i].real() == Approx(expected[i]).epsilon(1e-9));
  }
}

// ---- time steps

TEST_CASE(
    "a grid's points lie on k h to the last bit, from its start to the point nearest stop_s") {
  const double h = 0.1e-3;
  // h/3 is below half a step, so the last point stays; with 0.7 h it is the next one.
  for (const double beyond : {0.0, h / 3, -h / 3}) {
    const Result result = collect({rc_deck, grid_run(h, 1000 * h + beyond), {"out"}});
    REQUIRE(result.points.size() == 4 + 1000);
    for (int k = 0; k < 4; ++k) {
      const double t = result.points[static_cast<std::size_t>(k)].scale;
      CHECK(t == Approx((k + 1) * 1e-2 * h).epsilon(1e-14));
    }
    // The first step to the grid rounds once; from there on k h - t is exact.
    CHECK(result.points[4].scale == Approx(h).epsilon(3e-16));
    bool exact = true;
    for (int k = 2; k <= 1000; ++k) {
      exact = exact && result.points[static_cast<std::size_t>(k + 3)].scale == k * h;
    }
    CHECK(exact);
  }
}

TEST_CASE("a long grid ends on its last point, and a short one too") {
  // ngspice's own end of a run comes a step late from about 1e5 points on.
  for (const int points : {1, 2, 120'000}) {
    const double h = 1e-7;
    double last = 0.0;
    Engine engine;
    const RunSummary summary =
        engine.run({rc_deck, grid_run(h, points * h), {"out"}},
                   [&](double time, std::span<const Complex>) { last = time; });
    CHECK(summary.points == static_cast<std::size_t>(points) + 4);
    CHECK(last == points * h);
  }
}

TEST_CASE("without a grid the last point is stop_s, and the first one not t = 0") {
  TransientRun transient;
  transient.step_s = 1e-5;
  transient.stop_s = 1e-3;
  transient.max_step_s = 1e-5;
  const Result result = collect({rc_deck, transient, {"out"}});
  CHECK(result.points.front().scale > 0.0);
  CHECK(result.points.back().scale == Approx(1e-3).epsilon(1e-14));

  // Without `uic` ngspice computes a point at t = 0, and streams it.
  transient.use_initial = false;
  CHECK(collect({rc_deck, transient, {"out"}}).points.front().scale == 0.0);
}

TEST_CASE("grid points replay outside: steps 1 to 3 backward Euler, then trapezoidal") {
  // Two coupled gm-C nodes, C dv/dt = -G v: a damped rotation, about 20 periods in 10,000 steps.
  const Eigen::Vector2d c(1.0, 2.0);
  const Eigen::Matrix2d g{{0.01, 1.0}, {-1.0, 0.02}};
  const std::string deck =
      "gmc\n"
      "C1 a 0 1\nC2 b 0 2\n"
      "G11 a 0 a 0 0.01\nG12 a 0 b 0 1\nG21 b 0 a 0 -1\nG22 b 0 b 0 0.02\n"
      ".ic v(a)=1 v(b)=-0.5\n"
      ".options method=trap trtol=1e12\n.end\n";
  const Result result = collect({deck, grid_run(0.02, 200.0), {"a", "b"}});
  REQUIRE(result.points.size() == 10'004);

  // A capacitor's current i is ngspice's state: i' = s C (v' - v) - (trapezoidal ? i : 0).
  Eigen::Vector2d v(1.0, -0.5);
  Eigen::Vector2d i = Eigen::Vector2d::Zero();
  double t = 0.0;
  double worst = 0.0;
  int step = 0;
  for (const Point& point : result.points) {
    const bool euler = ++step <= 3;
    const Eigen::Vector2d s = c * ((euler ? 1.0 : 2.0) / (point.scale - t));
    const Eigen::Vector2d known = s.cwiseProduct(v) + (euler ? Eigen::Vector2d::Zero().eval() : i);
    const Eigen::Matrix2d left = g + Eigen::Matrix2d(s.asDiagonal());
    const Eigen::Vector2d next = left.partialPivLu().solve(known);
    i = s.cwiseProduct(next) - known;
    v = next;
    t = point.scale;
    const Eigen::Vector2d streamed(point.values[0].real(), point.values[1].real());
    worst = std::max(worst, (streamed - v).cwiseAbs().maxCoeff());
  }
  CAPTURE(worst / 1e-12);  // Catch prints few digits
  CHECK(worst < 1e-12);    // rounding of 1e4 steps, seen: 7e-14
}

TEST_CASE("a deck whose error control rejects steps of the grid is not a run") {
  std::string deck = rc_deck;
  deck.replace(deck.find("trtol=1e12"), 10, "trtol=1e-3");
  const EngineError error = error_of(Run{deck, grid_run(1e-4, 1e-2), {"out"}});
  CHECK(error.reason() == Reason::ended_early);
  CHECK_THAT(error.what(), ContainsSubstring("rejected a step of the grid at t = ") &&
                               ContainsSubstring("trtol=1e12"));
}

TEST_CASE(".ic sets capacitors at t = 0 with uic; ic= an inductor") {
  const std::string deck =
      "lc\nC1 a 0 1u\nL1 a 0 1m ic=2m\n.ic v(a)=0.25\n"
      ".options method=trap trtol=1e12\n.end\n";
  const double h = 1e-7;
  const Result result = collect({deck, grid_run(h, 1e-5), {"a", "i(l1)"}});
  // Before any time to speak of has passed: steps of 1 ns on a period of 200 us.
  CHECK(result.points[0].values[0].real() == Approx(0.25).epsilon(1e-4));
  CHECK(result.points[0].values[1].real() == Approx(2e-3).epsilon(1e-3));
  // Trapezoidal without loss: the energy stays.
  const auto energy = [](const Point& p) {
    return 1e-6 * std::norm(p.values[0]) + 1e-3 * std::norm(p.values[1]);
  };
  CHECK(energy(result.points.back()) == Approx(energy(result.points[4])).epsilon(1e-9));
}

TEST_CASE("on_progress rises to 1") {
  std::vector<double> seen;
  EngineOptions options;
  options.on_progress = [&](double fraction) { seen.push_back(fraction); };
  Engine engine(options);
  engine.run({rc_deck, grid_run(1e-6, 2e-2), {"out"}}, ignore_points);
  REQUIRE_FALSE(seen.empty());
  CHECK(std::ranges::is_sorted(seen));
  CHECK(seen.back() == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("many points of many vectors stream") {
  std::string ladder = "ladder\nV1 n0 0 1\n";
  Run run{"", grid_run(1e-7, 2e-3), {}};
  for (int i = 1; i <= 10; ++i) {
    const std::string k = std::to_string(i);
    const std::string node = numbered("n", i);
    ladder.append("R" + k + ' ' + numbered("n", i - 1) + ' ' + node + " 1k\n");
    ladder.append("C" + k + ' ' + node + " 0 1n\n");
    run.vectors.push_back(node);
  }
  run.deck = ladder + ".options method=trap trtol=1e12\n.end\n";
  const Result result = collect(run);
  REQUIRE(result.points.size() == 20'004);
  // It charges from the near end.
  const std::vector<Complex>& last = result.points.back().values;
  CHECK(std::ranges::is_sorted(last, std::ranges::greater{}, [](Complex v) { return v.real(); }));
}

TEST_CASE("a deck of 64k elements goes in from memory") {
  std::string deck = "wide\nV1 a 0 1\n";
  for (int i = 1; i <= 64'000; ++i) deck.append(numbered("R", i)).append(" a 0 64000\n");
  const Result result = collect({deck + ".end\n", OperatingPointRun{}, {"i(v1)"}});
  CHECK(result.points.at(0).values[0].real() == Approx(-1.0).epsilon(1e-9));
}

// ---- what ngspice refuses

TEST_CASE("a refused deck names the line and quotes ngspice") {
  struct Case {
    std::string lines;
    std::string where;
    std::string words;
  };
  const std::vector<Case> cases = {
      {"D1 a 0 nomodel\n", "line 3 `D1 a 0 nomodel`", "could not find a valid modelname"},
      {"X1 a 0 nosub\n", "line 3 `X1 a 0 nosub`", "unknown subckt"},
      {"X1 a 0 s\n.subckt s a b c\nR1 a b 1\n.ends\n", "", "Too few parameters for subcircuit"},
      {"R1 a 0 1\nR2 a 0\n", "", "r2: resistance to low, set to 1 mOhm"},
      {"G1 a 0 a 0\n", "line 3 `G1 a 0 a 0`", "not enough parameters in line"},
      {"Y1 a 0 a\n", "line 3 `Y1 a 0 a`", "model name is not found"},
      {"?1 a 0 a\n", "line 3 `?1 a 0 a`", "Unusual leading characters"},
      {"R1 a 0 {foo}\n", "line 3 `R1 a 0 {foo}`", "Undefined parameter [foo]"},
      {"R1 a 0 1\nR1 a 0 1\n", "line 4 `R1 a 0 1`", "device already exists"},
      {"R1 a 0 1 foo=2\n", "line 3 `R1 a 0 1 foo=2`", "unknown parameter (foo)"},
      {"F1 a 0 V9 1\n", "", "f1: unknown controlling source v9"},
      {"R1 a 0 1\n.ic v(nonode)=1\n", "line 4 `.ic v(nonode)=1`", "IC on non-existent node"},
      {"R1 a 0 1\n.foo bar\n", "line 4 `.foo bar`", "unimplemented control card"},
      {"R1 a 0 1\n.include nofile\n", "", "Could not find include file nofile"},
      {"R1 a 0 1\n.subckt s p\n", "line 4 `.subckt s p`", "Mismatch of .subckt"},
      {"R1 a 0 1\n.options reltol=abc\n", "", "bad type given for option reltol"},
  };
  Engine engine;
  for (const Case& one : cases) {
    const EngineError error = error_of(engine, {deck_with(one.lines), grid_run(1, 10), {"a"}});
    INFO(error.what());
    CHECK(error.reason() == Reason::refused);
    CHECK_THAT(error.what(), ContainsSubstring("ngspice refused the deck"));
    CHECK_THAT(error.what(), ContainsSubstring(one.where));
    CHECK_THAT(error.what(), ContainsSubstring(one.words));
  }
  const EngineError no_end = error_of(engine, {"t\nR1 a 0 1\n", OperatingPointRun{}, {"a"}});
  CHECK(no_end.reason() == Reason::refused);
  CHECK_THAT(no_end.what(), ContainsSubstring(".end statement is missing"));
  check_runs_well(engine);
}

TEST_CASE("remarks of ngspice are no faults") {
  // "has no value, DC 0 assumed", and a floating source's gmin.
  const Result result = collect({"t\nI1 0 a ac 1\nR1 a 0 2\n.end\n", AcRun{{1.0}, {}}, {"a"}});
  CHECK_THAT(result.summary.log, ContainsSubstring("has no value"));
  CHECK(result.points.at(0).values[0].real() == Approx(2.0));
}

TEST_CASE("an unknown vector is named, with what there is") {
  Engine engine;
  const Run run{"t\nV1 in 0 1\nR1 in alpha 1\nR2 alpha 0 1\n.end\n", OperatingPointRun{}, {"alpa"}};
  const EngineError near = error_of(engine, run);
  CHECK(near.reason() == Reason::unknown_node);
  CHECK(std::string(near.what()) ==
        "the circuit has no vector 'alpa'; did you mean 'alpha'? It has 3: in, alpha, v1#branch");

  // One that exists beside one that does not.
  Run mixed = good_run();
  mixed.vectors = {"out", "i(r1)"};
  const EngineError error = error_of(engine, mixed);
  CHECK(error.reason() == Reason::unknown_node);
  CHECK_THAT(error.what(), ContainsSubstring("no vector 'r1#branch'"));
  check_runs_well(engine);
}

TEST_CASE("a circuit without a solution ends early and says why") {
  Engine engine;
  const EngineError loop =
      error_of(engine, {deck_with("V2 a 0 2\nR1 a 0 1\n"), grid_run(1, 10), {"a"}});
  CHECK(loop.reason() == Reason::ended_early);
  CHECK_THAT(loop.what(), ContainsSubstring("singular matrix:  check node v1#branch") &&
                              ContainsSubstring("Timestep too small"));

  // ngspice claims success here, out of its "transient operating point": -1e-5 V of 1 A into 1 F.
  const EngineError floating =
      error_of(engine, {"t\nI1 a 0 1\nC1 a 0 1\n.end\n", OperatingPointRun{}, {"a"}});
  CHECK(floating.reason() == Reason::ended_early);
  CHECK_THAT(floating.what(), ContainsSubstring("no operating point") &&
                                  ContainsSubstring("singular matrix:  check node a"));

  const EngineError singular = error_of(
      engine,
      {"t\nI1 0 a ac 1\nC1 a b 1\nR1 c 0 1\n.options noopac\n.end\n", AcRun{{1.0}, {}}, {"a"}});
  CHECK(singular.reason() == Reason::ended_early);
  CHECK_THAT(singular.what(), ContainsSubstring("matrix is singular"));

  const EngineError external =
      error_of(engine, {"t\nI1 0 a external\nR1 a 0 1\n.end\n", grid_run(1, 10), {"a"}});
  CHECK(external.reason() == Reason::refused);
  CHECK_THAT(external.what(), ContainsSubstring("the deck's source 'i1' is external"));
  check_runs_well(engine);
}

TEST_CASE("numbers that are no run are refused before a process starts") {
  Engine engine;
  CHECK_THROWS_WITH(engine.run({rc_deck, grid_run(1e-4, -1.0), {"out"}}, ignore_points),
                    ContainsSubstring("TransientRun::stop_s is -1; it must be a positive number"));
  CHECK_THROWS_WITH(engine.run({rc_deck, AcRun{{0.0}, {}}, {"out"}}, ignore_points),
                    ContainsSubstring("AcRun::frequencies_hz is 0"));
  CHECK_THROWS_WITH(engine.run({rc_deck, AcRun{{1.0}, {}}, {"a\n.end"}}, ignore_points),
                    ContainsSubstring("is not a vector's name"));
  TransientRun long_start = grid_run(1e-4, 1e-3);
  long_start.grid->start_steps = 100;
  CHECK_THROWS_WITH(engine.run({rc_deck, long_start, {"out"}}, ignore_points),
                    ContainsSubstring("the length of StepGrid's start is 1; it must be below"));
}

// ---- a worker that dies, hangs, or is not there

TEST_CASE("a crash is told with its signal, and the next run is a good one") {
  pid_t pid = 0;
  int crashes = 1;
  EngineOptions options;
  options.on_start = [&](pid_t started) {
    pid = started;
    if (crashes-- > 0) ::kill(pid, SIGSEGV);
  };
  Engine engine(options);
  const EngineError at_start = error_of(engine, good_run());
  CHECK(at_start.reason() == Reason::crashed);
  CHECK_THAT(at_start.what(), ContainsSubstring("ngspice crashed (SIGSEGV)"));
  check_runs_well(engine);

  const EngineError midway = error_of(
      engine, endless_run(), [&](double, std::span<const Complex>) { ::kill(pid, SIGSEGV); });
  CHECK(midway.reason() == Reason::crashed);
  CHECK_THAT(midway.what(), ContainsSubstring("SIGSEGV) at t = ") &&
                                ContainsSubstring("of 1000 s; its last words: "));
  check_runs_well(engine);
}

TEST_CASE("ngspice's own crash is survived") {
  // "dc 0 external", the spelling of the tutorials, segfaults in 38 to 40.
  Engine engine;
  if (std::stod(collect(engine, good_run()).summary.version) >= 41) return;
  const EngineError error =
      error_of(engine, {"t\nI1 0 a dc 0 external\nR1 a 0 1\n.end\n", grid_run(1, 10), {"a"}});
  CHECK(error.reason() == Reason::crashed);
  CHECK_THAT(error.what(), ContainsSubstring("SIGSEGV") && ContainsSubstring("Doing analysis"));
  check_runs_well(engine);
}

TEST_CASE("a run past its time limit is ended, and says how far it came") {
  pid_t pid = 0;
  EngineOptions options;
  options.time_limit_s = 0.25;
  options.on_start = [&](pid_t started) { pid = started; };
  Engine engine(options);
  const EngineError error = error_of(engine, endless_run());
  CHECK(error.reason() == Reason::timed_out);
  CHECK_THAT(error.what(), ContainsSubstring("ngspice was ended after 0.25 s at t = ") &&
                               ContainsSubstring(" of 1000 s"));
  CHECK(::kill(pid, 0) == -1);  // gone, and reaped

  // One that answers nothing at all: stopped before it reads.
  options.on_start = [&](pid_t started) { ::kill(started, SIGSTOP); };
  const EngineError stopped = error_of(good_run(), options);
  CHECK(stopped.reason() == Reason::timed_out);
  CHECK_THAT(stopped.what(), ContainsSubstring("while it was loading the deck"));
  check_runs_well(engine);
}

TEST_CASE("an exception of on_point ends the worker and passes through") {
  pid_t pid = 0;
  EngineOptions options;
  options.on_start = [&](pid_t started) { pid = started; };
  Engine engine(options);
  struct Enough {};
  const OnPoint throwing = [](double, std::span<const Complex>) { throw Enough(); };
  CHECK_THROWS_AS(engine.run(endless_run(), throwing), Enough);
  CHECK(::kill(pid, 0) == -1);
  check_runs_well(engine);
}

TEST_CASE("a missing worker is told with the places, a wrong one with its end") {
  EngineOptions options;
  options.worker = "/nonexistent/worker";
  try {
    Engine engine(options);
    FAIL("found");
  } catch (const EngineError& error) {
    CHECK(error.reason() == Reason::no_worker);
    CHECK_THAT(error.what(),
               ContainsSubstring("looked at /nonexistent/worker; install springspice"));
  }
  options.worker = "/bin/true";
  const EngineError left = error_of(good_run(), options);
  CHECK(left.reason() == Reason::ended_early);
  CHECK_THAT(left.what(), ContainsSubstring("left with exit status 0 before the run was done"));

  // One that leaves while a deck larger than the socket's buffer is on its way: no SIGPIPE.
  Run large = good_run();
  large.deck.insert(large.deck.find(".end"), "* " + std::string(2'000'000, 'x') + "\n");
  CHECK(error_of(large, options).reason() == Reason::ended_early);
}

// ---- what a run leaves behind, and what it must not see

TEST_CASE("no run leaves a file, a folder or a process behind") {
  const ScratchFolder scratch;
  const ScopedVariable tmp("TMPDIR", scratch.path());
  pid_t pid = 0;
  EngineOptions options;
  options.on_start = [&](pid_t started) { pid = started; };
  Engine engine(options);
  const auto files = entries("/proc/self/fd");
  for (int i = 0; i < 3; ++i) {
    check_runs_well(engine);
    error_of(engine, {deck_with("D1 a 0 nomodel\n"), OperatingPointRun{}, {"a"}});
    error_of(engine, {deck_with("R1 a 0 1\n"), OperatingPointRun{}, {"b"}});
    error_of(engine, endless_run(),
             [&](double, std::span<const Complex>) { ::kill(pid, SIGKILL); });
  }
  CHECK(entries("/proc/self/fd") == files);
  CHECK(entries(scratch.path()).empty());
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("the worker gets no file of its parent") {
  const int file = ::open("/dev/null", O_RDONLY);  // not close-on-exec, as a careless host opens
  pid_t pid = 0;
  EngineOptions options;
  options.on_start = [&](pid_t started) { pid = started; };
  Engine engine(options);
  struct Seen {};
  std::vector<std::string> files;
  const OnPoint look = [&](double, std::span<const Complex>) {
    files = entries("/proc/" + std::to_string(pid) + "/fd");
    throw Seen();
  };
  CHECK_THROWS_AS(engine.run(endless_run(), look), Seen);
  ::close(file);
  CHECK(files == std::vector<std::string>{"0", "1", "2", "3"});
}

TEST_CASE("start-up files of the user change nothing") {
  const std::string hostile =
      "* hostile\noption temp=999 reltol=0.5 abstol=1\nset ngbehavior=ps\nquit\n";
  const Run run{"t\nI1 0 a 1\nR1 a 0 1k tc1=0.01\n.end\n", OperatingPointRun{}, {"a"}};
  const double expected = collect(run).points.at(0).values[0].real();
  CHECK(expected == Approx(1000.0).epsilon(1e-9));

  const ScratchFolder scratch;
  for (const char* name : {"/.spiceinit", "/spice.rc"}) {
    std::ofstream(scratch.path() + name) << hostile;
  }
  const ScopedVariable home("HOME", scratch.path());
  const ScopedVariable init("SPICE_USERINIT_DIR", scratch.path());
  const fs::path folder = fs::current_path();
  fs::current_path(scratch.path());
  const double got = collect(run).points.at(0).values[0].real();
  fs::current_path(folder);
  CHECK(got == expected);
}

TEST_CASE("several engines run at once, one a thread") {
  std::vector<std::size_t> points(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < points.size(); ++i) {
    threads.emplace_back([&points, i] {
      Engine engine;
      const double stop = 1e-4 * static_cast<double>(10 * (i + 1));
      points[i] = engine.run({rc_deck, grid_run(1e-4, stop), {"out"}}, ignore_points).points;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(points == std::vector<std::size_t>{14, 24, 34, 44});
}

TEST_CASE("the worker dies with its parent, and its folder is gone") {
  // A child of this test runs an endless engine and is killed at the first point.
  const ScratchFolder scratch;
  const ScopedVariable tmp("TMPDIR", scratch.path());
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t host = ::fork();
  if (host == 0) {
    pid_t worker = 0;
    EngineOptions options;
    options.on_start = [&](pid_t started) { worker = started; };
    Engine engine(options);
    engine.run(endless_run(), [&](double, std::span<const Complex>) {
      if (worker == 0) return;
      if (::write(ends[1], &worker, sizeof worker) < 0) ::_exit(1);
      worker = 0;
    });
    ::_exit(0);
  }
  pid_t worker = 0;
  REQUIRE(::read(ends[0], &worker, sizeof worker) == sizeof worker);
  ::kill(host, SIGKILL);
  ::waitpid(host, nullptr, 0);
  for (int tries = 0; is_alive(worker) && tries < 200; ++tries) ::usleep(5000);
  CHECK_FALSE(is_alive(worker));
  CHECK(entries(scratch.path()).empty());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("this program has no part of ngspice in it") {
  std::ifstream maps("/proc/self/maps");
  const std::string text((std::istreambuf_iterator<char>(maps)), std::istreambuf_iterator<char>());
  CHECK_FALSE(text.empty());
  CHECK(text.find("libngspice") == std::string::npos);
}
