#include "hw/compare_designs.hpp"

#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;

double value_of(const Element& element) {
  if (element.kind != Kind::instance) return element.value;
  return element.parameters.empty() ? 0.0 : element.parameters.front().value;
}

std::string unit_of(const Element& element) {
  if (element.kind != Kind::instance) return netlist::unit_of(element.kind);
  const std::string definition = netlist::lower(element.references.at(0));
  return definition == "transformer_ideal" || element.parameters.empty() ? "" : "S";
}

std::string format_value(double value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.4g}", value) : netlist::format_si(value, unit.c_str());
}

std::string describe_wiring(const Element& before, const Element& after) {
  const bool same = before.kind == after.kind && before.nodes.size() == after.nodes.size() &&
                    netlist::lower(fmt::format("{}", fmt::join(before.nodes, " "))) ==
                        netlist::lower(fmt::format("{}", fmt::join(after.nodes, " ")));
  if (same) return {};
  return fmt::format("{} -> {}", fmt::join(before.nodes, " "), fmt::join(after.nodes, " "));
}

PartChange make_change(PartChange::What what, const Element& element) {
  return {what, group_of(element.name), element.name, unit_of(element), {}, {}, {}};
}

void compare_part(const Element& before, const Element& after, double tolerance,
                  DesignComparison& result) {
  const double a = value_of(before);
  const double b = value_of(after);
  PartChange change = make_change(PartChange::What::changed, after);
  change.rewired = describe_wiring(before, after);
  if (change.rewired.empty() && std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b))) {
    ++result.kept;
    return;
  }
  change.before = a;
  change.after = b;
  result.changes.push_back(std::move(change));
}

std::string format_change(const PartChange& change) {
  const auto value = [&](const std::optional<double>& v) {
    return v ? format_value(*v, change.unit) : std::string();
  };
  std::string text = fmt::format("  {}: ", change.part);
  switch (change.what) {
    case PartChange::What::added:
      return text + "added, " + value(change.after);
    case PartChange::What::removed:
      return text + "removed, " + value(change.before);
    case PartChange::What::changed:
      break;
  }
  text += value(change.before) + " -> " + value(change.after);
  return change.rewired.empty() ? text : text + ", wired " + change.rewired;
}

}  // namespace

std::string group_of(const std::string& part) {
  const std::string name = netlist::lower(part);
  const auto begins = [&](std::initializer_list<const char*> prefixes) {
    for (const char* prefix : prefixes) {
      if (name.starts_with(prefix)) return true;
    }
    return false;
  };
  if (begins({"vcc", "vee", "vref"})) return "fixed";
  if (begins({"xq", "cq", "fq", "rq", "rbq"})) return "read-outs";
  if (begins({"rk", "xk", "ck", "lk", "klk", "fk", "gk", "re", "rbe", "xe", "raen"})) {
    return "inputs";
  }
  // Forces, and anchors of literal springs.
  if (begins({"rf", "if", "ia", "va", "rae"})) return "targets";
  return "grid";
}

DesignComparison compare_designs(const netlist::Circuit& before, const netlist::Circuit& after,
                                 double tolerance) {
  DesignComparison result;
  for (const Element& element : after.elements()) {
    if (const Element* old = before.find(element.name)) {
      compare_part(*old, element, tolerance, result);
      continue;
    }
    PartChange change = make_change(PartChange::What::added, element);
    change.after = value_of(element);
    result.changes.push_back(std::move(change));
  }
  for (const Element& element : before.elements()) {
    if (after.find(element.name) != nullptr) continue;
    PartChange change = make_change(PartChange::What::removed, element);
    change.before = value_of(element);
    result.changes.push_back(std::move(change));
  }
  return result;
}

std::string format_comparison(const DesignComparison& comparison) {
  std::map<std::string, std::map<PartChange::What, std::size_t>> counts;
  for (const PartChange& change : comparison.changes) ++counts[change.group][change.what];
  std::string text = fmt::format("{} parts stay as they are\n", comparison.kept);
  for (auto& [group, what] : counts) {
    text += fmt::format("{}: {} changed, {} added, {} removed\n", group,
                        what[PartChange::What::changed], what[PartChange::What::added],
                        what[PartChange::What::removed]);
  }
  for (const PartChange& change : comparison.changes) text += format_change(change) + "\n";
  return text;
}

}  // namespace springspice::hw
