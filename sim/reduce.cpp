#include "sim/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_set>
#include <utility>

#include <Eigen/LU>
#include <fmt/format.h>

namespace springspice::sim {
namespace {

using RowMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;
using Entries = std::unordered_map<int, Summed>;

// Coils of a cell in six dimensions; the dense solve of a larger block would be felt.
constexpr std::size_t kLargestBlock = 64;

void add_scaled(Entries& to, const Entries& from, double factor, double absolute_factor) {
  for (const auto& [column, entry] : from) {
    to[column].add(factor * entry.value, absolute_factor * entry.absolute);
  }
}

class Reducer {
 public:
  Reducer(const netlist::Descriptor& circuit, const std::vector<Eigen::Index>& coordinates,
          const std::vector<Eigen::Index>& force_rows, const std::vector<WhiteInput>& inputs)
      : circuit_(circuit),
        E_(circuit.E),
        A_(circuit.A),
        E_abs_(circuit.E_abs),
        A_abs_(circuit.A_abs),
        force_rows_(force_rows) {
    const auto size = static_cast<std::size_t>(E_.rows());
    for (std::size_t q = 0; q < inputs.size(); ++q) {
      for (const auto& [row, weight] : inputs[q]) {
        inputs_of_[row][static_cast<int>(q)].add(weight, std::abs(weight));
      }
    }
    result_.expressions.resize(size);
    resolved_.assign(size, 0);
    row_done_.assign(size, 0);
    for (const Eigen::Index row : force_rows) row_done_[static_cast<std::size_t>(row)] = 1;
    for (std::size_t c = 0; c < coordinates.size(); ++c) {
      Expression expression;
      expression.direct[static_cast<int>(c)] = {1.0, 1.0};
      const auto unknown = static_cast<std::size_t>(coordinates[c]);
      result_.expressions[unknown] = std::move(expression);
      resolved_[unknown] = 1;
    }
  }

  ReducedCircuit run() {
    count_unknowns();
    while (!ready_.empty() || solve_blocks() || !deferred_.empty()) {
      const bool good = !ready_.empty();
      std::deque<Eigen::Index>& queue = good ? ready_ : deferred_;
      if (queue.empty()) continue;  // the blocks were the last of it
      const Eigen::Index row = queue.front();
      queue.pop_front();
      if (row_done_[static_cast<std::size_t>(row)] != 0) continue;
      visit(row, good);
    }
    find_obstacle();
    if (result_.obstacle.empty()) collect_force_rows();
    return std::move(result_);
  }

 private:
  template <typename Visit>
  void for_each_unknown(Eigen::Index row, const Visit& visit_unknown) const {
    for (RowMatrix::InnerIterator it(E_, row); it; ++it) {
      if (it.value() != 0.0) visit_unknown(it.col());
    }
    for (RowMatrix::InnerIterator it(A_, row); it; ++it) {
      if (it.value() != 0.0) visit_unknown(it.col());
    }
  }

  // The one unknown of the row that is not resolved; none if there are none or several.
  std::optional<Eigen::Index> only_unresolved(Eigen::Index row) const {
    std::optional<Eigen::Index> found;
    bool several = false;
    for_each_unknown(row, [&](Eigen::Index column) {
      if (resolved_[static_cast<std::size_t>(column)] != 0 || found == column) return;
      several = several || found.has_value();
      found = column;
    });
    return several ? std::nullopt : found;
  }

  void count_unknowns() {
    rows_of_.resize(static_cast<std::size_t>(E_.rows()));
    for (Eigen::Index row = 0; row < E_.rows(); ++row) {
      if (row_done_[static_cast<std::size_t>(row)] != 0) continue;
      for_each_unknown(row, [&](Eigen::Index column) {
        rows_of_[static_cast<std::size_t>(column)].push_back(row);
      });
      if (only_unresolved(row)) ready_.push_back(row);
    }
  }

  void mark_resolved(Eigen::Index unknown, Eigen::Index row) {
    resolved_[static_cast<std::size_t>(unknown)] = 1;
    row_done_[static_cast<std::size_t>(row)] = 1;
    for (const Eigen::Index other : rows_of_[static_cast<std::size_t>(unknown)]) {
      if (row_done_[static_cast<std::size_t>(other)] == 0 && only_unresolved(other)) {
        ready_.push_back(other);
      }
    }
  }

  // What a row holds besides its unknowns, on the right-hand side: as an algebraic row, and as one
  // that is integrated in time.
  struct Rest {
    Expression algebraic;
    Expression integrated;
    bool has_algebraic = true;
    bool has_integrated = true;
    bool whole = true;  // false where the row needs what drives nothing
  };

  // @param size of the factor, with what cancelled in it
  static void add_expression(Expression& to, const Expression& from, double factor, double size) {
    add_scaled(to.rate, from.rate, factor, size);
    add_scaled(to.direct, from.direct, factor, size);
    add_scaled(to.integral, from.integral, factor, size);
    add_scaled(to.white, from.white, factor, size);
    add_scaled(to.walk, from.walk, factor, size);
    to.constant.add(factor * from.constant.value, size * from.constant.absolute);
  }

  static void add_times(Expression& to, const Expression& from, double factor) {
    add_expression(to, from, factor, std::abs(factor));
  }

  // -A z_j of an algebraic row, and -int A z_j of an integrated one.
  static void add_static_term(Rest& rest, const Expression& z, double value, double size) {
    add_expression(rest.algebraic, z, -value, size);
    Expression& i = rest.integrated;
    add_scaled(i.direct, z.rate, -value, size);
    add_scaled(i.integral, z.direct, -value, size);
    add_scaled(i.walk, z.white, -value, size);
    // Twice integrated: no such term is known.
    rest.has_integrated = rest.has_integrated && z.integral.empty() && z.walk.empty();
  }

  // -E z_j' of an algebraic row, and -E z_j of an integrated one.
  static void add_rate_term(Rest& rest, const Expression& z, double value, double size) {
    Expression& a = rest.algebraic;
    add_scaled(a.rate, z.direct, -value, size);
    add_scaled(a.direct, z.integral, -value, size);
    add_scaled(a.white, z.walk, -value, size);
    rest.has_algebraic = rest.has_algebraic && z.rate.empty() && z.white.empty();
    add_expression(rest.integrated, z, -value, size);
  }

  // @param is_unknown tells the row's unknowns, which stay on the left
  template <typename IsUnknown>
  Rest rest_of_row(Eigen::Index row, const IsUnknown& is_unknown) const {
    Rest rest;
    rest.algebraic.constant = {circuit_.s(row), circuit_.s_abs(row)};
    if (const auto found = inputs_of_.find(row); found != inputs_of_.end()) {
      rest.algebraic.white = found->second;
      rest.integrated.walk = found->second;
    }
    for (RowMatrix::InnerIterator it(A_, row); it; ++it) {
      if (it.value() == 0.0 || is_unknown(it.col())) continue;
      const auto& z = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!z) {
        rest.whole = false;
        return rest;
      }
      add_static_term(rest, *z, it.value(), A_abs_.coeff(row, it.col()));
    }
    for (RowMatrix::InnerIterator it(E_, row); it; ++it) {
      if (it.value() == 0.0 || is_unknown(it.col())) continue;
      const auto& z = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!z) {
        rest.whole = false;
        return rest;
      }
      add_rate_term(rest, *z, it.value(), E_abs_.coeff(row, it.col()));
    }
    // A constant that is integrated grows with time.
    rest.has_integrated = rest.has_integrated && rest.algebraic.constant.value == 0.0;
    return rest;
  }

  void visit(Eigen::Index row, bool good) {
    const std::optional<Eigen::Index> unknown = only_unresolved(row);
    if (!unknown) return;
    const double derivative = E_.coeff(row, *unknown);
    const double direct = A_.coeff(row, *unknown);
    const Rest rest = rest_of_row(row, [&](Eigen::Index column) { return column == *unknown; });
    auto& expression = result_.expressions[static_cast<std::size_t>(*unknown)];
    if (rest.whole && derivative == 0.0 && direct != 0.0 && rest.has_algebraic) {
      add_times(expression.emplace(), rest.algebraic, 1.0 / direct);
    } else if (rest.whole && derivative != 0.0 && direct == 0.0 && rest.has_integrated) {
      add_times(expression.emplace(), rest.integrated, 1.0 / derivative);
    } else if (good) {
      // Another row may say more of this unknown; only when none does is it one that drives
      // nothing.
      deferred_.push_back(row);
      return;
    }
    mark_resolved(*unknown, row);
  }

  // Rows that share unknowns with each other and with no other row, and those unknowns.
  struct Block {
    std::vector<Eigen::Index> rows, unknowns;
  };

  Block collect_block(Eigen::Index first, std::vector<char>& seen) const {
    Block block;
    std::unordered_set<Eigen::Index> members;
    std::vector<Eigen::Index> open{first};
    seen[static_cast<std::size_t>(first)] = 1;
    while (!open.empty()) {
      const Eigen::Index row = open.back();
      open.pop_back();
      block.rows.push_back(row);
      for_each_unknown(row, [&](Eigen::Index column) {
        if (resolved_[static_cast<std::size_t>(column)] != 0) return;
        if (!members.insert(column).second) return;
        block.unknowns.push_back(column);
        for (const Eigen::Index other : rows_of_[static_cast<std::size_t>(column)]) {
          const auto at = static_cast<std::size_t>(other);
          if (row_done_[at] != 0 || seen[at] != 0) continue;
          seen[at] = 1;
          open.push_back(other);
        }
      });
    }
    std::ranges::sort(block.rows);
    std::ranges::sort(block.unknowns);
    return block;
  }

  // Once no row has a single unknown left: solves the blocks that can be solved. True if any was.
  bool solve_blocks() {
    bool solved = false;
    std::vector<char> seen(row_done_);
    for (Eigen::Index row = 0; row < E_.rows(); ++row) {
      if (seen[static_cast<std::size_t>(row)] != 0) continue;
      const Block block = collect_block(row, seen);
      const std::size_t size = block.unknowns.size();
      if (size < 2 || size > kLargestBlock || block.rows.size() != size) continue;
      solved = solve_block(block) || solved;
    }
    return solved;
  }

  // Block rows of a matrix, dense.
  static Eigen::MatrixXd block_of(const RowMatrix& matrix, const Block& block) {
    const auto size = static_cast<Eigen::Index>(block.unknowns.size());
    Eigen::MatrixXd dense(size, size);
    for (Eigen::Index r = 0; r < size; ++r) {
      for (Eigen::Index c = 0; c < size; ++c) {
        dense(r, c) = matrix.coeff(block.rows[static_cast<std::size_t>(r)],
                                   block.unknowns[static_cast<std::size_t>(c)]);
      }
    }
    return dense;
  }

  bool solve_block(const Block& block) {
    const Eigen::MatrixXd E = block_of(E_, block);
    const Eigen::MatrixXd A = block_of(A_, block);
    const bool algebraic = E.isZero(0.0);
    if (!algebraic && !A.isZero(0.0)) return false;
    const Eigen::FullPivLU<Eigen::MatrixXd> solver(algebraic ? A : E);
    if (!solver.isInvertible()) return false;
    std::vector<Expression> right;
    for (const Eigen::Index row : block.rows) {
      Rest rest = rest_of_row(row, [&](Eigen::Index column) {
        return std::ranges::binary_search(block.unknowns, column);
      });
      if (!rest.whole || !(algebraic ? rest.has_algebraic : rest.has_integrated)) return false;
      right.push_back(algebraic ? std::move(rest.algebraic) : std::move(rest.integrated));
    }
    const Eigen::MatrixXd inverse = solver.inverse();
    for (std::size_t k = 0; k < right.size(); ++k) {
      Expression z;
      for (std::size_t r = 0; r < right.size(); ++r) {
        const double factor = inverse(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(r));
        if (factor != 0.0) add_times(z, right[r], factor);
      }
      result_.expressions[static_cast<std::size_t>(block.unknowns[k])] = std::move(z);
    }
    for (std::size_t k = 0; k < right.size(); ++k) mark_resolved(block.unknowns[k], block.rows[k]);
    return true;
  }

  std::string name_of_row(Eigen::Index row) const {
    const std::string& name = circuit_.unknowns[static_cast<std::size_t>(row)];
    return row < circuit_.node_count ? "the current law of node '" + name + "'"
                                     : "the branch of '" + name + "'";
  }

  void find_obstacle() {
    for (Eigen::Index k = 0; k < E_.rows(); ++k) {
      if (resolved_[static_cast<std::size_t>(k)] == 0) {
        result_.obstacle =
            fmt::format("nothing determines '{}'", circuit_.unknowns[static_cast<std::size_t>(k)]);
        return;
      }
      if (row_done_[static_cast<std::size_t>(k)] == 0) {
        result_.obstacle = name_of_row(k) + " is one equation too many";
        return;
      }
    }
  }

  void collect_force_rows() {
    const std::size_t count = force_rows_.size();
    result_.second.resize(count);
    result_.first.resize(count);
    result_.zeroth.resize(count);
    result_.force.resize(count);
    result_.white.resize(count);
    result_.walk.resize(count);
    for (std::size_t r = 0; r < count; ++r) {
      if (!collect_force_row(r)) {
        result_.obstacle = name_of_row(force_rows_[r]) + " depends on what nothing determines";
      }
      if (!result_.obstacle.empty()) return;
    }
  }

  bool collect_force_row(std::size_t r) {
    const Eigen::Index row = force_rows_[r];
    const Rest rest = rest_of_row(row, [](Eigen::Index) { return false; });
    if (!rest.whole) return false;
    if (!rest.has_algebraic) note_rough_row(row);
    // The row on the left-hand side: what was taken to the right comes back.
    add_scaled(result_.second[r], rest.algebraic.rate, -1.0, 1.0);
    add_scaled(result_.first[r], rest.algebraic.direct, -1.0, 1.0);
    add_scaled(result_.zeroth[r], rest.algebraic.integral, -1.0, 1.0);
    result_.force[r] = rest.algebraic.constant;
    result_.white[r] = rest.algebraic.white;
    result_.walk[r] = rest.algebraic.walk;
    return true;
  }

  // Some E z' of the row is the rate of white noise or of an acceleration.
  void note_rough_row(Eigen::Index row) {
    for (RowMatrix::InnerIterator it(E_, row); it; ++it) {
      if (it.value() == 0.0) continue;
      const Expression& z = *result_.expressions[static_cast<std::size_t>(it.col())];
      if (!z.rate.empty()) result_.obstacle = name_of_row(row) + " holds a third derivative";
      if (z.white.empty()) continue;
      result_.noise_obstacle =
          fmt::format("white noise lies across a capacitance at {}", name_of_row(row));
    }
  }

  const netlist::Descriptor& circuit_;
  RowMatrix E_, A_, E_abs_, A_abs_;
  const std::vector<Eigen::Index>& force_rows_;
  std::unordered_map<Eigen::Index, Entries> inputs_of_;
  ReducedCircuit result_;
  std::vector<char> resolved_, row_done_;
  std::vector<std::vector<Eigen::Index>> rows_of_;
  std::deque<Eigen::Index> ready_, deferred_;
};

}  // namespace

ReducedCircuit reduce(const netlist::Descriptor& circuit,
                      const std::vector<Eigen::Index>& coordinates,
                      const std::vector<Eigen::Index>& force_rows,
                      const std::vector<WhiteInput>& inputs) {
  return Reducer(circuit, coordinates, force_rows, inputs).run();
}

}  // namespace springspice::sim
