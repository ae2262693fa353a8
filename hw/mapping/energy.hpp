// What a mapped circuit's physics says: its temperature, how long it settles, what a fit costs.
//
//   natural    k_B T of the parts, against the model's kT in the circuit, kT E0
//   settled    each mode within a thousandth of its start: ln(1000) slowest relaxation times
//   power      amplifiers: supply current x both supplies (transconductors: by their gm)
//              loads:      supply x |current| of every amplifier's output, reference and current
//                          source in the settled circuit; heat in resistors is a part of it
//   fit        power x settling time, beside k_B T ln 2 and beside the free energy of learning
//              (core/learning_free_energy.hpp), which is the model's: in joule by E0
//
// What the profile leaves unspecified makes the power unknown, and says which figure it was.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/learning_free_energy.hpp"
#include "hw/mapping/mapping.hpp"
#include "hw/thermal.hpp"

namespace springspice::hw {

struct Power {
  double amplifiers_w = 0.0;
  double loads_w = 0.0;
  double resistors_w = 0.0;  ///< in loads_w
  double total_w() const { return amplifiers_w + loads_w; }
};

struct LearningEnergy {
  double model = 0.0;    ///< sum over the outputs, model units
  double over_kT = 0.0;  ///< the same in units of kT
  double joule = 0.0;    ///< model E0
};

struct EnergyReport {
  double temperature_K = 0.0;
  double natural_j = 0.0;       ///< k_B T
  double landauer_j = 0.0;      ///< k_B T ln 2
  double energy_scale_j = 0.0;  ///< E0
  ThermalReport thermal;        ///< the model's kT in joule, what must be injected
  double times_natural = 0.0;   ///< kT E0 / (k_B T)

  std::optional<double> settling_s;  ///< none where nothing relaxes
  std::optional<Power> power;
  std::vector<std::string> power_notes;  ///< why it is unknown, what it leaves out
  std::optional<double> fit_j;           ///< power x settling time

  std::optional<LearningEnergy> learning;
  std::string learning_note;  ///< why there is none
};

/// @param priors of the targets, one an output; empty where there are no data
/// @throws RealizationError where the profile's temperature is unspecified
EnergyReport compute_energy_report(const Mapping& mapping, const Profile& profile,
                                   std::span<const core::TargetPrior> priors);

/// Lines for people.
std::vector<std::string> describe_energy(const EnergyReport& report);

}  // namespace springspice::hw
