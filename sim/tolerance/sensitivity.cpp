#include "sim/tolerance/sensitivity.hpp"

#include <cmath>

#include "sim/tolerance/draws.hpp"

namespace springspice::sim {

using Eigen::Index;

std::vector<Sensitivity> compute_sensitivities(const ToleranceRequest& request,
                                               const VariedCircuit& circuit,
                                               SettledCircuit& settled) {
  const Index outputs = request.problem.system.outputs();
  Eigen::VectorXd squares = Eigen::VectorXd::Zero(circuit.parts());
  for (Index p = 0; p < outputs; ++p) {
    settled.differentiate(p, [&](Index first, const Eigen::MatrixXd& g) {
      const Eigen::MatrixXd weighted = request.error.gram * g;
      squares.segment(first, g.cols()) += g.cwiseProduct(weighted).colwise().sum().transpose();
    });
  }
  std::vector<Sensitivity> out;
  for (Index q = 0; q < squares.size(); ++q) {
    const PartSpread& spread = request.spreads[static_cast<std::size_t>(q)];
    // Rounding may leave a negative sum of squares where nothing depends on the part.
    const double relative = std::sqrt(std::max(squares(q), 0.0) / static_cast<double>(outputs));
    out.push_back({spread.element, relative * standard_deviation(spread), relative});
  }
  return out;
}

}  // namespace springspice::sim
