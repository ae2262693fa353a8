#include "cli/pages/circuit_tables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/results.hpp"
#include "netlist/si.hpp"

namespace springspice::cli {
namespace {

using Status = sim::Check::Status;

std::string describe_failure(const sim::Check& check) {
  return fmt::format("{}: {} where {} {:g} was to hold", check.name, format_value(check),
                     to_string(check.sense), check.limit);
}

}  // namespace

report::Table make_checks_table(const sim::Report& report) {
  report::Table table{
      "Checks", {"check", "value", "limit", "status", "what", "where the limit comes from"}, {}};
  for (const sim::Check& check : report.checks) {
    const bool ran = check.status != Status::not_applicable;
    table.rows.push_back({check.name, format_value(check),
                          fmt::format("{} {:g}", to_string(check.sense), check.limit),
                          ran ? to_string(check.status) : "does not apply", check.detail,
                          check.origin});
  }
  return table;
}

std::string summarize_checks(const sim::Report& report) {
  const auto passed = std::ranges::count(report.checks, Status::pass, &sim::Check::status);
  std::string failed, left_out;
  for (const sim::Check& check : report.checks) {
    if (check.status == Status::fail) {
      failed += (failed.empty() ? "Failed: " : "; ") + describe_failure(check);
    }
    if (check.status == Status::not_applicable) {
      left_out += (left_out.empty() ? " Did not apply: " : ", ") + check.name;
    }
  }
  std::string text = failed.empty() ? fmt::format("All {} checks that apply passed.", passed)
                                    : fmt::format("{}; {} passed.", failed, passed);
  if (!left_out.empty()) text += left_out + ".";
  if (!report.complete) text += " Not all checks were run.";
  return text;
}

report::Table make_scales_table(const netlist::Design& design, core::Dynamics dynamics) {
  const netlist::Scales& scales = design.scales;
  const bool fluxes = std::ranges::any_of(design.probes, [](const netlist::Probe& probe) {
    return probe.quantity == netlist::Probe::Quantity::flux;
  });
  report::Table table{"Scales", {"one model unit of", "is"}, {}};
  const auto add = [&](const char* quantity, double value, const char* unit) {
    table.rows.push_back({quantity, netlist::format_si(value, unit)});
  };
  add("time", scales.time_s, "s");
  if (dynamics == core::Dynamics::underdamped) add("velocity", scales.voltage_v, "V");
  if (!fluxes) add("position", scales.position_v, "V");
  add("impedance", scales.impedance_ohm, "ohm");
  add("energy", scales.energy_j, "J");
  return table;
}

}  // namespace springspice::cli
