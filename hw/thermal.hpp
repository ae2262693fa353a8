// The temperature of a circuit: what its model asks for, and what its resistors have by nature.
//
// One unit of model energy is E0 = voltage_v^2 time_s / impedance_ohm joule, so the model's kT is
// kT E0 in the circuit, while a resistor at T kelvin has k_B T (4.14e-21 J at 300 K). Volts of
// signal and natural noise exclude each other: the ratio says how much must be injected.
#pragma once

#include <string>

#include "netlist/design.hpp"

namespace springspice::hw {

struct ThermalReport {
  double kT_circuit_j = 0.0;
  double natural_kelvin = 0.0;     ///< at which the resistors would make the model's noise
  double ratio = 0.0;              ///< kT_circuit / (k_B 300 K)
  double natural_voltage_v = 0.0;  ///< voltage scale at which 300 K would be the model's noise
  /// Largest amplitude density of the model's sources that must be injected, and its unit.
  double injected = 0.0;
  bool injected_is_voltage = false;
};

/// @param kT of the model
ThermalReport compute_thermal_report(const netlist::Design& design, double kT);

/// The report as a line for people; empty where the ratio is within 10 % of 1, or kT is 0.
std::string describe_thermal(const ThermalReport& report);

/// Adds the thermal noise of every resistor of the circuit at this temperature to the design's
/// sources, as the parts' own: 2 k_B T / R, two-sided. Those that the ideal parts hide have none.
/// @throws core::ParameterError for a temperature that is not finite or below 0
void add_own_noise(netlist::Design& design, double kelvin);

}  // namespace springspice::hw
