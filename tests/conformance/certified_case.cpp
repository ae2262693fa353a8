#include "tests/conformance/certified_case.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace springspice::test {
namespace {

constexpr const char* kChecks[] = {"matrices", "probe",    "steady",  "path",
                                   "order",    "spectrum", "variance"};

cli::Prepared prepare_quietly(const cli::Options& options) {
  cli::Progress progress;
  return cli::prepare(options, progress);
}

}  // namespace

CertifiedCase::CertifiedCase(const cli::Options& options)
    : CertifiedCase(options, [](core::State&) {}) {}

CertifiedCase::CertifiedCase(const cli::Options& options,
                             const std::function<void(core::State&)>& change)
    : prepared(prepare_quietly(options)) {
  change(prepared.initial);
  built = cli::build_circuit(prepared, options, "case.cir");
}

sim::Problem CertifiedCase::problem(std::string deck) const {
  return cli::make_problem(built.manifest, std::move(deck), "case.cir");
}

cli::Options options_for(const std::string& path, const std::string& sticks,
                         hw::Topology topology) {
  cli::Options options;
  options.data = path;
  options.sticks = sticks;
  options.topology = topology;
  return options;
}

const sim::Check& find_check(const sim::Report& report, const std::string& name) {
  for (const sim::Check& check : report.checks) {
    if (check.name == name) return check;
  }
  throw std::out_of_range("no check " + name);
}

std::string report_heading() {
  std::string line = fmt::format("{:62}", "");
  for (const char* check : kChecks) line += fmt::format(" {:>9}", check);
  return line + fmt::format(" {:>7} {:>8} {:>7}\n", "nodes", "elements", "seconds");
}

std::string report_line(const std::string& name, const sim::Report& report) {
  std::string line = fmt::format("{:62}", name);
  for (const char* wanted : kChecks) {
    const sim::Check& check = find_check(report, wanted);
    const std::string value = check.status == sim::Check::Status::not_applicable
                                  ? "n/a"
                                  : fmt::format("{:.3g}", check.value);
    line += fmt::format(" {:>9}", value);
  }
  return line + fmt::format(" {:7} {:8} {:7.2f}\n", report.nodes, report.elements, report.wall_s);
}

std::string describe_failures(const sim::Report& report) {
  std::string text;
  for (const sim::Check& check : report.checks) {
    if (check.status != sim::Check::Status::fail) continue;
    text += fmt::format("{} is {:.3g}, limit {:.3g}: {}\n", check.name, check.value, check.limit,
                        check.detail);
  }
  return text;
}

}  // namespace springspice::test
