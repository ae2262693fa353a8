#include "cli/results.hpp"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace springspice::cli {

namespace {

// Errors need their size; an order needs its decimals.
std::string format_value(double value) {
  const bool decimals = value >= 1.0 && value < 1000.0;
  return decimals ? fmt::format("{:.3f}", value) : fmt::format("{:.2g}", value);
}

}  // namespace

Json make_json() { return {{"springspice", SPRINGSPICE_VERSION}}; }

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

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
  if (options.json == "-" || options.out == "-" || options.path == "-") return;
  OutputFile out("-", "standard output");
  out.write(text);
  out.commit();
}

std::string format_checks(const sim::Report& report) {
  std::string text =
      fmt::format("{:9} {:>10}    {:>6}  {:6}  {}\n", "check", "value", "limit", "", "what");
  for (const sim::Check& check : report.checks) {
    const bool ran = check.status != sim::Check::Status::not_applicable;
    text += fmt::format("{:9} {:>10} {} {:>6}  {:6}  {}\n", check.name,
                        ran ? format_value(check.value) : "-", to_string(check.sense),
                        fmt::format("{:g}", check.limit), ran ? to_string(check.status) : "n/a",
                        check.detail);
    text += fmt::format("{:41}limit: {}\n", "", check.origin);
  }
  return text + fmt::format(
                    "\n{}, {} nodes, {} elements; ngspice {}, {} points, {:.2f} s of {:.2f} s\n"
                    "verdict: {}\n",
                    report.realization, report.nodes, report.elements, report.engine_version,
                    report.points, report.engine_wall_s, report.wall_s,
                    report.passed() ? "pass" : "fail");
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
  json["engine"] = {{"name", "ngspice"},
                    {"version", report.engine_version},
                    {"points", report.points},
                    {"wall_s", report.engine_wall_s}};
  json["wall_s"] = report.wall_s;
  json["circuit"] = {
      {"realization", report.realization}, {"nodes", report.nodes}, {"elements", report.elements}};
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
