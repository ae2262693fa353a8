#include "sim/common_scale.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "sim/differences.hpp"

namespace springspice::sim {
namespace {

using Kind = EntryKey::Kind;

constexpr double kSame = 1e-12;

// circuit / model of the entries of each kind that both have.
std::map<Kind, std::vector<double>> collect_ratios(const Problem& problem, const ProbeMap& probes,
                                                   const StampedDeck& deck) {
  Problem noiseless = problem;  // its noise may have an obstacle, and says nothing here
  noiseless.system.kT = 0.0;
  std::map<Kind, std::vector<double>> ratios;
  for_each_entry(noiseless, probes, deck, [&](const ComparedEntry& entry) {
    const bool own_position = entry.key.kind == Kind::position && entry.key.row == entry.key.column;
    if (entry.key.kind == Kind::position && !own_position) return;
    if (entry.key.kind > Kind::position || entry.model == 0.0) return;
    // What cancels in the sum of its parts has a ratio of rounding.
    if (std::abs(entry.model) < 1e-6 * entry.absolute) return;
    ratios[entry.key.kind].push_back(entry.circuit / entry.model);
  });
  return ratios;
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (!std::isfinite(*middle) || *middle <= 0.0) return std::nullopt;
  return *middle;
}

bool is_one(double factor) { return std::abs(factor - 1.0) <= kSame; }

}  // namespace

bool CommonScale::is_identity() const {
  return is_one(time) && is_one(impedance) && is_one(signal) && is_one(integration);
}

std::string CommonScale::text() const {
  std::string out;
  const auto add = [&](const char* name, double factor) {
    if (is_one(factor)) return;
    out += fmt::format("{}{} x {:.9g}", out.empty() ? "" : ", ", name, factor);
  };
  add("time", time);
  add("impedance", impedance);
  add("signal", signal);
  // Velocities follow from positions and time, or are as they were; else their factor counts too.
  if (!is_one(integration)) add("velocity", signal / (time * integration));
  return out;
}

std::optional<CommonScale> find_common_scale(const Problem& problem, const ProbeMap& probes,
                                             const StampedDeck& deck) {
  auto ratios = collect_ratios(problem, probes, deck);
  const std::optional<double> M = median(ratios[Kind::mass]);
  const std::optional<double> D = median(ratios[Kind::friction]);
  const std::optional<double> K = median(ratios[Kind::stiffness]);
  const std::optional<double> f = median(ratios[Kind::force]);
  CommonScale scale;
  scale.integration = median(ratios[Kind::position]).value_or(1.0);
  if (!K) return std::nullopt;
  const double s = *K / scale.integration;
  if (problem.system.dynamics == core::Dynamics::overdamped) {
    if (!D) return std::nullopt;
    scale.time = *D / *K;
  } else if (!M) {
    return std::nullopt;
  } else {
    scale.time = std::sqrt(*M / *K);
  }
  scale.impedance = 1.0 / s;
  if (f) scale.signal = *f / s;
  return scale;
}

Problem rescale(const Problem& problem, const CommonScale& scale) {
  Problem out = problem;
  const double s = 1.0 / scale.impedance;
  netlist::Design& design = out.design;
  design.scales.time_s *= scale.time;
  design.scales.impedance_ohm *= scale.impedance;
  const auto factor_of = [&](netlist::Probe::Kind kind) {
    const bool velocity = kind == netlist::Probe::Kind::velocity;
    return (velocity ? scale.time * scale.integration : 1.0) / scale.signal;
  };
  for (netlist::Probe& probe : design.probes) probe.gain *= factor_of(probe.kind);
  for (netlist::Readout& readout : design.readouts) readout.gain *= factor_of(readout.kind);
  for (netlist::Port& port : design.ports) port.gain /= s * scale.signal;
  // <F F^T> in model units: (port gain)^2 x density / time scale.
  for (netlist::NoiseSource& source : design.noise) {
    source.density *= s * s * scale.signal * scale.signal * scale.time;
  }
  return out;
}

}  // namespace springspice::sim
