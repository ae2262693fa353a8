#include "hw/scaling.hpp"

#include <cmath>
#include <limits>

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

hw::Request automatic(const core::SecondOrderSystem& system, hw::Topology topology) {
  hw::Request request = hand_scaled(system, topology);
  request.scales = {};
  return request;
}

// Geometric mean of the values of parts whose names begin with one of the prefixes.
double mean_of(const netlist::Design& design, std::initializer_list<const char*> prefixes) {
  double sum = 0.0;
  int count = 0;
  for (const netlist::Element& element : design.circuit.elements()) {
    for (const char* prefix : prefixes) {
      if (!element.name.starts_with(prefix)) continue;
      sum += std::log(element.kind == netlist::Kind::instance ? element.parameters[0].value
                                                              : element.value);
      ++count;
    }
  }
  return std::exp(sum / count);
}

}  // namespace

TEST_CASE("two groups of parts are centred exactly, for any system") {
  const hw::Range range = GENERATE(hw::Range::board, hw::Range::chip);
  core::Parameters parameters;
  parameters.mass = 37.0;
  parameters.spring = 1e-3;
  parameters.friction = 0.02;
  const core::SecondOrderSystem system = core::make_system(parabola({4}, 30), parameters);
  hw::Request request = automatic(system, hw::Topology::opamp);
  request.range = range;
  request.swing.velocity = 0.01;
  const netlist::Design design = hw::realize(system, request);
  const hw::PartRanges ranges = hw::part_ranges(range);
  CHECK(mean_of(design, {"cm"}) == Approx(ranges.capacitance_f.centre()));
  CHECK(mean_of(design, {"rd", "rk"}) == Approx(ranges.resistance_ohm.centre()));
  // The integrator's two parts are equally far from the centres of theirs.
  const double ohm = part(design, "rx0").value / ranges.resistance_ohm.centre();
  const double farad = part(design, "cx0").value / ranges.capacitance_f.centre();
  CHECK(ohm == Approx(farad));
  CHECK(part(design, "rx0").value * part(design, "cx0").value ==
        Approx(design.scales.voltage_v / design.scales.position_v * design.scales.time_s));
}

TEST_CASE("three groups are balanced: their deviations in the logarithms weigh each other out") {
  const core::SecondOrderSystem system = core::make_system(parabola({4}, 30), {});
  const netlist::Design design = hw::realize(system, automatic(system, hw::Topology::gmc));
  const hw::PartRanges ranges = hw::part_ranges(hw::Range::board);
  CHECK(mean_of(design, {"cm"}) == Approx(ranges.capacitance_f.centre()));
  // Resistors and transconductors pull Z0 to both sides: their ranges are the same.
  CHECK(mean_of(design, {"rd"}) / mean_of(design, {"xk"}) ==
        Approx(ranges.resistance_ohm.centre() * ranges.resistance_ohm.centre()));
}

TEST_CASE("a scale that is given is kept, and the others are chosen around it") {
  const core::SecondOrderSystem system = core::make_system(parabola({4}, 30), {});
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc);
  hw::Request request = automatic(system, topology);
  SECTION("time") {
    request.scales.time_s = 3e-5;
    CHECK(hw::realize(system, request).scales.time_s == 3e-5);
  }
  SECTION("impedance") {
    request.scales.impedance_ohm = 777.0;
    CHECK(hw::realize(system, request).scales.impedance_ohm == 777.0);
  }
  SECTION("position") {
    request.scales.position_v = 0.25;
    CHECK(hw::realize(system, request).scales.position_v == 0.25);
  }
  SECTION("velocity") {
    request.scales.velocity_v = 0.125;
    CHECK(hw::realize(system, request).scales.voltage_v == 0.125);
  }
  SECTION("all") {
    request.scales = {1e-6, 1e4, 0.5, 0.25};
    const netlist::Scales scales = hw::realize(system, request).scales;
    CHECK(scales.time_s == 1e-6);
    CHECK(scales.impedance_ohm == 1e4);
    CHECK(scales.position_v == 0.5);
    CHECK(scales.voltage_v == 0.25);
    CHECK(scales.energy_j == Approx(0.25 * 0.25 * 1e-6 / 1e4));
  }
}

TEST_CASE("a scale that cannot be is refused with its option and value") {
  const double bad = GENERATE(0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity());
  const auto refusal = [](const hw::ScaleChoice& choice) {
    try {
      hw::check_scale_choice(choice);
    } catch (const hw::RealizationError& error) {
      return std::string(error.what());
    }
    return std::string("no refusal");
  };
  CHECK_THAT(refusal({bad, {}, {}, {}}), ContainsSubstring("--scale-time is "));
  CHECK_THAT(refusal({{}, bad, {}, {}}), ContainsSubstring("--scale-impedance is "));
  CHECK_THAT(refusal({{}, {}, bad, {}}), ContainsSubstring("--scale-position is "));
  CHECK_THAT(refusal({{}, {}, {}, bad}), ContainsSubstring("finite number above 0"));
}

TEST_CASE("the swing stands at 0.95 V around the offset, positions and velocities each") {
  const core::SecondOrderSystem system = core::make_system(parabola({4}, 30, 2), {});
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc);
  hw::Request request = automatic(system, topology);
  request.swing = {Eigen::Vector2d(40.0, -3.0), 25.0, 7.0};
  const netlist::Design design = hw::realize(system, request);
  for (const netlist::Probe& probe : design.probes) {
    const bool position = probe.kind == netlist::Probe::Kind::position;
    CHECK(std::abs(probe.gain) * 0.95 == Approx(position ? 25.0 : 7.0));
    CHECK(probe.offset == (position ? (probe.output == 0 ? 40.0 : -3.0) : 0.0));
  }
}

TEST_CASE("a system that does not move has scales all the same") {
  const core::SecondOrderSystem system = core::make_system(parabola({4}, 30), {});
  hw::Request request = automatic(system, hw::Topology::opamp);
  request.swing.position = 0.0;
  request.swing.velocity = 0.0;
  const netlist::Scales scales = hw::realize(system, request).scales;
  CHECK(scales.position_v == 0.95);
  CHECK(scales.voltage_v == 0.95);
}

TEST_CASE("an undetermined scale stays at 1") {
  CHECK(hw::centre_groups({}, {}).time_s == 1.0);
  CHECK(hw::centre_groups({}, {}).impedance_ohm == 1.0);
  // Resistors alone say nothing of time.
  const hw::TimeAndImpedance chosen = hw::centre_groups({{std::log(2.0), 0, 1, {1e3, 1e5}}}, {});
  CHECK(chosen.time_s == Approx(1.0));
  CHECK(chosen.impedance_ohm == Approx(5e3));
}

TEST_CASE("parts outside the range are told by kind, number and extremes") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = automatic(system, hw::Topology::opamp);
  CHECK(hw::describe_range_violations(hw::realize(system, request), hw::Range::board).empty());
  request.scales.impedance_ohm = 1e9;
  const std::string text =
      hw::describe_range_violations(hw::realize(system, request), hw::Range::board);
  CHECK_THAT(text, ContainsSubstring("lie outside 1 kohm to 1 Mohm"));
  CHECK_THAT(text, ContainsSubstring("lie outside 100 pF to 1 uF"));
}

TEST_CASE("means of logarithms skip zeros") {
  hw::LogMean mean;
  CHECK(!mean.mean());
  mean.add(0.0);
  CHECK(!mean.mean());
  mean.add(-2.0);
  mean.add(8.0);
  CHECK(*mean.mean() == Approx(std::log(4.0)));
}
