#include "core/data_springs.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <type_traits>

namespace springspice::core {
namespace {

// Doubles of a chunk of blocks, or one block where that is larger.
constexpr std::size_t kChunk = std::size_t{1} << 16;

// A column of weights counts for nothing beside R_kk, or at all, where the sum of its squares is
// below these limits: 1e-20 of a column's length is far below its rounding. Above them nothing in a
// reflection leaves the range of double: weights are at most 1, so R_kk is at most sqrt(N), and
// the reflection's vector at most 1e20.
constexpr double kNegligibleRatio = 1e-40;
constexpr double kNegligible = 1e-290;

/// H = I - tau v v^T with v = (1, ...) that moves the rows below onto the diagonal.
struct Reflection {
  double tau = 0.0;
  double scale = 0.0;  ///< the rest of v is this times the column
};

// Turns (r, column) into (r', 0) with r' = sqrt(r^2 + |column|^2), without cancellation.
Reflection make_reflection(double& r, double squares) {
  const double length = std::sqrt(r * r + squares);
  const double sum = r + length;  // r - r' is -squares / sum
  r = length;
  return {squares / (sum * length), -sum / squares};
}

// Joins the summary of `before` values with these.
template <class Values>
void join(TargetSummary& summary, std::size_t before, const Values& values) {
  const double minimum = values.minCoeff();
  const double maximum = values.maxCoeff();
  summary.minimum = before == 0 ? minimum : std::min(summary.minimum, minimum);
  summary.maximum = before == 0 ? maximum : std::max(summary.maximum, maximum);
  // Of differences from the first value, so that no digits are lost to a large mean.
  const auto count = static_cast<double>(values.size());
  const double mean = values(0) + (values - values(0)).sum() / count;
  const double apart = mean - summary.mean;
  const double share = count / (static_cast<double>(before) + count);
  summary.mean += apart * share;
  summary.squares +=
      (values - mean).square().sum() + apart * apart * static_cast<double>(before) * share;
}

}  // namespace

DataSprings::DataSprings(const Grid& grid, std::size_t outputs)
    : grid_(grid),
      outputs_(outputs),
      corners_(grid.corner_count()),
      sums_size_(2 * corners_ * (corners_ + outputs)),
      block_size_(sums_size_ + kGroup * (grid.dimension() + outputs)),
      blocks_per_chunk_log2_(
          static_cast<int>(std::bit_width(std::max(kChunk / block_size_, std::size_t{1}))) - 1),
      unsorted_(kSorted * (grid.dimension() + outputs)),
      block_number_(static_cast<std::size_t>(grid.cell_count()), -1),
      targets_(outputs),
      irreducible_(outputs, 0.0) {}

std::size_t DataSprings::block_number(int cell) const {
  std::int32_t& number = block_number_[static_cast<std::size_t>(cell)];
  if (number < 0) {
    number = static_cast<std::int32_t>(waiting_.size());
    const std::size_t per_chunk = std::size_t{1} << blocks_per_chunk_log2_;
    if (waiting_.size() == chunks_.size() * per_chunk) {
      chunks_.emplace_back(per_chunk * block_size_, 0.0);
    }
    waiting_.push_back(0);
  }
  return static_cast<std::size_t>(number);
}

const double* DataSprings::sums_of(int cell) const {
  take_in_all();
  const std::int32_t number = block_number_[static_cast<std::size_t>(cell)];
  assert(number >= 0);
  return block(static_cast<std::size_t>(number));
}

void DataSprings::add(std::span<const double> u, std::span<const double> y) {
  double* row = unsorted_.data() + unsorted_points_ * (u.size() + y.size());
  // Of so few values std::copy would make calls of memmove.
  for (const double value : u) *row++ = value;
  for (const double value : y) *row++ = value;
  ++count_;
  all_taken_in_ = false;
  if (++unsorted_points_ == kSorted) sort_points();
}

void DataSprings::sort_points() const {
  const std::size_t row_size = grid_.dimension() + outputs_;
  std::array<int, kSorted> cells;
  grid_.find_cells(unsorted_.data(), row_size, std::span(cells).first(unsorted_points_));
  for (std::size_t j = 0; j < unsorted_points_; ++j) {
    const std::size_t number = block_number(cells[j]);
    const double* const row = unsorted_.data() + j * row_size;
    double* at = block(number) + sums_size_ + waiting_[number];
    for (std::size_t i = 0; i < row_size; ++i) at[i * kGroup] = row[i];
    if (++waiting_[number] == kGroup) take_in(number);
  }
  unsorted_points_ = 0;
}

void DataSprings::take_in(std::size_t number) const {
  switch (corners_) {  // with the sizes of one and two inputs known, loops unroll
    case 2:
      return take_in_corners<2>(number);
    case 4:
      return take_in_corners<4>(number);
    case 8:
      return take_in_corners<8>(number);
    default:
      return take_in_corners<Eigen::Dynamic>(number);
  }
}

template <int kCorners>
void DataSprings::take_in_corners(std::size_t number) const {
  using Column = Eigen::Array<double, kGroup, 1>;
  using Waiting = Eigen::Map<Column>;
  constexpr bool kFixed = kCorners != Eigen::Dynamic;
  const std::size_t n = kFixed ? static_cast<std::size_t>(kCorners) : corners_;
  const std::size_t m = outputs_;
  const std::size_t dimension = grid_.dimension();
  double* const r = block(number);
  double* const z = r + n * n;
  double* const g = z + n * m;
  double* const gy = g + n * n;
  double* const waiting = gy + n * m;
  const auto target = [&](std::size_t p) { return Waiting(waiting + (dimension + p) * kGroup); };

  // Places without a point have weight 0 and target 0, which changes nothing.
  const auto points = static_cast<Eigen::Index>(waiting_[number]);
  const Eigen::Index empty = static_cast<Eigen::Index>(kGroup) - points;
  for (std::size_t p = 0; p < m; ++p) {
    join(targets_[p], taken_in_, target(p).head(points));
    target(p).tail(empty) = 0.0;
  }
  taken_in_ += waiting_[number];
  std::conditional_t<kFixed, std::array<Column, kFixed ? kCorners : 1>, std::vector<Column>> w;
  if constexpr (!kFixed) w.resize(n);
  w[0] = 1.0;
  w[0].tail(empty) = 0.0;
  // Corners in node order: each axis splits every corner before it into a lower and an upper one.
  for (std::size_t b = 0, made = 1; b < dimension; ++b, made *= 2) {
    const Column lambda = Waiting(waiting + b * kGroup);
    const Column rest = 1.0 - lambda;
    for (std::size_t c = made; c-- > 0;) {
      w[2 * c + 1] = w[c] * lambda;
      w[2 * c] = w[c] * rest;
    }
  }

  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = a; b < n; ++b) {
      g[a * n + b] += (w[a] * w[b]).sum();
      g[b * n + a] = g[a * n + b];
    }
    for (std::size_t p = 0; p < m; ++p) gy[a * m + p] += (w[a] * target(p)).sum();
  }

  for (std::size_t k = 0; k < n; ++k) {
    double& diagonal = r[k * n + k];
    const double squares = w[k].square().sum();
    if (squares <= std::max(kNegligibleRatio * diagonal * diagonal, kNegligible)) continue;
    const Reflection reflection = make_reflection(diagonal, squares);
    const Column v = w[k] * reflection.scale;
    for (std::size_t l = k + 1; l < n; ++l) {
      const double move = reflection.tau * (r[k * n + l] + (v * w[l]).sum());
      r[k * n + l] -= move;
      w[l] -= move * v;
    }
    for (std::size_t p = 0; p < m; ++p) {
      Waiting y = target(p);
      const double move = reflection.tau * (z[k * m + p] + (v * y).sum());
      z[k * m + p] -= move;
      y -= move * v;
    }
  }
  for (std::size_t p = 0; p < m; ++p) irreducible_[p] += target(p).square().sum();
  waiting_[number] = 0;
}

void DataSprings::take_in_all() const {
  if (all_taken_in_) return;
  sort_points();
  for (std::size_t number = 0; number < waiting_.size(); ++number) {
    if (waiting_[number] > 0) take_in(number);
  }
  all_taken_in_ = true;
}

const std::vector<TargetSummary>& DataSprings::targets() const {
  take_in_all();
  return targets_;
}

double DataSprings::spread(std::size_t output) const {
  return count_ < 2 ? 0.0 : std::sqrt(targets()[output].squares / static_cast<double>(count_ - 1));
}

double DataSprings::range() const {
  double range = 0.0;
  for (const TargetSummary& t : targets()) range = std::max(range, t.maximum - t.minimum);
  return range;
}

std::vector<int> DataSprings::occupied_cells() const {
  take_in_all();
  std::vector<int> cells;
  for (std::size_t c = 0; c < block_number_.size(); ++c) {
    if (block_number_[c] >= 0) cells.push_back(static_cast<int>(c));
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
  return {sums_of(cell), n, n};
}

DataSprings::Block DataSprings::rotated_targets(int cell) const {
  return {sums_of(cell) + corners_ * corners_, static_cast<Eigen::Index>(corners_),
          static_cast<Eigen::Index>(outputs_)};
}

DataSprings::Block DataSprings::gram(int cell) const {
  const auto n = static_cast<Eigen::Index>(corners_);
  return {sums_of(cell) + corners_ * (corners_ + outputs_), n, n};
}

DataSprings::Block DataSprings::gram_targets(int cell) const {
  return {sums_of(cell) + corners_ * (2 * corners_ + outputs_), static_cast<Eigen::Index>(corners_),
          static_cast<Eigen::Index>(outputs_)};
}

std::span<const double> DataSprings::irreducible_squares() const {
  take_in_all();
  return irreducible_;
}

double DataSprings::residual_squares(const Eigen::Ref<const Eigen::VectorXd>& x,
                                     std::size_t output) const {
  double sum = irreducible_squares()[output];
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
