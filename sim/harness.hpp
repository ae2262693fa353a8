// The deck under test, with what a check adds to it: nothing in the circuit is changed.
//
// Added names begin with `springspice_`; a deck that uses such names itself is refused. A position
// that is a flux gets a non-loading integrator: a transconductor of 1 S from the node into a
// capacitor of tau farads, whose voltage is flux / tau, with its own initial value.
#pragma once

#include <complex>
#include <span>
#include <string>
#include <vector>

#include "sim/check.hpp"

namespace springspice::sim {

/// An independent source that stands for a noise source at one of its places.
struct Drive {
  std::string name;
  std::size_t source = 0;  ///< number of the noise source in the design
  double weight = 1.0;
};

class Harness {
 public:
  /// @throws netlist::NetlistError for a deck with names of the harness's.
  explicit Harness(const Checker& checker);

  /// Appends `.options` words.
  void add_options(const std::string& words);
  /// A current of 1 A and this phase into every port. @param phases_deg one a port
  void add_port_currents(std::span<const double> phases_deg);
  /// Makes the model's noise sources external: those that stand in the deck carry noise in place of
  /// their value, and passive elements get a current source beside them. The path's stream of a
  /// source is its number in the design. @param step_s between samples
  ExternalNoise add_noise(std::uint64_t seed, double step_s);
  /// Makes the model's noise sources drivable by AC (AcRun::drives), one a place where a source
  /// acts, in the order of the sources.
  std::vector<Drive> add_drives();
  /// A current source of this AC amplitude into a node; its name.
  std::string add_ac_current(const std::string& node, double ampere);
  /// `noisy=0` for every resistor of the deck that is not one of the model's noise sources. (Those
  /// inside subcircuits stay as they are.)
  void silence_resistors();
  /// Integrators for positions that are fluxes, with initial values where a transient needs them.
  void add_flux_integrators();
  /// Streams the design's read-outs too, behind positions and velocities.
  void add_readouts();

  std::string deck() const;

  /// What to stream: a vector for each position, then one for each velocity.
  const std::vector<std::string>& vectors() const { return vectors_; }

  /// Model values of one streamed point, positions and velocities by coordinate and output. In AC,
  /// where offsets do not appear, pass the angular frequency (rad/s), and fluxes are voltage/(j w).
  core::State read(std::span<const std::complex<double>> values) const;
  /// Model values of the read-outs. @pre add_readouts()
  Eigen::VectorXd read_readouts(std::span<const std::complex<double>> values) const;
  void read_ac(std::span<const std::complex<double>> values, double omega_rad_s,
               Eigen::MatrixXcd& x, Eigen::MatrixXcd& v) const;

 private:
  /// A resistor of 0 ohm as the source of 0 V that is meant.
  void write_shorts();
  /// Where the model's sources act: the deck's own independent sources, with their cards rewritten
  /// where `card` is not empty, and current sources beside all else; both end in `tail`.
  std::vector<Drive> place_sources(const std::string& tail, bool rewrite);

  const Checker& checker_;
  std::string text_;
  std::vector<std::string> vectors_;
};

}  // namespace springspice::sim
