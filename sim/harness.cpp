#include "sim/harness.hpp"

#include <cmath>
#include <map>
#include <optional>

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
  for (const Probe* probe : checker.probes.positions) vectors_.push_back(probe->node);
  for (const Probe* probe : checker.probes.velocities) vectors_.push_back(probe->node);
}

void Harness::add_options(const std::string& words) { text_ += ".options " + words + "\n"; }

void Harness::add_port_currents(std::span<const double> phases_deg) {
  for (std::size_t c = 0; c < checker_.probes.ports.size(); ++c) {
    text_ += fmt::format("i{}{} 0 {} dc 0 ac 1 {}\n", kPrefix, c, checker_.probes.ports[c]->node,
                         format_number(phases_deg[c]));
  }
}

ExternalNoise Harness::add_noise(std::uint64_t seed, double step_s) {
  using netlist::Kind;
  ExternalNoise noise{.seed = seed, .step_s = step_s};
  std::map<std::string, std::string> cards;  // of the deck's own sources
  std::string added;
  const std::vector<netlist::NoiseSource>& sources = checker_.problem.design.noise;
  for (std::size_t q = 0; q < sources.size(); ++q) {
    if (sources[q].own) continue;
    const double amplitude = std::sqrt(sources[q].density / step_s);
    for (std::size_t k = 0; k < sources[q].incidence.size(); ++k) {
      const auto& [where, weight] = sources[q].incidence[k];
      const netlist::Element* element = checker_.deck.circuit().find(where);
      const bool drives = element != nullptr &&
                          (element->kind == Kind::voltage || element->kind == Kind::current);
      std::string name = fmt::format("i{}n{}_{}", kPrefix, q, k);
      if (drives) {
        name = netlist::lower(element->name);
        cards[name] = fmt::format("{} {} {} external", element->name, element->nodes[0],
                                  element->nodes[1]);
      } else if (element != nullptr) {
        added += fmt::format("{} {} {} external\n", name, element->nodes[1], element->nodes[0]);
      } else {
        added += fmt::format("{} 0 {} external\n", name, where);
      }
      noise.sources.push_back({name, q, amplitude * weight});
    }
  }
  text_ = netlist::replace_cards(
              text_,
              [&](std::string_view name, std::string_view) -> std::optional<std::string> {
                const auto found = cards.find(netlist::lower(name));
                return found == cards.end() ? std::nullopt : std::optional(found->second);
              }) +
          added;
  return noise;
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
