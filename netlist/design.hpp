// A circuit that stands for something: how to read it, where to drive it, where its noise enters.
//
// This is all that passes from who makes a circuit to who runs it, in plain circuit terms:
//
//   probe:  value = gain * q + offset, where q is a node's voltage, or its flux, the time integral
//           of the node's voltage (weber), with q = 0 standing for value = offset
//   port:   a current of 1 ampere driven into the node is a force of `gain`
//   noise:  a white source of two-sided density `density` (A^2/Hz or V^2/Hz), which acts at each of
//           its incidence entries, with their weights: as a current into a node; as a current
//           through a passive element, into its first node and out of its second; as an addition
//           to the value of an independent source
//   time:   one unit of the value's time is `time_scale_s` seconds
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

struct Probe {
  enum class Kind { position, velocity };
  enum class Quantity { voltage, flux };
  std::string node;
  Kind kind = Kind::position;
  Quantity quantity = Quantity::voltage;
  std::vector<int> index;  ///< of the coordinate, e.g. {2, 3}
  int coordinate = 0;      ///< the same, as one number counted from 0
  int output = 0;          ///< counted from 0
  double gain = 1.0;
  double offset = 0.0;
};

/// A node whose voltage is a weighted sum of the positions of one output, such as a prediction (or
/// of its velocities, where those are what is sampled):
/// sum of weight x coordinate = gain * v(node) + offset.
struct Readout {
  std::string node;
  int query = 0;   ///< row of the query, counted from 0
  int output = 0;  ///< counted from 0
  double gain = 1.0;
  double offset = 0.0;
  std::vector<std::pair<int, double>> weights;  ///< coordinate, weight
  Probe::Kind kind = Probe::Kind::position;     ///< what is summed
};

/// A part of the circuit whose value stands for a term of the equations of motion
///
///     sum_j M_ij x_j'' + D_ij x_j' + K_ij x_j = f_i
///
/// or for one of the constants that all of them share. Its coefficient is proportional to the
/// part's value where that is a capacitance or a transconductance, else inversely; so what other
/// values make of the equations can be said without solving the circuit.
struct Part {
  enum class Role {
    mass,       ///< of M
    damping,    ///< of D
    stiffness,  ///< of K
    force,      ///< of f
    rate,       ///< an integrator's resistor, transconductor or capacitor: x' = v
    unity,      ///< of two equal values, such as an inverter's resistors: only their ratio counts
    weight,     ///< of a read-out: row is the query, column the coordinate
    noise,      ///< brings a noise source into coordinate `row`
    turns,      ///< a gyrator's gain or a transformer's ratio: row is the spring
  };
  std::string element = {};
  Role role = Role::mass;
  int row = -1;     ///< coordinate, from 0
  int column = -1;  ///< coordinate, from 0
  int output = 0;   ///< from 0
  /// Model value that the part stands for; its matrix is the sum over the parts of one output of
  /// coefficient l l^T where there is a combination l, else of the entry (row, column).
  double coefficient = 0.0;
  std::vector<std::pair<int, double>> combination = {};  ///< coordinate, factor
};

struct Port {
  std::string node;
  int coordinate = 0;
  int output = 0;
  double gain = 1.0;
};

struct Incidence {
  std::string where;  ///< a node or an element
  double weight = 1.0;
};

struct NoiseSource {
  std::string name;
  std::vector<Incidence> incidence;
  double density = 0.0;
  /// Not noise of the model's: the thermal noise of a part, at the temperature of the room.
  bool own = false;
};

/// What one model unit is in SI.
struct Scales {
  double time_s = 1.0;
  double impedance_ohm = 1.0;
  double voltage_v = 1.0;   ///< of a unit of velocity; of position where there is no velocity
  double energy_j = 1.0;    ///< voltage_v^2 time_s / impedance_ohm
  double position_v = 1.0;  ///< of a unit of position, where positions are voltages
};

struct Design {
  Circuit circuit;
  std::string realization;
  Scales scales;
  std::vector<Probe> probes;
  std::vector<Port> ports;
  std::vector<Readout> readouts;
  std::vector<NoiseSource> noise;
  std::vector<Part> parts;           ///< where they were asked for
  bool has_operating_point = false;  ///< the DC solution is the settled circuit
};

}  // namespace springspice::netlist
