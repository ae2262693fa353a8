#include "sim/reduce.hpp"

#include <cmath>
#include <deque>
#include <utility>

#include <fmt/format.h>

namespace springspice::sim {
namespace {

using RowMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;
using Entries = std::unordered_map<int, Summed>;

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
    while (!ready_.empty() || !deferred_.empty()) {
      const bool good = !ready_.empty();
      std::deque<Eigen::Index>& queue = good ? ready_ : deferred_;
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

  // True where the row's other derivatives vanish, so that it defines `unknown`.
  bool others_are_static(Eigen::Index row, Eigen::Index unknown) const {
    for (RowMatrix::InnerIterator it(E_, row); it; ++it) {
      if (it.col() == unknown || it.value() == 0.0) continue;
      const auto& expression = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!expression || !expression->is_constant()) return false;
    }
    return true;
  }

  // The row without `unknown`, taken to the right-hand side; none where it needs what drives
  // nothing.
  std::optional<Expression> rest_of_row(Eigen::Index row, Eigen::Index unknown) const {
    Expression rest;
    rest.constant = {circuit_.s(row), circuit_.s_abs(row)};
    if (const auto found = inputs_of_.find(row); found != inputs_of_.end()) {
      rest.white = found->second;
    }
    RowMatrix::InnerIterator absolute(A_abs_, row);
    for (RowMatrix::InnerIterator it(A_, row); it; ++it) {
      while (absolute && absolute.col() < it.col()) ++absolute;
      if (it.col() == unknown || it.value() == 0.0) continue;
      const auto& expression = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!expression) return std::nullopt;
      const double size =
          absolute && absolute.col() == it.col() ? absolute.value() : std::abs(it.value());
      add_scaled(rest.direct, expression->direct, -it.value(), size);
      add_scaled(rest.integral, expression->integral, -it.value(), size);
      add_scaled(rest.white, expression->white, -it.value(), size);
      add_scaled(rest.walk, expression->walk, -it.value(), size);
      rest.constant.add(-it.value() * expression->constant.value,
                        size * expression->constant.absolute);
    }
    return rest;
  }

  static void divide(Expression& expression, double by) {
    const double factor = 1.0 / by;
    for (Entries* entries :
         {&expression.direct, &expression.integral, &expression.white, &expression.walk}) {
      for (auto& [column, entry] : *entries) {
        entry.value *= factor;
        entry.absolute *= std::abs(factor);
      }
    }
    expression.constant.value *= factor;
    expression.constant.absolute *= std::abs(factor);
  }

  void visit(Eigen::Index row, bool good) {
    const std::optional<Eigen::Index> unknown = only_unresolved(row);
    if (!unknown) return;
    const double derivative = E_.coeff(row, *unknown);
    const double direct = A_.coeff(row, *unknown);
    std::optional<Expression> rest;
    if (others_are_static(row, *unknown)) rest = rest_of_row(row, *unknown);
    if (rest && derivative == 0.0 && direct != 0.0) {
      divide(*rest, direct);
      result_.expressions[static_cast<std::size_t>(*unknown)] = std::move(rest);
    } else if (rest && derivative != 0.0 && direct == 0.0 && rest->integral.empty() &&
               rest->walk.empty() && rest->constant.value == 0.0) {
      // z' = sum of V and u terms: z is the same sum of their integrals.
      divide(*rest, derivative);
      rest->integral = std::exchange(rest->direct, {});
      rest->walk = std::exchange(rest->white, {});
      result_.expressions[static_cast<std::size_t>(*unknown)] = std::move(rest);
    } else if (good) {
      // Another row may say more of this unknown; only when none does is it one that drives
      // nothing.
      deferred_.push_back(row);
      return;
    }
    mark_resolved(*unknown, row);
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
        return;
      }
    }
  }

  bool collect_force_row(std::size_t r) {
    const Eigen::Index row = force_rows_[r];
    result_.force[r] = {circuit_.s(row), circuit_.s_abs(row)};
    if (const auto found = inputs_of_.find(row); found != inputs_of_.end()) {
      result_.white[r] = found->second;
    }
    for (RowMatrix::InnerIterator it(E_, row); it; ++it) {
      if (it.value() == 0.0) continue;
      const auto& z = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!z) return false;
      const double size = E_abs_.coeff(row, it.col());
      add_scaled(result_.second[r], z->direct, it.value(), size);
      add_scaled(result_.first[r], z->integral, it.value(), size);
      // Of -E z': the derivative of int u is u; that of u itself is no noise of finite strength.
      add_scaled(result_.white[r], z->walk, -it.value(), size);
      if (!z->white.empty()) {
        result_.noise_obstacle =
            fmt::format("white noise lies across a capacitance at {}", name_of_row(row));
      }
    }
    for (RowMatrix::InnerIterator it(A_, row); it; ++it) {
      if (it.value() == 0.0) continue;
      const auto& z = result_.expressions[static_cast<std::size_t>(it.col())];
      if (!z) return false;
      const double size = A_abs_.coeff(row, it.col());
      add_scaled(result_.first[r], z->direct, it.value(), size);
      add_scaled(result_.zeroth[r], z->integral, it.value(), size);
      add_scaled(result_.white[r], z->white, -it.value(), size);
      add_scaled(result_.walk[r], z->walk, -it.value(), size);
      result_.force[r].add(-it.value() * z->constant.value, size * z->constant.absolute);
    }
    return true;
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
