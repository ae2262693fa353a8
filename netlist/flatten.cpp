#include "netlist/flatten.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/expression.hpp"
#include "netlist/ideal.hpp"
#include "netlist/parameters.hpp"
#include "netlist/references.hpp"

namespace springspice::netlist {
namespace {

constexpr std::size_t kDeepest = 100;
constexpr std::string_view kGround = "0";

// What one instance stands for, all levels together.
struct Size {
  std::size_t elements = 0;    // instances and parameters too: each costs work
  std::size_t names = 0;       // strings that get the instance's path in front
  std::size_t name_bytes = 0;  // without that path
};

// A definition, prepared once for all its instances.
struct Plan {
  const Subcircuit* definition = nullptr;
  bool nullor = false;
  std::unordered_map<std::string, std::size_t> pins;   // lower-case name -> position
  std::unordered_map<std::string, std::size_t> names;  // of parameters, then locals
  Size size;
  std::size_t depth = 0;
  enum class State { unseen, open, done } state = State::unseen;
};

// What the elements of one instance see of the outside.
struct Frame {
  const Plan& plan;
  std::string path;  // "x1.x2"
  const std::vector<std::string>& nodes;
  std::vector<double> values;  // of the plan's names; as many as are known
};

// Reading so many characters of an expression costs about as much as an element does.
std::size_t work_of(const std::string& expression) {
  constexpr std::size_t kCharacters = 32;
  return expression.size() / kCharacters;
}

std::size_t work_of(const std::vector<Parameter>& parameters) {
  std::size_t out = parameters.size();
  for (const auto& parameter : parameters) out += work_of(parameter.expression);
  return out;
}

std::size_t bytes_of(const std::vector<std::string>& names) {
  std::size_t out = 0;
  for (const auto& name : names) out += name.size();
  return out;
}

// Elements alone, each with its value.
bool is_flat(const Circuit& circuit) {
  return std::ranges::none_of(circuit.elements(), [](const Element& element) {
    return element.kind == Kind::instance || !element.value_expression.empty();
  });
}

class Flattener {
 public:
  Flattener(const Circuit& circuit, const FlattenLimits& limits)
      : circuit_(circuit), limits_(limits), globals_(circuit.parameters) {
    for (const auto& definition : circuit.definitions()) {
      Plan plan;
      plan.definition = &definition;
      plan.nullor = is_ideal_opamp(definition);
      for (const auto& pin : definition.pins) plan.pins.emplace(lower(pin), plan.pins.size());
      for (const auto* list : {&definition.parameters, &definition.locals}) {
        for (const auto& item : *list) plan.names.emplace(lower(item.name), plan.names.size());
      }
      plans_.push_back(std::move(plan));
    }
  }

  FlatCircuit run() {
    check();
    FlatCircuit out;
    out.initial_voltages = circuit_.initial_voltages;
    count_all();
    out.elements.reserve(circuit_.elements().size());
    for (const auto& element : circuit_.elements()) {
      if (element.kind == Kind::instance) {
        add_instance(element, element.name, element.nodes, nullptr, out.elements);
      } else {
        out.elements.push_back(bare(element));
        ground_to_zero(out.elements.back().nodes);
        if (!element.value_expression.empty()) resolve_value(out.elements.back(), nullptr);
      }
    }
    if (dotted_) check_names(out.elements);
    return out;
  }

  /// @pre is_flat(circuit), and it is the one that this was made of
  FlatCircuit take(Circuit&& circuit) {
    check();
    count_all();
    FlatCircuit out;
    out.initial_voltages = std::move(circuit.initial_voltages);
    out.elements = std::move(circuit).take_elements();
    for (Element& element : out.elements) {
      element.heading.clear();
      element.comment.clear();
      ground_to_zero(element.nodes);
    }
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

  // Counted before anything is built.
  void count_all() {
    std::vector<std::string> chain;
    for (auto& plan : plans_) count(plan, chain);
    count_elements(circuit_.elements(), chain);
  }

  Size count_elements(const std::vector<Element>& elements, std::vector<std::string>& chain) {
    Size total;
    for (const auto& element : elements) {
      total.elements += 1 + work_of(element.value_expression) + work_of(element.parameters);
      total.names += 1 + element.nodes.size() + element.references.size();
      total.name_bytes +=
          element.name.size() + bytes_of(element.nodes) + bytes_of(element.references);
      if (element.kind == Kind::instance) {
        dotted_ = dotted_ || element.name.find('.') != std::string::npos;
        const Size& inner = count(plan_of(element), chain);
        total.elements += inner.elements;
        total.names += inner.names;
        total.name_bytes += inner.name_bytes + inner.names * (element.name.size() + 1);
      }
      check_limits(total);
    }
    return total;
  }

  void check_limits(const Size& size) const {
    if (size.elements > limits_.elements) {
      throw NetlistError(
          fmt::format("the flattened circuit has more than {} elements, instances and "
                      "parameters; make the subcircuits smaller",
                      limits_.elements));
    }
    if (size.name_bytes > limits_.name_bytes) {
      throw NetlistError(
          fmt::format("the names in the flattened circuit take more than {} bytes; "
                      "make them shorter, or the subcircuits smaller",
                      limits_.name_bytes));
    }
  }

  const Size& count(Plan& plan, std::vector<std::string>& chain) {
    if (plan.state == Plan::State::done) return plan.size;
    const auto& name = plan.definition->name;
    if (plan.state == Plan::State::open || chain.size() >= kDeepest) refuse_chain(name, chain);
    plan.state = Plan::State::open;
    chain.push_back(name);
    plan.size = plan.nullor ? Size{} : count_elements(plan.definition->elements, chain);
    plan.size.elements += work_of(plan.definition->parameters) + work_of(plan.definition->locals);
    chain.pop_back();
    plan.depth = 1;
    for (const auto& element : plan.definition->elements) {
      if (element.kind != Kind::instance) continue;
      plan.depth = std::max(plan.depth, plan_of(element).depth + 1);
    }
    if (plan.depth > kDeepest) refuse_depth(name);
    plan.state = Plan::State::done;
    return plan.size;
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
                    const std::vector<std::string>& nodes, const Frame* outer,
                    std::vector<Element>& out) {
    const Plan& plan = plan_of(instance);
    if (plan.nullor) {
      Element part;
      part.kind = Kind::nullor;
      part.name = path;
      part.nodes = nodes;
      ground_to_zero(part.nodes);
      out.push_back(std::move(part));
      return;
    }
    const Frame frame{plan, path, nodes, values_of(instance, path, plan, outer)};
    for (const auto& element : plan.definition->elements) add_inner(element, frame, out);
  }

  // The arguments, else the defaults; then the locals.
  std::vector<double> values_of(const Element& instance, const std::string& path, const Plan& plan,
                                const Frame* outer) const {
    if (plan.names.empty()) return {};
    const auto& definition = *plan.definition;
    std::vector<const Parameter*> given(definition.parameters.size(), nullptr);
    for (const auto& argument : instance.parameters) {
      given[plan.names.at(lower(argument.name))] = &argument;  // check_references() found it
    }
    Frame inner{plan, path, instance.nodes, {}};
    inner.values.reserve(plan.names.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      inner.values.push_back(given[i] != nullptr
                                 ? value_of(*given[i], path, outer)
                                 : value_of(definition.parameters[i], path, &inner));
    }
    for (const auto& local : definition.locals) {
      inner.values.push_back(value_of(local, path, &inner));
    }
    return std::move(inner.values);
  }

  double value_of(const Parameter& parameter, const std::string& path, const Frame* frame) const {
    if (parameter.expression.empty()) return parameter.value;
    return compute(parameter.expression, frame, [&] {
      return fmt::format("instance {}: parameter {}", quoted(path), quoted(parameter.name));
    });
  }

  /// @param frame null at the top level. @param where what the error begins with
  template <class Where>
  double compute(const std::string& expression, const Frame* frame, Where&& where) const {
    const auto lookup = [&](std::string_view name) -> const double* {
      if (frame != nullptr) {
        const auto found = frame->plan.names.find(lower(name));
        // One that comes later is not known yet: `r={r}` takes the circuit's r.
        if (found != frame->plan.names.end() && found->second < frame->values.size()) {
          return &frame->values[found->second];
        }
      }
      return globals_.find(name);
    };
    try {
      return evaluate(expression, lookup);
    } catch (const ExpressionError& error) {
      throw NetlistError(fmt::format("{}: {}: {}", where(), quoted(expression), error.what()));
    }
  }

  void add_inner(const Element& element, const Frame& frame, std::vector<Element>& out) {
    const std::string name = frame.path + "." + element.name;
    std::vector<std::string> nodes;
    nodes.reserve(element.nodes.size());
    for (const auto& node : element.nodes) nodes.push_back(outer_node(node, frame));
    if (element.kind == Kind::instance) return add_instance(element, name, nodes, &frame, out);
    Element part = bare(element);
    part.name = name;
    part.nodes = std::move(nodes);
    for (auto& reference : part.references) reference = frame.path + "." + reference;
    if (!element.value_expression.empty()) resolve_value(part, &frame);
    out.push_back(std::move(part));
  }

  static std::string outer_node(const std::string& node, const Frame& frame) {
    if (is_ground(node)) return std::string(kGround);
    const auto pin = frame.plan.pins.find(lower(node));
    if (pin == frame.plan.pins.end()) return frame.path + "." + node;
    const auto& outer = frame.nodes[pin->second];
    return is_ground(outer) ? std::string(kGround) : outer;
  }

  void resolve_value(Element& part, const Frame* frame) const {
    part.value = compute(part.value_expression, frame,
                         [&] { return fmt::format("element {}", quoted(part.name)); });
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
  const FlattenLimits& limits_;
  GlobalParameters globals_;
  std::vector<Plan> plans_;
  bool dotted_ = false;  // some instance's name holds a '.'
};

}  // namespace

FlatCircuit flatten(const Circuit& circuit, const FlattenLimits& limits) {
  return Flattener(circuit, limits).run();
}

FlatCircuit flatten(Circuit&& circuit, const FlattenLimits& limits) {
  return is_flat(circuit) ? Flattener(circuit, limits).take(std::move(circuit))
                          : Flattener(circuit, limits).run();
}

}  // namespace springspice::netlist
