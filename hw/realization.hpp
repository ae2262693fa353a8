// From a second-order system to a circuit that obeys the same equations.
//
//   name    | M              | D              | K                            | reads positions as
//   --------|----------------|----------------|------------------------------|--------------------
//   opamp   | capacitors     | resistors      | resistors from position      | voltages
//           | into summing nodes of one op-amp a node; integrator and inverter a node
//   opamp,  | (D: capacitor) | capacitors     | resistors                    | voltages
//   overd.  | one op-amp and one capacitor a node
//   gmc     | capacitors     | resistors      | transconductors              | voltages
//   rlc     | capacitors     | resistors      | inductors (direct);          | fluxes
//           |                |                | capacitors behind gyrators;  |
//           |                |                | inductors behind             |
//           |                |                | transformers; coupled coils  |
//   charge  | coupled        | resistors      | capacitors, one a spring     | fluxes of nodes
//           | inductors      |                |                              | that show currents
//   spu     | capacitors     | resistors      | inductors; the system is that of spu.hpp: make it
//           |                |                | with make_posterior()        | fluxes
//
// Equations and scales: scaling.hpp; signs of gmc and rlc: signs.hpp; positions are stored less the
// offset of their output, which changes f to f - K offset. Every R, L and C is positive, or the
// realization refuses. Sources: design after Figotin, arXiv 2008.11013 (circuits from a quadratic
// Lagrangian), and standard analog computing.
//
// Nodes: v2_3 and x2_3 are velocity and position of grid node (2, 3), indices from 0, both times
// the sign s_i in gmc and rlc (in the probes' gain); with several outputs y1, y2... follow.
// Elements carry the same indices: rk2_3__2_4 is the resistor of K between the two.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/springs.hpp"
#include "core/system.hpp"
#include "hw/scaling.hpp"
#include "netlist/design.hpp"

namespace springspice::hw {

enum class Topology { opamp, gmc, rlc, charge, spu };
enum class Coupling { automatic, direct, gyrator, transformer };

const char* to_string(Topology topology);

/// Literal springs that a circuit may have: each is an amplifier or a storage element for each
/// output, and beyond this nobody reads the deck; condensed springs are the same circuit.
constexpr std::size_t kMostLiteralSprings = 10'000;

/// True where springs are always parts of their own, so that a request should bring them.
bool keeps_springs(Topology topology);

/// A weighted sum of the positions of an output, such as a prediction: coordinate, weight.
struct Query {
  std::vector<std::pair<int, double>> weights;
};

/// What a board brings beside its parts, and the values of those parts that are free.
struct Surroundings {
  double reference_v = 1.0;  ///< of the sources of f, positive and negative
  double supply_v = 5.0;     ///< positive and negative
  /// Of all resistors of which only the ratio counts; none: the centre of the range.
  std::optional<double> unity_ohm;
  /// An integrator's resistor (gmc: 1 / its transconductance); none: it and its capacitor are
  /// equally far from the centres of their ranges.
  std::optional<double> integrator_ohm;
  /// Of all parts that bring generators' noise in (generators.hpp); none: by the noise's weights.
  std::optional<double> noise_ohm;
};

struct Request {
  Topology topology = Topology::opamp;
  Coupling coupling = Coupling::automatic;
  /// With Coupling::transformer: coupled coils, with factors up to this one, in place of ideal
  /// transformers.
  std::optional<double> coupling_factor;
  Range range = Range::board;
  std::optional<PartRanges> own_ranges;  ///< in place of those of `range`
  Surroundings surroundings;
  ScaleChoice scales;
  Swing swing;
  core::State initial;
  /// The springs whose sum is K, for the forms that keep them as parts; empty: K is factorised.
  std::span<const core::Spring> springs;
  /// Each spring is a part of its own whose anchor is a source: one a data point, so that the
  /// circuit shows residuals, and f is in the anchors. The springs must sum to K and f.
  bool literal = false;
  /// What nodes q1, q2... show, for each output.
  std::span<const Query> queries;
  std::string title = "springspice";
  /// Model time of the deck's own `.tran`.
  double step = 0.0;
  double end = 0.0;
  /// Fills Design::parts.
  bool list_parts = false;

  PartRanges ranges() const { return own_ranges.value_or(part_ranges(range)); }
};

/// The circuit with its probes, ports, noise sources and scales.
/// @throws RealizationError where the topology cannot carry the system: names the entries and says
/// which realization to take.
netlist::Design realize(const core::SecondOrderSystem& system, const Request& request);

/// Parts whose value lies outside the chosen range, as a line for people; empty if all lie inside.
std::string describe_range_violations(const netlist::Design& design, Range range);

}  // namespace springspice::hw
