// Predictions of models that learned in groups: the sum over the groups of one system, the mean
// over the systems.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/fit.hpp"
#include "sim/training/spring_rows.hpp"

namespace springspice::training {

class GroupPredictor {
 public:
  /// @param models the groups of each system
  /// @param states x of each: its groups' nodes one after another
  GroupPredictor(const std::vector<std::vector<InputGroup>>& models,
                 std::span<const core::State> states);

  /// yhat(u), u all inputs of the table. True where u lay outside a grid and was moved to its face.
  bool predict(std::span<const double> u, std::span<double> y);

 private:
  struct Part {
    std::vector<std::size_t> inputs;
    core::Predictor predictor;
  };
  std::vector<Part> parts_;
  double share_;
  std::vector<double> own_, part_;
};

}  // namespace springspice::training
