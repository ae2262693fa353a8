#include "sim/budget/real_circuit_in_ngspice.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/writer.hpp"

namespace springspice::sim {
namespace {

using Complex = std::complex<double>;
using Eigen::Index;
using Eigen::MatrixXd;
using netlist::format_number;
using netlist::Kind;
using netlist::Probe;

// The names of the harness, which refuses decks that use them.
constexpr const char* kPrefix = "springspice_";
// BDF2's error is 4 times that of the trapezoidal rule; a sixteenth of a step leaves 1/64 of it.
constexpr std::size_t kSubsteps = 16;

// "xv1.vos" is "v.xv1.vos" there.
std::string name_in_ngspice(const netlist::Element& element) {
  const std::string name = netlist::lower(element.name);
  if (name.find('.') == std::string::npos) return name;
  return std::string(element.kind == Kind::voltage ? "v." : "i.") + name;
}

}  // namespace

RealCircuitInNgspice::RealCircuitInNgspice(const netlist::Design& design, Index coordinates,
                                           Index outputs, MatrixXd start,
                                           const EngineOptions& options)
    : design_(design), nu_(coordinates), m_(outputs), start_(std::move(start)), engine_(options) {
  design_.circuit.transient.reset();
  design_.circuit.measures.clear();
  design_.circuit.saved.clear();
  positions_.resize(static_cast<std::size_t>(nu_ * m_));
  for (const Probe& probe : design_.probes) {
    if (probe.kind != Probe::Kind::position) continue;
    positions_.at(static_cast<std::size_t>(probe.output * nu_ + probe.coordinate)) = &probe;
  }
  for (const Probe* probe : positions_) {
    if (probe == nullptr) throw netlist::NetlistError("a coordinate has no probe of its position");
    nodes_.push_back(probe->node);
  }
}

// Without `.end`.
std::string RealCircuitInNgspice::body() const {
  std::string deck = netlist::format_deck(design_.circuit);
  return deck.substr(0, deck.rfind(".end"));
}

// As Harness::add_flux_integrators().
void RealCircuitInNgspice::add_flux_integrators(std::string& deck,
                                                std::vector<std::string>& vectors) const {
  const double tau = design_.scales.time_s;
  for (std::size_t c = 0; c < positions_.size(); ++c) {
    const Probe& probe = *positions_[c];
    if (probe.quantity != Probe::Quantity::flux) continue;
    const auto i = static_cast<Index>(c);
    const double flux =
        start_.size() == 0 ? 0.0 : (start_(i % nu_, i / nu_) - probe.offset) / probe.gain;
    const std::string node = fmt::format("{}q{}", kPrefix, c);
    deck += fmt::format("g{0} 0 {0} {1} 0 1\nc{0} {0} 0 {2}\n.ic v({0})={3}\n", node, probe.node,
                        format_number(tau), format_number(flux / tau));
    vectors[c] = node;
  }
}

MatrixXd RealCircuitInNgspice::read(const std::vector<Complex>& values) const {
  MatrixXd x(nu_, m_);
  for (Index c = 0; c < nu_ * m_; ++c) {
    const auto slot = static_cast<std::size_t>(c);
    const Probe& probe = *positions_[slot];
    const double unit = probe.quantity == Probe::Quantity::flux ? design_.scales.time_s : 1.0;
    x(c % nu_, c / nu_) = probe.gain * unit * values[slot].real() + probe.offset;
  }
  return x;
}

MatrixXd RealCircuitInNgspice::settled(double read_at, std::size_t steps) const {
  MatrixXd x;
  if (design_.has_operating_point) {
    engine_.run({body() + ".end\n", OperatingPointRun{}, nodes_},
                [&](double, std::span<const Complex> values) {
                  x = read({values.begin(), values.end()});
                });
    return x;
  }
  run(read_at, (steps + kSubsteps - 1) / kSubsteps,
      [&](double, const MatrixXd& point) { x = point; });
  return x;
}

void RealCircuitInNgspice::run(double end, std::size_t steps,
                               const std::function<void(double, const MatrixXd&)>& on_point) const {
  std::string deck = body() + ".options method=gear maxord=2 trtol=1e12 noopac\n";
  std::vector<std::string> vectors = nodes_;
  add_flux_integrators(deck, vectors);
  TransientRun transient;
  transient.grid =
      StepGrid{.step_s = end * design_.scales.time_s / static_cast<double>(steps * kSubsteps)};
  transient.stop_s = end * design_.scales.time_s;
  std::size_t count = 0;
  const auto first = static_cast<std::size_t>(transient.grid->start_steps);
  engine_.run({deck + ".end\n", transient, vectors},
              [&](double time_s, std::span<const Complex> values) {
                if (++count <= first || (count - first) % kSubsteps != 0) return;
                on_point(time_s / design_.scales.time_s, read({values.begin(), values.end()}));
              });
}

std::vector<RealCircuitInNgspice::Drive> RealCircuitInNgspice::add_drives(std::string& deck,
                                                                          bool own_only) const {
  std::unordered_map<std::string, netlist::Element> elements;
  for (netlist::Element& element : netlist::flatten(design_.circuit).elements) {
    elements.emplace(netlist::lower(element.name), std::move(element));
  }
  std::vector<Drive> drives;
  for (std::size_t q = 0; q < design_.noise.size(); ++q) {
    if (own_only && !design_.noise[q].own) continue;
    for (const auto& [where, weight] : design_.noise[q].incidence) {
      const auto found = elements.find(netlist::lower(where));
      const std::string name = fmt::format("i{}n{}", kPrefix, drives.size());
      if (found == elements.end()) {
        deck += fmt::format("{} 0 {} dc 0 ac 0\n", name, where);
        drives.push_back({name, q, weight});
        continue;
      }
      const netlist::Element& element = found->second;
      if (element.kind == Kind::voltage || element.kind == Kind::current) {
        drives.push_back({name_in_ngspice(element), q, weight});
        continue;
      }
      deck += fmt::format("{} {} {} dc 0 ac 0\n", name, element.nodes[1], element.nodes[0]);
      drives.push_back({name, q, weight});
    }
  }
  return drives;
}

MatrixXd RealCircuitInNgspice::noise_variances(bool own_only, double low_hz, double high_hz,
                                               int points_a_decade) const {
  std::string deck = body() + ".options noopac\n";
  const std::vector<Drive> drives = add_drives(deck, own_only);
  std::vector<std::string> names;
  for (const Drive& drive : drives) names.push_back(drive.name);
  const auto steps = static_cast<int>(
      std::ceil(std::log10(high_hz / low_hz) * static_cast<double>(points_a_decade)));
  const double step = std::log(high_hz / low_hz) / steps;
  std::vector<double> frequencies, weights;  // of the integral over both signs of f
  for (int k = 0; k <= steps; ++k) {
    const double f = low_hz * std::exp(k * step);
    const bool is_end = k == 0 || k == steps;
    frequencies.push_back(f);
    weights.push_back(2.0 * f * (is_end ? step / 2.0 + 1.0 : step));
  }

  const auto count = static_cast<Index>(nodes_.size());
  Eigen::ArrayXd variances = Eigen::ArrayXd::Zero(count);
  // The answers of one source, which may act at several places: by position and frequency.
  Eigen::ArrayXXcd answer = Eigen::ArrayXXcd::Zero(count, std::ssize(frequencies));
  std::size_t point = 0;
  engine_.run({deck + ".end\n", AcRun{frequencies, names}, nodes_},
              [&](double, std::span<const Complex> values) {
                const std::size_t d = point / frequencies.size();
                const std::size_t f = point % frequencies.size();
                ++point;
                const auto column = static_cast<Index>(f);
                for (Index c = 0; c < count; ++c) {
                  const Probe& probe = *positions_[static_cast<std::size_t>(c)];
                  const double omega = 2.0 * std::numbers::pi * frequencies[f];
                  const Complex unit =
                      probe.quantity == Probe::Quantity::flux ? Complex(0.0, omega) : 1.0;
                  answer(c, column) +=
                      drives[d].weight * probe.gain * values[static_cast<std::size_t>(c)] / unit;
                }
                if (d + 1 < drives.size() && drives[d + 1].source == drives[d].source) return;
                variances += weights[f] * design_.noise[drives[d].source].density *
                             answer.col(column).abs2();
                answer.col(column).setZero();
              });
  return variances.matrix().reshaped(nu_, m_);
}

}  // namespace springspice::sim
