#include "netlist/runnable.hpp"

#include <utility>

namespace springspice::netlist {

Circuit make_runnable(const Circuit& circuit) {
  Circuit out;
  out.title = circuit.title;
  out.heading = circuit.heading;
  out.options = circuit.options;
  out.initial_voltages = circuit.initial_voltages;
  out.transient = circuit.transient;
  out.parameters = circuit.parameters;
  for (const Subcircuit& definition : circuit.definitions()) {
    Subcircuit silent = definition;
    for (Element& element : silent.elements) element.waveform.reset();
    out.define(std::move(silent));
  }
  for (Element element : circuit.elements()) {
    element.waveform.reset();
    out.add(std::move(element));
  }
  return out;
}

}  // namespace springspice::netlist
