// A circuit as data: elements between named nodes, subcircuit definitions, initial values.
//
// Conventions (SPICE's): node "0" is ground; names are compared without regard to case; a current
// is positive when it flows from the first node through the element to the second. All values are
// in SI units.
//
//   kind      | letter | nodes                | value            | references
//   ----------|--------|----------------------|------------------|---------------------------
//   resistor  | R      | a b                  | ohm              |
//   inductor  | L      | a b                  | henry            |
//   capacitor | C      | a b                  | farad            |
//   coupling  | K      |                      | coupling factor  | two inductors
//   voltage   | V      | + -                  | volt (DC)        |
//   current   | I      | + -                  | ampere (DC)      |
//   vcvs      | E      | out+ out- in+ in-    | volt/volt        |
//   cccs      | F      | out+ out-            | ampere/ampere    | a voltage source
//   vccs      | G      | out+ out- in+ in-    | siemens          |
//   ccvs      | H      | out+ out-            | ohm              | a voltage source
//   instance  | X      | one for each pin     |                  | a subcircuit definition
//
// This header knows no physics and no model; what a circuit stands for is written elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "netlist/name_index.hpp"

namespace springspice::netlist {

enum class Kind {
  resistor,
  inductor,
  capacitor,
  coupling,
  voltage,
  current,
  vcvs,
  cccs,
  vccs,
  ccvs,
  instance,
  nullor,  ///< only in a flattened circuit: an ideal op-amp, nodes inp inn out (see ideal.hpp)
};

/// A named number: an instance's argument, the default of a subcircuit's parameter, a `.param`.
struct Parameter {
  std::string name;
  double value = 0.0;
  /// Gives the value where it is not empty: "2*gm", without braces, as in expression.hpp. An
  /// instance's argument sees the names around the instance; a default sees the parameters before
  /// it and `.param` of the circuit; a `.param` of the circuit sees all others of the circuit.
  std::string expression = {};
};

/// The small-signal amplitude of a V or I source.
struct AcStimulus {
  double magnitude = 0.0;
  double phase_deg = 0.0;
};

/// ngspice's TRNOISE(amplitude step 0 0): independent N(0, amplitude^2) every step_s, linear in
/// between, the first 0. It adds to the DC value. ngspice draws the numbers; it cannot be seeded.
struct TransientNoise {
  double amplitude = 0.0;  ///< volt or ampere
  double step_s = 0.0;
};

/// PWL(t0 y0 t1 y1 ...): linear between the points, times ascending from 0 or later, constant
/// before the first and after the last. In `.tran` it takes the place of the DC value, which then
/// serves the operating point alone.
struct PiecewiseLinear {
  std::vector<double> time_s;
  std::vector<double> value;  ///< volt or ampere
};

/// PWL whose points stand in a file of lines "time value": `pwl file=NAME`. Nothing here reads it.
struct PiecewiseLinearFile {
  std::string file;
};

/// What a V or I source does in `.tran`.
using Waveform = std::variant<TransientNoise, PiecewiseLinear, PiecewiseLinearFile>;

struct Element {
  Kind kind = Kind::resistor;
  std::string name;  ///< first letter as in the table above
  std::vector<std::string> nodes;
  double value = 0.0;
  /// Gives the value where it is not empty, without braces: a parameter's name or arithmetic
  /// (expression.hpp). `value` then means nothing; flatten() computes it.
  std::string value_expression;
  std::vector<std::string> references;
  std::vector<Parameter> parameters;  ///< instance only
  std::optional<double> initial;      ///< `ic=`: ampere for L, volt for C
  std::optional<AcStimulus> ac;       ///< V and I only
  std::optional<Waveform> waveform;   ///< V and I only; no matrix knows of it
  bool noisy = true;                  ///< resistor only; false is written as `noisy=0`
  std::string heading;                ///< comment lines above the element, perhaps several
  std::string comment;                ///< comment at the end of the element's line
};

/// `.subckt name pins... parameters...`; elements may be of any kind, instances too.
struct Subcircuit {
  std::string name;
  std::vector<std::string> pins;
  std::vector<Parameter> parameters;
  std::vector<Parameter> locals;  ///< `.param` inside; sees the parameters and the locals before it
  std::vector<Element> elements;
  std::string heading;
};

/// `.ic v(node)=volt`.
struct InitialVoltage {
  std::string node;
  double volt = 0.0;
};

/// `.tran step stop 0 max_step uic`; the analysis that a deck brings for whoever opens it.
struct Transient {
  double step_s = 0.0;
  double stop_s = 0.0;
  double max_step_s = 0.0;
  bool use_initial = true;
};

/// `.meas tran name find v(node) at=time`, with the value that the model gives.
struct Measure {
  std::string name;
  std::string node;
  double at_s = 0.0;
  double expected = 0.0;  ///< volt
};

/// A card that no kind above stands for (a diode, a behavioural source): kept as text where the
/// reader was told to, and no part of what is stamped.
struct ForeignCard {
  std::string name;
  std::string text;  ///< continuation lines joined, without comments
};

/// Names without regard to case, as SPICE compares them.
std::string lower(std::string_view name);

/// True for "0" and, as in ngspice, for "gnd" in any case; both are global.
bool is_ground(std::string_view node);

/// A circuit. Elements keep the order in which they were added; texts made of it are in that order.
class Circuit {
 public:
  std::string title;                 ///< first line of the deck; one line
  std::string heading;               ///< comment lines below the title
  std::vector<std::string> options;  ///< words of `.options`, e.g. "noopac"
  std::vector<InitialVoltage> initial_voltages;
  std::optional<Transient> transient;
  std::vector<std::string> saved;     ///< vectors of `.save`, e.g. "v(x1)"; empty: all
  std::vector<Parameter> parameters;  ///< `.param`, in the order given; all scopes see them
  std::vector<std::string> includes;  ///< files of `.include`, for the writer alone
  std::vector<Measure> measures;
  std::vector<ForeignCard> foreign;

  /// Adds an element.
  /// @throws NetlistError for a name that is taken (in any case), whose letter does not fit the
  /// kind, or that holds characters outside [A-Za-z0-9_.#+-]; the same for node names; a wrong
  /// number of nodes or references; a value that is NaN or infinite; an R, L or C below 2.2e-308
  /// but not 0 (ngspice reads it as 0); a value_expression that is no expression; a coupling
  /// factor outside [-1, 1]; a noise step that is not above 0; a PWL whose times do not ascend; a
  /// field that the kind does not have. The circuit is then unchanged. A resistance of 0 may stand
  /// in a circuit; stamp() refuses it.
  void add(Element&& element);
  void add(const Element& element) { add(Element(element)); }

  /// The same title, cards and definitions, and no elements: for a circuit made anew, part by part.
  Circuit without_elements() const;

  /// Makes room for this many elements at once; more may follow.
  void reserve(std::size_t elements);

  /// Adds a subcircuit definition. @throws NetlistError as add(), for a pin given twice or called
  /// ground, and for a parameter whose name ngspice keeps for itself (`m`, `sin`).
  void define(Subcircuit definition);

  const std::vector<Element>& elements() const { return elements_; }
  const std::vector<Subcircuit>& definitions() const { return definitions_; }
  /// The elements themselves, of a circuit that is done with: it must not be used again.
  std::vector<Element> take_elements() && { return std::move(elements_); }

  /// The element or definition of this name (any case), or null.
  const Element* find(std::string_view name) const;
  const Subcircuit* find_definition(std::string_view name) const;

  /// Node names in order of first use, ground left out.
  std::vector<std::string> nodes() const;

 private:
  std::vector<Element> elements_;
  std::vector<Subcircuit> definitions_;
  NameIndex element_index_;
  NameIndex definition_index_;
};

/// Makers for the elements; `add(resistor("r1", "a", "0", 1e3))`.
Element resistor(std::string name, std::string a, std::string b, double ohm);
Element inductor(std::string name, std::string a, std::string b, double henry);
Element capacitor(std::string name, std::string a, std::string b, double farad);
Element coupling(std::string name, std::string inductor_1, std::string inductor_2, double factor);
Element voltage_source(std::string name, std::string plus, std::string minus, double volt);
/// The current flows from `from` through the source into `into`.
Element current_source(std::string name, std::string from, std::string into, double ampere);
/// A current gm (v(in_plus) - v(in_minus)) from `from` through the source into `into`.
Element transconductor(std::string name, std::string from, std::string into, std::string in_plus,
                       std::string in_minus, double siemens);
/// v(plus) - v(minus) = gain (v(in_plus) - v(in_minus)).
Element vcvs(std::string name, std::string plus, std::string minus, std::string in_plus,
             std::string in_minus, double gain);
/// `gain` times the current of a voltage source flows from `from` through the element into `into`.
Element cccs(std::string name, std::string from, std::string into, std::string voltage_source,
             double gain);
/// v(plus) - v(minus) = ohm times the current of a voltage source.
Element ccvs(std::string name, std::string plus, std::string minus, std::string voltage_source,
             double ohm);
Element instance(std::string name, std::vector<std::string> nodes, std::string definition,
                 std::vector<Parameter> parameters = {});

}  // namespace springspice::netlist
