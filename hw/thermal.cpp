#include "hw/thermal.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "hw/builder.hpp"

namespace springspice::hw {
namespace {

constexpr double kRoom_K = 300.0;

}  // namespace

ThermalReport compute_thermal_report(const netlist::Design& design, double kT) {
  ThermalReport report;
  report.kT_circuit_j = kT * design.scales.energy_j;
  report.natural_kelvin = report.kT_circuit_j / core::kBoltzmann;
  report.ratio = report.natural_kelvin / kRoom_K;
  report.natural_voltage_v = design.scales.voltage_v / std::sqrt(report.ratio);
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.own || source.density <= report.injected * report.injected) continue;
    report.injected = std::sqrt(source.density);
    const netlist::Element* part = design.circuit.find(source.incidence.front().where);
    report.injected_is_voltage = part != nullptr && part->kind == netlist::Kind::voltage;
  }
  return report;
}

std::string describe_thermal(const ThermalReport& report) {
  if (report.kT_circuit_j <= 0.0 || std::abs(report.ratio - 1.0) < 0.1) return {};
  return fmt::format(
      "signals of this size and natural thermal noise exclude each other: the model's kT is {} "
      "here, {:.3g} times k_B 300 K (resistors at {:.3g} K would make it). Inject up to {} "
      "(two-sided), as --deck-noise does, or scale a unit of {:.3g} V down to {}",
      format_si(report.kT_circuit_j, "J"), report.ratio, report.natural_kelvin,
      format_si(report.injected, report.injected_is_voltage ? "V/sqrt(Hz)" : "A/sqrt(Hz)"),
      report.natural_voltage_v * std::sqrt(report.ratio), format_si(report.natural_voltage_v, "V"));
}

void add_own_noise(netlist::Design& design, double kelvin) {
  if (!std::isfinite(kelvin) || kelvin < 0.0) {
    throw core::ParameterError(fmt::format(
        "--resistor-noise is {} K; it must be a finite temperature, 0 or more", kelvin));
  }
  if (kelvin == 0.0) return;
  for (const netlist::Element& element : design.circuit.elements()) {
    if (element.kind != netlist::Kind::resistor) continue;
    design.noise.push_back({"thermal " + element.name,
                            {{element.name, 1.0}},
                            2.0 * core::kBoltzmann * kelvin / element.value,
                            true});
  }
}

}  // namespace springspice::hw
