#include "hw/mapping/snapping.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <utility>

namespace springspice::hw {
namespace {

// From moves that change everything to those that fit a last digit: errors are searched down to
// some 1e-4 of where they start, their squares to 1e-8.
constexpr double kCoolest = 1e-8;
// All pairs of so many variables are tried in descent; of more only those that share a coordinate.
constexpr std::size_t kAllPairs = 300;
// Descent ends where nothing is gained beyond rounding.
constexpr double kGain = 1e-12;

// The standard fixes this engine's numbers, but not those of its distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }

 private:
  std::mt19937_64 engine_;
};

// The residual and its gradient, kept as choices change.
class State {
 public:
  State(const SnapProblem& problem, SnapChoice choice) : problem_(problem) {
    for (const SnapVariable& variable : problem.variables) curvature_.push_back(cross(variable, variable));
    set(std::move(choice));
  }

  void set(SnapChoice choice) {
    choice_ = std::move(choice);
    const Eigen::Index size = problem_.P.rows();
    Eigen::MatrixXd residual = Eigen::MatrixXd::Zero(size, problem_.outputs);
    for (std::size_t v = 0; v < choice_.size(); ++v) {
      const SnapVariable& variable = problem_.variables[v];
      // The factors 1 add up to nothing, so what is summed is small and loses no digits.
      for (const auto& entry : variable.change) {
        residual(entry.row, entry.output) += (variable.factors[choice_[v]] - 1.0) * entry.value;
      }
    }
    gradient_ = problem_.P * residual;
    error_ = residual.cwiseProduct(gradient_).sum();
  }

  const SnapChoice& choice() const { return choice_; }
  double error() const { return error_; }

  // What variable v adds to the factor when it takes value k.
  double step(std::size_t v, std::size_t k) const {
    const std::vector<double>& factors = problem_.variables[v].factors;
    return factors[k] - factors[choice_[v]];
  }
  // Twice the slope of the error along variable v, half of it.
  double slope(std::size_t v) const {
    double sum = 0.0;
    for (const auto& entry : problem_.variables[v].change) {
      sum += entry.value * gradient_(entry.row, entry.output);
    }
    return sum;
  }
  double curvature(std::size_t v) const { return curvature_[v]; }
  double cross(std::size_t u, std::size_t v) const {
    return cross(problem_.variables[u], problem_.variables[v]);
  }
  double change(double slope, double curvature, double d) const {
    return d * (2.0 * slope + d * curvature);
  }

  void move(std::size_t v, std::size_t k) {
    const double d = step(v, k);
    error_ += change(slope(v), curvature_[v], d);
    for (const auto& entry : problem_.variables[v].change) {
      gradient_.col(entry.output) += (d * entry.value) * problem_.P.col(entry.row);
    }
    choice_[v] = k;
  }

 private:
  double cross(const SnapVariable& u, const SnapVariable& v) const {
    double sum = 0.0;
    for (const auto& a : u.change) {
      for (const auto& b : v.change) {
        if (a.output == b.output) sum += a.value * problem_.P(a.row, b.row) * b.value;
      }
    }
    return sum;
  }

  const SnapProblem& problem_;
  SnapChoice choice_;
  Eigen::MatrixXd gradient_;
  double error_ = 0.0;
  std::vector<double> curvature_;
};

// Variables that act on a common coordinate, each pair once.
std::vector<std::pair<std::size_t, std::size_t>> find_pairs(const SnapProblem& problem) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  const std::size_t count = problem.variables.size();
  if (count <= kAllPairs) {
    for (std::size_t v = 0; v < count; ++v) {
      for (std::size_t u = 0; u < v; ++u) pairs.emplace_back(u, v);
    }
    return pairs;
  }
  std::vector<std::vector<std::size_t>> at(static_cast<std::size_t>(problem.P.rows()));
  for (std::size_t v = 0; v < count; ++v) {
    std::set<Eigen::Index> rows;
    for (const auto& entry : problem.variables[v].change) rows.insert(entry.row);
    for (const Eigen::Index row : rows) at[static_cast<std::size_t>(row)].push_back(v);
  }
  for (const auto& variables : at) {
    for (std::size_t b = 0; b < variables.size(); ++b) {
      for (std::size_t a = 0; a < b; ++a) pairs.emplace_back(variables[a], variables[b]);
    }
  }
  std::ranges::sort(pairs);
  const auto repeated = std::ranges::unique(pairs);
  pairs.erase(repeated.begin(), repeated.end());
  return pairs;
}

bool improve_single(State& state, const SnapProblem& problem, double least) {
  bool improved = false;
  for (std::size_t v = 0; v < problem.variables.size(); ++v) {
    const double slope = state.slope(v);
    double best = -least;
    std::size_t to = state.choice()[v];
    for (std::size_t k = 0; k < problem.variables[v].factors.size(); ++k) {
      const double change = state.change(slope, state.curvature(v), state.step(v, k));
      if (change < best) best = change, to = k;
    }
    if (to == state.choice()[v]) continue;
    state.move(v, to);
    improved = true;
  }
  return improved;
}

bool improve_pair(State& state, const SnapProblem& problem, std::size_t u, std::size_t v,
                  double least) {
  const double slope_u = state.slope(u);
  const double slope_v = state.slope(v);
  const double cross = state.cross(u, v);
  double best = -least;
  std::pair<std::size_t, std::size_t> to = {state.choice()[u], state.choice()[v]};
  for (std::size_t a = 0; a < problem.variables[u].factors.size(); ++a) {
    const double du = state.step(u, a);
    const double alone = state.change(slope_u, state.curvature(u), du);
    for (std::size_t b = 0; b < problem.variables[v].factors.size(); ++b) {
      const double dv = state.step(v, b);
      const double change =
          alone + state.change(slope_v, state.curvature(v), dv) + 2.0 * du * dv * cross;
      if (change < best) best = change, to = {a, b};
    }
  }
  if (best == -least) return false;
  state.move(u, to.first);
  state.move(v, to.second);
  return true;
}

void descend(State& state, const SnapProblem& problem,
             const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
  for (bool improved = true; improved;) {
    state.set(state.choice());  // rounding of many moves
    const double least = kGain * std::abs(state.error());
    improved = improve_single(state, problem, least);
    for (const auto& [u, v] : pairs) improved = improve_pair(state, problem, u, v, least) || improved;
  }
}

double mean_change(const State& state, const SnapProblem& problem) {
  double sum = 0.0;
  for (std::size_t v = 0; v < problem.variables.size(); ++v) {
    const std::vector<double>& factors = problem.variables[v].factors;
    const double span = factors.back() - factors.front();
    sum += state.curvature(v) * span * span;
  }
  return sum / static_cast<double>(problem.variables.size());
}

void anneal(State& state, const SnapProblem& problem, double sweeps, Random& random) {
  std::vector<std::size_t> movable;
  for (std::size_t v = 0; v < problem.variables.size(); ++v) {
    if (problem.variables[v].factors.size() > 1) movable.push_back(v);
  }
  if (movable.empty()) return;
  double temperature = mean_change(state, problem);
  const auto moves = static_cast<std::size_t>(sweeps * static_cast<double>(movable.size()));
  const double cooling = std::pow(kCoolest, 1.0 / static_cast<double>(std::max<std::size_t>(moves, 1)));
  for (std::size_t move = 0; move < moves; ++move, temperature *= cooling) {
    const std::size_t v = movable[random.below(movable.size())];
    const std::size_t k = random.below(problem.variables[v].factors.size());
    const std::size_t u = movable[random.below(movable.size())];
    const bool both = u != v && random.uniform() < 0.5;
    const double dv = state.step(v, k);
    double change = state.change(state.slope(v), state.curvature(v), dv);
    std::size_t l = state.choice()[u];
    if (both) {
      l = random.below(problem.variables[u].factors.size());
      const double du = state.step(u, l);
      change += state.change(state.slope(u), state.curvature(u), du) +
                2.0 * du * dv * state.cross(u, v);
    }
    if (change > 0.0 && random.uniform() >= std::exp(-change / temperature)) continue;
    if (k != state.choice()[v]) state.move(v, k);
    if (both && l != state.choice()[u]) state.move(u, l);
  }
}

}  // namespace

double quadratic_error(const SnapProblem& problem, const SnapChoice& choice) {
  return State(problem, choice).error() / static_cast<double>(problem.outputs);
}

std::vector<SnapChoice> search_choices(const SnapProblem& problem, const SnapChoice& start,
                                       const SnapEffort& effort, std::uint64_t seed) {
  if (problem.variables.empty()) return {start};
  const auto pairs = find_pairs(problem);
  State state(problem, start);
  std::vector<std::pair<double, SnapChoice>> found;
  for (int restart = 0; restart < effort.restarts; ++restart) {
    Random random(seed + static_cast<std::uint64_t>(restart));
    state.set(start);
    if (restart > 0) anneal(state, problem, effort.sweeps, random);
    descend(state, problem, pairs);
    found.emplace_back(state.error(), state.choice());
  }
  std::ranges::sort(found);
  std::vector<SnapChoice> choices;
  for (auto& [error, choice] : found) {
    if (choices.empty() || choice != choices.back()) choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace springspice::hw
