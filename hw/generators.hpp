// Noise that the circuit's own resistors do not make: generators, and parts that bring their noise
// into the nodes.
//
// A generator is a voltage source from node g<tag> to ground; a part of conductance (or
// transconductance) y from there drives the current y V into a coordinate's node. With one density
// S_V for all generators, source q of the force (core/langevin.hpp) with incidence h and density s
// takes
//
//     y_i = h_i I0 sqrt(s tau / S_V)        I0 ampere a unit of force, tau second a unit of time
//
// so every generator is the same instrument, and the parts carry the weights; S_V puts the mean of
// the parts at the centre of their range. In the deck a generator has 0 V, until noise is asked
// for.
//
// Where all parts are to have one value R (Surroundings::noise_ohm), the generators carry the
// weights, S_V = s tau (I0 R)^2 each, and the sources are such that |h_i| is 1: two coordinates
// share one for each D_ij, and each has one for what its row leaves,
//
//     D = sum_(i<j) |D_ij| (e_i +- e_j)(e_i +- e_j)^T + sum_i (D_ii - sum_j |D_ij|) e_i e_i^T
#pragma once

#include <functional>

#include "hw/builder.hpp"

namespace springspice::hw {

struct Generator {
  std::string tag;   ///< "t0__1": translation of the stick between two nodes; r rotation, n a node
  std::string node;  ///< "gt0__1"
};

/// Adds the generators of the system's force noise, and lists them as the design's noise. None
/// where kT or the friction is 0.
/// @throws RealizationError with noise_ohm, for noise that is not fdt and a D that is not
/// diagonally dominant (names the row)
/// @param inject connects a generator to coordinate i of output p with a conductance y, which may
/// be negative
using Inject = std::function<void(const Generator&, Eigen::Index i, Eigen::Index p, double y)>;
void add_generators(Builder& builder, const Inject& inject);

}  // namespace springspice::hw
