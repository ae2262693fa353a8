#include "netlist/simplify.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace springspice::netlist {
namespace {

class Simplifier {
 public:
  Simplifier(FlatCircuit& circuit, const std::unordered_set<std::string>& keep)
      : circuit_(circuit), keep_(keep), gone_(circuit.elements.size(), 0) {
    for (const Element& element : circuit.elements) {
      for (const std::string& reference : element.references) referred_.insert(lower(reference));
    }
    for (const InitialVoltage& initial : circuit.initial_voltages) {
      started_.insert(lower(initial.node));
    }
  }

  void run() {
    drop_opens();
    join_shorts();
    join_series();
    std::size_t next = 0;
    for (std::size_t e = 0; e < circuit_.elements.size(); ++e) {
      if (gone_[e] != 0) continue;
      if (next != e) circuit_.elements[next] = std::move(circuit_.elements[e]);
      ++next;
    }
    circuit_.elements.resize(next);
  }

 private:
  bool is_free(const Element& element) const {
    const std::string name = lower(element.name);
    return !keep_.contains(name) && !referred_.contains(name);
  }

  bool is_open(const Element& element) const {
    if (element.value != 0.0 || element.waveform || element.ac || !is_free(element)) return false;
    return element.kind == Kind::capacitor || element.kind == Kind::current ||
           element.kind == Kind::vccs;
  }

  bool is_short(const Element& element) const {
    if (element.value != 0.0 || element.waveform || element.ac || !is_free(element)) return false;
    if (element.kind == Kind::inductor) return element.initial.value_or(0.0) == 0.0;
    return element.kind == Kind::voltage || element.kind == Kind::resistor;
  }

  void drop_opens() {
    for (std::size_t e = 0; e < circuit_.elements.size(); ++e) {
      if (is_open(circuit_.elements[e])) gone_[e] = 1;
    }
  }

  // ---- shorts

  // The name that stands for a node; "0" for ground.
  std::string root(const std::string& node) const {
    std::string name = is_ground(node) ? "0" : lower(node);
    for (auto at = joined_.find(name); at != joined_.end(); at = joined_.find(name)) {
      name = at->second;
    }
    return name;
  }

  bool must_remain(const std::string& name) const { return name == "0" || keep_.contains(name); }

  bool join(const std::string& a, const std::string& b) {
    std::string first = root(a);
    std::string second = root(b);
    if (first == second) return true;
    if (must_remain(first) && must_remain(second)) return false;
    if (second == "0" || (must_remain(second) && first != "0")) std::swap(first, second);
    joined_.emplace(std::move(second), std::move(first));
    return true;
  }

  void join_shorts() {
    for (std::size_t e = 0; e < circuit_.elements.size(); ++e) {
      const Element& element = circuit_.elements[e];
      if (gone_[e] == 0 && is_short(element) && join(element.nodes[0], element.nodes[1])) {
        gone_[e] = 1;
      }
    }
    if (joined_.empty()) return;
    for (Element& element : circuit_.elements) {
      for (std::string& node : element.nodes) rename(node);
    }
    join_initial_voltages();
  }

  void rename(std::string& node) const {
    if (joined_.contains(lower(node))) node = root(node);
  }

  // Two start values of one node stay, for stamping to refuse, unless they agree.
  void join_initial_voltages() {
    std::unordered_map<std::string, double> seen;
    std::erase_if(circuit_.initial_voltages, [&](InitialVoltage& initial) {
      rename(initial.node);
      if (is_ground(initial.node)) return initial.volt == 0.0;
      const auto [at, is_new] = seen.emplace(lower(initial.node), initial.volt);
      return !is_new && at->second == initial.volt;
    });
    for (const InitialVoltage& initial : circuit_.initial_voltages) {
      started_.insert(lower(initial.node));
    }
  }

  // ---- series

  static bool can_be_in_series(Kind kind) {
    return kind == Kind::resistor || kind == Kind::inductor || kind == Kind::capacitor;
  }

  // Parts at each node; an element counts as often as it names the node.
  void collect_parts() {
    for (std::size_t e = 0; e < circuit_.elements.size(); ++e) {
      if (gone_[e] != 0) continue;
      for (const std::string& node : circuit_.elements[e].nodes)
        parts_at_[lower(node)].push_back(e);
    }
  }

  bool is_inner(const std::string& node) const {
    return !is_ground(node) && !keep_.contains(node) && !started_.contains(node);
  }

  void join_series() {
    collect_parts();
    std::vector<std::string> nodes;
    for (const auto& [node, parts] : parts_at_) {
      if (parts.size() == 2 && parts[0] != parts[1] && is_inner(node)) nodes.push_back(node);
    }
    std::ranges::sort(nodes);  // the same circuit, whatever the order of the table
    for (const std::string& node : nodes) join_at(node);
  }

  void join_at(const std::string& node) {
    const std::vector<std::size_t>& parts = parts_at_.at(node);
    const std::size_t kept = std::min(parts[0], parts[1]);
    const std::size_t lost = std::max(parts[0], parts[1]);
    Element& a = circuit_.elements[kept];
    Element& b = circuit_.elements[lost];
    if (kept == lost || a.kind != b.kind || !can_be_in_series(a.kind) || !is_free(a) ||
        !is_free(b) || a.noisy != b.noisy || !add_up(a, b, node)) {
      return;
    }
    std::string& end = lower(a.nodes[0]) == node ? a.nodes[0] : a.nodes[1];
    end = other_end(b, node);
    a.name += "+" + b.name;
    gone_[lost] = 1;
    std::ranges::replace(parts_at_.at(lower(end)), lost, kept);
  }

  static const std::string& other_end(const Element& element, const std::string& node) {
    return lower(element.nodes[0]) == node ? element.nodes[1] : element.nodes[0];
  }

  // +1 where both count their current in the same sense along the chain.
  static double sense(const Element& a, const Element& b, const std::string& node) {
    return (lower(a.nodes[0]) == node) == (lower(b.nodes[0]) == node) ? -1.0 : 1.0;
  }

  // False for two inductors that start with different currents.
  static bool add_up(Element& a, const Element& b, const std::string& node) {
    if (a.kind == Kind::inductor && (a.initial || b.initial)) {
      if (a.initial.value_or(0.0) != sense(a, b, node) * b.initial.value_or(0.0)) return false;
    }
    if (a.kind == Kind::capacitor) {
      if (a.initial || b.initial) {
        a.initial = a.initial.value_or(0.0) + sense(a, b, node) * b.initial.value_or(0.0);
      }
      a.value = a.value * b.value / (a.value + b.value);
    } else {
      a.value += b.value;
    }
    return true;
  }

  FlatCircuit& circuit_;
  const std::unordered_set<std::string>& keep_;
  std::vector<char> gone_;
  std::unordered_set<std::string> referred_;  // by F, H and K
  std::unordered_set<std::string> started_;   // nodes of `.ic`
  std::unordered_map<std::string, std::string> joined_;
  std::unordered_map<std::string, std::vector<std::size_t>> parts_at_;
};

}  // namespace

void simplify(FlatCircuit& circuit, const std::unordered_set<std::string>& keep) {
  Simplifier(circuit, keep).run();
}

}  // namespace springspice::netlist
