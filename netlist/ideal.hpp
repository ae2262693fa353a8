// The ideal active parts, as subcircuits that a designer can replace by real ones of the same pins.
//
//   opamp_ideal inp inn out            G 0 out inp inn 1e12: one transconductor into the output.
//                                      Virtual ground by current, not by voltage gain, which errs
//                                      by 2e-9 at 1e12 because ngspice's pivoting suffers. Loads of
//                                      1 mS leave 1e-15 V at the summing node: no gain is seen.
//   ota_ideal inp inn out gm=1         a current gm (v(inp) - v(inn)) into `out`.
//   gyrator_ideal p1 n1 p2 n2 g=1      a current g v1 into p2 (out of n2), and g v2 out of p1 (into
//                                      n1), with v1 = v(p1) - v(n1) and v2 = v(p2) - v(n2):
//                                      lossless, power g v1 v2 - g v1 v2 = 0.
//   transformer_ideal p1 n1 p2 n2 n=1  v2 = n v1, and for the current j out of p2 (back into n2) a
//                                      current n j into p1 (out of n1): lossless, v1 n j = v2 j.
//                                      Several secondaries in series add up n v1. For boards, where
//                                      it is wound: ngspice takes long beyond some 5x5 nodes.
#pragma once

#include "netlist/circuit.hpp"

namespace springspice::netlist {

Subcircuit ideal_opamp();
Subcircuit ideal_ota();
Subcircuit ideal_gyrator();
Subcircuit ideal_transformer();

/// True for a definition that is an ideal op-amp: the name `opamp_ideal`, three pins, one single
/// transconductor from ground into `out` controlled by (inp, inn), of at least 1e6 S. Anything else
/// is just a subcircuit.
bool is_ideal_opamp(const Subcircuit& definition);

}  // namespace springspice::netlist
