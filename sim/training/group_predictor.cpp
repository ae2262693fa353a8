#include "sim/training/group_predictor.hpp"

#include <algorithm>

namespace springspice::training {

GroupPredictor::GroupPredictor(const std::vector<std::vector<InputGroup>>& models,
                               std::span<const core::State> states)
    : share_(1.0 / static_cast<double>(models.size())) {
  for (std::size_t g = 0; g < models.size(); ++g) {
    Eigen::Index first = 0;
    for (const InputGroup& group : models[g]) {
      const Eigen::Index nodes = group.grid.node_count();
      parts_.push_back({group.inputs, {group.grid, states[g].x.middleRows(first, nodes)}});
      first += nodes;
    }
  }
}

bool GroupPredictor::predict(std::span<const double> u, std::span<double> y) {
  std::fill(y.begin(), y.end(), 0.0);
  part_.resize(y.size());
  bool moved = false;
  for (Part& part : parts_) {
    own_.clear();
    for (const std::size_t input : part.inputs) own_.push_back(u[input]);
    const std::size_t before = part.predictor.clamped();
    part.predictor.predict(own_, part_);
    moved = moved || part.predictor.clamped() > before;
    for (std::size_t p = 0; p < y.size(); ++p) y[p] += share_ * part_[p];
  }
  return moved;
}

}  // namespace springspice::training
