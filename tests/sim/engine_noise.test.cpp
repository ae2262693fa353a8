// External sources of a transient, and the same transient again and again.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <signal.h>

#include "core/noise_path.hpp"
#include "sim/engine.hpp"
#include "sim/worker/noise_sources.hpp"
#include "tests/catch.hpp"
#include "tests/sim/engine_runs.hpp"

using namespace engine_runs;
using springspice::core::NoisePath;

namespace {

// tau = 1 ms; a voltage source and a current source of noise
const std::string noisy_rc =
    "noisy rc\n"
    "V1 in 0 external\n"
    "R1 in out 1k\n"
    "C1 out 0 1u\n"
    "I1 0 out external\n"
    ".ic v(out)=0.2\n"
    ".options method=trap trtol=1e12\n"
    ".end\n";

ExternalNoise rc_noise(double step) { return {7, 3, step, {{"V1", 11, 0.5}, {"i1", 12, 2e-4}}}; }

Run noisy_run(double h, int points) {
  TransientRun transient = grid_run(h, points * h);
  transient.noise = rc_noise(h);
  return {noisy_rc, transient, {"out", "in"}};
}

double largest_difference(const Result& a, const Result& b) {
  REQUIRE(a.points.size() == b.points.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < a.points.size(); ++k) {
    largest = std::max(largest, std::abs(a.points[k].scale - b.points[k].scale));
    for (std::size_t i = 0; i < a.points[k].values.size(); ++i) {
      largest = std::max(largest, std::abs(a.points[k].values[i] - b.points[k].values[i]));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("external noise drives an RC as the trapezoidal rule says") {
  // Samples as far apart as the steps, and three steps apart.
  for (const double ratio : {1.0, 3.0}) {
    const double h = 2e-5;
    Run run = noisy_run(h, 3000);
    std::get<TransientRun>(run.analysis).noise = rc_noise(ratio * h);
    const Result result = collect(run);
    REQUIRE(result.points.size() == 3004);

    const NoisePath path(7, 3, ratio * h);
    const double r = 1e3;
    double v = 0.2;
    double i = 0.0;
    double t = 0.0;
    double worst = 0.0;
    int step = 0;
    for (const Point& point : result.points) {
      const bool euler = ++step <= 3;
      const double s = (euler ? 1.0 : 2.0) * 1e-6 / (point.scale - t);
      t = point.scale;
      const double known = s * v + (euler ? 0.0 : i);
      const double in = 0.5 * path.at(11, t);
      v = (known + in / r + 2e-4 * path.at(12, t)) / (s + 1 / r);
      i = s * v - known;
      worst = std::max(
          {worst, std::abs(point.values[0].real() - v), std::abs(point.values[1].real() - in)});
    }
    CAPTURE(worst / 1e-12);
    CHECK(worst < 1e-12);  // rounding; voltages are of the order of 0.1 V
  }
}

TEST_CASE("the noise is a function of time, whatever steps ngspice takes") {
  // Its own error control rejects steps here, and asks again for earlier times.
  TransientRun transient;
  transient.step_s = 1e-4;
  transient.stop_s = 2e-2;
  transient.noise = rc_noise(1e-3);
  std::string deck = noisy_rc;
  deck.replace(deck.find("trtol=1e12"), 10, "trtol=1e-2");
  const Result result = collect({deck, transient, {"in"}});
  const NoisePath path(7, 3, 1e-3);
  CHECK(result.points.size() > 200);
  double worst = 0.0;
  for (const Point& point : result.points) {
    worst = std::max(worst, std::abs(point.values[0].real() - 0.5 * path.at(11, point.scale)));
  }
  CHECK(worst < 1e-15);
}

TEST_CASE("a source's value does not depend on what was asked before") {
  const springspice::sim::protocol::Noise noise{
      5, 2, 0.1, {{"i1", 1, 1.0}, {"i2", 2, -2.0}, {"v1", 9, 0.5}}};
  NoiseSources sources(noise);
  const NoisePath path(5, 2, 0.1);
  const char* const names[] = {"i1", "i2", "v1"};
  const double amplitudes[] = {1.0, -2.0, 0.5};
  const std::uint64_t streams[] = {1, 2, 9};
  bool equal = true;
  // Forwards, backwards, far away; in turn, and one of them alone.
  for (const double t : {0.0, 0.05, 0.05, 0.15, 0.12, 0.31, 0.29, 0.1, 7.77, 7.86, 0.0, 7.94}) {
    for (std::size_t i = t == 0.29 ? 1 : 0; i < 3; ++i) {
      double value = 0.0;
      REQUIRE(sources.value(names[i], t, value));
      equal = equal && value == amplitudes[i] * path.at(streams[i], t);
    }
  }
  CHECK(equal);
  double value = 0.0;
  const std::string same_text = "i2";  // ngspice's pointers may change
  REQUIRE(sources.value(same_text.c_str(), 0.37, value));
  CHECK(value == -2.0 * path.at(2, 0.37));
  CHECK_FALSE(sources.value("i3", 0.0, value));

  CHECK(sources.unheard() == nullptr);
  sources.start(4);
  REQUIRE(sources.unheard() != nullptr);
  CHECK(*sources.unheard() == "i1");
  REQUIRE(sources.value("i1", 0.37, value));
  CHECK(value == NoisePath(5, 4, 0.1).at(1, 0.37));
}

TEST_CASE("external sources are 0 in other analyses") {
  CHECK(collect({noisy_rc, OperatingPointRun{}, {"out"}}).points.at(0).values[0] == 0.0);
  std::string deck = noisy_rc;
  deck.insert(deck.find(".ic"), "I2 0 out dc 0 ac 1\n");
  const Result ac = collect({deck, AcRun{{1.0 / (2 * std::acos(-1.0) * 1e-3)}, {}}, {"out"}});
  CHECK(std::abs(ac.points.at(0).values[0] - 1e3 / Complex(1, 1)) < 1e-9);
}

TEST_CASE("the listed sources are the deck's external ones, or it is no run") {
  Engine engine;
  const auto with = [](const std::vector<ExternalSource>& sources) {
    Run run = noisy_run(1e-5, 10);
    std::get<TransientRun>(run.analysis).noise->sources = sources;
    return run;
  };
  const EngineError unlisted = error_of(engine, with({{"v1", 1, 1.0}}));
  CHECK(unlisted.reason() == Reason::refused);
  CHECK(std::string(unlisted.what()) ==
        "the deck's source 'i1' is external, but ExternalNoise::sources does not list it");

  const EngineError unheard = error_of(engine, with({{"v1", 1, 1.0}, {"i1", 2, 1}, {"I9", 3, 1}}));
  CHECK(unheard.reason() == Reason::refused);
  CHECK_THAT(unheard.what(), ContainsSubstring("lists 'i9', but the deck has no source"));

  CHECK_THROWS_WITH(engine.run(with({{"v1", 1, 1.0}, {"V1", 2, 1.0}}), ignore_points),
                    ContainsSubstring("has twice the name 'V1'"));
  CHECK_THROWS_WITH(engine.run(with({{"", 1, 1.0}}), ignore_points),
                    ContainsSubstring("has the empty name"));
  CHECK_THROWS_WITH(engine.run(with({{"v1", 1, std::nan("")}}), ignore_points),
                    ContainsSubstring("ExternalSource::amplitude is nan"));
  Run no_step = noisy_run(1e-5, 10);
  std::get<TransientRun>(no_step.analysis).noise->step_s = 0.0;
  CHECK_THROWS_WITH(engine.run(no_step, ignore_points),
                    ContainsSubstring("ExternalNoise::step_s is 0; it must be a positive number"));
}

TEST_CASE("only_last streams the last point alone") {
  Run run = noisy_run(1e-6, 5000);
  for (const bool has_grid : {true, false}) {
    auto& transient = std::get<TransientRun>(run.analysis);
    transient.only_last = false;
    if (!has_grid) {
      transient.grid.reset();
      transient.step_s = 1e-6;
    }
    const Result whole = collect(run);
    transient.only_last = true;
    const Result last = collect(run);
    REQUIRE(last.points.size() == 1);
    CHECK(last.summary.points == 1);
    CHECK(last.points[0].scale == whole.points.back().scale);
    CHECK(last.points[0].values == whole.points.back().values);
  }
}

TEST_CASE("a silent run shows its progress and its time limit") {
  Run run = endless_run();
  std::get<TransientRun>(run.analysis).only_last = true;
  double progress = 0.0;
  EngineOptions options;
  options.time_limit_s = 0.25;
  options.on_progress = [&](double fraction) { progress = fraction; };
  const EngineError error = error_of(run, options);
  CHECK(error.reason() == Reason::timed_out);
  CHECK(progress > 0.0);
  CHECK(progress < 0.1);
  CHECK_THAT(error.what(), ContainsSubstring(" of 1000 s (0 points)"));
}

TEST_CASE("a request to stop ends a run") {
  std::stop_source source;
  EngineOptions options;
  options.stop = source.get_token();
  options.on_progress = [&](double) { source.request_stop(); };
  CHECK(error_of(endless_run(), options).reason() == Reason::stopped);
  // One that hangs, too.
  std::stop_source other;
  options.stop = other.get_token();
  options.on_start = [&](pid_t pid) {
    ::kill(pid, SIGSTOP);
    other.request_stop();
  };
  CHECK(error_of(endless_run(), options).reason() == Reason::stopped);
}

// ---- the same transient again and again

namespace {

const std::string gmc_deck =
    "gmc\n"
    "C1 a 0 1\nC2 b 0 2\nI1 0 a external\nI2 0 b external\n"
    "G11 a 0 a 0 0.01\nG12 a 0 b 0 1\nG21 b 0 a 0 -1\nG22 b 0 b 0 0.02\n"
    ".ic v(a)=1 v(b)=-0.5\n"
    ".options method=trap trtol=1e12\n.end\n";

// two integrators and an inverter, gain 1e12
const std::string opamp_deck =
    "opamp\n"
    "I1 0 m1 external\nI2 0 m2 external\n"
    "R31 c m1 1\nR11 a m1 5\nC1 m1 a 1\nG1 0 a 0 m1 1e12\nRo1 a 0 1\n"
    "R12 a m2 1\nC2 m2 b 1\nG2 0 b 0 m2 1e12\nRo2 b 0 1\n"
    "R23 b m3 1\nR33 c m3 1\nG3 0 c 0 m3 1e12\nRo3 c 0 1\n"
    ".ic v(a)=0.3 v(b)=-0.2 v(c)=0.2\n"
    ".options method=trap trtol=1e12\n.end\n";

// inductors between nodes and to ground: loops that have no operating point
const std::string inductor_deck =
    "inductors\n"
    "C1 a 0 1\nC2 b 0 2\nR1 a 0 20\nR2 b c 30\nI1 0 a external\nI2 c 0 external\nR3 c 0 1\n"
    "L1 a 0 1 ic=-0.1\nL2 b 0 2 ic=0.3\nL12 a b 3 ic=0.25\n"
    ".ic v(a)=1 v(b)=-0.5\n"
    ".options method=trap trtol=1e12\n.end\n";

Run series_run(const std::string& deck, std::uint64_t noise_run = 0) {
  TransientRun transient = grid_run(0.05, 10.0);
  transient.noise = {42, noise_run, 0.05, {{"i1", 0, 0.2}, {"i2", 1, 0.3}}};
  return {deck, transient, {"a", "b"}};
}

Result collect(TransientSeries& series, std::uint64_t noise_run) {
  Result result;
  result.summary = series.run(noise_run, [&](double scale, std::span<const Complex> values) {
    result.points.push_back({scale, {values.begin(), values.end()}});
  });
  return result;
}

}  // namespace

TEST_CASE("a run of a used worker is that of a fresh one, to the last bit") {
  for (const std::string& deck : {gmc_deck, opamp_deck, inductor_deck}) {
    const Result fresh = engine_runs::collect(series_run(deck, 9));
    REQUIRE(fresh.points.size() == 204);
    CHECK(std::abs(fresh.points.back().values[0]) > 1e-3);
    int starts = 0;
    EngineOptions options;
    options.on_start = [&](pid_t) { ++starts; };
    TransientSeries series(options, series_run(deck));
    for (std::uint64_t r = 0; r < 5; ++r) {
      CHECK(largest_difference(collect(series, r), fresh) > 1e-2);
    }
    const Result used = collect(series, 9);
    CHECK(largest_difference(used, fresh) == 0.0);
    CHECK(used.summary.version == fresh.summary.version);
    CHECK(used.summary.points == 204);
    CHECK(starts == 1);
  }
}

TEST_CASE("a series goes on after an error, and after an exception of on_point") {
  pid_t pid = 0;
  EngineOptions options;
  options.on_start = [&](pid_t started) { pid = started; };
  TransientSeries series(options, series_run(gmc_deck));
  const Result expected = collect(series, 1);
  struct Enough {};
  CHECK_THROWS_AS(series.run(2, [](double, std::span<const Complex>) { throw Enough(); }), Enough);
  CHECK(::kill(pid, 0) == -1);
  CHECK(largest_difference(collect(series, 1), expected) == 0.0);
  // One that dies between two runs.
  ::kill(pid, SIGKILL);
  CHECK_THROWS_AS(series.run(2, ignore_points), EngineError);
  CHECK(largest_difference(collect(series, 1), expected) == 0.0);
}

TEST_CASE("a worker is renewed after many runs, unseen") {
  int starts = 0;
  EngineOptions options;
  options.on_start = [&](pid_t) { ++starts; };
  Run run = series_run(gmc_deck);
  std::get<TransientRun>(run.analysis).stop_s = 0.1;
  TransientSeries series(options, run);
  std::size_t points = 0;
  for (std::uint64_t r = 0; r < 501; ++r) points += series.run(r, ignore_points).points;
  CHECK(points == 501 * 6);
  CHECK(starts == 2);
}

TEST_CASE("a series is a transient with a grid and noise") {
  CHECK_THROWS_WITH(TransientSeries({}, good_run()),
                    ContainsSubstring("a TransientRun with a grid, noise and use_initial"));
  Run unknown = series_run(gmc_deck);
  unknown.vectors = {"nosuch"};
  TransientSeries series({}, unknown);
  try {
    series.run(0, ignore_points);
    FAIL("the run came to its end");
  } catch (const EngineError& error) {
    CHECK(error.reason() == Reason::unknown_node);
    CHECK_THAT(error.what(), ContainsSubstring("no vector 'nosuch'"));
  }
}
