#include "sim/suspects.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/si.hpp"

namespace springspice::sim {
namespace {

using netlist::Element;
using netlist::FlatCircuit;
using netlist::Kind;

constexpr std::size_t kMostCandidates = 400;
constexpr int kMostHops = 3;
// A node of more parts than this is a supply or a reference: it leads everywhere.
constexpr std::size_t kManyParts = 64;
constexpr int kMostSteps = 12;
// What is left of a difference once the right value stands there: the rounding of a secant's end,
// far above 1e-12 and far below any change that somebody makes.
constexpr double kAgreement = 1e-9;
constexpr double kProbeStep = 1e-4;
constexpr double kTwin = 1e-9;

// ---- the neighbourhood of an entry

void add_start(const netlist::Descriptor& circuit, Eigen::Index unknown,
               std::vector<std::string>& nodes) {
  if (unknown >= 0) nodes.push_back(circuit.unknowns[static_cast<std::size_t>(unknown)]);
}

// Nodes (and branch currents) that the entry is about.
std::vector<std::string> find_starts(const Problem& problem, const ProbeMap& probes,
                                     const StampedDeck& deck, const EntryKey& key) {
  using Entry = EntryKey::Kind;
  std::vector<std::string> nodes;
  if (key.kind == Entry::initial) {
    add_start(deck.descriptor(), key.row, nodes);
    return nodes;
  }
  if (key.kind == Entry::readout) {
    nodes.push_back(problem.design.readouts[static_cast<std::size_t>(key.row)].node);
  } else {
    nodes.push_back(deck.port(key.row).node);
    nodes.push_back(probes.positions[static_cast<std::size_t>(key.row)]->node);
  }
  if (key.column >= 0) {
    nodes.push_back(deck.coordinate_probe(key.column).node);
    nodes.push_back(probes.positions[static_cast<std::size_t>(key.column)]->node);
    nodes.push_back(deck.port(key.column).node);
  }
  return nodes;
}

// What a part touches: its nodes, and the parts whose currents it reads.
std::vector<std::string> touched(const Element& element) {
  std::vector<std::string> out;
  for (const std::string& node : element.nodes) {
    if (!netlist::is_ground(node)) out.push_back(netlist::lower(node));
  }
  for (const std::string& reference : element.references) {
    out.push_back("i(" + netlist::lower(reference) + ")");
  }
  out.push_back("i(" + netlist::lower(element.name) + ")");
  return out;
}

bool has_value(const Element& element) {
  return element.kind != Kind::nullor && element.kind != Kind::instance && element.value != 0.0;
}

// Parts around the start nodes, the nearest first.
std::vector<std::size_t> find_candidates(const FlatCircuit& circuit,
                                         const std::vector<std::string>& starts) {
  std::unordered_map<std::string, std::vector<std::size_t>> parts_at;
  for (std::size_t e = 0; e < circuit.elements.size(); ++e) {
    for (const std::string& place : touched(circuit.elements[e])) parts_at[place].push_back(e);
  }
  std::vector<std::size_t> found;
  std::unordered_set<std::size_t> seen;
  std::unordered_map<std::string, int> hops;
  std::deque<std::string> queue;
  for (const std::string& start : starts) {
    if (hops.try_emplace(netlist::lower(start), 0).second) queue.push_back(netlist::lower(start));
  }
  while (!queue.empty() && found.size() < kMostCandidates) {
    const std::string place = std::move(queue.front());
    queue.pop_front();
    const int distance = hops.at(place);
    for (const std::size_t e : parts_at[place]) {
      if (!seen.insert(e).second) continue;
      const Element& element = circuit.elements[e];
      if (has_value(element)) found.push_back(e);
      if (distance == kMostHops) continue;
      for (const std::string& next : touched(element)) {
        const auto at = parts_at.find(next);
        if (at == parts_at.end() || at->second.size() > kManyParts) continue;
        if (hops.try_emplace(next, distance + 1).second) queue.push_back(next);
      }
    }
  }
  if (found.size() > kMostCandidates) found.resize(kMostCandidates);
  return found;
}

// ---- one part's value

// Elements whose value is one number: one element, or those of an instance that share a parameter
// (both halves of a gyrator), told by the same value inside the same instance.
struct Candidate {
  std::string name;
  std::vector<std::size_t> elements;
};

std::string instance_of(const Element& element) {
  const auto dot = element.name.rfind('.');
  return dot == std::string::npos ? std::string() : element.name.substr(0, dot);
}

std::vector<Candidate> group_candidates(const FlatCircuit& circuit,
                                        const std::vector<std::size_t>& found) {
  std::unordered_map<std::string, std::vector<std::size_t>> inside;
  for (const std::size_t e : found) {
    const std::string instance = instance_of(circuit.elements[e]);
    if (!instance.empty()) inside[instance].push_back(e);
  }
  std::vector<Candidate> out;
  for (const std::size_t e : found) {
    const Element& element = circuit.elements[e];
    const std::string instance = instance_of(element);
    Candidate candidate{element.name, {e}};
    if (!instance.empty()) {
      const std::vector<std::size_t>& siblings = inside.at(instance);
      if (siblings.size() == 1) candidate.name = instance;
      Candidate shared{instance, {}};
      for (const std::size_t other : siblings) {
        const double value = circuit.elements[other].value;
        if (std::abs(value) == std::abs(element.value)) shared.elements.push_back(other);
      }
      if (shared.elements.size() > 1 && shared.elements.front() == e) {
        out.push_back(std::move(shared));
      }
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

class Trial {
 public:
  Trial(const Problem& problem, const ProbeMap& probes, const StampedDeck& deck,
        const EntryKey& key)
      : problem_(problem), probes_(probes), key_(key), circuit_(deck.flat()) {}

  /// Signed difference of the key's entry, and the largest of all.
  struct Outcome {
    double signed_difference = 0.0;
    double largest = 0.0;
  };

  /// With the candidate's values times `factor`; none where that is no circuit.
  std::optional<Outcome> at(const Candidate& candidate, double factor) {
    std::vector<double> kept;
    for (const std::size_t e : candidate.elements) {
      kept.push_back(circuit_.elements[e].value);
      circuit_.elements[e].value *= factor;
    }
    std::optional<Outcome> outcome;
    try {
      const StampedDeck changed(problem_, probes_, circuit_);
      const bool needs_noise = problem_.system.kT > 0.0;
      if (changed.obstacle().empty() && (!needs_noise || changed.noise().obstacle.empty())) {
        outcome = compare(changed);
      }
    } catch (const netlist::NetlistError&) {
      outcome.reset();
    }
    for (std::size_t k = 0; k < kept.size(); ++k) {
      circuit_.elements[candidate.elements[k]].value = kept[k];
    }
    return outcome;
  }

 private:
  Outcome compare(const StampedDeck& deck) const {
    Outcome outcome;
    for_each_entry(problem_, probes_, deck, [&](const ComparedEntry& entry) {
      outcome.largest = std::max(outcome.largest, entry.difference());
      if (entry.key == key_) {
        outcome.signed_difference = std::copysign(entry.difference(), entry.circuit - entry.model);
      }
    });
    return outcome;
  }

  const Problem& problem_;
  const ProbeMap& probes_;
  EntryKey key_;
  FlatCircuit circuit_;
};

// Entries are linear in the conductance of a resistor and in the inverse of an inductance.
double to_factor(Kind kind, double variable) {
  return kind == Kind::resistor || kind == Kind::inductor ? 1.0 / variable : variable;
}

// The factor at which all entries agree; none where the part does not move the key's entry, or the
// others do not agree when that one does.
std::optional<double> find_factor(Trial& trial, const Candidate& candidate, Kind kind,
                                  double difference) {
  double u0 = 1.0;
  double g0 = difference;
  double u1 = 1.0 + kProbeStep;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto outcome = trial.at(candidate, to_factor(kind, u1));
    if (!outcome) return std::nullopt;
    if (outcome->largest <= kAgreement) return to_factor(kind, u1);
    const double g1 = outcome->signed_difference;
    const double next = u1 - g1 * (u1 - u0) / (g1 - g0);
    if (g1 == g0 || !std::isfinite(next) || next == u1) return std::nullopt;
    u0 = std::exchange(u1, next);
    g0 = g1;
  }
  return std::nullopt;
}

std::size_t count_twins(const FlatCircuit& circuit, const Candidate& candidate, double expected) {
  const Kind kind = circuit.elements[candidate.elements.front()].kind;
  std::size_t count = 0;
  for (std::size_t e = 0; e < circuit.elements.size(); ++e) {
    const Element& other = circuit.elements[e];
    if (other.kind != kind || std::ranges::count(candidate.elements, e) > 0) continue;
    if (std::abs(other.value - expected) <= kTwin * std::abs(expected)) ++count;
  }
  return count;
}

bool is_possible(Kind kind, double expected) {
  const bool passive = kind == Kind::resistor || kind == Kind::capacitor || kind == Kind::inductor;
  return !passive || expected > 0.0;
}

}  // namespace

std::vector<Suspect> find_suspects(const Problem& problem, const ProbeMap& probes,
                                   const StampedDeck& deck, const ComparedEntry& worst) {
  const FlatCircuit& circuit = deck.flat();
  Trial trial(problem, probes, deck, worst.key);
  const double difference = std::copysign(worst.difference(), worst.circuit - worst.model);
  std::vector<Suspect> suspects;
  const std::vector<std::size_t> near =
      find_candidates(circuit, find_starts(problem, probes, deck, worst.key));
  for (const Candidate& candidate : group_candidates(circuit, near)) {
    const Element& element = circuit.elements[candidate.elements.front()];
    const std::optional<double> factor = find_factor(trial, candidate, element.kind, difference);
    if (!factor || !is_possible(element.kind, *factor * element.value)) continue;
    const double expected = *factor * element.value;
    suspects.push_back({candidate.name, element.kind, element.value, expected,
                        count_twins(circuit, candidate, expected)});
  }
  std::ranges::stable_sort(suspects, std::ranges::greater(), &Suspect::twins);
  return suspects;
}

std::string describe(const Suspect& suspect) {
  const char* unit = netlist::unit_of(suspect.kind);
  std::string is = netlist::format_si(suspect.value, unit);
  std::string expected = netlist::format_si(suspect.expected, unit);
  if (is == expected) {
    // They differ beyond the fourth digit.
    is = fmt::format("{:.9g} {}", suspect.value, unit);
    expected = fmt::format("{:.9g} {}", suspect.expected, unit);
  }
  return fmt::format("{} is {}, expected {}", suspect.element, is, expected);
}

}  // namespace springspice::sim
