#include "tests/conformance/fault.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace springspice::test {
namespace {

using netlist::Circuit;
using netlist::Element;
using netlist::Kind;

constexpr double kChange = 1.001;
constexpr double kFromZero = 1e-3;  // volt: what senses a current

bool is_instance_of(const Element& element, const char* definition) {
  return element.kind == Kind::instance && element.references[0] == definition;
}

bool is_opamp(const Element& element) { return is_instance_of(element, "opamp_ideal"); }

// Inputs come first in both definitions.
bool draws_no_current(const Element& element, std::size_t terminal) {
  return terminal < 2 && (is_opamp(element) || is_instance_of(element, "ota_ideal"));
}

bool carries_the_model(const Circuit& circuit, const Element& element) {
  if (element.kind != Kind::voltage) return true;
  if (element.name == "vcc" || element.name == "vee") return false;
  return std::any_of(
      circuit.elements().begin(), circuit.elements().end(), [&](const Element& other) {
        return other.name != element.name && std::ranges::count(other.nodes, element.nodes[0]) > 0;
      });
}

bool has_capacitor(const Circuit& circuit, const std::string& node) {
  return std::any_of(
      circuit.elements().begin(), circuit.elements().end(), [&](const Element& element) {
        return element.kind == Kind::capacitor && std::ranges::count(element.nodes, node) > 0;
      });
}

// The nodes that all op-amps but `left_out` hold at the voltage of `node`.
std::set<std::string> nodes_held_at(const Circuit& circuit, const std::string& node,
                                    const Element& left_out) {
  std::set<std::string> held = {node};
  for (std::size_t before = 0; before != held.size();) {
    before = held.size();
    for (const Element& element : circuit.elements()) {
      if (!is_opamp(element) || element.name == left_out.name) continue;
      if (held.contains(element.nodes[0])) held.insert(element.nodes[1]);
      if (held.contains(element.nodes[1])) held.insert(element.nodes[0]);
    }
  }
  return held;
}

// (p1 - n1) ^ (p2 - n2) by pairs of nodes in alphabetical order.
using Form = std::map<std::pair<std::string, std::string>, int>;
Form form_of(const Element& gyrator) {
  Form form;
  const auto add = [&](const std::string& a, const std::string& b, int factor) {
    if (a == b) return;
    form[std::minmax(a, b)] += a < b ? factor : -factor;
  };
  add(gyrator.nodes[0], gyrator.nodes[2], 1);
  add(gyrator.nodes[0], gyrator.nodes[3], -1);
  add(gyrator.nodes[1], gyrator.nodes[2], -1);
  add(gyrator.nodes[1], gyrator.nodes[3], 1);
  std::erase_if(form, [](const auto& term) { return term.second == 0; });
  return form;
}

// A spring's only gyrator, and the spring starts at 0 V.
bool is_free_to_turn(const Circuit& circuit, const Element& gyrator) {
  if (!is_instance_of(gyrator, "gyrator_ideal")) return false;
  const std::string& spring = gyrator.nodes[2];
  const auto gyrators = std::ranges::count_if(circuit.elements(), [&](const Element& other) {
    return is_instance_of(other, "gyrator_ideal") && other.nodes[2] == spring;
  });
  const bool starts = std::ranges::any_of(circuit.initial_voltages, [&](const auto& initial) {
    return initial.node == spring && initial.volt != 0.0;
  });
  return gyrators == 1 && !starts;
}

// Two nodes that carry the same voltage, or opposite ones, and pass each other's currents.
struct Copy {
  std::string a, b;
  int sign = 1;
};

bool is_unit_transformer(const Element& element) {
  return is_instance_of(element, "transformer_ideal") && element.parameters.size() == 1 &&
         element.parameters[0].value == 1.0;
}

// A transformer of one to one says p1 + n2 = p2 + n1, with one current into the ends of one side
// and out of those of the other: the two sides, each in alphabetical order.
std::set<std::multiset<std::string>> sides_of(const Element& transformer) {
  const auto& n = transformer.nodes;
  return {{n[0], n[3]}, {n[1], n[2]}};
}

// What an ideal transformer of one to one joins: with each winding between ground and a live end,
// these, the second turned where the windings are; with one winding shorted, the other's ends.
std::optional<Copy> find_copy(const Element& element) {
  if (!is_unit_transformer(element)) return std::nullopt;
  const auto& n = element.nodes;
  const auto live = [&](std::size_t a, std::size_t b) { return (n[a] == "0") != (n[b] == "0"); };
  if (live(0, 1) && live(2, 3)) {
    const bool turned = (n[0] == "0") != (n[2] == "0");
    return Copy{n[0] == "0" ? n[1] : n[0], n[2] == "0" ? n[3] : n[2], turned ? -1 : 1};
  }
  if (n[0] == n[1] && n[2] != "0" && n[3] != "0") return Copy{n[2], n[3]};
  if (n[2] == n[3] && n[0] != "0" && n[1] != "0") return Copy{n[0], n[1]};
  return std::nullopt;
}

// The nodes that transformers, but for `left_out`, make one with `node`, with their signs.
std::map<std::string, int> copies_of(const Circuit& circuit, const std::string& node,
                                     const Element& left_out) {
  std::map<std::string, int> copies = {{node, 1}};
  for (std::size_t before = 0; before != copies.size();) {
    before = copies.size();
    for (const Element& element : circuit.elements()) {
      const std::optional<Copy> copy = find_copy(element);
      if (!copy || element.name == left_out.name) continue;
      if (copies.contains(copy->a)) copies.emplace(copy->b, copies[copy->a] * copy->sign);
      if (copies.contains(copy->b)) copies.emplace(copy->a, copies[copy->b] * copy->sign);
    }
  }
  return copies;
}

// Of an element that does not know its ends apart, with the other one at ground.
bool may_be_turned(const Element& element, std::size_t terminal) {
  const bool passive = element.kind == Kind::resistor || element.kind == Kind::capacitor ||
                       element.kind == Kind::inductor;
  return passive && element.initial.value_or(0.0) == 0.0 && element.nodes[1 - terminal] == "0";
}

// Ground, and nodes that a source holds from there whose own current nobody reads: they take any
// current.
bool takes_any_current(const Circuit& circuit, const std::string& node, const Element& left_out) {
  if (node == "0") return true;
  return std::ranges::any_of(circuit.elements(), [&](const Element& element) {
    const bool holds =
        element.kind == Kind::voltage || element.kind == Kind::vcvs || element.kind == Kind::ccvs;
    const bool read = std::ranges::any_of(circuit.elements(), [&](const Element& other) {
      return std::ranges::count(other.references, element.name) > 0;
    });
    return holds && !read && element.name != left_out.name && element.nodes[0] == node &&
           element.nodes[1] == "0";
  });
}

bool carries_a_current(const Element& element, std::size_t terminal) {
  return terminal < 2 && (element.kind == Kind::current || element.kind == Kind::cccs ||
                          element.kind == Kind::vccs);
}

// The circuit with its elements replaced, less initial values of nodes that are no more.
Circuit with_elements(const Circuit& circuit, const std::vector<Element>& elements) {
  Circuit out;
  out.title = circuit.title;
  out.options = circuit.options;
  out.transient = circuit.transient;
  for (const auto& definition : circuit.definitions()) out.define(definition);
  for (const Element& element : elements) out.add(element);
  const std::vector<std::string> nodes = out.nodes();
  const std::set<std::string> known(nodes.begin(), nodes.end());
  for (const auto& initial : circuit.initial_voltages) {
    if (known.contains(initial.node)) out.initial_voltages.push_back(initial);
  }
  return out;
}

class FaultMaker {
 public:
  FaultMaker(const Circuit& circuit, const std::function<void(const Fault&)>& visit)
      : circuit_(circuit), visit_(visit), elements_(circuit.elements()), nodes_(circuit.nodes()) {
    nodes_.push_back("0");
  }

  void run() {
    for (std::size_t k = 0; k < elements_.size(); ++k) {
      if (!carries_the_model(circuit_, elements_[k])) continue;
      change(k);
      remove(k);
      reconnect(k);
      reverse(k);
      change_start(k);
    }
    change_initial_voltages();
  }

 private:
  using FaultKind = Fault::Kind;

  void report(FaultKind kind, std::string what, std::string rule,
              const std::vector<Element>& elements) {
    visit_({kind, std::move(what), std::move(rule), with_elements(circuit_, elements)});
  }

  void report_with(std::size_t k, const Element& element, FaultKind kind, std::string what,
                   std::string rule = {}) {
    std::vector<Element> elements = elements_;
    elements[k] = element;
    report(kind, std::move(what), std::move(rule), elements);
  }

  void change(std::size_t k) {
    Element element = elements_[k];
    if (element.kind != Kind::instance) {
      element.value = element.value == 0.0 ? kFromZero : kChange * element.value;
      report_with(k, element, FaultKind::changed, element.name);
    }
    for (std::size_t p = 0; p < element.parameters.size(); ++p) {
      Element other = elements_[k];
      other.parameters[p].value *= kChange;
      report_with(k, other, FaultKind::changed,
                  fmt::format("{}: {}", other.name, other.parameters[p].name));
    }
  }

  void remove(std::size_t k) {
    std::vector<Element> elements = elements_;
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(k));
    report(FaultKind::removed, elements_[k].name, {}, elements);
  }

  void reconnect(std::size_t k) {
    for (std::size_t t = 0; t < elements_[k].nodes.size(); ++t) {
      const std::string& from = elements_[k].nodes[t];
      const std::set<std::string> same = draws_no_current(elements_[k], t)
                                             ? nodes_held_at(circuit_, from, elements_[k])
                                             : std::set<std::string>{};
      for (const std::string& to : nodes_) {
        if (to == from) continue;
        Element element = elements_[k];
        element.nodes[t] = to;
        report_with(k, element, FaultKind::reconnected,
                    fmt::format("{}: terminal {}, {} -> {}", element.name, t + 1, from, to),
                    same.contains(to) ? "inputs" : find_rule(k, t, element));
      }
    }
  }

  void reverse(std::size_t k) {
    const Element& given = elements_[k];
    const bool symmetric =
        given.kind == Kind::resistor || (given.kind == Kind::capacitor && !given.initial);
    if (symmetric) return;
    for (std::size_t s = 0; s < given.nodes.size(); ++s) {
      for (std::size_t t = s + 1; t < given.nodes.size(); ++t) {
        if (given.nodes[s] == given.nodes[t]) continue;
        // An inductor that starts without current has no direction.
        if (given.kind == Kind::inductor && given.initial.value_or(0.0) == 0.0) continue;
        Element element = given;
        std::swap(element.nodes[s], element.nodes[t]);
        report_with(k, element, FaultKind::reversed,
                    fmt::format("{}: terminals {} and {}", element.name, s + 1, t + 1),
                    find_rule(given, element));
      }
    }
  }

  // The rule by which element k with its terminal t moved is the same.
  const char* find_rule(std::size_t k, std::size_t t, const Element& after) const {
    const Element& before = elements_[k];
    const std::map<std::string, int> copies = copies_of(circuit_, before.nodes[t], before);
    if (const auto copy = copies.find(after.nodes[t]); copy != copies.end()) {
      if (copy->second > 0 || may_be_turned(before, t)) return "copy";
    }
    if (carries_a_current(before, t) && takes_any_current(circuit_, before.nodes[t], before) &&
        takes_any_current(circuit_, after.nodes[t], before)) {
      return "held";
    }
    return find_rule(before, after);
  }

  // The rule by which an element with other nodes is the same.
  const char* find_rule(const Element& before, const Element& after) const {
    if (is_unit_transformer(before)) return sides_of(before) == sides_of(after) ? "copy" : "";
    if (!is_instance_of(before, "gyrator_ideal")) return "";
    const Form form = form_of(before);
    Form opposite = form_of(after);
    if (form == opposite) return "gyrator";
    for (auto& [nodes, factor] : opposite) factor = -factor;
    return form == opposite && is_free_to_turn(circuit_, before) ? "turn" : "";
  }

  void change_start(std::size_t k) {
    if (elements_[k].initial.value_or(0.0) == 0.0) return;
    Element element = elements_[k];
    *element.initial *= kChange;
    report_with(k, element, FaultKind::start_changed, element.name);
    element.initial.reset();
    report_with(k, element, FaultKind::start_removed, element.name);
  }

  void change_initial_voltages() {
    for (std::size_t k = 0; k < circuit_.initial_voltages.size(); ++k) {
      const auto& [node, volt] = circuit_.initial_voltages[k];
      if (volt == 0.0) continue;
      const char* rule = has_capacitor(circuit_, node) ? "" : "start";
      Circuit circuit = circuit_;
      circuit.initial_voltages[k].volt *= kChange;
      visit_({FaultKind::start_changed, node, rule, circuit});
      circuit.initial_voltages.erase(circuit.initial_voltages.begin() +
                                     static_cast<std::ptrdiff_t>(k));
      visit_({FaultKind::start_removed, node, rule, std::move(circuit)});
    }
  }

  const Circuit& circuit_;
  const std::function<void(const Fault&)>& visit_;
  std::vector<Element> elements_;
  std::vector<std::string> nodes_;
};

}  // namespace

const char* to_string(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::changed:
      return "changed by 0.1 %";
    case Fault::Kind::removed:
      return "removed";
    case Fault::Kind::reconnected:
      return "reconnected";
    case Fault::Kind::reversed:
      return "reversed";
    case Fault::Kind::start_changed:
      return "start changed by 0.1 %";
    case Fault::Kind::start_removed:
      return "start removed";
  }
  return "";
}

void for_each_fault(const Circuit& circuit, const std::function<void(const Fault&)>& visit) {
  FaultMaker(circuit, visit).run();
}

}  // namespace springspice::test
