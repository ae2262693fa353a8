#include "hw/mapping/snapping.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <utility>

namespace springspice::hw {
namespace {

// Temperatures, of the mean square that one variable can change: at the first the errors are some
// thirtieth of those of free choice, at the last they are settled but for descent. Measured on
// grids of 5x5 to 32x32: hotter wastes moves, cooler leaves descent's minimum no more.
constexpr double kHottest = 1e-2;
constexpr double kCoolest = 1e-7;
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
    for (const SnapVariable& variable : problem.variables)
      curvature_.push_back(cross(variable, variable));
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

// The variables that act on each coordinate.
using Neighbours = std::vector<std::vector<std::size_t>>;
Neighbours find_neighbours(const SnapProblem& problem) {
  Neighbours at(static_cast<std::size_t>(problem.P.rows()));
  for (std::size_t v = 0; v < problem.variables.size(); ++v) {
    std::set<Eigen::Index> rows;
    for (const auto& entry : problem.variables[v].change) rows.insert(entry.row);
    for (const Eigen::Index row : rows) at[static_cast<std::size_t>(row)].push_back(v);
  }
  return at;
}

// Each pair once.
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
Pairs find_pairs(const SnapProblem& problem, const Neighbours& neighbours) {
  Pairs pairs;
  const std::size_t count = problem.variables.size();
  if (count <= kAllPairs) {
    for (std::size_t v = 0; v < count; ++v) {
      for (std::size_t u = 0; u < v; ++u) pairs.emplace_back(u, v);
    }
    return pairs;
  }
  for (const auto& variables : neighbours) {
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

void descend(State& state, const SnapProblem& problem, const Pairs& pairs) {
  for (bool improved = true; improved;) {
    state.set(state.choice());  // rounding of many moves
    const double least = kGain * std::abs(state.error());
    improved = improve_single(state, problem, least);
    for (const auto& [u, v] : pairs)
      improved = improve_pair(state, problem, u, v, least) || improved;
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

// Moves of one variable, and of two that act on a common coordinate, taken where they gain, or by
// chance where they lose; less and less so.
class Annealing {
 public:
  Annealing(State& state, const SnapProblem& problem, const Neighbours& neighbours, Random& random)
      : state_(state), problem_(problem), neighbours_(neighbours), random_(random) {
    for (std::size_t v = 0; v < problem.variables.size(); ++v) {
      if (problem.variables[v].factors.size() > 1) movable_.push_back(v);
    }
  }

  void run(double sweeps) {
    const double moves = std::ceil(sweeps * static_cast<double>(movable_.size()));
    const double cooling = std::pow(kCoolest / kHottest, 1.0 / std::max(moves, 1.0));
    double temperature = kHottest * mean_change(state_, problem_);
    for (double move = 0.0; move < moves; ++move, temperature *= cooling) try_move(temperature);
  }

 private:
  void try_move(double temperature) {
    const std::size_t v = movable_[random_.below(movable_.size())];
    const std::size_t k = random_.below(problem_.variables[v].factors.size());
    const std::size_t u = pick_partner(v);
    const double dv = state_.step(v, k);
    double change = state_.change(state_.slope(v), state_.curvature(v), dv);
    std::size_t l = state_.choice()[u];
    if (u != v) {
      l = random_.below(problem_.variables[u].factors.size());
      const double du = state_.step(u, l);
      change += state_.change(state_.slope(u), state_.curvature(u), du) +
                2.0 * du * dv * state_.cross(u, v);
    }
    if (change > 0.0 && random_.uniform() >= std::exp(-change / temperature)) return;
    if (u != v && l != state_.choice()[u]) state_.move(u, l);
    if (k != state_.choice()[v]) state_.move(v, k);
  }

  // Itself in half of the moves: then v moves alone.
  std::size_t pick_partner(std::size_t v) {
    if (random_.uniform() < 0.5) return v;
    const auto& change = problem_.variables[v].change;
    const auto row = static_cast<std::size_t>(change[random_.below(change.size())].row);
    return neighbours_[row][random_.below(neighbours_[row].size())];
  }

  State& state_;
  const SnapProblem& problem_;
  const Neighbours& neighbours_;
  Random& random_;
  std::vector<std::size_t> movable_;
};

}  // namespace

double quadratic_error(const SnapProblem& problem, const SnapChoice& choice) {
  return State(problem, choice).error() / static_cast<double>(problem.outputs);
}

std::vector<SnapChoice> search_choices(const SnapProblem& problem, const SnapChoice& start,
                                       const SnapEffort& effort, std::uint64_t seed) {
  if (problem.variables.empty()) return {start};
  const Neighbours neighbours = find_neighbours(problem);
  const Pairs pairs = find_pairs(problem, neighbours);
  State state(problem, start);
  std::vector<std::pair<double, SnapChoice>> found;
  for (int restart = 0; restart < effort.restarts; ++restart) {
    Random random(seed + static_cast<std::uint64_t>(restart));
    state.set(start);
    if (restart > 0) Annealing(state, problem, neighbours, random).run(effort.sweeps);
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
