#include "cli/pages/circuit_figures.hpp"

#include <memory>

#include "cli/pages/fit_figures.hpp"
#include "cli/pages/thermal_uncertainty.hpp"
#include "core/fit.hpp"

namespace springspice::cli {
namespace {

using report::Section;
using report::Series;

Learned make_learned(const CircuitFit& fit, const Eigen::MatrixXd& x, const char* name) {
  const auto predictor = std::make_shared<core::Predictor>(fit.grid, x);
  return {fit.grid.axes(), fit.targets,
          [predictor](std::span<const double> u, std::span<double> y) { predictor->predict(u, y); },
          name};
}

Series make_nodes(const CircuitFit& fit, Eigen::Index target) {
  Series nodes{.name = "nodes of the circuit", .kind = Series::Kind::points};
  for (int i = 0; i < fit.grid.node_count(); ++i) {
    nodes.x.push_back(fit.grid.node_position(i)[0]);
    nodes.y.push_back((*fit.at_rest)(i, target));
  }
  return nodes;
}

}  // namespace

std::vector<Section> make_circuit_sections(const CircuitFit& fit, const std::string& text) {
  const auto uncertainty = make_thermal_uncertainty(fit.system, fit.null_space, fit.grid);
  const Learned model = make_learned(fit, fit.model, "model's fit");
  if (fit.at_rest == nullptr) {
    return make_fit_sections("Fit", text, model, fit.data, uncertainty);
  }
  const Learned circuit = make_learned(fit, *fit.at_rest, "circuit at rest");
  std::vector<Section> sections =
      make_fit_sections("Fit", text, circuit, fit.data, uncertainty, model);
  if (fit.grid.dimension() != 1) return sections;
  for (std::size_t p = 0; p < sections.size(); ++p) {
    sections[p].figures.front().series.push_back(make_nodes(fit, static_cast<Eigen::Index>(p)));
  }
  return sections;
}

}  // namespace springspice::cli
