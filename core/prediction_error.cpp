#include "core/prediction_error.hpp"

#include <cmath>
#include <vector>

namespace springspice::core {

double PredictionError::operator()(const Eigen::Ref<const Eigen::MatrixXd>& x,
                                   const Eigen::Ref<const Eigen::MatrixXd>& reference) const {
  const Eigen::MatrixXd difference = x - reference;
  const double squares = difference.cwiseProduct(gram * difference).sum();
  // Rounding may leave a negative sum of squares where the difference is none.
  return std::sqrt(std::max(squares, 0.0) / static_cast<double>(x.cols()));
}

PredictionError make_prediction_error(const DataSprings& data) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto points = static_cast<double>(data.count());
  for (const int cell : data.occupied_cells()) {
    const std::vector<int> corners = data.corners(cell);
    const DataSprings::Block gram = data.gram(cell);
    for (Eigen::Index a = 0; a < gram.rows(); ++a) {
      for (Eigen::Index b = 0; b < gram.cols(); ++b) {
        entries.emplace_back(corners[static_cast<std::size_t>(a)],
                             corners[static_cast<std::size_t>(b)], gram(a, b) / points);
      }
    }
  }
  const Eigen::Index nodes = data.grid().node_count();
  SparseMatrix sum(nodes, nodes);
  sum.setFromTriplets(entries.begin(), entries.end());
  return {std::move(sum)};
}

PredictionError make_prediction_error(Eigen::Index coordinates) {
  SparseMatrix gram(coordinates, coordinates);
  gram.setIdentity();
  gram /= static_cast<double>(coordinates);
  return {std::move(gram)};
}

}  // namespace springspice::core
