#include "core/data_springs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace springspice::core {
namespace {

// Rotates the row (w | y) into the triangular factor (R | z); what is left of y remains in it.
void rotate_in(double* r, double* z, double* w, double* y, std::size_t n, std::size_t m) {
  for (std::size_t k = 0; k < n; ++k) {
    if (w[k] == 0.0) continue;
    double* r_row = r + k * n;
    double* z_row = z + k * m;
    const double length = std::hypot(r_row[k], w[k]);
    const double cosine = r_row[k] / length;
    const double sine = w[k] / length;
    r_row[k] = length;
    for (std::size_t l = k + 1; l < n; ++l) {
      const double above = r_row[l];
      r_row[l] = cosine * above + sine * w[l];
      w[l] = cosine * w[l] - sine * above;
    }
    for (std::size_t p = 0; p < m; ++p) {
      const double above = z_row[p];
      z_row[p] = cosine * above + sine * y[p];
      y[p] = cosine * y[p] - sine * above;
    }
  }
}

void update_summary(TargetSummary& summary, double value, std::size_t count) {
  if (count == 1) summary.minimum = summary.maximum = value;
  summary.minimum = std::min(summary.minimum, value);
  summary.maximum = std::max(summary.maximum, value);
  const double before = value - summary.mean;
  summary.mean += before / static_cast<double>(count);
  summary.squares += before * (value - summary.mean);
}

}  // namespace

DataSprings::DataSprings(const Grid& grid, std::size_t outputs)
    : grid_(grid),
      outputs_(outputs),
      corners_(grid.corner_count()),
      block_index_(static_cast<std::size_t>(grid.cell_count()), -1),
      targets_(outputs),
      irreducible_(outputs, 0.0),
      row_(corners_),
      rhs_(outputs) {}

double* DataSprings::block_of(int cell) {
  std::int32_t& index = block_index_[static_cast<std::size_t>(cell)];
  if (index < 0) {
    index = static_cast<std::int32_t>(blocks_.size());
    blocks_.emplace_back(block_size(), 0.0);
  }
  return blocks_[static_cast<std::size_t>(index)].data();
}

const double* DataSprings::block_of(int cell) const {
  const std::int32_t index = block_index_[static_cast<std::size_t>(cell)];
  assert(index >= 0);
  return blocks_[static_cast<std::size_t>(index)].data();
}

void DataSprings::add(std::span<const double> u, std::span<const double> y) {
  const std::size_t n = corners_;
  const std::size_t m = outputs_;
  grid_.locate(u, stencil_);
  double* const r = block_of(stencil_.cell);
  double* const z = r + n * n;
  double* const g = z + n * m;
  double* const gy = g + n * n;
  const std::vector<double>& w = stencil_.weights;
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) g[a * n + b] += w[a] * w[b];
    for (std::size_t p = 0; p < m; ++p) gy[a * m + p] += w[a] * y[p];
  }
  std::copy(w.begin(), w.end(), row_.begin());
  std::copy(y.begin(), y.end(), rhs_.begin());
  rotate_in(r, z, row_.data(), rhs_.data(), n, m);
  ++count_;
  for (std::size_t p = 0; p < m; ++p) {
    irreducible_[p] += rhs_[p] * rhs_[p];
    update_summary(targets_[p], y[p], count_);
  }
}

double DataSprings::spread(std::size_t output) const {
  return count_ < 2 ? 0.0 : std::sqrt(targets_[output].squares / static_cast<double>(count_ - 1));
}

double DataSprings::range() const {
  double range = 0.0;
  for (const TargetSummary& t : targets_) range = std::max(range, t.maximum - t.minimum);
  return range;
}

std::vector<int> DataSprings::occupied_cells() const {
  std::vector<int> cells;
  for (std::size_t c = 0; c < block_index_.size(); ++c) {
    if (block_index_[c] >= 0) cells.push_back(static_cast<int>(c));
  }
  return cells;
}

std::vector<int> DataSprings::corners(int cell) const {
  const std::vector<int> index = grid_.cell_index(cell);
  std::vector<int> nodes(corners_, 0);
  for (std::size_t c = 0; c < corners_; ++c) {
    int node = 0;
    for (std::size_t b = 0; b < grid_.dimension(); ++b) {
      const bool upper = (c >> (grid_.dimension() - 1 - b) & 1) != 0;
      node = node * grid_.shape()[b] + index[b] + (upper ? 1 : 0);
    }
    nodes[c] = node;
  }
  return nodes;
}

DataSprings::Block DataSprings::factor(int cell) const {
  const auto n = static_cast<Eigen::Index>(corners_);
  return {block_of(cell), n, n};
}

DataSprings::Block DataSprings::rotated_targets(int cell) const {
  return {block_of(cell) + corners_ * corners_, static_cast<Eigen::Index>(corners_),
          static_cast<Eigen::Index>(outputs_)};
}

DataSprings::Block DataSprings::gram(int cell) const {
  const auto n = static_cast<Eigen::Index>(corners_);
  return {block_of(cell) + corners_ * (corners_ + outputs_), n, n};
}

DataSprings::Block DataSprings::gram_targets(int cell) const {
  return {block_of(cell) + corners_ * (2 * corners_ + outputs_),
          static_cast<Eigen::Index>(corners_), static_cast<Eigen::Index>(outputs_)};
}

double DataSprings::residual_squares(const Eigen::Ref<const Eigen::VectorXd>& x,
                                     std::size_t output) const {
  double sum = irreducible_[output];
  Eigen::VectorXd local(static_cast<Eigen::Index>(corners_));
  for (const int cell : occupied_cells()) {
    const std::vector<int> nodes = corners(cell);
    for (std::size_t a = 0; a < corners_; ++a) local(static_cast<Eigen::Index>(a)) = x(nodes[a]);
    const Eigen::VectorXd z = rotated_targets(cell).col(static_cast<Eigen::Index>(output));
    sum += (factor(cell) * local - z).squaredNorm();
  }
  return sum;
}

}  // namespace springspice::core
