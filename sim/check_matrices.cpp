// `matrices`: the written netlist, parsed back and stamped, entry by entry against the scaled
// model.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/langevin.hpp"
#include "sim/check.hpp"
#include "sim/feedback.hpp"
#include "sim/stamped.hpp"

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
  explicit MatrixComparison(const Checker& checker)
      : checker_(checker),
        system_(checker.problem.system),
        deck_(checker.deck),
        circuit_(deck_.descriptor()),
        reduced_(deck_.reduced()),
        nu_(system_.size()),
        count_(nu_ * system_.outputs()),
        overdamped_(system_.dynamics == core::Dynamics::overdamped),
        tau_(checker.problem.design.scales.time_s) {}

  void run() {
    if (overdamped_) {
      compare_matrix(reduced_.second, system_.D, "D", 1);
      compare_matrix(reduced_.first, system_.K, "K", 0);
      expect_nothing(reduced_.zeroth, "an integral of positions");
    } else {
      compare_matrix(reduced_.second, system_.M, "M", 2);
      compare_matrix(reduced_.first, system_.D, "D", 1);
      compare_matrix(reduced_.zeroth, system_.K, "K", 0);
    }
    compare_force();
    compare_probes();
    compare_initial();
    if (system_.kT > 0.0) compare_noise();
  }

  const Worst& worst() const { return worst_; }

 private:
  const netlist::Probe& coordinate_probe(Eigen::Index c) const { return deck_.coordinate_probe(c); }
  const netlist::Port& port(Eigen::Index c) const { return deck_.port(c); }
  std::string label(Eigen::Index c) const {
    const std::string node = system_.label(c % nu_);
    return system_.outputs() == 1 ? node : fmt::format("{}y{}", node, c / nu_ + 1);
  }

  // circuit entry * port gain / (probe gain * tau^power) is the model's entry: a force row's ampere
  // times the port's gain is force; a volt is probe-gain units; each derivative brings 1/tau.
  void compare_matrix(const std::vector<Entries>& circuit, const SparseMatrix& model,
                      const char* name, int derivative) {
    for (Eigen::Index r = 0; r < count_; ++r) {
      const Eigen::Index block = r / nu_;
      const Entries& row = circuit[static_cast<std::size_t>(r)];
      for (const auto& [column, entry] : row) {
        const bool same = column / nu_ == block;
        compare_entry(r, column, entry, same ? model.coeff(r % nu_, column % nu_) : 0.0, name,
                      derivative);
      }
      for (SparseMatrix::InnerIterator it(model, r % nu_); it; ++it) {
        const auto column = static_cast<int>(block * nu_ + it.row());
        if (!row.contains(column)) compare_entry(r, column, {}, it.value(), name, derivative);
      }
    }
  }

  void compare_entry(Eigen::Index r, Eigen::Index c, const Summed& entry, double model,
                     const char* name, int derivative) {
    const double unit = deck_.unit(r, c, derivative);
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

  // Sum over the model's sources of h h^T s against 2 kT D, or the paper's; what enters positions
  // has no place in the model.
  void compare_noise() {
    const CircuitNoise& noise = deck_.noise();
    Eigen::VectorXd density = noise.density;
    for (Eigen::Index q = 0; q < density.size(); ++q) {
      if (noise.own[static_cast<std::size_t>(q)]) density(q) = 0.0;
    }
    const SparseMatrix circuit = noise.force_noise(false);
    const SparseMatrix absolute =
        noise.H_abs * density.asDiagonal() * SparseMatrix(noise.H_abs.transpose());
    const SparseMatrix model = core::compute_force_noise_matrix(system_);
    for (Eigen::Index c = 0; c < count_; ++c) {
      for (SparseMatrix::InnerIterator it(absolute, c); it; ++it) {
        const bool same = it.row() / nu_ == c / nu_;
        compare_noise_entry(it.row(), c, circuit.coeff(it.row(), c),
                            same ? model.coeff(it.row() % nu_, c % nu_) : 0.0, it.value());
      }
      for (SparseMatrix::InnerIterator it(model, c % nu_); it; ++it) {
        const Eigen::Index r = c / nu_ * nu_ + it.row();
        if (absolute.coeff(r, c) == 0.0) compare_noise_entry(r, c, 0.0, it.value(), 0.0);
      }
    }
    for (Eigen::Index q = 0; q < noise.T.outerSize(); ++q) {
      for (SparseMatrix::InnerIterator it(noise.T, q); it; ++it) {
        if (it.value() == 0.0 || density(q) == 0.0) continue;
        worst_.compare(it.value(), 0.0, 0.0, [&] {
          return fmt::format("noise source {} drives position {}", q + 1, label(it.row()));
        });
      }
    }
  }

  void compare_noise_entry(Eigen::Index r, Eigen::Index c, double circuit, double model,
                           double absolute) {
    worst_.compare(circuit, model, absolute,
                   [&] { return fmt::format("noise of the force ({},{})", label(r), label(c)); });
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
  const StampedDeck& deck_;
  const netlist::Descriptor& circuit_;
  const ReducedCircuit& reduced_;
  Eigen::Index nu_;
  Eigen::Index count_;
  bool overdamped_;
  double tau_;
  Worst worst_;
};

}  // namespace

Check check_matrices(const Checker& checker) {
  Check check;
  check.name = "matrices";
  check.limit = 1e-12;
  check.origin = "rounding of the sums in each entry, relative to the sum of their absolute values";
  const StampedDeck& deck = checker.deck;
  std::string obstacle = find_positive_feedback(deck.flat(), deck.descriptor());
  if (obstacle.empty()) obstacle = deck.obstacle();
  if (obstacle.empty() && checker.problem.system.kT > 0.0) obstacle = deck.noise().obstacle;
  if (!obstacle.empty()) {
    check.value = std::numeric_limits<double>::infinity();
    check.status = Check::Status::fail;
    check.detail = "no second-order system: " + obstacle;
    return check;
  }
  MatrixComparison comparison(checker);
  comparison.run();
  check.value = comparison.worst().value();
  decide(check);
  check.detail = fmt::format("{} entries of the stamped netlist", comparison.worst().compared());
  if (check.status == Check::Status::fail || check.value > 0.0) {
    check.detail += "; worst " + comparison.worst().detail();
  }
  return check;
}

}  // namespace springspice::sim
