#include "sim/harness.hpp"

#include <cmath>

#include "netlist/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/bench.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

std::string refusal(const sim::Problem& problem) {
  try {
    const Bench bench(problem);
    sim::Harness harness(bench.checker);
  } catch (const netlist::NetlistError& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("the deck stays as it is; what a check adds stands behind it") {
  const Bench bench(one_mass());
  sim::Harness harness(bench.checker);
  const std::string body = kOneMassDeck.substr(0, kOneMassDeck.size() - 5);
  CHECK(harness.deck() == body + ".end\n");
  harness.add_options("noopac");
  harness.add_port_currents(std::vector{45.0});
  CHECK(harness.deck() == body + ".options noopac\nispringspice_0 0 v dc 0 ac 1 45\n.end\n");
  CHECK(harness.vectors() == std::vector<std::string>{"x", "v"});
}

TEST_CASE("analyses of the deck's own are left out") {
  const Bench bench(one_mass(replaced(kOneMassDeck, ".end", ".tran 1m 1\n.op\n.save v(x)\n.end")));
  CHECK(sim::Harness(bench.checker).deck() == kOneMassDeck);
}

TEST_CASE("a deck without a final newline is a deck") {
  std::string deck = kOneMassDeck;
  deck.pop_back();
  const Bench bench(one_mass(deck));
  CHECK(sim::Harness(bench.checker).deck() == kOneMassDeck);
}

TEST_CASE("names that the checks use are refused below the title, in any case") {
  for (const char* part :
       {"rSpringSpice_x v 0 1e9\n", "r9 v SPRINGSPICE_q0 1\n", "* springspice_ in a comment\n"}) {
    INFO(part);
    CHECK_THAT(refusal(one_mass(replaced(kOneMassDeck, ".ic", std::string(part) + ".ic"))),
               ContainsSubstring("a name begins with 'springspice_'"));
  }
  CHECK(refusal(one_mass(replaced(kOneMassDeck, "one mass", "springspice_0 is the title"))) ==
        "no refusal");
}

TEST_CASE("a flux gets an integrator that starts at the model's start") {
  sim::Problem problem = one_mass();
  problem.design.scales.time_s = 0.5;
  netlist::Probe& position = problem.design.probes[0];
  position.node = "v";
  position.quantity = netlist::Probe::Quantity::flux;
  position.gain = 4.0;
  position.offset = 1.0;
  const Bench bench(problem);
  sim::Harness harness(bench.checker);
  harness.add_flux_integrators();
  // flux = (x0 - offset) / gain = -0.5 Wb; the integrator holds flux / tau.
  CHECK_THAT(harness.deck(), ContainsSubstring("gspringspice_q0 0 springspice_q0 v 0 1\n"
                                               "cspringspice_q0 springspice_q0 0 0.5\n"
                                               ".ic v(springspice_q0)=-1\n"));
  CHECK(harness.vectors() == std::vector<std::string>{"springspice_q0", "v"});
  const std::vector<std::complex<double>> values = {-1.0, 0.25};
  const core::State state = harness.read(values);
  CHECK(state.x(0) == -1.0);
  CHECK(state.v(0) == 0.25);
  Eigen::MatrixXcd x;
  Eigen::MatrixXcd v;
  harness.read_ac(std::vector<std::complex<double>>{{0.0, 2.0}, 3.0}, 8.0, x, v);
  CHECK(x(0) == 1.0);  // 4 (2 j) / (8 j)
  CHECK(v(0) == 3.0);
}

TEST_CASE("positions and velocities are read with gain and offset") {
  sim::Problem problem = one_mass();
  problem.design.probes[0].gain = -2.0;
  problem.design.probes[0].offset = 10.0;
  problem.design.probes[1].gain = 3.0;
  const Bench bench(problem);
  const sim::Harness harness(bench.checker);
  const core::State state = harness.read(std::vector<std::complex<double>>{1.5, 0.5});
  CHECK(state.x(0) == 7.0);
  CHECK(state.v(0) == 1.5);
}

TEST_CASE("probes and ports: one for each coordinate, no more, no fewer") {
  const auto message = [](const std::function<void(netlist::Design&)>& change) {
    sim::Problem problem = one_mass();
    change(problem.design);
    return refusal(problem);
  };
  CHECK_THAT(message([](netlist::Design& d) { d.probes.erase(d.probes.begin()); }),
             ContainsSubstring("coordinate 0 has no position probe"));
  CHECK_THAT(message([](netlist::Design& d) { d.probes.pop_back(); }),
             ContainsSubstring("coordinate 0 has no velocity probe"));
  CHECK_THAT(message([](netlist::Design& d) { d.ports.clear(); }),
             ContainsSubstring("coordinate 0 has no port"));
  CHECK_THAT(message([](netlist::Design& d) { d.probes.push_back(d.probes[0]); }),
             ContainsSubstring("has two position probes, nodes 'x' and 'x'"));
  CHECK_THAT(message([](netlist::Design& d) {
               d.ports.push_back({"x", 0, 0, 1.0});
             }),
             ContainsSubstring("has two ports, nodes 'v' and 'x'"));
}

TEST_CASE("noise: a resistor gets an external current beside it, into its first node") {
  const Bench bench(noisy_mass());
  sim::Harness harness(bench.checker);
  const sim::ExternalNoise noise = harness.add_noise(5, 0.1);
  const std::string body = kOneMassDeck.substr(0, kOneMassDeck.size() - 5);
  CHECK(harness.deck() == body + "ispringspice_n0_0 0 v external\n.end\n");
  CHECK(noise.seed == 5);
  CHECK(noise.step_s == 0.1);
  REQUIRE(noise.sources.size() == 1);
  CHECK(noise.sources[0].name == "ispringspice_n0_0");
  CHECK(noise.sources[0].amplitude == Approx(std::sqrt(0.4 / 0.1)).epsilon(1e-15));
}

TEST_CASE("noise: a generator becomes external itself, whatever waveform it has") {
  for (const char* card :
       {"vg g 0 0", "VG g 0 dc 0 trnoise(1 0.1 0 0)", "vg g 0 pwl(0 0\n+ 1 2)"}) {
    sim::Problem problem = generator_mass();
    problem.deck = replaced(problem.deck, "vg g 0 0", card);
    const Bench bench(problem);
    sim::Harness harness(bench.checker);
    const sim::ExternalNoise noise = harness.add_noise(5, 0.1);
    INFO(harness.deck());
    REQUIRE(noise.sources.size() == 1);
    CHECK(noise.sources[0].name == "vg");
    CHECK(noise.sources[0].amplitude == Approx(4.0).epsilon(1e-15));
    CHECK_THAT(netlist::lower(harness.deck()), ContainsSubstring("\nvg g 0 external\ngg 0 v g"));
    CHECK(harness.deck().find("trnoise") == std::string::npos);
    CHECK(harness.deck().find("pwl") == std::string::npos);
  }
}

TEST_CASE(
    "noise: several places, with weights; streams are the sources' numbers; own is left out") {
  sim::Problem problem = noisy_mass();
  problem.design.noise.insert(problem.design.noise.begin(),
                              {"thermal rd", {{"rd", 1.0}}, 1.0, true});
  problem.design.noise.push_back({"both", {{"v", 2.0}, {"x", -3.0}}, 0.1, false});
  const Bench bench(problem);
  sim::Harness harness(bench.checker);
  const sim::ExternalNoise noise = harness.add_noise(5, 0.1);
  REQUIRE(noise.sources.size() == 3);
  CHECK(noise.sources[0].stream == 1);
  CHECK(noise.sources[1].stream == 2);
  CHECK(noise.sources[2].stream == 2);
  CHECK(noise.sources[1].amplitude == Approx(2.0));
  CHECK(noise.sources[2].amplitude == Approx(-3.0));
  CHECK_THAT(harness.deck(), ContainsSubstring("ispringspice_n1_0 0 v external\n"
                                               "ispringspice_n2_0 0 v external\n"
                                               "ispringspice_n2_1 0 x external\n.end\n"));
}

TEST_CASE("drives: one a place, in AC, and the deck's own sources stay as they are") {
  sim::Problem problem = generator_mass();
  problem.design.noise.push_back({"at rd", {{"rd", -1.0}}, 0.1, false});
  const Bench bench(problem);
  sim::Harness harness(bench.checker);
  const std::vector<sim::Drive> drives = harness.add_drives();
  REQUIRE(drives.size() == 2);
  CHECK(drives[0].name == "vg");
  CHECK(drives[0].source == 0);
  CHECK(drives[1].name == "ispringspice_n1_0");
  CHECK(drives[1].source == 1);
  CHECK(drives[1].weight == -1.0);
  CHECK_THAT(harness.deck(), ContainsSubstring("\nvg g 0 0\n"));
  CHECK_THAT(harness.deck(), ContainsSubstring("ispringspice_n1_0 0 v dc 0 ac 0\n"));
}

TEST_CASE("silence: resistors that are no source of the model's get noisy=0") {
  sim::Problem problem = noisy_mass(replaced(
      kOneMassDeck, ".ic", "R9 x 0 9k ; leak\nxsub x sub\n.subckt sub a\nr1 a 0 1k\n.ends\n.ic"));
  problem.design.noise.push_back({"thermal R9", {{"R9", 1.0}}, 0.1, true});
  const Bench bench(problem);
  sim::Harness harness(bench.checker);
  harness.silence_resistors();
  CHECK_THAT(harness.deck(), ContainsSubstring("\nrd v 0 2\n"));
  CHECK_THAT(harness.deck(), ContainsSubstring("\nR9 x 0 9000 noisy=0\n"));
  CHECK_THAT(harness.deck(), ContainsSubstring("\nr1 a 0 1k\n"));
}
