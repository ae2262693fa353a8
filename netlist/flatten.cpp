#include "netlist/flatten.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/ideal.hpp"
#include "netlist/references.hpp"

namespace springspice::netlist {
namespace {

constexpr std::size_t kMostElements = 10'000'000;
constexpr std::size_t kDeepest = 100;
constexpr std::string_view kGround = "0";

// A definition, prepared once for all its instances.
struct Plan {
  const Subcircuit* definition = nullptr;
  bool nullor = false;
  std::unordered_map<std::string, std::size_t> pins;  // lower-case name -> position
  std::size_t elements = 0;                           // in one instance, all levels
  std::size_t depth = 0;
  enum class State { unseen, open, done } state = State::unseen;
};

// What the elements of one instance see of the outside.
struct Frame {
  const Plan& plan;
  std::string path;  // "x1.x2"
  const std::vector<std::string>& nodes;
  const std::vector<Parameter>& arguments;
};

class Flattener {
 public:
  explicit Flattener(const Circuit& circuit) : circuit_(circuit) {
    for (const auto& definition : circuit.definitions()) {
      Plan plan;
      plan.definition = &definition;
      plan.nullor = is_ideal_opamp(definition);
      for (const auto& pin : definition.pins) plan.pins.emplace(lower(pin), plan.pins.size());
      plans_.push_back(std::move(plan));
    }
  }

  FlatCircuit run() {
    check();
    FlatCircuit out;
    out.initial_voltages = circuit_.initial_voltages;
    out.elements.reserve(count_all());
    for (const auto& element : circuit_.elements()) {
      if (element.kind == Kind::instance) {
        add_instance(element, element.name, element.nodes, out.elements);
      } else {
        out.elements.push_back(bare(element));
        ground_to_zero(out.elements.back().nodes);
      }
    }
    if (dotted_) check_names(out.elements);
    return out;
  }

 private:
  void check() const {
    const auto nowhere = [](std::size_t) { return std::string(); };
    check_references(circuit_.elements(), circuit_, nowhere);
    for (const auto& definition : circuit_.definitions()) {
      check_references(definition.elements, circuit_, [&](std::size_t) {
        return fmt::format("subcircuit {}: ", quoted(definition.name));
      });
    }
  }

  Plan& plan_of(const Element& instance) {
    const auto* definition = circuit_.find_definition(instance.references[0]);
    return plans_[static_cast<std::size_t>(definition - circuit_.definitions().data())];
  }

  // Counted before anything is built: a few lines can stand for more elements than memory holds.
  std::size_t count_all() {
    std::vector<std::string> chain;
    for (auto& plan : plans_) count(plan, chain);
    return count_elements(circuit_.elements(), chain);
  }

  std::size_t count_elements(const std::vector<Element>& elements,
                             std::vector<std::string>& chain) {
    std::size_t total = 0;
    for (const auto& element : elements) {
      if (element.kind == Kind::instance) {
        dotted_ = dotted_ || element.name.find('.') != std::string::npos;
        total += count(plan_of(element), chain);
      } else {
        ++total;
      }
      if (total > kMostElements) {
        throw NetlistError(
            fmt::format("the flattened circuit has more than {} elements; make the "
                        "subcircuits smaller",
                        kMostElements));
      }
    }
    return total;
  }

  std::size_t count(Plan& plan, std::vector<std::string>& chain) {
    if (plan.state == Plan::State::done) return plan.elements;
    const auto& name = plan.definition->name;
    if (plan.state == Plan::State::open || chain.size() >= kDeepest) refuse_chain(name, chain);
    plan.state = Plan::State::open;
    chain.push_back(name);
    plan.elements = plan.nullor ? 1 : count_elements(plan.definition->elements, chain);
    chain.pop_back();
    plan.depth = 1;
    for (const auto& element : plan.definition->elements) {
      if (element.kind != Kind::instance) continue;
      plan.depth = std::max(plan.depth, plan_of(element).depth + 1);
    }
    if (plan.depth > kDeepest) refuse_depth(name);
    plan.state = Plan::State::done;
    return plan.elements;
  }

  [[noreturn]] static void refuse_depth(const std::string& name) {
    throw NetlistError(
        fmt::format("subcircuit {} lies more than {} definitions deep; flatten some "
                    "of them by hand",
                    quoted(name), kDeepest));
  }

  [[noreturn]] static void refuse_chain(const std::string& name,
                                        const std::vector<std::string>& chain) {
    const auto begin = std::ranges::find(chain, name);
    if (begin == chain.end()) refuse_depth(name);
    std::string text;
    for (auto link = begin; link != chain.end(); ++link) text += *link + " -> ";
    throw NetlistError(fmt::format("subcircuit {} contains itself ({}{}); break the circle",
                                   quoted(name), text, name));
  }

  void add_instance(const Element& instance, const std::string& path,
                    const std::vector<std::string>& nodes, std::vector<Element>& out) {
    const Plan& plan = plan_of(instance);
    const Frame frame{plan, path, nodes, instance.parameters};
    if (plan.nullor) {
      Element part;
      part.kind = Kind::nullor;
      part.name = path;
      part.nodes = nodes;
      ground_to_zero(part.nodes);
      out.push_back(std::move(part));
      return;
    }
    for (const auto& element : plan.definition->elements) add_inner(element, frame, out);
  }

  void add_inner(const Element& element, const Frame& frame, std::vector<Element>& out) {
    const std::string name = frame.path + "." + element.name;
    std::vector<std::string> nodes;
    nodes.reserve(element.nodes.size());
    for (const auto& node : element.nodes) nodes.push_back(outer_node(node, frame));
    if (element.kind == Kind::instance) {
      Element resolved = element;
      for (auto& argument : resolved.parameters) {
        if (argument.expression.empty()) continue;
        argument.value = named_value(argument.expression, frame);
        argument.expression.clear();
      }
      return add_instance(resolved, name, nodes, out);
    }
    Element part = bare(element);
    part.name = name;
    part.nodes = std::move(nodes);
    for (auto& reference : part.references) reference = frame.path + "." + reference;
    if (!element.value_expression.empty()) resolve_value(part, frame);
    out.push_back(std::move(part));
  }

  static std::string outer_node(const std::string& node, const Frame& frame) {
    if (is_ground(node)) return std::string(kGround);
    const auto pin = frame.plan.pins.find(lower(node));
    if (pin == frame.plan.pins.end()) return frame.path + "." + node;
    const auto& outer = frame.nodes[pin->second];
    return is_ground(outer) ? std::string(kGround) : outer;
  }

  static double named_value(const std::string& name, const Frame& frame) {
    const Parameter* given = find_parameter(frame.arguments, name);
    if (given == nullptr) given = find_parameter(frame.plan.definition->locals, name);
    if (given == nullptr) given = find_parameter(frame.plan.definition->parameters, name);
    return given->value;  // Circuit::define() made sure that there is a default
  }

  static void resolve_value(Element& part, const Frame& frame) {
    part.value = named_value(part.value_expression, frame);
    part.value_expression.clear();
    check_value(part.kind, part.name, part.value);
  }

  // Comments are the text's; a flattened circuit is for computing.
  static Element bare(const Element& element) {
    Element out;
    out.kind = element.kind;
    out.name = element.name;
    out.nodes = element.nodes;
    out.value = element.value;
    out.value_expression = element.value_expression;
    out.references = element.references;
    out.initial = element.initial;
    out.ac = element.ac;
    out.waveform = element.waveform;
    out.noisy = element.noisy;
    return out;
  }

  static void ground_to_zero(std::vector<std::string>& nodes) {
    for (auto& node : nodes) {
      if (is_ground(node)) node = std::string(kGround);
    }
  }

  // Only an instance whose own name holds a '.' can make two paths alike: x1.x2 and x2 inside x1.
  static void check_names(const std::vector<Element>& elements) {
    std::unordered_set<std::string> seen;
    for (const auto& element : elements) {
      if (!seen.insert(lower(element.name)).second) {
        throw NetlistError(
            fmt::format("two flattened elements are called {}; leave the '.' out of "
                        "the names of instances",
                        quoted(element.name)));
      }
    }
  }

  const Circuit& circuit_;
  std::vector<Plan> plans_;
  bool dotted_ = false;  // some instance's name holds a '.'
};

}  // namespace

FlatCircuit flatten(const Circuit& circuit) { return Flattener(circuit).run(); }

}  // namespace springspice::netlist
