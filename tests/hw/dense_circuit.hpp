// A design against its system through complex solves of the whole circuit: no reduction, no
// integration, no engine.
//
// The flattened circuit E z' + A z = s answers at a complex frequency: to its initial values and DC
// sources, (p E + A) Z = E z0 + s / p; to a port's current; to each noise source. What the probes
// and read-outs show of that is compared with the model's answer at p tau. So one number holds for
// M, D, K, f, initial values, probes, ports, read-outs and noise.
#pragma once

#include <algorithm>
#include <complex>
#include <memory>
#include <stdexcept>

#include <Eigen/LU>
#include <Eigen/SparseLU>

#include "core/langevin.hpp"
#include "netlist/flatten.hpp"
#include "netlist/stamp.hpp"
#include "tests/hw/small_system.hpp"

namespace springspice::test {

using Complex = std::complex<double>;

class DenseCircuit {
 public:
  DenseCircuit(const core::SecondOrderSystem& system, const core::State& initial,
               const netlist::Design& design)
      : system_(system), initial_(initial), design_(design) {
    circuit_ = netlist::stamp(netlist::flatten(design.circuit));
  }

  /// Largest difference of any probe's or read-out's answer from the model's, relative to the
  /// largest answer, at the complex frequency p (model units).
  double free_response_error(Complex p) const {
    const Complex p_si = p / design_.scales.time_s;
    Eigen::VectorXd start = Eigen::VectorXd::Zero(circuit_.s.size());
    for (std::size_t k = 0; k < circuit_.initial.size(); ++k) {
      start(static_cast<Eigen::Index>(k)) = circuit_.initial[k].value_or(0.0);
    }
    const Eigen::VectorXcd right =
        (circuit_.E * start).eval().cast<Complex>() + circuit_.s.cast<Complex>() / p_si;
    const Eigen::VectorXcd z = factorise(p_si).solve(right) / design_.scales.time_s;
    const Eigen::MatrixXcd force = system_.f.cast<Complex>() / p;
    Eigen::MatrixXcd drive = force + (system_.D * initial_.x).cast<Complex>();
    if (moves()) {
      drive += (system_.M * initial_.v).cast<Complex>() + p * (system_.M * initial_.x);
    }
    const Eigen::MatrixXcd X = transfer(p) * drive;
    return compare(z, p, X, p * X - initial_.x.cast<Complex>(), 1.0 / p);
  }

  /// The same of the answers to one ampere into each port.
  double port_error(Complex p) const {
    double worst = 0.0;
    const Eigen::MatrixXcd H = transfer(p);
    const Solver solver = factorise(p / design_.scales.time_s);
    for (const netlist::Port& port : design_.ports) {
      Eigen::VectorXcd right = Eigen::VectorXcd::Zero(circuit_.s.size());
      right(circuit_.node(port.node)) = 1.0;
      Eigen::MatrixXcd X = Eigen::MatrixXcd::Zero(system_.size(), system_.outputs());
      X.col(port.output) = H.col(port.coordinate) * port.gain;
      worst = std::max(worst, compare(solver.solve(right), p, X, p * X, 0.0));
    }
    return worst;
  }

  /// Largest difference of the spectral matrix of one output's probed velocities (overdamped:
  /// positions) from the model's, relative to its largest entry, at the angular frequency omega.
  double noise_error(double omega, int output) const {
    const Complex p(0.0, omega);
    const Eigen::Index nu = system_.size();
    const Solver solver = factorise(p / design_.scales.time_s);
    Eigen::MatrixXcd spectrum = Eigen::MatrixXcd::Zero(nu, nu);
    for (const netlist::NoiseSource& source : design_.noise) {
      if (source.own) continue;
      const Eigen::VectorXcd z = solver.solve(injection(source).cast<Complex>());
      Eigen::VectorXcd value = Eigen::VectorXcd::Zero(nu);
      for (const netlist::Probe& probe : design_.probes) {
        if (probe.output != output || is_secondary(probe)) continue;
        value(probe.coordinate) = probe.gain * z(circuit_.node(probe.node));
      }
      spectrum += source.density / design_.scales.time_s * value * value.adjoint();
    }
    const core::ForceNoise noise = core::make_force_noise(system_);
    const Eigen::MatrixXd h = Eigen::MatrixXd(noise.incidence);
    const Eigen::MatrixXcd force = (h * noise.density.asDiagonal() * h.transpose()).cast<Complex>();
    const Eigen::MatrixXcd H = (moves() ? p : Complex(1.0)) * transfer(p);
    const Eigen::MatrixXcd expected = H * force * H.adjoint();
    const double scale = expected.cwiseAbs().maxCoeff();
    return (spectrum - expected).cwiseAbs().maxCoeff() / (scale > 0.0 ? scale : 1.0);
  }

 private:
  bool moves() const { return system_.dynamics == core::Dynamics::underdamped; }
  bool is_secondary(const netlist::Probe& probe) const {
    return moves() && probe.kind == netlist::Probe::Kind::position;
  }

  using SparseComplex = Eigen::SparseMatrix<Complex>;
  using Factor = Eigen::SparseLU<SparseComplex>;

  // Rows are scaled, since KCL rows are in siemens and branch rows in one and ohm.
  struct Solver {
    Eigen::VectorXd scale;
    std::unique_ptr<Factor> factor;
    Eigen::VectorXcd solve(const Eigen::VectorXcd& right) const {
      return factor->solve(scale.cwiseProduct(right).eval());
    }
  };
  Solver factorise(Complex p_si) const {
    SparseComplex matrix = circuit_.A.cast<Complex>() + p_si * circuit_.E.cast<Complex>();
    Solver solver;
    solver.scale = Eigen::VectorXd::Zero(matrix.rows());
    for (Eigen::Index k = 0; k < matrix.outerSize(); ++k) {
      for (SparseComplex::InnerIterator it(matrix, k); it; ++it) {
        solver.scale(it.row()) = std::max(solver.scale(it.row()), std::abs(it.value()));
      }
    }
    solver.scale = solver.scale.cwiseInverse();
    matrix = solver.scale.asDiagonal() * matrix;
    solver.factor = std::make_unique<Factor>(matrix);
    if (solver.factor->info() != Eigen::Success) throw std::runtime_error("singular circuit");
    return solver;
  }

  Eigen::MatrixXcd transfer(Complex p) const {
    Eigen::MatrixXcd stiffness = Eigen::MatrixXd(system_.K).cast<Complex>();
    stiffness += p * Eigen::MatrixXd(system_.D);
    if (moves()) stiffness += p * p * Eigen::MatrixXd(system_.M);
    return stiffness.inverse();
  }

  Eigen::VectorXd injection(const netlist::NoiseSource& source) const {
    using netlist::Kind;
    Eigen::VectorXd right = Eigen::VectorXd::Zero(circuit_.s.size());
    const auto into = [&](const std::string& node, double ampere) {
      if (!netlist::is_ground(node)) right(circuit_.node(node)) += ampere;
    };
    for (const auto& [where, weight] : source.incidence) {
      const netlist::Element* element = design_.circuit.find(where);
      if (element == nullptr) {
        into(where, weight);
      } else if (element->kind == Kind::voltage) {
        right(circuit_.index.at("i(" + netlist::lower(element->name) + ")")) += weight;
      } else {
        const bool current = element->kind == Kind::current;
        into(element->nodes[current ? 1 : 0], weight);
        into(element->nodes[current ? 0 : 1], -weight);
      }
    }
    return right;
  }

  // X and V are the model's answers; `constant` is that of a value of 1.
  double compare(const Eigen::VectorXcd& z, Complex p, const Eigen::MatrixXcd& X,
                 const Eigen::MatrixXcd& V, Complex constant) const {
    double worst = 0.0;
    for (const netlist::Probe& probe : design_.probes) {
      Complex shown = z(circuit_.node(probe.node));
      if (probe.quantity == netlist::Probe::Quantity::flux) {
        // The flux that the node starts with is not in the circuit.
        const double start = (initial_.x(probe.coordinate, probe.output) - probe.offset);
        shown = shown * design_.scales.time_s / p + start * constant / probe.gain;
      }
      const bool position = probe.kind == netlist::Probe::Kind::position;
      const Eigen::MatrixXcd& expected = position ? X : V;
      const Complex value = probe.gain * shown + probe.offset * constant;
      worst = std::max(worst, std::abs(value - expected(probe.coordinate, probe.output)) /
                                  expected.cwiseAbs().maxCoeff());
    }
    for (const netlist::Readout& readout : design_.readouts) {
      const Eigen::MatrixXcd& summed = readout.kind == netlist::Probe::Kind::position ? X : V;
      Complex expected = 0.0;
      for (const auto& [coordinate, weight] : readout.weights) {
        expected += weight * summed(coordinate, readout.output);
      }
      const Complex value =
          readout.gain * z(circuit_.node(readout.node)) + readout.offset * constant;
      worst = std::max(worst, std::abs(value - expected) / summed.cwiseAbs().maxCoeff());
    }
    return worst;
  }

  const core::SecondOrderSystem& system_;
  const core::State& initial_;
  const netlist::Design& design_;
  netlist::Descriptor circuit_;
};

/// The largest of all errors, at a few frequencies about those of the system.
inline double dense_error(const core::SecondOrderSystem& system, const core::State& initial,
                          const netlist::Design& design) {
  const DenseCircuit circuit(system, initial, design);
  double worst = 0.0;
  for (const Complex p : {Complex(0.3, 0.7), Complex(0.05, 2.1), Complex(1.9, 0.2)}) {
    worst = std::max({worst, circuit.free_response_error(p), circuit.port_error(p)});
  }
  if (system.kT == 0.0) return worst;
  for (int p = 0; p < system.outputs(); ++p) {
    for (const double omega : {0.4, 1.7}) worst = std::max(worst, circuit.noise_error(omega, p));
  }
  return worst;
}

}  // namespace springspice::test
