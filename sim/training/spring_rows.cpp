#include "sim/training/spring_rows.hpp"

#include <numeric>

namespace springspice::training {

SpringRows make_spring_rows(std::span<const InputGroup> groups, const core::DataRows& data,
                            std::span<const int> rows) {
  SpringRows out;
  out.outputs = static_cast<std::size_t>(data.targets.cols());
  for (const InputGroup& group : groups) {
    out.coordinates += group.grid.node_count();
    out.corners += group.grid.corner_count();
  }
  out.nodes.reserve(rows.size() * out.corners);
  out.weights.reserve(rows.size() * out.corners);
  out.targets.reserve(rows.size() * out.outputs);
  core::Stencil stencil;
  std::vector<double> u;
  for (const int row : rows) {
    int offset = 0;
    bool clamped = false;
    for (const InputGroup& group : groups) {
      u.clear();
      for (const std::size_t input : group.inputs) u.push_back(data.input(row)[input]);
      group.grid.locate(u, stencil);
      for (const int node : stencil.nodes) out.nodes.push_back(offset + node);
      out.weights.insert(out.weights.end(), stencil.weights.begin(), stencil.weights.end());
      clamped = clamped || stencil.clamped;
      offset += group.grid.node_count();
    }
    if (clamped) ++out.clamped;
    const std::span<const double> y = data.target(row);
    out.targets.insert(out.targets.end(), y.begin(), y.end());
  }
  return out;
}

core::SparseMatrix sum_stiffness(const SpringRows& rows, double stiffness) {
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(rows.size() * rows.corners * rows.corners);
  for (std::size_t j = 0; j < rows.size(); ++j) {
    for (std::size_t a = j * rows.corners; a < (j + 1) * rows.corners; ++a) {
      for (std::size_t b = j * rows.corners; b < (j + 1) * rows.corners; ++b) {
        const double product = rows.weights[a] * rows.weights[b];
        if (product == 0.0) continue;
        entries.emplace_back(rows.nodes[a], rows.nodes[b], stiffness * product);
      }
    }
  }
  core::SparseMatrix K(rows.coordinates, rows.coordinates);
  K.setFromTriplets(entries.begin(), entries.end());
  return K;
}

Eigen::MatrixXd sum_force(const SpringRows& rows, double stiffness) {
  Eigen::MatrixXd f =
      Eigen::MatrixXd::Zero(rows.coordinates, static_cast<Eigen::Index>(rows.outputs));
  for (std::size_t j = 0; j < rows.size(); ++j) {
    for (std::size_t c = j * rows.corners; c < (j + 1) * rows.corners; ++c) {
      for (std::size_t p = 0; p < rows.outputs; ++p) {
        f(rows.nodes[c], static_cast<Eigen::Index>(p)) +=
            stiffness * rows.weights[c] * rows.targets[j * rows.outputs + p];
      }
    }
  }
  return f;
}

double mean_squared_error(std::span<const SpringRows> models,
                          std::span<const core::State> positions, std::span<const int> which) {
  const std::size_t outputs = models.front().outputs;
  const double share = 1.0 / static_cast<double>(models.size());
  double sum = 0.0;
  for (std::size_t p = 0; p < outputs; ++p) {
    for (const int row : which) {
      const auto j = static_cast<std::size_t>(row);
      double fit = 0.0;
      for (std::size_t g = 0; g < models.size(); ++g) {
        fit += models[g].predict(j, positions[g].x.col(static_cast<Eigen::Index>(p)).data());
      }
      const double error = share * fit - models.front().targets[j * outputs + p];
      sum += error * error;
    }
  }
  return sum / static_cast<double>(which.size() * outputs);
}

double mean_squared_error(std::span<const SpringRows> models,
                          std::span<const core::State> positions) {
  std::vector<int> all(models.front().size());
  std::iota(all.begin(), all.end(), 0);
  return mean_squared_error(models, positions, all);
}

}  // namespace springspice::training
