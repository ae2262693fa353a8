// Real parts in a circuit's numbers and in ngspice: the terms of an error budget, measured twice.
#include "tests/hw/real_parts.hpp"

#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include <Eigen/Dense>

#include "core/lagrangian.hpp"
#include "sim/budget/budget.hpp"
#include "sim/budget/real_circuit.hpp"
#include "sim/budget/real_circuit_in_ngspice.hpp"
#include "tests/catch.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

/// The largest difference of the two.
double distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

struct Nine {
  explicit Nine(hw::Topology topology, int sticks = 8, double kT = 0.0)
      : data(parabola({sticks}, 5 * sticks)) {
    core::Parameters parameters;
    parameters.kT = kT;
    system = core::make_system(data, parameters);
    mapping = make_mapping(system, hand_scaled(system, topology));
    nu = system.size();
    start = Eigen::MatrixXd::Zero(nu, 1);
  }
  sim::RealCircuit circuit(const netlist::Design& design) const { return {design, nu, 1, start}; }
  sim::RealCircuitInNgspice engine(const netlist::Design& design) const {
    return {design, nu, 1, start};
  }
  Eigen::MatrixXd fit() const { return Eigen::MatrixXd(system.K).ldlt().solve(system.f); }
  /// What a path is off that of the ideal circuit, at `points` times until `end`: in numbers, and
  /// in ngspice, whose integration errors are in both of its paths.
  struct Paths {
    double deviation = 0.0;   ///< largest, in numbers
    double difference = 0.0;  ///< largest, between numbers and ngspice
  };
  Paths compare_paths(const netlist::Design& real, double end, std::size_t points) const {
    constexpr std::size_t kFiner = 16;
    const auto numbers = [&](const netlist::Design& design) {
      std::vector<Eigen::MatrixXd> path;
      std::size_t k = 0;
      circuit(design).run(end, points * kFiner, [&](double, const Eigen::MatrixXd& x) {
        if (++k % kFiner == 0) path.push_back(x);
      });
      return path;
    };
    const auto ngspice = [&](const netlist::Design& design) {
      std::vector<Eigen::MatrixXd> path;
      engine(design).run(end, points, [&](double, const Eigen::MatrixXd& x) { path.push_back(x); });
      return path;
    };
    const auto a = numbers(real), a0 = numbers(mapping.design);
    const auto b = ngspice(real), b0 = ngspice(mapping.design);
    REQUIRE((a.size() == points && b.size() == points && b0.size() == points));
    Paths paths;
    for (std::size_t k = 0; k < points; ++k) {
      paths.deviation = std::max(paths.deviation, distance(a[k], a0[k]));
      paths.difference = std::max(paths.difference, distance(a[k] - a0[k], b[k] - b0[k]));
    }
    return paths;
  }

  core::DataSprings data;
  core::SecondOrderSystem system;
  hw::Mapping mapping;
  Eigen::Index nu = 0;
  Eigen::MatrixXd start;
};

hw::Profile with_opamp(double gain, double gain_bandwidth_hz) {
  hw::Profile profile = make_profile();
  profile.opamp->gain = figure("opamp.gain", gain);
  profile.opamp->gain_bandwidth_hz = figure("opamp.gain_bandwidth_hz", gain_bandwidth_hz);
  return profile;
}

}  // namespace

TEST_CASE("real parts: a board's error at finite gain is ngspice's, to 1e-6 of itself") {
  const Nine board(hw::Topology::opamp);
  const Eigen::MatrixXd ideal = board.circuit(board.mapping.design).settled(1.0);
  CHECK(distance(ideal, board.fit()) < 1e-9);
  double before = 0.0;
  for (const double gain : {1e5, 1e4, 1e3}) {
    const netlist::Design real =
        hw::make_real(board.mapping, with_opamp(gain, 1e5), {.gain = true});
    const Eigen::MatrixXd x = board.circuit(real).settled(1.0);
    const double deviation = distance(x, ideal);
    CHECK(distance(x, board.engine(real).settled(1.0)) < 1e-6 * deviation);
    // To first order the error is proportional to 1 / gain.
    if (before > 0.0) CHECK(deviation / before == Approx(10.0).epsilon(0.3));
    before = deviation;
  }
}

TEST_CASE("real parts: offsets on a board are ngspice's") {
  const Nine board(hw::Topology::opamp);
  const netlist::Design real =
      hw::make_real(board.mapping, make_profile(), {.gain = true, .offset = true});
  const Eigen::MatrixXd x = board.circuit(real).settled(1.0);
  CHECK(distance(x, board.circuit(board.mapping.design).settled(1.0)) > 1e-4);
  CHECK(distance(x, board.engine(real).settled(1.0)) < 1e-9);
}

TEST_CASE("real parts: the path of a board with slow amplifiers is ngspice's") {
  const Nine board(hw::Topology::opamp);
  // One unit of time is 1 ms: the fastest motion of the model is some 1 kHz.
  for (const double gbw : {3e5, 3e6}) {
    const netlist::Design real =
        hw::make_real(board.mapping, with_opamp(1e5, gbw), {.bandwidth = true});
    REQUIRE(board.circuit(real).largest_growth() < 0.0);
    const Nine::Paths paths = board.compare_paths(real, 10.0, 160);
    CAPTURE(gbw, paths.deviation, paths.difference);
    CHECK(paths.difference < 1e-2 * paths.deviation);
    CHECK(paths.deviation > 1e-5);
  }
}

TEST_CASE("real parts: amplifiers too slow for their board oscillate, in ngspice too") {
  const Nine board(hw::Topology::opamp, 3);
  const netlist::Design real =
      hw::make_real(board.mapping, with_opamp(1e5, 1e3), {.bandwidth = true});
  const double growth = board.circuit(real).largest_growth();
  REQUIRE(growth > 0.0);
  std::vector<double> sizes;
  const double end = 40.0 / growth;
  board.engine(real).run(end, 400, [&](double, const Eigen::MatrixXd& x) {
    sizes.push_back(x.cwiseAbs().maxCoeff());
  });
  REQUIRE(sizes.size() == 400);
  // From peak to peak, over many periods: the rate at which ngspice's own path grows.
  const auto peak = [&](std::size_t from) {
    return *std::max_element(sizes.begin() + static_cast<std::ptrdiff_t>(from),
                             sizes.begin() + static_cast<std::ptrdiff_t>(from + 100));
  };
  CHECK(std::log(peak(300) / peak(200)) * 4.0 / end == Approx(growth).epsilon(0.05));
}

TEST_CASE("real parts: what a transconductor's output resistance costs is ngspice's") {
  const Nine chip(hw::Topology::gmc);
  const netlist::Design real = hw::make_real(chip.mapping, make_profile(), {.losses = true});
  const Eigen::MatrixXd x = chip.circuit(real).settled(1.0);
  const double deviation = distance(x, chip.circuit(chip.mapping.design).settled(1.0));
  CHECK(deviation > 1e-4);
  CHECK(distance(x, chip.engine(real).settled(1.0)) < 1e-6 * deviation);
}

TEST_CASE("real parts: a passive network's losses are ngspice's") {
  const Nine network(hw::Topology::rlc);
  const netlist::Design real = hw::make_real(network.mapping, make_profile(), {.losses = true});
  const Nine::Paths paths = network.compare_paths(real, 10.0, 160);
  CAPTURE(paths.deviation, paths.difference);
  CHECK(paths.difference < 1e-2 * paths.deviation);
  CHECK(paths.deviation > 1e-5);
}

TEST_CASE("real parts: the noise of a board's parts is ngspice's spectrum, integrated") {
  const Nine board(hw::Topology::opamp, 1);
  const netlist::Design real = hw::make_real(board.mapping, with_opamp(1e5, 1e6),
                                             {.gain = true, .bandwidth = true, .part_noise = true});
  const Eigen::MatrixXd covariance = board.circuit(real).noise_covariance(true);
  const Eigen::MatrixXd variances = board.engine(real).noise_variances(true, 1.0, 3e7, 24);
  // Q is about 4, so the quadrature errs by exp(-2 pi / 8 / (ln 10 / 24)) = 3e-4; above 30 MHz the
  // spectrum is that of two poles at 0.5 MHz, (1/60)^2 from 1/f^2 in what remains.
  for (Eigen::Index i = 0; i < board.nu; ++i) {
    CHECK(variances(i, 0) == Approx(covariance(i, i)).epsilon(1e-3));
  }
}

TEST_CASE("real parts: the model's noise in the ideal circuit is Boltzmann's") {
  for (const hw::Topology topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    const Nine nine(topology, 8, 0.1);
    const Eigen::MatrixXd expected = 0.1 * Eigen::MatrixXd(nine.system.K).inverse();
    const Eigen::MatrixXd covariance = nine.circuit(nine.mapping.design).noise_covariance(false);
    CHECK((covariance - expected).norm() < 1e-8 * expected.norm());
  }
}

TEST_CASE("real parts: a vendor's file of one pole is the op-amp of the same figures") {
  const std::string file = SPRINGSPICE_SOURCE_DIR "/tests/data/models/one_pole.lib";
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  const Nine board(hw::Topology::opamp, 3);
  const netlist::Design vendor =
      hw::make_with_vendor_model(board.mapping, hw::find_vendor_model(text.str(), file, "onepole"));
  const netlist::Design real =
      hw::make_real(board.mapping, make_profile(), {.gain = true, .bandwidth = true});
  const Eigen::MatrixXd x = board.circuit(real).settled(1.0);
  const double deviation = distance(x, board.circuit(board.mapping.design).settled(1.0));
  CHECK(distance(x, board.engine(vendor).settled(1.0)) < 1e-6 * deviation);
  CHECK_THROWS_WITH(hw::find_vendor_model(text.str(), file, "comparator"),
                    ContainsSubstring("has 4 pins (a b c d)"));
}

TEST_CASE("real parts: a budget of a board with nine nodes") {
  const Nine board(hw::Topology::opamp);
  const hw::Profile profile = with_opamp(1e4, 1e7);
  const auto make = [&](hw::Imperfections wanted) {
    return [&board, &profile, wanted] { return hw::make_real(board.mapping, profile, wanted); };
  };
  sim::BudgetRequest request;
  request.baseline = board.mapping.design;
  request.start = board.start;
  request.reference = board.fit();
  request.error = core::make_prediction_error(board.data);
  request.read_at = 20.0;
  request.steps = 1000;
  request.stages = {
      {"amplifiers", make({.gain = true, .bandwidth = true}),
       make({.gain = true, .bandwidth = true})},
      {"losses", make({.losses = true}), make({.gain = true, .bandwidth = true, .losses = true})},
      {"noise", make({.gain = true, .bandwidth = true, .losses = true, .part_noise = true}),
       make({.gain = true, .bandwidth = true, .losses = true, .part_noise = true}), true}};
  const std::vector<sim::BudgetTerm> terms = sim::compute_budget(request);
  REQUIRE(terms.size() == 3);
  for (const sim::BudgetTerm& term : terms) {
    INFO(term.name << ": " << term.note);
    CHECK(term.note.empty());
    CHECK(!term.unstable);
    REQUIRE(term.alone);
    REQUIRE(term.together);
    CHECK(*term.alone > 0.0);
  }
  // By ngspice: the settled deviations in the units of the task.
  const Eigen::MatrixXd ideal = board.engine(request.baseline).settled(0.0);
  for (std::size_t k : {0, 1}) {
    const Eigen::MatrixXd x = board.engine(request.stages[k].alone()).settled(0.0);
    CHECK(request.error(x, ideal) == Approx(*terms[k].alone).epsilon(1e-4));
  }
  CHECK(sim::find_largest(terms) != nullptr);
}
