#include "sim/tolerance/varied_circuit.hpp"

#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "netlist/error.hpp"

namespace springspice::sim {
namespace {

using netlist::Circuit;
using netlist::Element;
using netlist::FlatCircuit;
using netlist::Kind;
using netlist::NetlistError;
using netlist::Parameter;

using Positions = std::unordered_map<std::string, std::size_t>;

Positions positions_of(std::span<const PartSpread> spreads) {
  Positions positions;
  for (std::size_t q = 0; q < spreads.size(); ++q) {
    positions.emplace(netlist::lower(spreads[q].element), q);
  }
  return positions;
}

[[noreturn]] void refuse(const Element& element, const std::string& reason) {
  throw NetlistError(fmt::format("part '{}' cannot have a tolerance: {}", element.name, reason));
}

// The parameter of an instance that varies, given on the instance where it stands at its default.
Parameter& find_parameter(Element& instance, const Circuit& circuit) {
  const netlist::Subcircuit* definition = circuit.find_definition(instance.references.at(0));
  const Parameter* found = nullptr;
  if (definition != nullptr) {
    for (const Parameter& parameter : definition->parameters) {
      if (netlist::lower(parameter.name) == "gm") found = &parameter;
    }
    if (found == nullptr && definition->parameters.size() == 1) {
      found = &definition->parameters.front();
    }
  }
  if (found == nullptr) {
    refuse(instance, fmt::format("its definition '{}' has neither a parameter gm nor a single one",
                                 instance.references[0]));
  }
  for (Parameter& given : instance.parameters) {
    if (netlist::lower(given.name) == netlist::lower(found->name)) return given;
  }
  return instance.parameters.emplace_back(*found);
}

void multiply(Element& element, const Circuit& circuit, double multiplier) {
  if (element.kind == Kind::instance) {
    Parameter& parameter = find_parameter(element, circuit);
    if (!parameter.expression.empty()) {
      refuse(element, fmt::format("its parameter {} is the expression '{}'; give a number",
                                  parameter.name, parameter.expression));
    }
    parameter.value *= multiplier;
    return;
  }
  if (element.kind == Kind::coupling) {
    refuse(element, "a coupling factor is no part's value; give the coils tolerances");
  }
  if (!element.value_expression.empty()) {
    refuse(element, fmt::format("its value is the expression '{}'; give a number",
                                element.value_expression));
  }
  element.value *= multiplier;
}

// The same circuit, each element as `change` leaves it.
template <class Change>
Circuit rebuild(const Circuit& circuit, const Change& change) {
  Circuit copy = circuit.without_elements();
  copy.reserve(circuit.elements().size());
  for (const Element& element : circuit.elements()) {
    Element changed = element;
    change(changed);
    copy.add(std::move(changed));
  }
  return copy;
}

// A resistor counts by its conductance.
Element doubled(const Element& element) {
  Element copy = element;
  copy.value *= element.kind == Kind::resistor ? 0.5 : 2.0;
  return copy;
}

double exponent_of(Kind kind) { return kind == Kind::resistor ? -1.0 : 1.0; }

}  // namespace

double Term::change(const Eigen::VectorXd& multipliers) const {
  double product = 1.0;
  for (const Factor& factor : factors) {
    if (factor.part < 0) continue;
    const double m = multipliers(factor.part);
    if (factor.exponent == 1.0) {
      product *= m;
    } else if (factor.exponent == -1.0) {
      product /= m;
    } else {
      product *= std::pow(m, factor.exponent);
    }
  }
  return product - 1.0;
}

Circuit multiply_values(const Circuit& circuit, std::span<const PartSpread> spreads,
                        const Eigen::VectorXd& multipliers) {
  for (const PartSpread& spread : spreads) {
    if (circuit.find(spread.element) != nullptr) continue;
    throw NetlistError(fmt::format(
        "a tolerance is given for part '{}', which the circuit does not have", spread.element));
  }
  const Positions positions = positions_of(spreads);
  return rebuild(circuit, [&](Element& element) {
    const auto found = positions.find(netlist::lower(element.name));
    if (found == positions.end()) return;
    multiply(element, circuit, multipliers(static_cast<Eigen::Index>(found->second)));
  });
}

Circuit start_from_rest(const Circuit& circuit) {
  Circuit rest = rebuild(circuit, [](Element& element) { element.initial.reset(); });
  rest.initial_voltages.clear();
  return rest;
}

VariedCircuit::VariedCircuit(const Circuit& circuit, std::span<const PartSpread> spreads)
    : parts_(std::ssize(spreads)), flat_(netlist::flatten(circuit)) {
  nominal_ = netlist::stamp(flat_);
  find_owners(circuit, spreads);
  add_terms_of_elements();
  add_terms_of_couplings();
}

// Which part moves which element: seen from a circuit in which all parts have twice their value.
void VariedCircuit::find_owners(const Circuit& circuit, std::span<const PartSpread> spreads) {
  const Positions positions = positions_of(spreads);
  const FlatCircuit twice =
      netlist::flatten(multiply_values(circuit, spreads, Eigen::VectorXd::Constant(parts_, 2.0)));
  std::vector<bool> moves(spreads.size(), false);
  owner_.assign(flat_.elements.size(), -1);
  for (std::size_t e = 0; e < flat_.elements.size(); ++e) {
    const Element& element = flat_.elements[e];
    const std::string name = netlist::lower(element.name);
    auto found = positions.find(name);
    if (found == positions.end()) found = positions.find(name.substr(0, name.find('.')));
    if (found == positions.end()) continue;
    const double value = twice.elements[e].value;
    if (value == element.value && element.value != 0.0) continue;
    if (value != 2.0 * element.value) {
      refuse(element, fmt::format("its value is not proportional to the parameter of '{}'",
                                  spreads[found->second].element));
    }
    owner_[e] = static_cast<int>(found->second);
    moves[found->second] = true;
  }
  for (std::size_t q = 0; q < spreads.size(); ++q) {
    if (moves[q]) continue;
    throw NetlistError(fmt::format(
        "part '{}' cannot have a tolerance: no element inside it depends on its parameter",
        spreads[q].element));
  }
}

FlatCircuit VariedCircuit::flat(const Eigen::VectorXd& multipliers) const {
  FlatCircuit drawn = flat_;
  for (std::size_t e = 0; e < owner_.size(); ++e) {
    if (owner_[e] >= 0) drawn.elements[e].value *= multipliers(owner_[e]);
  }
  return drawn;
}

void VariedCircuit::add_terms_of_elements() {
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t e = 0; e < flat_.elements.size(); ++e) {
    if (flat_.elements[e].kind == Kind::voltage) {
      by_name.emplace(netlist::lower(flat_.elements[e].name), e);
    }
  }
  for (std::size_t e = 0; e < flat_.elements.size(); ++e) {
    const Element& element = flat_.elements[e];
    if (owner_[e] < 0) continue;
    FlatCircuit alone{{element}, {}};
    FlatCircuit twice{{doubled(element)}, {}};
    for (const std::string& reference : element.references) {
      const Element& source = flat_.elements[by_name.at(netlist::lower(reference))];
      alone.elements.push_back(source);
      twice.elements.push_back(source);
    }
    add_difference(alone, twice, {Term::Factor{owner_[e], exponent_of(element.kind)}, {}});
  }
}

void VariedCircuit::add_terms_of_couplings() {
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t e = 0; e < flat_.elements.size(); ++e) {
    if (flat_.elements[e].kind == Kind::inductor) {
      by_name.emplace(netlist::lower(flat_.elements[e].name), e);
    }
  }
  for (const Element& element : flat_.elements) {
    if (element.kind != Kind::coupling) continue;
    const std::size_t i = by_name.at(netlist::lower(element.references[0]));
    const std::size_t j = by_name.at(netlist::lower(element.references[1]));
    if (owner_[i] < 0 && owner_[j] < 0) continue;
    const FlatCircuit apart{{flat_.elements[i], flat_.elements[j]}, {}};
    const FlatCircuit coupled{{flat_.elements[i], flat_.elements[j], element}, {}};
    add_difference(apart, coupled, {Term::Factor{owner_[i], 0.5}, Term::Factor{owner_[j], 0.5}});
  }
}

void VariedCircuit::add_difference(const FlatCircuit& less, const FlatCircuit& more,
                                   const std::array<Term::Factor, 2>& factors) {
  const netlist::Descriptor a = netlist::stamp(less);
  const netlist::Descriptor b = netlist::stamp(more);
  std::vector<Eigen::Index> rows;
  for (const std::string& unknown : b.unknowns) rows.push_back(nominal_.index.at(unknown));
  const auto add = [&](Term::Matrix matrix, Eigen::Index i, Eigen::Index j, double value) {
    if (value == 0.0) return;
    const Eigen::Index column = matrix == Term::Matrix::s ? 0 : rows[static_cast<std::size_t>(j)];
    terms_.push_back({matrix, rows[static_cast<std::size_t>(i)], column, value, factors});
  };
  const Eigen::MatrixXd E = Eigen::MatrixXd(b.E) - Eigen::MatrixXd(a.E);
  const Eigen::MatrixXd A = Eigen::MatrixXd(b.A) - Eigen::MatrixXd(a.A);
  for (Eigen::Index j = 0; j < A.cols(); ++j) {
    for (Eigen::Index i = 0; i < A.rows(); ++i) {
      add(Term::Matrix::E, i, j, E(i, j));
      add(Term::Matrix::A, i, j, A(i, j));
    }
    add(Term::Matrix::s, j, 0, b.s(j) - a.s(j));
  }
}

}  // namespace springspice::sim
