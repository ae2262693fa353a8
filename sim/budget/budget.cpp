#include "sim/budget/budget.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/budget/real_circuit.hpp"
#include "sim/budget/real_circuit_in_ngspice.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// A pole that grows by less than this over the whole path is rounding, or of no matter.
constexpr double kGrowthThatShows = 1e-3;

void add_note(BudgetTerm& term, const std::string& text) {
  term.note += (term.note.empty() ? "" : "; ") + text;
}

class Budget {
 public:
  explicit Budget(const BudgetRequest& request)
      : request_(request), nu_(request.reference.rows()), m_(request.reference.cols()) {
    const RealCircuit circuit = make(request.baseline);
    settled_ = circuit.settled(request.read_at);
    path_.reserve(request.steps);
    circuit.run(request.read_at, request.steps,
                [&](double, const MatrixXd& x) { path_.push_back(x); });
    for (const BudgetTerm& term : request.given) add_random(term);
  }

  BudgetTerm compute(const BudgetStage& stage) {
    BudgetTerm term;
    term.name = stage.name;
    term.random = stage.is_noise || stage.boards > 0;
    if (stage.boards > 0) {
      find_spread(term, stage);
    } else {
      find_cost(term, stage);
    }
    add_random(term);
    try {
      const RealCircuit together = make(stage.together());
      if (!stage.is_noise && !term.unstable) find_growth(term, together);
      if (term.unstable) return term;
      const double systematic =
          request_.error(together.settled(request_.read_at), request_.reference);
      term.together = std::sqrt(systematic * systematic + random_);
    } catch (const core::InputError& error) {
      add_note(term, std::string("together: ") + error.what());
    }
    return term;
  }

 private:
  RealCircuit make(const netlist::Design& design) const {
    return RealCircuit(design, nu_, m_, request_.start);
  }

  void add_random(const BudgetTerm& term) {
    if (term.random && term.alone) random_ += *term.alone * *term.alone;
  }

  void find_cost(BudgetTerm& term, const BudgetStage& stage) const {
    const netlist::Design design = stage.alone();
    const RealCircuit circuit = make(design);
    find_growth(term, circuit);
    if (stage.is_noise) return find_noise(term, circuit);
    find_deviation(term, circuit);
    if (term.alone && !term.unstable) compare(term, design, *term.alone);
  }

  // Rms over the boards, at rest.
  void find_spread(BudgetTerm& term, const BudgetStage& stage) const {
    double squares = 0.0;
    for (std::size_t k = 0; k < stage.boards; ++k) {
      const netlist::Design design = stage.board(k);
      const double deviation = request_.error(make(design).settled(request_.read_at), settled_);
      squares += deviation * deviation;
      if (k == 0) compare(term, design, deviation);
    }
    term.alone = std::sqrt(squares / static_cast<double>(stage.boards));
    add_note(term, fmt::format("rms over {} boards", stage.boards));
  }

  void compare(BudgetTerm& term, const netlist::Design& design, double computed) const {
    if (!request_.engine) return;
    const auto settle = [&](const netlist::Design& of) {
      return RealCircuitInNgspice(of, nu_, m_, request_.start, *request_.engine)
          .settled(request_.read_at);
    };
    if (settled_in_ngspice_.size() == 0) settled_in_ngspice_ = settle(request_.baseline);
    term.compared = {computed, request_.error(settle(design), settled_in_ngspice_)};
  }

  void find_growth(BudgetTerm& term, const RealCircuit& circuit) const {
    try {
      term.growth = circuit.largest_growth();
    } catch (const core::ParameterError& error) {
      return add_note(term, std::string("stability is not known: ") + error.what());
    }
    term.unstable = *term.growth * request_.read_at > kGrowthThatShows;
    if (!term.unstable) return;
    add_note(term, fmt::format("unstable: it grows by a factor e in {:.4g} units of time",
                               1.0 / *term.growth));
  }

  void find_deviation(BudgetTerm& term, const RealCircuit& circuit) const {
    try {
      term.alone = request_.error(circuit.settled(request_.read_at), settled_);
      std::size_t k = 0;
      double largest = 0.0;
      circuit.run(request_.read_at, request_.steps, [&](double, const MatrixXd& x) {
        largest = std::max(largest, request_.error(x, path_[k++]));
      });
      if (std::isfinite(largest)) term.path = largest;
    } catch (const core::InputError& error) {
      add_note(term, error.what());
    }
  }

  void find_noise(BudgetTerm& term, const RealCircuit& circuit) const {
    try {
      term.alone = compute_noise_rms(request_.error, circuit.noise_covariance(true));
    } catch (const core::InputError& error) {
      add_note(term, error.what());
    } catch (const core::ParameterError& error) {
      add_note(term, error.what());
    }
  }

  const BudgetRequest& request_;
  Index nu_, m_;
  MatrixXd settled_;
  mutable MatrixXd settled_in_ngspice_;  // empty until it is asked for
  std::vector<MatrixXd> path_;
  double random_ = 0.0;  // sum of squares so far
};

}  // namespace

std::vector<BudgetTerm> compute_budget(const BudgetRequest& request) {
  Budget budget(request);
  std::vector<BudgetTerm> terms = request.given;
  for (std::size_t k = 0; k < request.stages.size(); ++k) {
    terms.push_back(budget.compute(request.stages[k]));
    if (!request.on_progress) continue;
    request.on_progress(static_cast<double>(k + 1) / static_cast<double>(request.stages.size()));
  }
  return terms;
}

double compute_noise_rms(const core::PredictionError& error, const MatrixXd& covariance) {
  const Index nu = error.gram.rows();
  const Index m = covariance.rows() / nu;
  double sum = 0.0;
  for (Index p = 0; p < m; ++p) {
    sum += (error.gram * covariance.block(p * nu, p * nu, nu, nu)).trace();
  }
  return std::sqrt(std::max(sum, 0.0) / static_cast<double>(m));
}

bool agrees_with_ngspice(const std::vector<BudgetTerm>& terms, double range) {
  constexpr double kShare = 0.1;
  constexpr double kNothing = 1e-9;
  return std::ranges::all_of(terms, [&](const BudgetTerm& term) {
    if (!term.compared) return true;
    const auto& [computed, ngspice] = *term.compared;
    return std::abs(computed - ngspice) <= kShare * ngspice + kNothing * range;
  });
}

std::optional<bool> keeps_up(const netlist::Design& ideal, const netlist::Design& real,
                             Eigen::Index coordinates, Eigen::Index outputs) {
  constexpr double kShare = 0.5;
  try {
    return RealCircuit(real, coordinates, outputs).largest_growth() <=
           kShare * RealCircuit(ideal, coordinates, outputs).largest_growth();
  } catch (const core::ParameterError&) {
    return std::nullopt;
  }
}

const BudgetTerm* find_largest(const std::vector<BudgetTerm>& terms) {
  const auto cost = [](const BudgetTerm& term) {
    if (term.unstable) return std::numeric_limits<double>::infinity();
    return term.alone.value_or(-1.0);
  };
  const auto largest = std::ranges::max_element(terms, {}, cost);
  return largest == terms.end() || cost(*largest) < 0.0 ? nullptr : &*largest;
}

}  // namespace springspice::sim
