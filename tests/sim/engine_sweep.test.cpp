// AC over frequencies and drives, and noise spectra, against closed forms.
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "sim/engine.hpp"
#include "tests/catch.hpp"
#include "tests/sim/engine_runs.hpp"

using namespace engine_runs;

namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr double ngspice_boltzmann = 1.38064852e-23;

// R = 1k, C = 1u, driven by V1 through R, by I.x1.i1 at the capacitor
const std::string driven_rc =
    "driven rc\n"
    "V1 in 0 dc 0 ac 3 45\n"
    "R1 in out 1k\n"
    "C1 out 0 1u\n"
    "X1 out drive\n"
    ".subckt drive p\n"
    "I1 0 p dc 0 ac 5\n"
    ".ends\n"
    ".options noopac\n"
    ".end\n";

double relative(Complex value, Complex expected) { return std::abs(value / expected - 1.0); }

}  // namespace

TEST_CASE("AC points come in the order of the frequencies") {
  const std::vector<double> frequencies = {1e3, 10.0, 159.154943, 1e3, 1e6};
  const Result result = collect({rc_deck, AcRun{frequencies, {}}, {"out", "in"}});
  REQUIRE(result.points.size() == frequencies.size());
  CHECK(result.summary.points == frequencies.size());
  for (std::size_t k = 0; k < frequencies.size(); ++k) {
    CHECK(result.points[k].scale == Approx(frequencies[k]).epsilon(1e-15));
    const Complex expected = 1.0 / Complex(1.0, two_pi * frequencies[k] * 1e-3);
    CHECK(relative(result.points[k].values[0], expected) < 1e-12);
    CHECK(result.points[k].values[1] == Complex(1.0, 0.0));
  }
}

TEST_CASE("each drive in turn has the magnitude 1, all others 0") {
  const std::vector<double> frequencies = {100.0, 10.0};
  std::vector<double> progress;
  EngineOptions options;
  options.on_progress = [&](double fraction) { progress.push_back(fraction); };
  Engine engine(options);
  const Result result =
      collect(engine, {driven_rc, AcRun{frequencies, {"V1", "I.X1.I1"}}, {"out"}});
  REQUIRE(result.points.size() == 4);
  for (std::size_t k = 0; k < 2; ++k) {
    const Complex through = 1.0 / Complex(1.0, two_pi * frequencies[k] * 1e-3);
    CHECK(result.points[k].scale == Approx(frequencies[k]).epsilon(1e-15));
    CHECK(relative(result.points[k].values[0], through) < 1e-12);
    CHECK(relative(result.points[k + 2].values[0], 1e3 * through) < 1e-12);
  }
  CHECK(progress.back() == 1.0);

  // A source that is not in the list keeps its stimulus; the order is that of the list.
  const Result alone = collect({driven_rc, AcRun{{10.0}, {"I.x1.i1"}}, {"in"}});
  CHECK(relative(alone.points.at(0).values[0], std::polar(3.0, two_pi / 8)) < 1e-12);
}

TEST_CASE("an AC run that cannot be driven so is refused") {
  Engine engine;
  const EngineError unknown = error_of(engine, {driven_rc, AcRun{{1.0}, {"v1", "v7"}}, {"out"}});
  CHECK(unknown.reason() == Reason::refused);
  CHECK_THAT(unknown.what(), ContainsSubstring("no such device or model name v7"));
  CHECK_THROWS_WITH(engine.run({driven_rc, AcRun{{1.0}, {"r1"}}, {"out"}}, ignore_points),
                    ContainsSubstring("AcRun::drives is 'r1'; it must be an independent source"));
  CHECK_THROWS_WITH(engine.run({driven_rc, AcRun{{1.0}, {"v1$"}}, {"out"}}, ignore_points),
                    ContainsSubstring("AcRun::drives is 'v1$'"));
  CHECK_THROWS_WITH(engine.run({driven_rc, AcRun{{}, {}}, {"out"}}, ignore_points),
                    ContainsSubstring("AcRun::frequencies_hz is empty"));
  CHECK_THROWS_WITH(engine.run({driven_rc, AcRun{{1.0, -1.0}, {}}, {"out"}}, ignore_points),
                    ContainsSubstring("AcRun::frequencies_hz is -1"));
  const EngineError refused =
      error_of(engine, {"t\nD1 a 0 nomodel\n.end\n", AcRun{{1.0, 2.0}, {"v1"}}, {"a"}});
  CHECK(refused.reason() == Reason::refused);
  CHECK_THAT(refused.what(), ContainsSubstring("could not find a valid modelname"));
  check_runs_well(engine);
}

TEST_CASE("a sweep that fails midway says where") {
  // ngspice reads 1e-320 as 0, where a capacitor alone is nothing to divide by.
  const std::string deck = "lone\nI1 0 a ac 1\nC1 a 0 1\n.options noopac\n.end\n";
  Engine engine;
  const EngineError error = error_of(engine, {deck, AcRun{{1.0, 1e-320, 3.0}, {}}, {"a"}});
  CHECK(error.reason() == Reason::ended_early);
  CHECK_THAT(error.what(), ContainsSubstring("nan for 'a' after 1 of 3 solves"));
  check_runs_well(engine);
}

TEST_CASE("the noise of an RC is 4 k T R / (1 + (w R C)^2)") {
  const double temperature_c = 1e6;
  // A `.save` of the deck's own takes nothing away.
  const std::string deck =
      "rc\nI1 0 Out dc 0 ac 1\nR1 out 0 2k\nC1 out 0 1u\n.save v(out)\n.options temp=1e6\n.end\n";
  const std::vector<double> frequencies = {1e3, 1.0, 79.5774715, 1e5};
  for (const char* output : {"out", "V(OUT)"}) {
    const Result result = collect({deck, NoiseRun{output, "I1", frequencies}, {}});
    REQUIRE(result.points.size() == frequencies.size());
    for (std::size_t k = 0; k < frequencies.size(); ++k) {
      CHECK(result.points[k].scale == Approx(frequencies[k]).epsilon(1e-15));
      REQUIRE(result.points[k].values.size() == 1);
      const double x = two_pi * frequencies[k] * 2e3 * 1e-6;
      const double expected = 4 * ngspice_boltzmann * (temperature_c + 273.15) * 2e3 / (1 + x * x);
      CHECK(relative(result.points[k].values[0], expected) < 1e-12);
    }
  }
}

namespace {

/// A chain of nodes with a capacitor and a resistor to ground, and springs: to ground from each
/// node, and between neighbours. A spring is an inductor, or a gyrator into a capacitor that has no
/// path for direct current: neither has an operating point.
struct Chain {
  int nodes = 9;
  bool has_inductors = true;
  double spring = 2.5;  ///< H of an inductor, F of a gyrator's capacitor

  std::string deck() const {
    std::string text = "chain\nI1 0 n1 dc 0 ac 1\n";
    for (int i = 1; i <= nodes; ++i) {
      const std::string k = std::to_string(i);
      const std::string next = i < nodes ? "n" + std::to_string(i + 1) : "";
      text.append("C" + k).append(" n" + k).append(" 0 1\n");
      text.append("R" + k).append(" n" + k).append(" 0 " + std::to_string(5 * i) + "\n");
      text.append(spring_line("g" + k, "n" + k, "0"));
      if (!next.empty()) text.append(spring_line("s" + k, "n" + k, next));
    }
    return text.append(".options temp=1000\n.end\n");
  }

  std::string spring_line(const std::string& name, const std::string& a,
                          const std::string& b) const {
    const std::string value = std::to_string(spring);
    if (has_inductors) return "L" + name + " " + a + " " + b + " " + value + "\n";
    const std::string q = "q" + name;
    return "C" + q + " " + q + " 0 " + value + "\nGa" + q + " 0 " + q + " " + a + " " + b +
           " 1\nGb" + q + " " + a + " " + b + " " + q + " 0 1\n";
  }

  /// One-sided, V^2/Hz.
  double density(int output, double frequency) const {
    const Complex jw(0.0, two_pi * frequency);
    Eigen::MatrixXcd admittance = Eigen::MatrixXcd::Zero(nodes, nodes);
    for (int i = 0; i < nodes; ++i) {
      admittance(i, i) += jw + 1.0 / (5.0 * (i + 1)) + 1.0 / (jw * spring);
      if (i + 1 == nodes) continue;
      const int pair[] = {i, i + 1};
      for (const int a : pair) {
        for (const int b : pair) admittance(a, b) += (a == b ? 1.0 : -1.0) / (jw * spring);
      }
    }
    const Eigen::MatrixXcd impedance = admittance.inverse();
    double sum = 0.0;
    for (int i = 0; i < nodes; ++i) sum += std::norm(impedance(output, i)) / (5.0 * (i + 1));
    return 4 * ngspice_boltzmann * 1273.15 * sum;
  }
};

}  // namespace

TEST_CASE("noise runs where there is no operating point, and is right") {
  const std::vector<double> frequencies = {0.01, 0.05, 0.1, 0.2};
  for (const bool has_inductors : {true, false}) {
    const Chain chain{9, has_inductors, 2.5};
    const Result result = collect({chain.deck(), NoiseRun{"n4", "i1", frequencies}, {}});
    REQUIRE(result.points.size() == frequencies.size());
    for (std::size_t k = 0; k < frequencies.size(); ++k) {
      CHECK(relative(result.points[k].values[0], chain.density(3, frequencies[k])) < 1e-12);
    }
  }
}

TEST_CASE("a noise run that cannot be is told") {
  Engine engine;
  const std::string deck = "rc\nI1 0 out dc 0\nV1 x 0 ac 1\nR1 out x 2k\nC1 out 0 1u\n.end\n";
  const auto noise = [&](const char* output, const char* source) {
    return Run{deck, NoiseRun{output, source, {1.0, 2.0}}, {}};
  };
  // ngspice gives an unknown node the noise 0, without a word.
  const EngineError node = error_of(engine, noise("outt", "v1"));
  CHECK(node.reason() == Reason::unknown_node);
  CHECK_THAT(node.what(), ContainsSubstring("no vector 'outt'; did you mean 'out'?"));
  const EngineError unknown = error_of(engine, noise("out", "v9"));
  CHECK(unknown.reason() == Reason::refused);
  CHECK_THAT(unknown.what(), ContainsSubstring("Noise input source v9 not in circuit"));
  const EngineError silent = error_of(engine, noise("out", "i1"));
  CHECK(silent.reason() == Reason::refused);
  CHECK_THAT(silent.what(), ContainsSubstring("Noise input source i1 has no AC value"));
  CHECK_THROWS_WITH(engine.run(noise("out", "r1"), ignore_points),
                    ContainsSubstring("NoiseRun::source is 'r1'; it must be an independent"));
  Run with_vectors = noise("out", "v1");
  with_vectors.vectors = {"out"};
  CHECK_THROWS_WITH(engine.run(with_vectors, ignore_points),
                    ContainsSubstring("Run::vectors must be empty for a NoiseRun"));
  const EngineError refused =
      error_of(engine, {"t\nD1 a 0 nomodel\n.end\n", NoiseRun{"a", "v1", {1.0}}, {}});
  CHECK(refused.reason() == Reason::refused);
  CHECK_THAT(refused.what(), ContainsSubstring("could not find a valid modelname"));
}
