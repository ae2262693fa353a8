// How the values of a circuit's parts follow the scales.
//
// Every value is a product of powers of the scales (scaling.hpp), so that in logarithms
//
//     log(value of part q) = log_value_q + powers_q^T (y - base)
//
//   symbol | meaning
//   -------|---------------------------------------------------------------------------------
//   y      | logarithms of tau, Z0, s_x, s_v, the integrators' resistor (gmc: 1/siemens), and the
//          | resistor of which only the ratio counts
//
// The powers are those that the circuits show: each scale in turn is doubled, and the circuit made
// again. So no formula of a topology stands here a second time.
#pragma once

#include <string>
#include <vector>

#include "hw/mapping/profile.hpp"
#include "hw/realization.hpp"

namespace springspice::hw {

enum Scale { kTime, kImpedance, kPosition, kVelocity, kIntegrator, kUnity, kScaleCount };
using ScaleLogs = Eigen::Matrix<double, kScaleCount, 1>;

struct ScaledPart {
  netlist::Part part;
  netlist::Kind kind = netlist::Kind::resistor;  ///< instance: a transconductor, by its gm
  double log_value = 0.0;                        ///< of |value|, SI, at the base
  ScaleLogs powers = ScaleLogs::Zero();
};

struct ScaledParts {
  ScaleLogs base;
  std::vector<ScaledPart> parts;       ///< in the circuit's order; noise is left out
  bool positions_are_voltages = true;  ///< else fluxes, which no swing limits
  std::vector<Scale> given;            ///< scales that the request fixes

  double value(const ScaledPart& part, const ScaleLogs& y) const;
};

/// The system in the coordinates that the circuit holds, positions less the offset of their output:
/// f - K offset, where what is rounding is 0. @pre request.literal is false
core::SecondOrderSystem shift_system(const core::SecondOrderSystem& system, const Request& request);

/// The request at these scales, on the profile's board, without offset: for shifted systems.
Request request_at(const ScaleLogs& y, const core::SecondOrderSystem& system,
                   const Request& request, const Profile& profile);

/// @param shifted without noise
ScaledParts find_scaled_parts(const core::SecondOrderSystem& shifted, const Request& request,
                              const Profile& profile);

/// The magnitude of what a part's value is: ohm, farad, henry, siemens, ampere.
double value_of(const netlist::Element& element);
const char* unit_of_part(netlist::Kind kind);
/// True where the term that a part stands for grows with its value: capacitors, transconductors,
/// current sources; else it is inverse to it.
bool is_proportional(netlist::Kind kind);

/// The profile's parts of this kind. @throws RealizationError where it has none
const PartClass& class_of(const Profile& profile, netlist::Kind kind);
/// "resistor": the key of that class.
const char* class_key(netlist::Kind kind);

/// "K(2_3,2_4) = 0.5", "integrator": what a part stands for.
std::string describe_part(const core::SecondOrderSystem& system, const netlist::Part& part);

}  // namespace springspice::hw
