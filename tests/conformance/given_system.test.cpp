// Systems that come as matrices: mixed signs, general friction, no friction, no mass.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

// Matrix Market, as `--system` reads it; gone at the end of the scope.
class SystemFolder {
 public:
  SystemFolder() : anchor_("") {}
  void write(const std::string& name, const Eigen::MatrixXd& matrix) const {
    std::ofstream file(std::filesystem::path(anchor_.folder()) / (name + ".mtx"));
    file << "%%MatrixMarket matrix array real general\n"
         << fmt::format("{} {}\n", matrix.rows(), matrix.cols());
    for (const double value : matrix.reshaped()) file << fmt::format("{}\n", value);
  }
  std::string path() const { return anchor_.folder(); }

 private:
  TemporaryFile anchor_;
};

double draw(std::uint64_t stream, std::uint64_t index) {
  return 2.0 * core::uniform(11, stream, index) - 1.0;
}

// Symmetric, entries of both signs, diagonally dominant by `excess`.
Eigen::MatrixXd mixed_matrix(std::uint64_t stream, Eigen::Index n, double excess) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Eigen::Index i = 0; i < j; ++i) {
      matrix(i, j) = matrix(j, i) = draw(stream, static_cast<std::uint64_t>(n * i + j));
    }
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    matrix(i, i) = excess * (1.0 + 0.1 * static_cast<double>(i)) + matrix.row(i).cwiseAbs().sum();
  }
  return matrix;
}

// Only neighbours are coupled, with alternating signs: any such signs have a two-colouring.
Eigen::MatrixXd chain_matrix(Eigen::Index n, double diagonal, double coupling) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    matrix(i, i) = diagonal * (1.0 + 0.2 * static_cast<double>(i));
    if (i + 1 < n) matrix(i, i + 1) = matrix(i + 1, i) = i % 2 == 0 ? coupling : -coupling;
  }
  return matrix;
}

Eigen::MatrixXd some_force(Eigen::Index n, Eigen::Index m) {
  Eigen::MatrixXd f(n, m);
  for (Eigen::Index k = 0; k < f.size(); ++k) {
    f.reshaped()(k) = 3.0 * draw(9, static_cast<std::uint64_t>(k));
  }
  return f;
}

struct Given {
  Eigen::MatrixXd M, D, K, f;
};

sim::Report certify_given(const Given& given, cli::Options options) {
  const SystemFolder folder;
  const bool overdamped = given.M.size() == 0;
  if (!overdamped) folder.write("M", given.M);
  folder.write("D", given.D);
  folder.write("K", given.K);
  folder.write("f", given.f);
  options.system = folder.path();
  if (overdamped) options.parameters.dynamics = core::Dynamics::overdamped;
  const CertifiedCase made(options);
  const sim::Report report = sim::certify(made.problem(), {});
  INFO(hw::to_string(options.topology) << "\n" << describe_failures(report));
  CHECK(report.passed());
  return report;
}

cli::Options options_of(hw::Topology topology) {
  cli::Options options;
  options.topology = topology;
  options.x0 = "random";
  options.parameters.kT = 0.1;
  return options;
}

// General friction has no modes, so `variance` does not know the poles.
bool all_ran(const sim::Report& report) {
  return std::ranges::all_of(report.checks, [](const sim::Check& check) {
    return check.status == sim::Check::Status::pass || check.name == "variance";
  });
}

}  // namespace

TEST_CASE("matrices of any signs and general friction, certified as opamp") {
  const Given given{mixed_matrix(1, 6, 1.0), mixed_matrix(2, 6, 0.5), mixed_matrix(3, 6, 2.0),
                    some_force(6, 2)};
  CHECK(all_ran(certify_given(given, options_of(hw::Topology::opamp))));
}

TEST_CASE("matrices of mixed signs with a two-colouring, certified as gmc and rlc") {
  const Given given{chain_matrix(5, 2.0, 0.5), chain_matrix(5, 1.0, 0.25), mixed_matrix(3, 5, 2.0),
                    some_force(5, 1)};
  for (const auto topology : {hw::Topology::gmc, hw::Topology::rlc}) {
    CHECK(all_ran(certify_given(given, options_of(topology))));
  }
}

TEST_CASE("systems without friction: no settled state, all else certified") {
  const Given given{chain_matrix(5, 2.0, 0.5), Eigen::MatrixXd::Zero(5, 5), mixed_matrix(3, 5, 2.0),
                    some_force(5, 1)};
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    const sim::Report report = certify_given(given, options_of(topology));
    const sim::Check& steady = find_check(report, "steady");
    CHECK(steady.status == sim::Check::Status::not_applicable);
    CHECK_THAT(steady.detail, ContainsSubstring("nothing relaxes without friction"));
    CHECK(find_check(report, "order").status == sim::Check::Status::pass);
  }
}

TEST_CASE("friction that leaves some modes undamped") {
  Eigen::MatrixXd D = Eigen::MatrixXd::Zero(4, 4);
  D(0, 0) = 0.5;
  Eigen::MatrixXd K = Eigen::MatrixXd::Identity(4, 4);
  K(0, 1) = K(1, 0) = -0.5;  // coordinates 2 and 3 never feel D
  K(3, 3) = 2.0;
  const Given given{Eigen::MatrixXd::Identity(4, 4), D, K, some_force(4, 1)};
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    certify_given(given, options_of(topology));
  }
}

TEST_CASE("overdamped matrices of any signs, certified as opamp") {
  const Given given{{}, mixed_matrix(2, 6, 0.5), mixed_matrix(3, 6, 2.0), some_force(6, 2)};
  CHECK(all_ran(certify_given(given, options_of(hw::Topology::opamp))));
}

TEST_CASE("a start at rest is certified: the circuit stays where the model stays") {
  const TemporaryFile data(
      "u,y\n0,1\n0.1,0.7\n0.3,0.2\n0.45,0.1\n0.6,0.3\n0.7,0.2\n0.9,0.7\n1,1\n");
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc}) {
    cli::Options options = options_for(data.path(), "2x2", topology);
    options.sticks = "3";
    options.x0 = "stationary";
    const CertifiedCase made(options);
    const sim::Report report = sim::certify(made.problem(), {});
    INFO(hw::to_string(topology) << "\n" << describe_failures(report));
    CHECK(report.passed());
    CHECK_THAT(find_check(report, "order").detail, ContainsSubstring("state of rest"));
    // A circuit whose force is off does not stay.
    std::string deck = made.built.files.deck;
    const std::string name = topology == hw::Topology::opamp ? "\nrf1 " : "\nif1 ";
    deck.erase(deck.find(name), deck.find('\n', deck.find(name) + 1) - deck.find(name));
    const sim::Report moved = sim::certify(made.problem(deck), {});
    for (const char* check : {"matrices", "steady", "path", "order"}) {
      INFO(check);
      CHECK(find_check(moved, check).status == sim::Check::Status::fail);
    }
  }
}

TEST_CASE("positions and velocities stay within 1 V on the whole path, and use more than half") {
  const TemporaryFile data(
      "u,y\n0,400\n0.1,407\n0.3,402\n0.45,401\n0.6,403\n0.7,402\n0.9,407\n1,4e2\n");
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc);
  const double friction = GENERATE(0.0, 0.1, 30.0);
  cli::Options options = options_for(data.path(), "4", topology);
  options.parameters.friction = friction;
  options.parameters.neighbor_spring = 0.1;
  options.x0 = "random";
  const CertifiedCase made(options);
  double position_v = 0.0;
  double velocity_v = 0.0;
  const auto& scales = made.built.manifest.design.scales;
  double offset = 0.0;
  for (const netlist::Probe& probe : made.built.manifest.design.probes) {
    if (probe.kind == netlist::Probe::Kind::position) offset = probe.offset;
  }
  sim::CertifyOptions certify;
  certify.on_path = [&](double, const core::State& circuit, const core::State&) {
    position_v =
        std::max(position_v, scales.position_v * (circuit.x.array() - offset).abs().maxCoeff());
    velocity_v = std::max(velocity_v, scales.voltage_v * circuit.v.cwiseAbs().maxCoeff());
  };
  CHECK(sim::certify(made.problem(), certify).passed());
  CHECK(position_v <= 1.0);
  CHECK(velocity_v <= 1.0);
  CHECK(position_v > 0.5);
  CHECK(velocity_v > 0.5);
}
