// `matrices`: the written netlist, parsed back and stamped, entry by entry against the scaled
// model.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "sim/check.hpp"
#include "sim/feedback.hpp"
#include "sim/reduce.hpp"

namespace springspice::sim {
namespace {

using core::SparseMatrix;
using Entries = std::unordered_map<int, Summed>;

// The worst relative difference so far, and where.
class Worst {
 public:
  // @param absolute the sum of the absolute contributions to the entry
  template <typename Describe>
  void compare(double circuit, double model, double absolute, const Describe& describe) {
    const double scale = std::max({absolute, std::abs(model), std::abs(circuit)});
    const double difference = std::abs(circuit - model);
    ++compared_;
    if (!(difference > 0.0) && !std::isnan(difference)) return;
    const double value = difference / scale;
    if (value > value_ || std::isnan(value)) {
      value_ = std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
      detail_ = fmt::format("{}: circuit {:.17g}, model {:.17g}", describe(), circuit, model);
    }
  }
  double value() const { return value_; }
  const std::string& detail() const { return detail_; }
  std::size_t compared() const { return compared_; }

 private:
  double value_ = 0.0;
  std::string detail_;
  std::size_t compared_ = 0;
};

class MatrixComparison {
 public:
  MatrixComparison(const Checker& checker, const netlist::Descriptor& circuit)
      : checker_(checker),
        system_(checker.problem.system),
        circuit_(circuit),
        nu_(system_.size()),
        count_(nu_ * system_.outputs()),
        overdamped_(system_.dynamics == core::Dynamics::overdamped),
        tau_(checker.problem.design.scales.time_s) {}

  // Empty, or why the circuit is not of the model's kind at all.
  std::string run() {
    std::vector<Eigen::Index> nodes;
    std::vector<Eigen::Index> rows;
    for (Eigen::Index c = 0; c < count_; ++c) {
      nodes.push_back(circuit_.node(coordinate_probe(c).node));
      rows.push_back(circuit_.node(port(c).node));
    }
    reduced_ = reduce(circuit_, nodes, rows);
    if (!reduced_.obstacle.empty()) return reduced_.obstacle;
    if (overdamped_) {
      compare_matrix(reduced_.second, system_.D, "D", 1);
      compare_matrix(reduced_.first, system_.K, "K", 0);
      expect_nothing(reduced_.zeroth, "an integral of positions");
    } else {
      compare_matrix(reduced_.second, system_.M, "M", 1);
      compare_matrix(reduced_.first, system_.D, "D", 0);
      compare_matrix(reduced_.zeroth, system_.K, "K", -1);
    }
    compare_force();
    compare_probes();
    compare_initial();
    return {};
  }

  const Worst& worst() const { return worst_; }

 private:
  // The probe of the voltage in which the reduced equations are written.
  const netlist::Probe& coordinate_probe(Eigen::Index c) const {
    const auto slot = static_cast<std::size_t>(c);
    return overdamped_ ? *checker_.probes.positions[slot] : *checker_.probes.velocities[slot];
  }
  const netlist::Port& port(Eigen::Index c) const {
    return *checker_.probes.ports[static_cast<std::size_t>(c)];
  }
  std::string label(Eigen::Index c) const {
    const std::string node = system_.label(c % nu_);
    return system_.outputs() == 1 ? node : fmt::format("{}y{}", node, c / nu_ + 1);
  }

  // circuit entry * port gain / (probe gain * tau^power) is the model's entry: a force row's ampere
  // times the port's gain is force; a volt is probe-gain units; each derivative brings 1/tau.
  void compare_matrix(const std::vector<Entries>& circuit, const SparseMatrix& model,
                      const char* name, int power) {
    for (Eigen::Index r = 0; r < count_; ++r) {
      const Eigen::Index block = r / nu_;
      const Entries& row = circuit[static_cast<std::size_t>(r)];
      for (const auto& [column, entry] : row) {
        const bool same = column / nu_ == block;
        compare_entry(r, column, entry, same ? model.coeff(r % nu_, column % nu_) : 0.0, name,
                      power);
      }
      for (SparseMatrix::InnerIterator it(model, r % nu_); it; ++it) {
        const auto column = static_cast<int>(block * nu_ + it.row());
        if (!row.contains(column)) compare_entry(r, column, {}, it.value(), name, power);
      }
    }
  }

  void compare_entry(Eigen::Index r, Eigen::Index c, const Summed& entry, double model,
                     const char* name, int power) {
    const double unit = port(r).gain / (coordinate_probe(c).gain * std::pow(tau_, power));
    worst_.compare(entry.value * unit, model, entry.absolute * std::abs(unit),
                   [&] { return fmt::format("{}({},{})", name, label(r), label(c)); });
  }

  void expect_nothing(const std::vector<Entries>& rows, const char* what) {
    for (Eigen::Index r = 0; r < count_; ++r) {
      for (const auto& [column, entry] : rows[static_cast<std::size_t>(r)]) {
        if (entry.value == 0.0) continue;
        worst_.compare(entry.value, 0.0, std::abs(entry.value), [&] {
          return fmt::format("node {} is driven by {} of {}", label(r), what, label(column));
        });
      }
    }
  }

  // Positions are held less their offsets, so the circuit's force is f - K offset. Rounding of that
  // difference is (n + 1) eps of the sum of its terms: 2e-15 of it, as a share of the limit 1e-12.
  void compare_force() {
    constexpr double kRoundingShare = 2e-3;
    for (Eigen::Index r = 0; r < count_; ++r) {
      double model = system_.f(r % nu_, r / nu_);
      double terms = std::abs(model);
      for (SparseMatrix::InnerIterator it(system_.K, r % nu_); it; ++it) {
        const auto slot = static_cast<std::size_t>((r / nu_) * nu_ + it.row());
        const double share = it.value() * checker_.probes.positions[slot]->offset;
        model -= share;
        terms += std::abs(share);
      }
      const Summed& force = reduced_.force[static_cast<std::size_t>(r)];
      worst_.compare(force.value * port(r).gain, model,
                     force.absolute * std::abs(port(r).gain) + kRoundingShare * terms,
                     [&] { return fmt::format("f({})", label(r)); });
    }
  }

  // A position's voltage must be its own coordinate's, with the probe's gain: one unit of model
  // position is tau / (velocity gain) webers of flux at the velocity node.
  void compare_probes() {
    for (Eigen::Index c = 0; c < count_; ++c) {
      if (overdamped_) break;  // there the positions are the coordinates themselves
      const netlist::Probe& probe = *checker_.probes.positions[static_cast<std::size_t>(c)];
      const auto unknown = static_cast<std::size_t>(circuit_.node(probe.node));
      const auto& expression = reduced_.expressions[unknown];
      if (!expression) {
        // No force row needs it (K has a zero column there), so reduce() did not mind.
        worst_.compare(std::numeric_limits<double>::quiet_NaN(), 1.0, 1.0, [&] {
          return fmt::format("position {} is no integral of velocities", label(c));
        });
        continue;
      }
      const bool flux = probe.quantity == netlist::Probe::Quantity::flux;
      const Entries& wanted = flux ? expression->direct : expression->integral;
      const Entries& unwanted = flux ? expression->integral : expression->direct;
      Entries own = wanted;
      own.try_emplace(static_cast<int>(c));
      for (const auto& [column, entry] : own) {
        const double unit = probe.gain * tau_ / coordinate_probe(column).gain;
        worst_.compare(
            entry.value * unit, column == c ? 1.0 : 0.0, entry.absolute * std::abs(unit), [&] {
              return fmt::format("position {} read from coordinate {}", label(c), label(column));
            });
      }
      for (const auto& [column, entry] : unwanted) {
        worst_.compare(entry.value, 0.0, std::abs(entry.value), [&] {
          return fmt::format("position {} mixed with another quantity of {}", label(c),
                             label(column));
        });
      }
      worst_.compare(expression->constant.value, 0.0, std::abs(expression->constant.value),
                     [&] { return fmt::format("position {} has a constant part", label(c)); });
    }
  }

  // Every unknown that stores something starts where the model's initial state puts it; under `uic`
  // what the deck does not mention starts at 0.
  void compare_initial() {
    for (std::size_t k = 0; k < reduced_.expressions.size(); ++k) {
      const auto& expression = reduced_.expressions[k];
      if (!expression) continue;
      const bool stored = circuit_.E.col(static_cast<Eigen::Index>(k)).nonZeros() > 0;
      if (!stored && !circuit_.initial[k]) continue;
      const Summed expected = initial_value(*expression);
      worst_.compare(circuit_.initial[k].value_or(0.0), expected.value, expected.absolute,
                     [&] { return fmt::format("initial value of {}", circuit_.unknowns[k]); });
    }
    for (const netlist::CapacitorInitial& own : circuit_.capacitor_initial) {
      Summed expected;
      add_node(expected, own.plus, 1.0);
      add_node(expected, own.minus, -1.0);
      worst_.compare(own.volt, expected.value, expected.absolute,
                     [&] { return fmt::format("ic of {}", own.element); });
    }
  }

  void add_node(Summed& sum, const std::string& node, double sign) const {
    if (node == "0") return;
    const auto& expression = reduced_.expressions[static_cast<std::size_t>(circuit_.node(node))];
    if (!expression) return;
    const Summed value = initial_value(*expression);
    sum.add(sign * value.value, value.absolute);
  }

  Summed initial_value(const Expression& expression) const {
    Summed sum = expression.constant;
    const core::State& start = checker_.problem.initial;
    for (const auto& [c, entry] : expression.direct) {
      const netlist::Probe& probe = coordinate_probe(c);
      const double model = (overdamped_ ? start.x : start.v)(c % nu_, c / nu_);
      const double volt = (model - probe.offset) / probe.gain;
      sum.add(entry.value * volt, entry.absolute * std::abs(volt));
    }
    for (const auto& [c, entry] : expression.integral) {
      const netlist::Probe& position = *checker_.probes.positions[static_cast<std::size_t>(c)];
      const double flux =
          (start.x(c % nu_, c / nu_) - position.offset) * tau_ / coordinate_probe(c).gain;
      sum.add(entry.value * flux, entry.absolute * std::abs(flux));
    }
    return sum;
  }

  const Checker& checker_;
  const core::SecondOrderSystem& system_;
  const netlist::Descriptor& circuit_;
  Eigen::Index nu_;
  Eigen::Index count_;
  bool overdamped_;
  double tau_;
  ReducedCircuit reduced_;
  Worst worst_;
};

}  // namespace

Check check_matrices(const Checker& checker) {
  Check check;
  check.name = "matrices";
  check.limit = 1e-12;
  check.origin = "rounding of the sums in each entry, relative to the sum of their absolute values";
  const netlist::Circuit circuit =
      netlist::parse_deck(checker.problem.deck, checker.problem.deck_name);
  const netlist::FlatCircuit flat = netlist::flatten(circuit);
  const netlist::Descriptor descriptor = netlist::stamp(flat);
  MatrixComparison comparison(checker, descriptor);
  std::string obstacle = find_positive_feedback(flat, descriptor);
  try {
    if (obstacle.empty()) obstacle = comparison.run();
  } catch (const netlist::NetlistError& error) {
    obstacle = error.what();  // a node that the manifest names is not in the deck
  }
  if (!obstacle.empty()) {
    check.value = std::numeric_limits<double>::infinity();
    check.status = Check::Status::fail;
    check.detail = "no second-order system: " + obstacle;
    return check;
  }
  check.value = comparison.worst().value();
  decide(check);
  check.detail = fmt::format("{} entries of the stamped netlist", comparison.worst().compared());
  if (check.status == Check::Status::fail || check.value > 0.0) {
    check.detail += "; worst " + comparison.worst().detail();
  }
  return check;
}

}  // namespace springspice::sim
