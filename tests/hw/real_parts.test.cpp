#include "tests/hw/real_parts.hpp"

#include <complex>
#include <numbers>
#include <set>

#include <Eigen/LU>

#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

hw::Mapping make_board() {
  const core::SecondOrderSystem system = make_given(two_by_two(2, 0.5, 1), two_by_two(1, 0.25, 0.5),
                                                    two_by_two(3, 1, 2), Eigen::Vector2d(1, -2));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  request.initial.x << 0.5, -0.25;
  return make_mapping(system, request);
}

hw::Mapping make_other(hw::Topology topology) {
  const core::SecondOrderSystem system = make_given(two_by_two(2, 0.5, 1), two_by_two(1, 0.25, 0.5),
                                                    two_by_two(3, 1, 2), Eigen::Vector2d(1, -2));
  return make_mapping(system, hand_scaled(system, topology));
}

template <class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

// v(x0) / v(xn0) of an inverter on the board, at the complex frequency p: a source drives xn0 in
// place of the integrator's output, whose equation is left out.
std::complex<double> inverter_gain(const netlist::Design& design, std::complex<double> p) {
  const netlist::Descriptor circuit = netlist::stamp(netlist::flatten(design.circuit));
  Eigen::MatrixXcd matrix = p * Eigen::MatrixXd(circuit.E) + Eigen::MatrixXd(circuit.A);
  const Eigen::Index driven = circuit.node("xn0");
  const auto branch = circuit.index.find("i(xx0.e2)");
  const Eigen::Index equation = branch == circuit.index.end() ? driven : branch->second;
  matrix.row(equation).setZero();
  matrix(equation, driven) = 1.0;
  Eigen::VectorXcd right = Eigen::VectorXcd::Zero(circuit.s.size());
  right(equation) = 1.0;
  return matrix.partialPivLu().solve(right)(circuit.node("x0"));
}

const netlist::NoiseSource& source(const netlist::Design& design, const std::string& name) {
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.name == name) return source;
  }
  throw std::out_of_range("no noise source " + name);
}

}  // namespace

TEST_CASE("real parts: without imperfections the circuit is the mapped one") {
  for (const hw::Topology topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    const hw::Mapping mapping = make_other(topology);
    const netlist::Design real = hw::make_real(mapping, hw::Profile{}, {});
    CHECK(netlist::format_deck(real.circuit) == netlist::format_deck(mapping.design.circuit));
    CHECK(real.noise.size() == mapping.design.noise.size());
  }
}

TEST_CASE("real parts: names stay, and the deck reads back as it was written") {
  for (const hw::Topology topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    const hw::Mapping mapping = make_other(topology);
    const netlist::Design real =
        hw::make_real(mapping, make_profile(), {true, true, true, true, true});
    for (const netlist::Element& element : mapping.design.circuit.elements()) {
      INFO(element.name);
      CHECK(real.circuit.find(element.name) != nullptr);
    }
    const std::string deck = netlist::format_deck(real.circuit);
    const netlist::Circuit read = netlist::parse_deck(deck, "real.cir");
    CHECK(netlist::format_deck(read) == deck);
    const netlist::Descriptor a = netlist::stamp(netlist::flatten(real.circuit));
    const netlist::Descriptor b = netlist::stamp(netlist::flatten(read));
    CHECK((Eigen::MatrixXd(a.A) - Eigen::MatrixXd(b.A)).norm() == 0.0);
    CHECK((Eigen::MatrixXd(a.E) - Eigen::MatrixXd(b.E)).norm() == 0.0);
  }
}

TEST_CASE("real parts: an inverter with one pole and no output resistance is -1 / (1 + 2 / A)") {
  const hw::Mapping board = make_board();
  hw::Profile profile = make_profile();
  profile.opamp->output_ohm = figure("opamp.output_ohm", 0.0);
  for (const auto& [gain, bandwidth] : {std::pair{true, false}, {false, true}, {true, true}}) {
    hw::Imperfections wanted;
    wanted.gain = gain;
    wanted.bandwidth = bandwidth;
    const netlist::Design real = hw::make_real(board, profile, wanted);
    for (const std::complex<double> p : {std::complex<double>(0.0, 1e3), {2e4, 3e5}}) {
      const double at_dc = gain ? 1e4 : 1e12;
      const std::complex<double> A =
          bandwidth ? at_dc / (1.0 + p * at_dc / (kTwoPi * 1e5)) : std::complex<double>(at_dc);
      const std::complex<double> expected = -1.0 / (1.0 + 2.0 / A);
      CHECK(std::abs(inverter_gain(real, p) - expected) < 1e-9);
    }
  }
}

TEST_CASE("real parts: an output resistance lowers the gain by what it drives") {
  // Into the load R/... of all that hangs at x0; with a gain of 1e4 only its product with 50 ohm
  // shows, so the error of an inverter grows from 2e-4 but stays of that size.
  const hw::Mapping board = make_board();
  const netlist::Design real = hw::make_real(board, make_profile(), {.gain = true});
  const double error = std::abs(inverter_gain(real, 0.0) + 1.0);
  CHECK(error > 2.0e-4);
  CHECK(error < 3.0e-4);
}

TEST_CASE("real parts: poles start where their outputs do") {
  const netlist::Design real = hw::make_real(make_board(), make_profile(), {.bandwidth = true});
  CHECK(initial_voltage(real, "xx0.pole") == initial_voltage(real, "xn0"));
  CHECK(initial_voltage(real, "xn0.pole") == 1.0);
}

TEST_CASE("real parts: offsets are one standard deviation, their signs the seed's") {
  const hw::Mapping board = make_board();
  const auto signs = [&](std::uint64_t seed) {
    const netlist::Design real =
        hw::make_real(board, make_profile(), {.offset = true, .seed = seed});
    std::string out;
    for (const netlist::Element& element : real.circuit.elements()) {
      if (element.kind != netlist::Kind::instance) continue;
      REQUIRE(element.parameters.size() == 1);
      CHECK(std::abs(element.parameters[0].value) == 1e-3);
      out += element.parameters[0].value > 0.0 ? '+' : '-';
    }
    return out;
  };
  CHECK(signs(1) == signs(1));
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) seen.insert(signs(seed));
  // 6 amplifiers: 64 patterns, of which 20 draws show 17 on average.
  CHECK(seen.size() > 10);
  CHECK(signs(1).size() == 6);
}

TEST_CASE(
    "real parts: losses of coils at the frequency given, of capacitors at the circuit's own") {
  const netlist::Design real =
      hw::make_real(make_other(hw::Topology::rlc), make_profile(), {.losses = true});
  // tr K / tr M of the mapped system, below the 1 kHz of the profile.
  const hw::Mapping mapping = make_other(hw::Topology::rlc);
  const double rate =
      std::sqrt(mapping.system.K.diagonal().sum() / mapping.system.M.diagonal().sum()) /
      mapping.design.scales.time_s;
  REQUIRE(rate < kTwoPi * 1e3);
  std::size_t coils = 0;
  for (const netlist::Element& element : real.circuit.elements()) {
    if (element.kind == netlist::Kind::inductor) {
      ++coils;
      const netlist::Element& loss = part(real, "r" + element.name + "_loss");
      CHECK(loss.value == Approx(kTwoPi * 1e4 * element.value / 100.0).epsilon(1e-14));
      CHECK(loss.nodes[1] == element.nodes[0]);
    }
    if (element.kind == netlist::Kind::capacitor) {
      const netlist::Element& loss = part(real, "r" + element.name + "_loss");
      CHECK(1.0 / loss.value == Approx(rate * element.value * 0.01).epsilon(1e-14));
      CHECK(loss.nodes == element.nodes);
    }
  }
  CHECK(coils == 3);
}

TEST_CASE("real parts: a transconductor's output resistance is A / gm") {
  const netlist::Design real =
      hw::make_real(make_other(hw::Topology::gmc), make_profile(), {.losses = true});
  const netlist::Element& ota = part(real, "xx0");
  CHECK(ota.references == std::vector<std::string>{"ota_real"});
  for (const netlist::Element& element : netlist::flatten(real.circuit).elements) {
    if (element.name != "xx0.r1") continue;
    CHECK(element.value == Approx(200.0 / ota.parameters[0].value).epsilon(1e-14));
    CHECK(element.nodes == std::vector<std::string>{"x0", "0"});
    CHECK(!element.noisy);
    return;
  }
  FAIL("no output resistance");
}

TEST_CASE("real parts: noise of resistors, of op-amps' inputs and of transconductors' outputs") {
  const double kT = 1.380649e-23 * 300.0;
  const netlist::Design board =
      hw::make_real(make_board(), make_profile(), {.bandwidth = true, .part_noise = true});
  const netlist::NoiseSource& input = source(board, "input xv0");
  CHECK(input.incidence[0].where == "xv0.vos");
  CHECK(input.density == Approx(20e-9 * 20e-9 / 2.0));
  CHECK(input.own);
  CHECK(source(board, "thermal rx0").density == Approx(2.0 * kT / part(board, "rx0").value));
  CHECK(netlist::stamp(netlist::flatten(board.circuit)).index.contains("i(xv0.vos)"));
  const netlist::Design chip =
      hw::make_real(make_other(hw::Topology::gmc), make_profile(), {.part_noise = true});
  const netlist::NoiseSource& output = source(chip, "output xx0 x0");
  CHECK(output.incidence[0].where == "x0");
  CHECK(output.density == Approx(2.0 * kT * 1.5 * part(chip, "xx0").parameters[0].value));
}

TEST_CASE("real parts: what is needed and not specified is refused with its key") {
  hw::Profile profile = make_profile();
  profile.opamp->gain_bandwidth_hz = {std::nullopt, "ask the vendor", "opamp.gain_bandwidth_hz"};
  const hw::Mapping board = make_board();
  CHECK_THAT(message([&] { hw::make_real(board, profile, {.bandwidth = true}); }),
             ContainsSubstring("opamp.gain_bandwidth_hz"));
  CHECK(message([&] { hw::make_real(board, profile, {.gain = true}); }) == "no refusal");
  profile.opamp.reset();
  CHECK_THAT(message([&] { hw::make_real(board, profile, {.gain = true}); }),
             ContainsSubstring("profile test: opamp: the circuit has op-amps"));
  profile.ota.reset();
  CHECK_THAT(
      message([&] { hw::make_real(make_other(hw::Topology::gmc), profile, {.losses = true}); }),
      ContainsSubstring("profile test: ota"));
}

// ---- vendors' models

namespace {

const char* const kVendor =
    "* a macromodel\n"
    ".SUBCKT TL999 1 2\n* in the middle\n+ 3 4 ; supplies\n+ 5\n"
    ".subckt inner a b c\nr1 a b 1\n.ends inner\nr1 1 2 1\n.ENDS\n"
    ".subckt plain inp inn out PARAMS: gain=1e5\ne1 out 0 inp inn {gain}\n.ends\n"
    ".subckt quad a b c d e f gain = 3\n.ends\n"
    ".model dx d\n";

}  // namespace

TEST_CASE("vendor's model: found by name in any case, with its pins") {
  const hw::VendorModel five = hw::find_vendor_model(kVendor, "tl.lib", "tl999");
  CHECK(five.name == "TL999");
  CHECK(five.file == "tl.lib");
  CHECK(five.pins == std::vector<std::string>{"1", "2", "3", "4", "5"});
  CHECK(hw::find_vendor_model(kVendor, "tl.lib", "PLAIN").pins ==
        std::vector<std::string>{"inp", "inn", "out"});
}

TEST_CASE("vendor's model: one that is not there, and one with other pins") {
  CHECK(message([] { hw::find_vendor_model(kVendor, "tl.lib", "inner"); }) ==
        "tl.lib: no .subckt inner; it has TL999, plain, quad. Name one of them with --opamp, or "
        "include another file");
  CHECK_THAT(message([] { hw::find_vendor_model("* nothing\n", "tl.lib", "x"); }),
             ContainsSubstring("no .subckt x; it has none"));
  CHECK(message([] { hw::find_vendor_model(kVendor, "tl.lib", "quad"); }) ==
        "tl.lib: .subckt quad has 6 pins (a b c d e f); an op-amp has 3, in+ in- out, or 5, in+ "
        "in- vcc vee out, in this order: write a .subckt with these pins around it");
}

TEST_CASE("vendor's model: instances keep their names, and get the supplies where it has pins") {
  const hw::Mapping board = make_board();
  const netlist::Design five =
      hw::make_with_vendor_model(board, hw::find_vendor_model(kVendor, "tl.lib", "TL999"));
  CHECK(wiring(five, "xv0") == "xv0 0 s0 vcc vee v0");
  CHECK(part(five, "xv0").references == std::vector<std::string>{"TL999"});
  CHECK_THAT(netlist::format_deck(five.circuit), ContainsSubstring(".include \"tl.lib\""));
  const hw::VendorModel plain = hw::find_vendor_model(kVendor, "tl.lib", "plain");
  const netlist::Design three =
      hw::make_with_vendor_model(board, plain, make_profile(), {.losses = true});
  CHECK(wiring(three, "xv0") == "xv0 0 s0 v0");
  CHECK(part(three, "rcx0_loss").value > 0.0);
  CHECK_THAT(message([&] { hw::make_with_vendor_model(make_other(hw::Topology::gmc), plain); }),
             ContainsSubstring("the circuit (gmc) has no op-amps"));
  CHECK_THAT(message([&] {
               hw::make_with_vendor_model(make_other(hw::Topology::gmc),
                                          hw::find_vendor_model(kVendor, "tl.lib", "TL999"));
             }),
             ContainsSubstring("has supply pins, and the circuit has no node vcc"));
}
