#include "cli/pages/poles_figure.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include "core/langevin.hpp"

namespace springspice::cli {
namespace {

using Complex = std::complex<double>;

constexpr Eigen::Index kMostStates = 400;  // of A: half a second
constexpr std::size_t kMostShown = 2000;

// Both roots, the smaller one without cancellation.
void add_roots(double gamma, double stiffness, std::vector<Complex>& poles) {
  const double half = gamma / 2.0;
  const double square = half * half - stiffness;
  if (square < 0.0) {
    poles.emplace_back(-half, std::sqrt(-square));
    poles.emplace_back(-half, -std::sqrt(-square));
    return;
  }
  const double far = half + std::sqrt(square);
  poles.emplace_back(-far, 0.0);
  poles.emplace_back(far > 0.0 ? -stiffness / far : 0.0, 0.0);
}

std::vector<Complex> solve_drift(core::SecondOrderSystem system) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  if ((overdamped ? 1 : 2) * system.size() > kMostStates) return {};
  system.noise_model = core::NoiseModel::fdt;  // A has no part in the noise
  const Eigen::MatrixXd A = core::make_langevin(system).A;
  const Eigen::VectorXcd values = Eigen::EigenSolver<Eigen::MatrixXd>(A, false).eigenvalues();
  return {values.begin(), values.end()};
}

}  // namespace

std::vector<Complex> find_poles(const core::SecondOrderSystem& system,
                                const sim::Analysis& analysis) {
  if (!analysis.modes) return solve_drift(system);
  const core::Modes& modes = *analysis.modes;
  std::vector<Complex> poles;
  for (const double stiffness : modes.stiffness) {
    if (system.dynamics == core::Dynamics::overdamped) {
      poles.emplace_back(-stiffness, 0.0);
    } else {
      add_roots(modes.friction, stiffness, poles);
    }
  }
  return poles;
}

report::Section make_poles_section(const core::SecondOrderSystem& system,
                                   const sim::Analysis& analysis) {
  report::Section section{"Poles", "", {}, {}};
  const std::vector<Complex> poles = find_poles(system, analysis);
  if (poles.empty()) {
    section.text = fmt::format("Not computed: {} coordinates are too many.", system.size());
    return section;
  }
  const core::TimeScales& scales = analysis.scales;
  section.text = scales.relaxation_time
                     ? fmt::format(
                           "Slowest motion: {:.4g} units of model time to 1/e; fastest "
                           "rate {:.4g}.",
                           *scales.relaxation_time, scales.fastest_rate)
                     : fmt::format("Nothing relaxes; fastest rate {:.4g}.", scales.fastest_rate);
  const std::size_t stride = (poles.size() + kMostShown - 1) / kMostShown;
  report::Figure figure;
  figure.title = "Poles of the model";
  figure.x_label = "real part, 1 / model time";
  figure.y_label = "imaginary part, rad / model time";
  figure.caption = fmt::format(
      "{}Left of the line motions die down: the farther, the faster; off the real axis they "
      "oscillate.",
      stride > 1 ? fmt::format("One of every {} of {}. ", stride, poles.size()) : "");
  report::Series points{.name = "poles", .kind = report::Series::Kind::points};
  double height = 0.0;
  double farthest = 0.0;
  for (std::size_t k = 0; k < poles.size(); ++k) {
    height = std::max(height, std::abs(poles[k].imag()));
    farthest = std::max(farthest, std::abs(poles[k].real()));
    if (k % stride != 0) continue;
    points.x.push_back(poles[k].real());
    points.y.push_back(poles[k].imag());
  }
  const double end = height > 0.0 ? height : farthest / 2.0;
  figure.series.push_back({.name = "limit of stability",
                           .kind = report::Series::Kind::dashed,
                           .x = {0.0, 0.0},
                           .y = {-end, end}});
  figure.series.push_back(std::move(points));
  section.figures.push_back(std::move(figure));
  return section;
}

}  // namespace springspice::cli
