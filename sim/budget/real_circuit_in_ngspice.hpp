// The same questions as real_circuit.hpp asks, put to ngspice: written deck, own matrices, own
// integration. So that the numbers of a budget can be held against another program's.
//
//   settled    `.op`, or a transient to the time at which it is read
//   run        BDF2 on a grid, some steps for each point asked for
//   variances  `.ac` from each noise source to each position, |H|^2 summed up, and integrated over
//              ln f by the trapezoidal rule, with a spectrum that is flat below the first frequency
//              and falls as 1/f^2 above the last. Between them it is exact up to
//              exp(-2 pi angle / step), step in ln f and the angle 1/(2 Q) for a resonance
//
// The circuit may include a vendor's model, of which this program knows nothing; the file is then
// named by an absolute path. A grid needs steps that all converge: a nonlinear model is asked for
// its settled state, not for its path.
#pragma once

#include <complex>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "netlist/design.hpp"
#include "sim/engine.hpp"

namespace springspice::sim {

class RealCircuitInNgspice {
 public:
  /// Arguments as RealCircuit's.
  /// @throws EngineError where there is no engine; netlist::NetlistError for a coordinate without a
  /// probe, and for a circuit that cannot be written
  RealCircuitInNgspice(const netlist::Design& design, Eigen::Index coordinates,
                       Eigen::Index outputs, Eigen::MatrixXd start = {},
                       const EngineOptions& options = {});
  RealCircuitInNgspice(const RealCircuitInNgspice&) = delete;
  RealCircuitInNgspice& operator=(const RealCircuitInNgspice&) = delete;

  /// @param steps of the transient, where there is no operating point
  Eigen::MatrixXd settled(double read_at, std::size_t steps = 4000) const;

  void run(double end, std::size_t steps,
           const std::function<void(double time, const Eigen::MatrixXd& x)>& on_point) const;

  /// Variance of each position, nu x m, from the spectrum between two frequencies (Hz).
  Eigen::MatrixXd noise_variances(bool own_only, double low_hz, double high_hz,
                                  int points_a_decade = 40) const;

 private:
  struct Drive {
    std::string name;  // of a source, as ngspice calls it
    std::size_t source;
    double weight;
  };
  std::string body() const;
  void add_flux_integrators(std::string& deck, std::vector<std::string>& vectors) const;
  std::vector<Drive> add_drives(std::string& deck, bool own_only) const;
  Eigen::MatrixXd read(const std::vector<std::complex<double>>& values) const;

  netlist::Design design_;
  Eigen::Index nu_, m_;
  Eigen::MatrixXd start_;
  std::vector<const netlist::Probe*> positions_;
  std::vector<std::string> nodes_;
  mutable Engine engine_;
};

}  // namespace springspice::sim
