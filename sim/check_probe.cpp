// `probe`: random currents at every port, three frequencies, complex responses.
//
//     (-w^2 M + j w D + K) X = F,  V = j w X        (overdamped: (j w D + K) X = F)
//
// In exact arithmetic a wrong entry of M, D or K is seen with probability one.
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/SparseLU>
#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/check.hpp"
#include "sim/harness.hpp"

namespace springspice::sim {
namespace {

using Complex = std::complex<double>;
using ComplexMatrix = Eigen::SparseMatrix<Complex>;

constexpr std::uint64_t kPhaseStream = 0x7068;
constexpr std::uint64_t kFrequencyStream = 0x6672;

// One frequency in each third of the band from the slowest to the fastest mode, log-uniform: a
// random one never falls on an undamped resonance.
std::vector<double> choose_frequencies(const core::TimeScales& scales, std::uint64_t seed) {
  // Without springs and friction nothing sets a scale, and the unit of time does as well as any.
  const double only = scales.fastest_rate > 0.0 ? scales.fastest_rate : 1.0;
  const double slowest = scales.slowest_frequency > 0.0 ? scales.slowest_frequency : only;
  const double fastest = std::max(scales.fastest_frequency, slowest);
  const double band = std::max(std::log(fastest / slowest), std::log(2.0));
  std::vector<double> frequencies;
  for (std::uint64_t k = 0; k < 3; ++k) {
    const double at = (static_cast<double>(k) + core::uniform(seed, kFrequencyStream, k)) / 3.0;
    frequencies.push_back(slowest * std::exp(at * band));
  }
  return frequencies;
}

Eigen::MatrixXcd solve_response(const core::SecondOrderSystem& system, double omega,
                                const Eigen::MatrixXcd& force) {
  const Complex j(0.0, 1.0);
  ComplexMatrix matrix = system.K.cast<Complex>() + (j * omega) * system.D.cast<Complex>();
  if (system.dynamics == core::Dynamics::underdamped) {
    matrix -= Complex(omega * omega) * system.M.cast<Complex>();
  }
  matrix.makeCompressed();
  Eigen::SparseLU<ComplexMatrix> solver(matrix);
  if (solver.info() != Eigen::Success) {
    return Eigen::MatrixXcd::Constant(force.rows(), force.cols(),
                                      std::numeric_limits<double>::infinity());
  }
  Eigen::MatrixXcd response = solver.solve(force);
  // One step of refinement keeps the reference's own rounding out of the comparison.
  const Eigen::MatrixXcd correction = solver.solve(Eigen::MatrixXcd(force - matrix * response));
  return response + correction;
}

// The largest difference relative to the largest value of its kind.
double compare(const Eigen::MatrixXcd& circuit, const Eigen::MatrixXcd& model) {
  if (model.size() == 0) return 0.0;
  if (!circuit.allFinite() || !model.allFinite()) return std::numeric_limits<double>::infinity();
  return (circuit - model).cwiseAbs().maxCoeff() / model.cwiseAbs().maxCoeff();
}

double probe_at(Checker& checker, double omega, std::uint64_t number) {
  const core::SecondOrderSystem& system = checker.problem.system;
  const std::size_t count = checker.probes.ports.size();
  std::vector<double> phases(count);
  Eigen::MatrixXcd force(system.size(), system.outputs());
  for (std::size_t c = 0; c < count; ++c) {
    phases[c] = 360.0 * core::uniform(checker.seed, kPhaseStream + number, c);
    const auto i = static_cast<Eigen::Index>(c);
    force(i % system.size(), i / system.size()) =
        checker.probes.ports[c]->gain * std::polar(1.0, phases[c] * std::numbers::pi / 180.0);
  }
  Harness harness(checker);
  harness.add_options("noopac");
  harness.add_port_currents(phases);
  const double tau = checker.problem.design.scales.time_s;
  const double frequency_hz = omega / (2.0 * std::numbers::pi * tau);

  const Eigen::MatrixXcd x = solve_response(system, omega, force);
  const Eigen::MatrixXcd v = Complex(0.0, omega) * x;
  double worst = std::numeric_limits<double>::infinity();
  checker.run({harness.deck(), AcRun{{frequency_hz}, {}}, harness.vectors()},
              [&](double, std::span<const Complex> values) {
                Eigen::MatrixXcd circuit_x;
                Eigen::MatrixXcd circuit_v;
                harness.read_ac(values, omega / tau, circuit_x, circuit_v);
                worst = compare(circuit_x, x);
                if (circuit_v.size() > 0) worst = std::max(worst, compare(circuit_v, v));
              });
  return worst;
}

}  // namespace

Check check_probe(Checker& checker) {
  Check check;
  check.name = "probe";
  check.limit = 1e-10;
  check.origin = "rounding of two sparse solves; 1e-15 to 1e-12 has been measured";
  const std::vector<double> frequencies = choose_frequencies(checker.analysis.scales, checker.seed);
  for (std::uint64_t k = 0; k < frequencies.size(); ++k) {
    check.value = std::max(check.value, probe_at(checker, frequencies[k], k));
  }
  decide(check);
  check.detail =
      fmt::format("{} ports driven at once at {:.4g}, {:.4g} and {:.4g} rad per unit time",
                  checker.probes.ports.size(), frequencies[0], frequencies[1], frequencies[2]);
  return check;
}

}  // namespace springspice::sim
