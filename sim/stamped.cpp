#include "sim/stamped.hpp"

#include <cmath>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/simplify.hpp"

namespace springspice::sim {
namespace {

using core::SparseMatrix;
using Triplets = std::vector<Eigen::Triplet<double>>;

SparseMatrix from_triplets(const Triplets& entries, Eigen::Index rows, Eigen::Index columns) {
  SparseMatrix matrix(rows, columns);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

// K T u is what noise in the positions does to the force; what else a force row holds of int u is
// noise that the positions do not show.
constexpr double kResidual = 1e-9;

// What the design names must still be there under its name.
std::unordered_set<std::string> find_kept(const netlist::Design& design) {
  std::unordered_set<std::string> names;
  for (const netlist::Probe& probe : design.probes) names.insert(netlist::lower(probe.node));
  for (const netlist::Port& port : design.ports) names.insert(netlist::lower(port.node));
  for (const netlist::Readout& readout : design.readouts) {
    names.insert(netlist::lower(readout.node));
  }
  for (const netlist::NoiseSource& source : design.noise) {
    for (const netlist::Incidence& entry : source.incidence) {
      names.insert(netlist::lower(entry.where));
    }
  }
  return names;
}

}  // namespace

SparseMatrix CircuitNoise::force_noise(bool with_own) const {
  Eigen::VectorXd weights = density;
  for (Eigen::Index q = 0; q < weights.size() && !with_own; ++q) {
    if (own[static_cast<std::size_t>(q)]) weights(q) = 0.0;
  }
  return H * weights.asDiagonal() * SparseMatrix(H.transpose());
}

StampedDeck::StampedDeck(const Problem& problem, const ProbeMap& probes)
    : problem_(problem),
      probes_(probes),
      circuit_(netlist::parse_deck(problem.deck, problem.deck_name)),
      flat_(netlist::flatten(circuit_)) {
  netlist::simplify(flat_, find_kept(problem.design));
  prepare();
}

StampedDeck::StampedDeck(const Problem& problem, const ProbeMap& probes, netlist::FlatCircuit flat)
    : problem_(problem), probes_(probes), flat_(std::move(flat)) {
  prepare();
}

const netlist::Element* StampedDeck::find(std::string_view name) const {
  const auto found = index_.find(netlist::lower(name));
  return found == index_.end() ? nullptr : &flat_.elements[found->second];
}

void StampedDeck::prepare() {
  descriptor_ = netlist::stamp(flat_);
  for (std::size_t e = 0; e < flat_.elements.size(); ++e) {
    index_.emplace(netlist::lower(flat_.elements[e].name), e);
  }
  std::vector<WhiteInput> inputs;
  std::vector<WhiteInput> inputs_of_model;
  try {
    refuse_shared_sources();
    for (const netlist::NoiseSource& source : problem_.design.noise) {
      inputs.push_back(find_input(source));
      inputs_of_model.push_back(source.own ? WhiteInput{} : inputs.back());
    }
  } catch (const netlist::NetlistError& error) {
    noise_.obstacle = error.what();
    inputs.clear();
    inputs_of_model.clear();
  }
  try {
    reduce_with(inputs);
    if (!obstacle().empty() && !inputs.empty()) {
      // A part's own noise may be what the reduction cannot carry; the equations come first.
      reduce_with({});
      if (obstacle().empty()) noise_.obstacle = "noise is integrated twice";
    }
  } catch (const netlist::NetlistError& error) {
    reduced_.obstacle = error.what();
  }
  if (obstacle().empty() && noise_.obstacle.empty()) collect_noise();
}

void StampedDeck::reduce_with(const std::vector<WhiteInput>& inputs) {
  const auto count = static_cast<Eigen::Index>(probes_.positions.size());
  std::vector<Eigen::Index> nodes;
  std::vector<Eigen::Index> rows;
  for (Eigen::Index c = 0; c < count; ++c) {
    // Not needed for the equations, but what a probe reads must be there.
    (void)descriptor_.node(probes_.positions[static_cast<std::size_t>(c)]->node);
    nodes.push_back(descriptor_.node(coordinate_probe(c).node));
    rows.push_back(descriptor_.node(port(c).node));
  }
  reduced_ = reduce(descriptor_, nodes, rows, inputs);
}

const netlist::Probe& StampedDeck::coordinate_probe(Eigen::Index c) const {
  const auto slot = static_cast<std::size_t>(c);
  return problem_.system.dynamics == core::Dynamics::overdamped ? *probes_.positions[slot]
                                                                : *probes_.velocities[slot];
}

const netlist::Port& StampedDeck::port(Eigen::Index c) const {
  return *probes_.ports[static_cast<std::size_t>(c)];
}

double StampedDeck::unit(Eigen::Index r, Eigen::Index c, int derivative) const {
  const bool overdamped = problem_.system.dynamics == core::Dynamics::overdamped;
  const double tau = problem_.design.scales.time_s;
  return port(r).gain /
         (coordinate_probe(c).gain * std::pow(tau, overdamped ? derivative : derivative - 1));
}

core::SecondOrderSystem StampedDeck::system(Eigen::Index output) const {
  const Eigen::Index nu = problem_.system.size();
  const Eigen::Index first = output * nu;
  const bool overdamped = problem_.system.dynamics == core::Dynamics::overdamped;
  const auto matrix = [&](const std::vector<std::unordered_map<int, Summed>>& rows, int power) {
    Triplets entries;
    for (Eigen::Index r = 0; r < nu; ++r) {
      for (const auto& [column, entry] : rows[static_cast<std::size_t>(first + r)]) {
        if (column < first || column >= first + nu) continue;
        entries.emplace_back(static_cast<int>(r), static_cast<int>(column - first),
                             entry.value * unit(first + r, column, power));
      }
    }
    return from_triplets(entries, nu, nu);
  };
  core::SecondOrderSystem system;
  system.dynamics = problem_.system.dynamics;
  system.shape = problem_.system.shape;
  system.kT = problem_.system.kT;
  if (overdamped) {
    system.D = matrix(reduced_.second, 1);
    system.K = matrix(reduced_.first, 0);
  } else {
    system.M = matrix(reduced_.second, 2);
    system.D = matrix(reduced_.first, 1);
    system.K = matrix(reduced_.zeroth, 0);
  }
  system.f.resize(nu, 1);
  for (Eigen::Index r = 0; r < nu; ++r) {
    system.f(r, 0) =
        reduced_.force[static_cast<std::size_t>(first + r)].value * port(first + r).gain;
  }
  return system;
}

// ---- noise

// An independent source can carry one noise: it is driven in its own name.
void StampedDeck::refuse_shared_sources() const {
  std::set<std::string> taken;
  for (const netlist::NoiseSource& source : problem_.design.noise) {
    for (const netlist::Incidence& entry : source.incidence) {
      const netlist::Element* element = find(entry.where);
      const bool independent = element != nullptr && (element->kind == netlist::Kind::voltage ||
                                                      element->kind == netlist::Kind::current);
      if (!independent || taken.insert(netlist::lower(entry.where)).second) continue;
      throw netlist::NetlistError(fmt::format(
          "the manifest's noise source '{}' acts at '{}', where another one (or itself) "
          "acts too; give each a source of its own",
          source.name, entry.where));
    }
  }
}

WhiteInput StampedDeck::find_input(const netlist::NoiseSource& source) const {
  using netlist::Kind;
  WhiteInput input;
  const auto into = [&](const std::string& node, double weight) {
    if (!netlist::is_ground(node)) input.emplace_back(descriptor_.node(node), weight);
  };
  for (const netlist::Incidence& entry : source.incidence) {
    const netlist::Element* element = find(entry.where);
    if (element == nullptr) {
      if (!descriptor_.index.contains(netlist::lower(entry.where))) {
        throw netlist::NetlistError(fmt::format(
            "the manifest's noise source '{}' acts at '{}', and the deck has neither an element "
            "nor a node of that name",
            source.name, entry.where));
      }
      into(entry.where, entry.weight);
    } else if (element->kind == Kind::voltage) {
      const auto branch = descriptor_.index.find("i(" + netlist::lower(element->name) + ")");
      input.emplace_back(branch->second, entry.weight);
    } else if (element->kind == Kind::current) {
      into(element->nodes[0], -entry.weight);
      into(element->nodes[1], entry.weight);
    } else if (element->nodes.size() == 2) {
      into(element->nodes[0], entry.weight);
      into(element->nodes[1], -entry.weight);
    } else {
      throw netlist::NetlistError(
          fmt::format("the manifest's noise source '{}' acts at '{}', which is neither an "
                      "independent source nor a part with two ends",
                      source.name, entry.where));
    }
  }
  return input;
}

void StampedDeck::collect_noise() {
  const std::vector<netlist::NoiseSource>& sources = problem_.design.noise;
  const auto count = static_cast<Eigen::Index>(probes_.positions.size());
  const auto columns = static_cast<Eigen::Index>(sources.size());
  const double tau = problem_.design.scales.time_s;
  const bool overdamped = problem_.system.dynamics == core::Dynamics::overdamped;
  noise_.obstacle = reduced_.noise_obstacle;
  noise_.density.resize(columns);
  for (Eigen::Index q = 0; q < columns; ++q) {
    noise_.density(q) = sources[static_cast<std::size_t>(q)].density / tau;
    noise_.own.push_back(sources[static_cast<std::size_t>(q)].own);
  }
  Triplets h;
  Triplets h_abs;
  Triplets t;
  Triplets walks;
  for (Eigen::Index r = 0; r < count; ++r) {
    const auto row = static_cast<std::size_t>(r);
    const double gain = port(r).gain;
    for (const auto& [q, entry] : reduced_.white[row]) {
      h.emplace_back(static_cast<int>(r), q, gain * entry.value);
      h_abs.emplace_back(static_cast<int>(r), q, std::abs(gain) * entry.absolute);
    }
    for (const auto& [q, entry] : reduced_.walk[row]) {
      walks.emplace_back(static_cast<int>(r), q, gain * tau * entry.value);
    }
    if (overdamped) continue;
    const netlist::Probe& probe = *probes_.positions[row];
    const auto& position =
        reduced_.expressions[static_cast<std::size_t>(descriptor_.node(probe.node))];
    if (!position) continue;
    for (const auto& [q, entry] : position->walk) {
      t.emplace_back(static_cast<int>(r), q, probe.gain * tau * entry.value);
    }
  }
  noise_.H = from_triplets(h, count, columns);
  noise_.H_abs = from_triplets(h_abs, count, columns);
  noise_.T = from_triplets(t, count, columns);
  if (!noise_.obstacle.empty() || (walks.empty() && t.empty())) return;

  Triplets blocks;
  for (Eigen::Index p = 0; p < problem_.system.outputs(); ++p) {
    const SparseMatrix K = problem_.system.K;
    for (Eigen::Index j = 0; j < K.outerSize(); ++j) {
      for (SparseMatrix::InnerIterator it(K, j); it; ++it) {
        const Eigen::Index first = p * problem_.system.size();
        blocks.emplace_back(static_cast<int>(first + it.row()), static_cast<int>(first + j),
                            it.value());
      }
    }
  }
  const SparseMatrix expected = from_triplets(blocks, count, count) * noise_.T;
  const SparseMatrix rest = from_triplets(walks, count, columns) + expected;
  if (overdamped || rest.norm() > kResidual * expected.norm()) {
    noise_.obstacle = "noise is integrated elsewhere than in the positions";
  }
}

}  // namespace springspice::sim
