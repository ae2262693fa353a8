#include "sim/harness.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/writer.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {
namespace {

using netlist::format_number;
using netlist::Probe;

constexpr const char* kPrefix = "springspice_";

}  // namespace

Harness::Harness(const Checker& checker)
    : checker_(checker),
      text_(netlist::strip_waveforms(netlist::strip_analyses(checker.problem.deck))) {
  // The title line is the user's; below it the prefix is ours alone.
  const std::size_t body = text_.find('\n');
  if (body != std::string::npos &&
      netlist::lower(std::string_view(text_).substr(body)).find(kPrefix) != std::string::npos) {
    throw netlist::NetlistError(
        fmt::format("{}: a name begins with '{}', which the checks use; rename it",
                    checker.problem.deck_name, kPrefix));
  }
  if (!text_.ends_with('\n')) text_ += '\n';
  write_shorts();
  for (const Probe* probe : checker.probes.positions) vectors_.push_back(probe->node);
  for (const Probe* probe : checker.probes.velocities) vectors_.push_back(probe->node);
}

// ngspice reads a resistance of 0 as 1 milliohm.
void Harness::write_shorts() {
  const netlist::Circuit& circuit = checker_.deck.circuit();
  const auto is_short = [](const netlist::Element& element) {
    return element.kind == netlist::Kind::resistor && element.value == 0.0 &&
           element.value_expression.empty();
  };
  if (std::ranges::none_of(circuit.elements(), is_short)) return;
  text_ = netlist::replace_cards(
      text_, [&](std::string_view name, std::string_view) -> std::optional<std::string> {
        const netlist::Element* element = circuit.find(name);
        if (element == nullptr || !is_short(*element)) return std::nullopt;
        return fmt::format("v{}{} {} {} 0", kPrefix, element->name, element->nodes[0],
                           element->nodes[1]);
      });
}

void Harness::add_options(const std::string& words) { text_ += ".options " + words + "\n"; }

void Harness::add_port_currents(std::span<const double> phases_deg) {
  for (std::size_t c = 0; c < checker_.probes.ports.size(); ++c) {
    text_ += fmt::format("i{}{} 0 {} dc 0 ac 1 {}\n", kPrefix, c, checker_.probes.ports[c]->node,
                         format_number(phases_deg[c]));
  }
}

std::vector<Drive> Harness::place_sources(const std::string& tail, bool rewrite) {
  using netlist::Kind;
  std::vector<Drive> drives;
  std::map<std::string, std::string> cards;  // of the deck's own sources
  std::string added;
  const std::vector<netlist::NoiseSource>& sources = checker_.problem.design.noise;
  for (std::size_t q = 0; q < sources.size(); ++q) {
    if (sources[q].own) continue;
    for (std::size_t k = 0; k < sources[q].incidence.size(); ++k) {
      const auto& [where, weight] = sources[q].incidence[k];
      const netlist::Element* element = checker_.deck.find(where);
      const bool own_source =
          element != nullptr && (element->kind == Kind::voltage || element->kind == Kind::current);
      std::string name = fmt::format("i{}n{}_{}", kPrefix, q, k);
      if (own_source) {
        name = netlist::lower(element->name);
        cards[name] =
            fmt::format("{} {} {} {}", element->name, element->nodes[0], element->nodes[1], tail);
      } else if (element != nullptr) {
        added += fmt::format("{} {} {} {}\n", name, element->nodes[1], element->nodes[0], tail);
      } else {
        added += fmt::format("{} 0 {} {}\n", name, where, tail);
      }
      drives.push_back({name, q, weight});
    }
  }
  if (rewrite) {
    text_ = netlist::replace_cards(
        text_, [&](std::string_view name, std::string_view) -> std::optional<std::string> {
          const auto found = cards.find(netlist::lower(name));
          return found == cards.end() ? std::nullopt : std::optional(found->second);
        });
  }
  text_ += added;
  return drives;
}

ExternalNoise Harness::add_noise(std::uint64_t seed, double step_s) {
  ExternalNoise noise;
  noise.seed = seed;
  noise.step_s = step_s;
  for (const auto& [name, source, weight] : place_sources("external", true)) {
    const double density = checker_.problem.design.noise[source].density;
    noise.sources.push_back({name, source, weight * std::sqrt(density / step_s)});
  }
  return noise;
}

std::vector<Drive> Harness::add_drives() { return place_sources("dc 0 ac 0", false); }

std::string Harness::add_ac_current(const std::string& node, double ampere) {
  std::string name = fmt::format("i{}ac", kPrefix);
  text_ += fmt::format("{} 0 {} dc 0 ac {}\n", name, node, format_number(ampere));
  return name;
}

void Harness::silence_resistors() {
  std::set<std::string> noisy;
  for (const netlist::NoiseSource& source : checker_.problem.design.noise) {
    if (source.own) continue;
    for (const netlist::Incidence& entry : source.incidence) {
      noisy.insert(netlist::lower(entry.where));
    }
  }
  text_ = netlist::replace_cards(
      text_, [&](std::string_view name, std::string_view) -> std::optional<std::string> {
        const netlist::Element* element = checker_.deck.circuit().find(name);
        if (element == nullptr || element->kind != netlist::Kind::resistor) return std::nullopt;
        netlist::Element copy = *element;
        copy.noisy = noisy.contains(netlist::lower(name));
        copy.heading.clear();
        copy.comment.clear();
        return netlist::format_element(copy);
      });
}

void Harness::add_flux_integrators() {
  const double tau = checker_.problem.design.scales.time_s;
  const Eigen::Index nu = checker_.problem.system.size();
  for (std::size_t c = 0; c < checker_.probes.positions.size(); ++c) {
    const Probe& probe = *checker_.probes.positions[c];
    if (probe.quantity == Probe::Quantity::voltage) continue;
    const auto i = static_cast<Eigen::Index>(c);
    const double flux = (checker_.problem.initial.x(i % nu, i / nu) - probe.offset) / probe.gain;
    const std::string node = fmt::format("{}q{}", kPrefix, c);
    text_ += fmt::format("g{0} 0 {0} {1} 0 1\nc{0} {0} 0 {2}\n.ic v({0})={3}\n", node, probe.node,
                         format_number(tau), format_number(flux / tau));
    vectors_[c] = node;
  }
}

void Harness::add_readouts() {
  for (const netlist::Readout& readout : checker_.problem.design.readouts) {
    vectors_.push_back(readout.node);
  }
}

Eigen::VectorXd Harness::read_readouts(std::span<const std::complex<double>> values) const {
  const std::vector<netlist::Readout>& readouts = checker_.problem.design.readouts;
  Eigen::VectorXd out(std::ssize(readouts));
  const std::size_t first = vectors_.size() - readouts.size();
  for (std::size_t k = 0; k < readouts.size(); ++k) {
    out(static_cast<Eigen::Index>(k)) =
        readouts[k].gain * values[first + k].real() + readouts[k].offset;
  }
  return out;
}

std::string Harness::deck() const { return text_ + ".end\n"; }

core::State Harness::read(std::span<const std::complex<double>> values) const {
  const Eigen::Index nu = checker_.problem.system.size();
  const Eigen::Index m = checker_.problem.system.outputs();
  const double tau = checker_.problem.design.scales.time_s;
  core::State state;
  state.x.resize(nu, m);
  state.v.resize(checker_.probes.velocities.empty() ? 0 : nu, m);
  for (Eigen::Index c = 0; c < nu * m; ++c) {
    const auto slot = static_cast<std::size_t>(c);
    const Probe& position = *checker_.probes.positions[slot];
    const double unit = position.quantity == Probe::Quantity::flux ? tau : 1.0;
    state.x(c % nu, c / nu) = position.gain * unit * values[slot].real() + position.offset;
    if (state.v.size() == 0) continue;
    const Probe& velocity = *checker_.probes.velocities[slot];
    const auto behind = static_cast<std::size_t>(nu * m + c);
    state.v(c % nu, c / nu) = velocity.gain * values[behind].real() + velocity.offset;
  }
  return state;
}

void Harness::read_ac(std::span<const std::complex<double>> values, double omega_rad_s,
                      Eigen::MatrixXcd& x, Eigen::MatrixXcd& v) const {
  const Eigen::Index nu = checker_.problem.system.size();
  const Eigen::Index m = checker_.problem.system.outputs();
  x.resize(nu, m);
  v.resize(checker_.probes.velocities.empty() ? 0 : nu, m);
  for (Eigen::Index c = 0; c < nu * m; ++c) {
    const auto slot = static_cast<std::size_t>(c);
    const Probe& position = *checker_.probes.positions[slot];
    std::complex<double> quantity = values[slot];
    if (position.quantity == Probe::Quantity::flux) {
      quantity /= std::complex<double>(0.0, omega_rad_s);
    }
    x(c % nu, c / nu) = position.gain * quantity;
    if (v.size() == 0) continue;
    v(c % nu, c / nu) =
        checker_.probes.velocities[slot]->gain * values[static_cast<std::size_t>(nu * m + c)];
  }
}

}  // namespace springspice::sim
