#include "hw/mapping/snapping.hpp"

#include "core/random.hpp"
#include "tests/catch.hpp"

using namespace springspice;

namespace {

double draw(std::uint64_t stream, std::uint64_t index) {
  return 2.0 * core::uniform(3, stream, index) - 1.0;
}

// `count` variables with four values each within 2 %, that act on one or two of `size` coordinates.
hw::SnapProblem make_problem(std::uint64_t number, Eigen::Index size, std::size_t count) {
  hw::SnapProblem problem;
  problem.outputs = 2;
  Eigen::MatrixXd root(size, size);
  for (Eigen::Index k = 0; k < root.size(); ++k) {
    root.reshaped()(k) = draw(10 * number, static_cast<std::uint64_t>(k));
  }
  problem.P = root.transpose() * root;
  for (std::size_t v = 0; v < count; ++v) {
    hw::SnapVariable variable;
    const auto row = static_cast<Eigen::Index>(v) % size;
    for (Eigen::Index p = 0; p < 2; ++p) {
      variable.change.push_back(
          {row, p, draw(10 * number + 1, 4 * v + static_cast<std::uint64_t>(p))});
      if (v % 2 == 0) {
        variable.change.push_back(
            {(row + 1) % size, p,
             draw(10 * number + 1, 4 * v + 2 + static_cast<std::uint64_t>(p))});
      }
    }
    for (std::uint64_t k = 0; k < 4; ++k) {
      const double from = -0.02 + 0.01 * static_cast<double>(k);
      variable.factors.push_back(1.0 + from + 0.01 * core::uniform(3, 10 * number + 2, 4 * v + k));
    }
    problem.variables.push_back(variable);
  }
  return problem;
}

// The formula itself: mean over outputs of r^T P r.
double error_of(const hw::SnapProblem& problem, const hw::SnapChoice& choice) {
  Eigen::MatrixXd r = Eigen::MatrixXd::Zero(problem.P.rows(), problem.outputs);
  for (std::size_t v = 0; v < choice.size(); ++v) {
    for (const auto& entry : problem.variables[v].change) {
      r(entry.row, entry.output) += (problem.variables[v].factors[choice[v]] - 1.0) * entry.value;
    }
  }
  return (r.transpose() * problem.P * r).trace() / static_cast<double>(problem.outputs);
}

double best_of_all(const hw::SnapProblem& problem) {
  hw::SnapChoice choice(problem.variables.size(), 0);
  double best = error_of(problem, choice);
  for (std::size_t v = 0; v < choice.size();) {
    if (++choice[v] < problem.variables[v].factors.size()) {
      best = std::min(best, error_of(problem, choice));
      v = 0;
    } else {
      choice[v++] = 0;
    }
  }
  return best;
}

}  // namespace

TEST_CASE("of 4096 choices the search finds the best") {
  for (std::uint64_t number = 0; number < 5; ++number) {
    const hw::SnapProblem problem = make_problem(number, 3, 6);
    const hw::SnapChoice start(6, 1);
    const auto found = hw::search_choices(problem, start, {8, 200.0}, 1);
    INFO(number);
    CHECK_THAT(error_of(problem, found.front()), WithinRel(best_of_all(problem), 1e-9));
  }
}

TEST_CASE("the quadratic error is what it is defined as, whatever moves led there") {
  const hw::SnapProblem problem = make_problem(7, 5, 20);
  const auto found = hw::search_choices(problem, hw::SnapChoice(20, 2), {3, 50.0}, 4);
  for (const hw::SnapChoice& choice : found) {
    CHECK_THAT(hw::quadratic_error(problem, choice), WithinRel(error_of(problem, choice), 1e-9));
  }
}

TEST_CASE("no search ends above its start, and more of it gains") {
  double brief = 0.0;
  double full = 0.0;
  double begun = 0.0;
  for (std::uint64_t number = 0; number < 5; ++number) {
    const hw::SnapProblem problem = make_problem(number, 20, 80);
    const hw::SnapChoice start(80, 1);
    const double at_start = error_of(problem, start);
    begun += at_start;
    const double descended =
        error_of(problem, hw::search_choices(problem, start, {1, 0.0}, 1).front());
    const double annealed =
        error_of(problem, hw::search_choices(problem, start, {6, 300.0}, 1).front());
    CHECK(descended < at_start);
    CHECK(annealed <= descended * (1.0 + 1e-9));
    brief += descended;
    full += annealed;
  }
  CHECK(brief < 0.1 * begun);
  CHECK(full < brief);
}

TEST_CASE("a search is a function of its seed") {
  const hw::SnapProblem problem = make_problem(1, 10, 40);
  const hw::SnapChoice start(40, 1);
  CHECK(hw::search_choices(problem, start, {3, 100.0}, 9) ==
        hw::search_choices(problem, start, {3, 100.0}, 9));
}

TEST_CASE("more variables than have their pairs tried one by one") {
  const hw::SnapProblem problem = make_problem(2, 100, 400);
  const hw::SnapChoice start(400, 1);
  const auto found = hw::search_choices(problem, start, {2, 20.0}, 1);
  CHECK(error_of(problem, found.front()) < 0.05 * error_of(problem, start));
}

TEST_CASE("nothing to choose leaves what is there") {
  hw::SnapProblem problem = make_problem(3, 2, 3);
  for (auto& variable : problem.variables) variable.factors.resize(1);
  CHECK(hw::search_choices(problem, {0, 0, 0}, {4, 10.0}, 1).front() == hw::SnapChoice{0, 0, 0});
  CHECK(hw::search_choices({problem.P, 1, {}}, {}, {4, 10.0}, 1).front().empty());
}
