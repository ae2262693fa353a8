// The sizes and data that every release must certify, with the table of errors.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "core/random.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/conformance/tables.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

constexpr hw::Topology kTopologies[] = {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc};

// One row of the table; passes, or says what did not.
sim::Report require_pass(const std::string& name, const cli::Options& options) {
  const CertifiedCase made(options);
  sim::CertifyOptions certify;
  certify.engine.time_limit_s = 250.0;
  const sim::Report report = sim::certify(made.problem(), certify);
  const std::string row = fmt::format("{}, {}", name, hw::to_string(options.topology));
  fmt::print("{}", report_line(row, report));
  INFO(row << "\n" << describe_failures(report));
  CHECK(report.passed());
  return report;
}

// With noise, so that every check applies, but where the spectrum takes half a minute or more: in
// 12x12 and 5x5x5 nodes, and in boards, which take a run for each source.
void require_pass_for_all(const std::string& name, cli::Options options) {
  fmt::print("{}", report_heading());
  for (const hw::Topology topology : kTopologies) {
    options.topology = topology;
    const bool large =
        options.sticks == "11x11" || (topology == hw::Topology::opamp && options.sticks.size() > 1);
    options.parameters.kT = large ? 0.0 : 0.01;
    const sim::Report report = require_pass(name, options);
    for (const sim::Check& check : report.checks) {
      INFO(check.name << ": " << check.detail);
      const bool silent =
          options.parameters.kT == 0.0 && (check.name == "spectrum" || check.name == "variance");
      CHECK(check.status ==
            (silent ? sim::Check::Status::not_applicable : sim::Check::Status::pass));
    }
  }
}

// The file in ../shared/data or the folder that SPRINGSPICE_SHARED_DATA names; none if absent.
std::optional<std::string> shared_data(const std::string& name) {
  namespace fs = std::filesystem;
  const char* folder = std::getenv("SPRINGSPICE_SHARED_DATA");
  const fs::path path = (folder != nullptr && *folder != '\0'
                             ? fs::path(folder)
                             : fs::path(SPRINGSPICE_SOURCE_DIR) / ".." / "shared" / "data") /
                        name;
  if (fs::exists(path)) return path.string();
  WARN("skipped: " << path.string() << " is absent; SPRINGSPICE_SHARED_DATA names its folder");
  return std::nullopt;
}

cli::Options airfoil_options(const std::string& path, hw::Topology topology) {
  cli::Options options = options_for(path, "4x4x4", topology);
  options.columns.inputs = {"frequency_hz", "angle_deg", "velocity_m_s"};
  options.columns.targets = {"sound_pressure_db"};
  return options;
}

}  // namespace

TEST_CASE("thermocouple, 8 sticks, certified in every realization") {
  CHECK(std::abs(thermocouple_mV(100.0) - 4.096) < 5e-4);
  CHECK(std::abs(thermocouple_mV(1000.0) - 41.276) < 5e-4);
  const TemporaryFile data(thermocouple_data());
  require_pass_for_all("thermocouple 8", options_for(data.path(), "8"));
}

TEST_CASE("two and three inputs, and two outputs, certified in every realization") {
  struct Size {
    const char* name;
    int inputs;
    const char* sticks;
    int points;
    int outputs;
  };
  const Size size = GENERATE(
      Size{"5x5 nodes", 2, "4x4", 300, 1}, Size{"12x12 nodes", 2, "11x11", 2000, 1},
      Size{"3x4x3 nodes", 3, "2x3x2", 500, 1}, Size{"5x5 nodes, 2 outputs", 2, "4x4", 300, 2});
  const TemporaryFile data(scattered_data(size.inputs, size.outputs, size.points));
  require_pass_for_all(size.name, scattered_options(data, size.inputs, size.sticks, size.outputs));
}

TEST_CASE("32x32 nodes certified as gmc") {
  const TemporaryFile data(scattered_data(2, 1, 20000));
  cli::Options options = scattered_options(data, 2, "31x31", 1);
  options.topology = hw::Topology::gmc;
  fmt::print("{}", report_heading());
  require_pass("32x32 nodes", options);
}

TEST_CASE("CO2, by year and by year and month, certified in every realization") {
  const auto annual = shared_data("co2_annual.csv");
  const auto monthly = shared_data("co2_monthly.csv");
  if (!annual || !monthly) return;
  require_pass_for_all("co2_annual 8", options_for(*annual, "8"));
  cli::Options options = options_for(*monthly, "8x4");
  options.columns.inputs = {"year", "month"};
  require_pass_for_all("co2_monthly 8x4", options);
}

TEST_CASE("airfoil data leave directions free: no settled state, all else certified") {
  const auto path = shared_data("airfoil_self_noise.csv");
  if (!path) return;
  fmt::print("{}", report_heading());
  for (const hw::Topology topology : {hw::Topology::gmc, hw::Topology::rlc}) {
    const cli::Options options = airfoil_options(*path, topology);
    const sim::Report report = require_pass("airfoil 4x4x4", options);
    const sim::Check& steady = find_check(report, "steady");
    CHECK(steady.status == sim::Check::Status::not_applicable);
    CHECK_THAT(steady.detail, ContainsSubstring("K has 54 free directions"));
  }
}

TEST_CASE("airfoil data with neighbour springs certified in every realization") {
  const auto path = shared_data("airfoil_self_noise.csv");
  if (!path) return;
  cli::Options options = airfoil_options(*path, hw::Topology::opamp);
  options.parameters.neighbor_spring = 0.01;
  require_pass_for_all("airfoil 4x4x4, k2 0.01", options);
}
