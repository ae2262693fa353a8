// Draws: where they lie, how they are distributed, and that they depend on their address alone.
#include "sim/tolerance/draws.hpp"

#include <cmath>

#include "core/error.hpp"
#include "netlist/circuit.hpp"
#include "tests/catch.hpp"

using namespace springspice;

namespace {

struct Sample {
  double mean = 0.0, deviation = 0.0, largest = 0.0;
};

// Of (m - 1), over the draws of one part.
Sample sample_of(const sim::PartSpread& spread, std::uint64_t draws) {
  Sample out;
  double squares = 0.0;
  for (std::uint64_t d = 0; d < draws; ++d) {
    const double change = sim::draw_multipliers({&spread, 1}, 5, d)(0) - 1.0;
    out.mean += change / static_cast<double>(draws);
    squares += change * change / static_cast<double>(draws);
    out.largest = std::max(out.largest, std::abs(change));
  }
  out.deviation = std::sqrt(squares);
  return out;
}

}  // namespace

TEST_CASE("draws: mean and standard deviation, uniform and normal, inside the tolerance") {
  for (const bool normal : {false, true}) {
    const sim::PartSpread spread{"r1", 0.05, normal};
    constexpr std::uint64_t kDraws = 20000;
    const Sample sample = sample_of(spread, kDraws);
    const double sigma = sim::standard_deviation(spread);
    // Four standard errors: of the mean, and of the deviation (kurtosis at most 3).
    const double error = 4.0 / std::sqrt(static_cast<double>(kDraws));
    CHECK(std::abs(sample.mean) < error * sigma);
    CHECK(std::abs(sample.deviation - sigma) < error * sigma / std::sqrt(2.0));
    CHECK(sample.largest <= 0.05);
    CHECK(sample.largest > 0.049);
  }
}

TEST_CASE("draws: the standard deviation of a normal one cut at three, by quadrature") {
  double weight = 0.0;
  double squares = 0.0;
  constexpr int kPoints = 60000;
  for (int k = 0; k < kPoints; ++k) {
    const double n = -3.0 + 6.0 * (k + 0.5) / kPoints;
    weight += std::exp(-0.5 * n * n);
    squares += n * n * std::exp(-0.5 * n * n);
  }
  // The midpoint rule errs by its step squared.
  CHECK(sim::standard_deviation({"r", 0.3, true}) ==
        Approx(0.1 * std::sqrt(squares / weight)).epsilon(1e-7));
  CHECK(sim::standard_deviation({"r", 0.3, false}) == Approx(0.3 / std::sqrt(3.0)));
}

TEST_CASE("draws: a pure function of seed, part and draw") {
  const std::vector<sim::PartSpread> spreads = {{"r1", 0.1, true}, {"r2", 0.1}, {"r3", 0.1, true}};
  const Eigen::VectorXd seventh = sim::draw_multipliers(spreads, 1, 7);
  static_cast<void>(sim::draw_multipliers(spreads, 1, 3));
  CHECK(sim::draw_multipliers(spreads, 1, 7) == seventh);
  CHECK(sim::draw_multipliers({spreads.data(), 2}, 1, 7) == seventh.head(2));
  CHECK(sim::draw_multipliers(spreads, 2, 7) != seventh);
  CHECK(sim::draw_multipliers(spreads, 1, 8) != seventh);
  CHECK(seventh(0) != seventh(2));
  CHECK(sim::draw_multipliers(std::vector<sim::PartSpread>{{"r1", 0.0}}, 1, 7)(0) == 1.0);
}

TEST_CASE("draws: tolerances that are none, and two of one part, are refused by the part's name") {
  const auto check = [](std::vector<sim::PartSpread> spreads) { sim::check_spreads(spreads); };
  for (const double tolerance : {-0.01, 1.0, 1.5, std::nan("")}) {
    CHECK_THROWS_WITH(check({{"r1", 0.1}, {"c7", tolerance}}),
                      ContainsSubstring("part 'c7' has the tolerance"));
  }
  CHECK_THROWS_AS(check({{"r1", 1.0}}), core::ParameterError);
  CHECK_THROWS_WITH(check({{"r1", 0.1}, {"R1", 0.2}}),
                    ContainsSubstring("part 'R1' is given two tolerances"));
  CHECK_NOTHROW(check({{"r1", 0.0}, {"r2", 0.999}}));
}

TEST_CASE("draws: which sources are the Johnson noise of which part") {
  netlist::Design design;
  design.circuit.add(netlist::resistor("r1", "a", "0", 1e3));
  design.circuit.add(netlist::resistor("r2", "a", "0", 1e3));
  design.circuit.add(netlist::voltage_source("vg", "g", "0", 0.0));
  design.noise = {{"johnson", {{"R2", 1.0}}, 1.0, false},
                  {"generator", {{"vg", 1.0}}, 1.0, false},
                  {"own", {{"r1", 1.0}}, 1.0, true},
                  {"of two", {{"r1", 1.0}, {"r2", 1.0}}, 1.0, false}};
  const std::vector<sim::PartSpread> spreads = {{"r1", 0.1}, {"r2", 0.1}, {"vg", 0.1}};
  CHECK(sim::find_johnson_parts(design, spreads, sim::NoiseOrigin::natural) ==
        std::vector<int>{1, -1, 0, -1});
  CHECK(sim::find_johnson_parts(design, spreads, sim::NoiseOrigin::injected) ==
        std::vector<int>{-1, -1, 0, -1});
}
