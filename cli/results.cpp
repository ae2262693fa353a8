#include "cli/results.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace springspice::cli {

Json make_json() { return {{"springspice", SPRINGSPICE_VERSION}}; }

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

// A file name need not be UTF-8, and JSON must be.
std::string format_json(const Json& json) {
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

JsonOutput::JsonOutput(const Options& options) {
  if (options.json) file_.emplace(*options.json, "--json");
}

void JsonOutput::write(const Json& json) {
  if (!file_) return;
  file_->write(format_json(json));
  file_->finish();
}

void JsonOutput::commit() {
  if (file_) file_->commit();
}

void print_text(const Options& options, const std::string& text) {
  for (const auto* file :
       {&options.json, &options.record_out, &options.out, &options.path, &options.ensemble,
        &options.spectrum, &options.train.curve, &options.thermo.curve, &options.thermo.work}) {
    if (*file == "-") return;
  }
  OutputFile out("-", "standard output");
  out.write(text);
  out.commit();
}

std::string coordinate_name(const core::SecondOrderSystem& system, std::string_view quantity,
                            Eigen::Index coordinate, Eigen::Index output) {
  return fmt::format("{}{}{}", quantity, system.label(coordinate),
                     system.outputs() == 1 ? "" : fmt::format("y{}", output + 1));
}

// Errors need their size; an order needs its decimals.
std::string format_value(const sim::Check& check) {
  if (check.status == sim::Check::Status::not_applicable) return "-";
  const bool decimals = check.value >= 1.0 && check.value < 1000.0;
  return decimals ? fmt::format("{:.3f}", check.value) : fmt::format("{:.2g}", check.value);
}

std::string format_checks(const sim::Report& report) {
  std::size_t width = 9;
  for (const sim::Check& check : report.checks) width = std::max(width, check.name.size());
  std::string text = fmt::format("{:{}} {:>10}    {:>6}  {:6}  {}\n", "check", width, "value",
                                 "limit", "", "what");
  for (const sim::Check& check : report.checks) {
    const bool ran = check.status != sim::Check::Status::not_applicable;
    text += fmt::format("{:{}} {:>10} {} {:>6}  {:6}  {}\n", check.name, width, format_value(check),
                        to_string(check.sense), fmt::format("{:g}", check.limit),
                        ran ? to_string(check.status) : "n/a", check.detail);
    if (!check.origin.empty()) {
      text += fmt::format("{:{}}limit: {}\n", "", width + 32, check.origin);
    }
  }
  return text;
}

std::string describe_engines(const sim::Report& report) {
  const bool gnucap_alone = report.engines == sim::Engines::gnucap;
  std::string engine =
      fmt::format("{} {}", gnucap_alone ? "gnucap" : "ngspice", report.engine_version);
  if (!report.gnucap_version.empty()) engine += fmt::format(", gnucap {}", report.gnucap_version);
  return engine;
}

std::string format_verdict(const sim::Report& report) {
  const bool gnucap_alone = report.engines == sim::Engines::gnucap;
  return fmt::format(
      "\n{}, {} nodes, {} elements; {}, {} points, {:.2f} s of {:.2f} s\n{}verdict: {}\n",
      report.realization, report.nodes, report.elements, describe_engines(report), report.points,
      report.engine_wall_s, report.wall_s,
      gnucap_alone ? "the verdict is gnucap's part alone: what it has no part in was not run\n"
                   : "",
      report.passed() ? "pass" : "fail");
}

std::string format_engines(const sim::Report& report, const core::SecondOrderSystem& system) {
  constexpr Eigen::Index kShown = 12;
  const sim::Report::SettledStates& settled = *report.settled;
  std::string text = fmt::format(
      "\nsettled circuit: ngspice and gnucap {:.2g} of the range apart\n", settled.difference);
  text += fmt::format("  {:>12} {:>22} {:>22}\n", "coordinate", "ngspice", "gnucap");
  const Eigen::Index count = settled.ngspice.size();
  for (Eigen::Index c = 0; c < std::min(kShown, count); ++c) {
    const Eigen::Index i = c % system.size();
    const Eigen::Index p = c / system.size();
    text += fmt::format("  {:>12} {:22.15g} {:22.15g}\n", coordinate_name(system, "", i, p),
                        settled.ngspice(i, p), settled.gnucap(i, p));
  }
  if (count > kShown) text += fmt::format("  ... {} in all; --json lists them\n", count);
  return text;
}

Json engines_to_json(const sim::Report& report) {
  const auto rows = [](const Eigen::MatrixXd& values) {
    Json table = Json::array();
    for (const auto& row : values.rowwise()) {
      Json line = Json::array();
      for (const double value : row) line.push_back(number(value));
      table.push_back(std::move(line));
    }
    return table;
  };
  const sim::Report::SettledStates& settled = *report.settled;
  return {{"names", {"ngspice", "gnucap"}},
          {"versions", {report.engine_version, report.gnucap_version}},
          {"settled", {{"ngspice", rows(settled.ngspice)}, {"gnucap", rows(settled.gnucap)}}},
          {"difference", number(settled.difference)}};
}

Json checks_to_json(const sim::Report& report) {
  Json json = make_json();
  json["verdict"] = report.passed() ? "pass" : "fail";
  json["checks"] = Json::array();
  for (const sim::Check& check : report.checks) {
    const bool ran = check.status != sim::Check::Status::not_applicable;
    json["checks"].push_back({{"name", check.name},
                              {"value", ran ? number(check.value) : Json(nullptr)},
                              {"limit", check.limit},
                              {"sense", to_string(check.sense)},
                              {"status", to_string(check.status)},
                              {"detail", check.detail},
                              {"origin", check.origin}});
  }
  json["engine"] = {{"name", report.engines == sim::Engines::gnucap ? "gnucap" : "ngspice"},
                    {"version", report.engine_version},
                    {"points", report.points},
                    {"wall_s", report.engine_wall_s}};
  json["wall_s"] = report.wall_s;
  json["circuit"] = {
      {"realization", report.realization}, {"nodes", report.nodes}, {"elements", report.elements}};
  return json;
}

namespace {

// What rounding leaves of zero, relative to kT and to the friction's rate.
constexpr double kEquilibrium = 1e-9;
constexpr std::size_t kShownRows = 12;

std::string format_temperature(const std::optional<double>& value) {
  return value ? fmt::format("{:12.6g}", *value) : fmt::format("{:>12}", "-");
}

std::string node_label(const core::SecondOrderSystem& system, std::size_t i, std::size_t output) {
  return coordinate_name(system, "", static_cast<Eigen::Index>(i),
                         static_cast<Eigen::Index>(output));
}

}  // namespace

std::string format_temperatures(const dynamics::Temperatures& temperatures,
                                const core::SecondOrderSystem& system) {
  std::string text;
  const auto more = [&](std::size_t count) {
    return count <= kShownRows ? "" : fmt::format("  ... {} in all; --json lists them\n", count);
  };
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  if (!temperatures.modes.empty()) {
    text += fmt::format("  {:>12} {:>12} {:>12}\n", overdamped ? "mode, rate" : "mode, omega",
                        "kinetic", "potential");
    for (std::size_t k = 0; k < std::min(kShownRows, temperatures.modes.size()); ++k) {
      const dynamics::ModeTemperature& mode = temperatures.modes[k];
      text += fmt::format("  {:12.6g} {} {}\n", mode.frequency,
                          format_temperature(mode.temperature.kinetic),
                          format_temperature(mode.temperature.potential));
    }
    text += more(temperatures.modes.size());
  }
  text += fmt::format("  {:>12} {:>12} {:>12}\n", "node", "kinetic", "potential");
  for (std::size_t i = 0; i < std::min(kShownRows, temperatures.nodes.size()); ++i) {
    text += fmt::format("  {:>12} {} {}\n", node_label(system, i, 0),
                        format_temperature(temperatures.nodes[i].kinetic),
                        format_temperature(temperatures.nodes[i].potential));
  }
  return text + more(temperatures.nodes.size());
}

std::string judge_audit(const sim::Audit& audit, const core::SecondOrderSystem& system) {
  double rate = 0.0;
  bool known = true;
  double mean = 0.0;
  for (const sim::OutputAudit& output : audit.outputs) {
    known = known && output.entropy_production.has_value();
    rate += output.entropy_production.value_or(0.0);
    mean += output.mean / static_cast<double>(audit.outputs.size());
  }
  std::string text =
      fmt::format("  from {:.6g} to {:.6g}, spread {:.3g} of kT; mean {} energy {:.6g} of kT/2\n",
                  audit.coldest, audit.hottest, audit.spread(),
                  audit.overdamped ? "potential" : "kinetic", mean / audit.kT);
  if (!known) return text + "  no steady state of the positions: entropy production not defined\n";
  const bool level =
      audit.spread() < kEquilibrium && std::abs(audit.hottest / audit.kT - 1.0) < kEquilibrium;
  const char* verdict = level && rate < kEquilibrium * static_cast<double>(system.size())
                            ? "in equilibrium at kT"
                            : "NOT in equilibrium at kT";
  return text + fmt::format("  entropy production {:.3g} k_B a unit of time: {}\n", rate, verdict);
}

std::string format_audit(const sim::Audit& audit, const core::SecondOrderSystem& system) {
  if (!audit.obstacle.empty()) {
    return fmt::format("\ntemperatures of the circuit: none; {}\n", audit.obstacle);
  }
  return fmt::format(
             "\ntemperatures of the circuit{}, from its Lyapunov equation (the model's kT is "
             "{:.6g})\n{}",
             audit.with_own_noise ? " with its resistors' own noise" : "", audit.kT,
             // All outputs obey the same equations; a circuit may still differ between them.
             format_temperatures(audit.outputs.front(), system)) +
         judge_audit(audit, system);
}

Json temperatures_to_json(const dynamics::Temperatures& temperatures,
                          const core::SecondOrderSystem& system, std::size_t output) {
  Json item = {{"mean", number(temperatures.mean)},
               {"entropy_production", number(temperatures.entropy_production)},
               {"modes", Json::array()},
               {"nodes", Json::array()}};
  for (const dynamics::ModeTemperature& mode : temperatures.modes) {
    item["modes"].push_back({{"frequency", number(mode.frequency)},
                             {"kinetic", number(mode.temperature.kinetic)},
                             {"potential", number(mode.temperature.potential)}});
  }
  for (std::size_t i = 0; i < temperatures.nodes.size(); ++i) {
    item["nodes"].push_back({{"node", node_label(system, i, output)},
                             {"kinetic", number(temperatures.nodes[i].kinetic)},
                             {"potential", number(temperatures.nodes[i].potential)}});
  }
  return item;
}

Json audit_to_json(const sim::Audit& audit, const core::SecondOrderSystem& system) {
  Json json = {{"kT", audit.kT}, {"own_noise", audit.with_own_noise}};
  if (!audit.obstacle.empty()) {
    json["obstacle"] = audit.obstacle;
    return json;
  }
  json["coldest"] = number(audit.coldest);
  json["hottest"] = number(audit.hottest);
  json["spread"] = number(audit.spread());
  json["outputs"] = Json::array();
  for (std::size_t p = 0; p < audit.outputs.size(); ++p) {
    json["outputs"].push_back(temperatures_to_json(audit.outputs[p], system, p));
  }
  return json;
}

Json null_space_to_json(const core::SecondOrderSystem& system, const core::NullSpace& null_space) {
  Json nodes = Json::array();
  for (const int node : null_space.support) nodes.push_back(system.index(node));
  return {{"dimension", null_space.dimension()},
          {"rank", system.size() - null_space.dimension()},
          {"nodes", std::move(nodes)}};
}

Json grid_to_json(const core::Model& model) {
  const core::Grid& grid = model.data.grid();
  Json json = {{"sticks", Json::array()}, {"lower", Json::array()},   {"upper", Json::array()},
               {"inputs", model.inputs},  {"outputs", model.targets}, {"nodes", grid.node_count()}};
  for (const core::Axis& axis : grid.axes()) {
    json["sticks"].push_back(axis.sticks);
    json["lower"].push_back(axis.lower);
    json["upper"].push_back(axis.upper);
  }
  return json;
}

Json parameters_to_json(const core::SecondOrderSystem& system, const Options& options) {
  const core::Parameters& p = options.parameters;
  Json json = {{"dynamics", core::to_string(system.dynamics)},
               {"kT", system.kT},
               {"noise_model", core::to_string(system.noise_model)}};
  if (options.system) return json;
  json["mass"] = p.mass;
  json["mass_is"] = p.mass_is_total ? "total" : "stick";
  json["spring"] = p.spring;
  json["spring_is"] = p.spring_is_total ? "total" : "point";
  json["friction"] = p.friction;
  json["neighbor_spring"] = p.neighbor_spring;
  json["pin_spring"] = p.pin_spring;
  if (p.pin_level) json["pin_level"] = *p.pin_level;
  return json;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",;\t\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

}  // namespace springspice::cli
