#include "hw/mapping/energy.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/SparseLU>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/modes.hpp"
#include "hw/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/si.hpp"
#include "netlist/stamp.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::format_si;
using netlist::Kind;

// Mapped systems have no common modes, as D' is gamma M' to the parts' steps only; the eigenvalues
// of A take under a second up to this many coordinates. Larger ones are timed by the ideal system.
constexpr Eigen::Index kMostForEigenvalues = 150;
constexpr double kSettledTo = 1e-3;

std::optional<double> find_settling_time(const Mapping& mapping) {
  const bool small = mapping.system.size() <= kMostForEigenvalues;
  const core::SecondOrderSystem& system = small ? mapping.system : mapping.ideal;
  const core::NullSpace null_space = core::find_null_space(system.K);
  const core::TimeScales scales =
      core::compute_time_scales(system, null_space, core::compute_modes(system, null_space));
  if (!scales.relaxation_time) return std::nullopt;
  return -std::log(kSettledTo) * *scales.relaxation_time * mapping.design.scales.time_s;
}

/// The circuit at rest.
class Rest {
 public:
  /// Where positions are fluxes nothing has a voltage at rest.
  explicit Rest(const netlist::Design& design) : flat_(netlist::flatten(design.circuit)) {
    if (!design.has_operating_point) return;
    stamped_ = netlist::stamp(flat_);
    Eigen::SparseLU<Eigen::SparseMatrix<double>> factor(stamped_.A);
    if (factor.info() == Eigen::Success) z_ = factor.solve(stamped_.s);
    if (factor.info() == Eigen::Success && z_.allFinite()) return;
    throw RealizationError("the mapped circuit has no operating point: its equations are singular");
  }

  double heat_w() const {
    double sum = 0.0;
    for (const Element& element : flat_.elements) {
      if (element.kind != Kind::resistor) continue;
      const double volt = voltage(element.nodes[0]) - voltage(element.nodes[1]);
      sum += volt * volt / element.value;
    }
    return sum;
  }

  /// Of amplifiers' outputs, of voltage and of current sources: sum of |ampere|.
  double driven_a() const {
    double sum = 0.0;
    for (const Element& element : flat_.elements) {
      if (element.kind == Kind::current) sum += std::abs(element.value);
      const bool drives = element.kind == Kind::voltage || element.kind == Kind::nullor;
      if (drives) sum += std::abs(value("i(" + netlist::lower(element.name) + ")"));
    }
    return sum;
  }

 private:
  double voltage(const std::string& node) const {
    return netlist::is_ground(node) ? 0.0 : value(netlist::lower(node));
  }
  double value(const std::string& unknown) const {
    return z_.size() == 0 ? 0.0 : z_(stamped_.index.at(unknown));
  }

  netlist::FlatCircuit flat_;
  netlist::Descriptor stamped_;
  Eigen::VectorXd z_;
};

/// Instances of the ideal parts: how many op-amps, siemens of all transconductors, others.
struct Active {
  int opamps = 0;
  double siemens = 0.0;
  int undescribed = 0;
};

Active count_active(const netlist::Design& design) {
  Active active;
  for (const Element& element : design.circuit.elements()) {
    if (element.kind != Kind::instance) continue;
    const std::string& definition = element.references.at(0);
    if (definition == "opamp_ideal") {
      ++active.opamps;
    } else if (definition == "ota_ideal") {
      active.siemens += std::abs(element.parameters.at(0).value);
    } else if (definition != "transformer_ideal") {
      ++active.undescribed;
    }
  }
  return active;
}

Power compute_power(const Mapping& mapping, const Profile& profile,
                    std::vector<std::string>& notes) {
  const Active active = count_active(mapping.design);
  const Rest rest(mapping.design);
  Power power;
  power.resistors_w = rest.heat_w();
  const double driven = rest.driven_a();
  int undescribed = active.undescribed;
  double quiescent = 0.0;
  if (active.opamps > 0) {
    if (profile.opamp) quiescent += active.opamps * profile.opamp->supply_current_a.get();
    if (!profile.opamp) undescribed += active.opamps;
  }
  if (active.siemens > 0.0 && profile.ota) {
    quiescent += active.siemens * profile.ota->supply_current_per_gm.get();
  } else if (active.siemens > 0.0) {
    notes.push_back(fmt::format("without transconductors of {} in all: the profile has no 'ota'",
                                format_si(active.siemens, "S")));
  }
  if (undescribed > 0) {
    notes.push_back(
        fmt::format("without {} active parts, such as gyrators, that the profile does not describe",
                    undescribed));
  }
  if (quiescent == 0.0 && driven == 0.0) return power;
  const double supply = profile.supply_v.get();
  power.amplifiers_w = 2.0 * supply * quiescent;
  power.loads_w = supply * driven;
  return power;
}

void add_learning(const Mapping& mapping, std::span<const core::TargetPrior> priors,
                  EnergyReport& report) {
  if (priors.empty()) {
    report.learning_note = "not applicable: there are no data whose targets have a spread";
    return;
  }
  try {
    LearningEnergy learning;
    learning.model = core::learning_free_energy(mapping.ideal, priors).sum();
    learning.over_kT = learning.model / mapping.ideal.kT;
    learning.joule = learning.model * report.energy_scale_j;
    report.learning = learning;
  } catch (const core::ParameterError& error) {
    report.learning_note = mapping.ideal.kT == 0.0
                               ? std::string("not applicable: kT is 0")
                               : fmt::format("not applicable: {}", error.what());
  }
}

// Thermal energies are below the smallest prefix.
std::string joule(double value) {
  return value != 0.0 && std::abs(value) < 1e-15 ? fmt::format("{:.4g} J", value)
                                                 : format_si(value, "J");
}

std::string describe_noise(const EnergyReport& report) {
  const std::string natural =
      fmt::format("k_B T is {} at {:.4g} K", joule(report.natural_j), report.temperature_K);
  if (report.thermal.kT_circuit_j == 0.0) {
    return fmt::format("temperature: {}; the model asks for no noise (kT is 0)", natural);
  }
  const std::string asked =
      fmt::format("temperature: {}; the model's kT is {} in the circuit, {:.3g} times as much",
                  natural, joule(report.thermal.kT_circuit_j), report.times_natural);
  // A board's other resistors and its amplifiers make noise that is no friction's.
  if (report.thermal.injected_is_voltage) {
    return asked + fmt::format(
                       ": inject up to {} (two-sided); what the board's own parts make is "
                       "the budget's noise",
                       format_si(report.thermal.injected, "V/sqrt(Hz)"));
  }
  if (std::abs(report.times_natural - 1.0) < 0.1) return asked + ": the parts' own noise does";
  if (report.times_natural < 1.0) {
    return asked + ": the parts' own noise is more than the model's; raise the voltages";
  }
  return asked +
         fmt::format(": inject up to {} (two-sided)",
                     format_si(report.thermal.injected,
                               report.thermal.injected_is_voltage ? "V/sqrt(Hz)" : "A/sqrt(Hz)"));
}

}  // namespace

EnergyReport compute_energy_report(const Mapping& mapping, const Profile& profile,
                                   std::span<const core::TargetPrior> priors) {
  EnergyReport report;
  report.temperature_K = profile.temperature_K.get();
  report.natural_j = core::kBoltzmann * report.temperature_K;
  report.landauer_j = report.natural_j * std::numbers::ln2;
  report.energy_scale_j = mapping.design.scales.energy_j;
  report.thermal = compute_thermal_report(mapping.design, mapping.ideal.kT);
  report.times_natural = report.thermal.kT_circuit_j / report.natural_j;
  report.settling_s = find_settling_time(mapping);
  try {
    report.power = compute_power(mapping, profile, report.power_notes);
  } catch (const RealizationError& error) {
    report.power_notes = {error.what()};
  }
  if (report.power && report.settling_s)
    report.fit_j = report.power->total_w() * *report.settling_s;
  add_learning(mapping, priors, report);
  return report;
}

std::vector<std::string> describe_energy(const EnergyReport& report) {
  std::vector<std::string> lines = {
      describe_noise(report),
      fmt::format("energy scale: one unit of model energy is {}", joule(report.energy_scale_j)),
      report.settling_s
          ? fmt::format("settling: to a thousandth in {}", format_si(*report.settling_s, "s"))
          : std::string("settling: not applicable: nothing relaxes")};
  if (const auto& power = report.power) {
    lines.push_back(fmt::format("power: {}: amplifiers {}, loads {}, of them {} heat in resistors",
                                format_si(power->total_w(), "W"),
                                format_si(power->amplifiers_w, "W"), format_si(power->loads_w, "W"),
                                format_si(power->resistors_w, "W")));
  }
  for (const std::string& note : report.power_notes) {
    lines.push_back((report.power ? "power: " : "power: unknown: ") + note);
  }
  if (report.fit_j) {
    lines.push_back(fmt::format("one settled fit: {}, {:.3g} times k_B T ln 2 = {}",
                                joule(*report.fit_j), *report.fit_j / report.landauer_j,
                                joule(report.landauer_j)));
  }
  if (const auto& learning = report.learning) {
    lines.push_back(
        fmt::format("free energy of learning: {:.6g} in the model, {:.4g} kT, {} in "
                    "the circuit",
                    learning->model, learning->over_kT, joule(learning->joule)));
    if (report.fit_j && learning->joule > 0.0) {
      lines.back() +=
          fmt::format("; the fit takes {:.3g} times as much", *report.fit_j / learning->joule);
    }
  } else {
    lines.push_back("free energy of learning: " + report.learning_note);
  }
  return lines;
}

}  // namespace springspice::hw
