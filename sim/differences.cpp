#include "sim/differences.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/langevin.hpp"

namespace springspice::sim {
namespace {

using core::SparseMatrix;
using Entries = std::unordered_map<int, Summed>;
using Kind = EntryKey::Kind;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

class Comparison {
 public:
  Comparison(const Problem& problem, const ProbeMap& probes, const StampedDeck& deck,
             const std::function<void(const ComparedEntry&)>& visit)
      : problem_(problem),
        system_(problem.system),
        probes_(probes),
        deck_(deck),
        circuit_(deck.descriptor()),
        reduced_(deck.reduced()),
        nu_(system_.size()),
        count_(nu_ * system_.outputs()),
        overdamped_(system_.dynamics == core::Dynamics::overdamped),
        tau_(problem.design.scales.time_s),
        visit_(visit) {}

  void run() {
    if (overdamped_) {
      compare_matrix(reduced_.second, system_.D, Kind::friction, 1);
      compare_matrix(reduced_.first, system_.K, Kind::stiffness, 0);
      expect_nothing(reduced_.zeroth);
    } else {
      compare_matrix(reduced_.second, system_.M, Kind::mass, 2);
      compare_matrix(reduced_.first, system_.D, Kind::friction, 1);
      compare_matrix(reduced_.zeroth, system_.K, Kind::stiffness, 0);
    }
    compare_force();
    if (!overdamped_) compare_probes();  // overdamped, the positions are the coordinates themselves
    compare_readouts();
    compare_initial();
    if (system_.kT > 0.0) compare_noise();
  }

 private:
  const netlist::Probe& coordinate_probe(Eigen::Index c) const { return deck_.coordinate_probe(c); }
  const netlist::Probe& position_probe(Eigen::Index c) const {
    return *probes_.positions[static_cast<std::size_t>(c)];
  }

  void compare(Kind kind, Eigen::Index row, Eigen::Index column, double circuit, double model,
               double absolute) const {
    visit_({{kind, row, column}, circuit, model, absolute});
  }

  // circuit entry * port gain / (probe gain * tau^power) is the model's entry: a force row's ampere
  // times the port's gain is force; a volt is probe-gain units; each derivative brings 1/tau.
  void compare_matrix(const std::vector<Entries>& circuit, const SparseMatrix& model, Kind kind,
                      int derivative) const {
    for (Eigen::Index r = 0; r < count_; ++r) {
      const Eigen::Index block = r / nu_;
      const Entries& row = circuit[static_cast<std::size_t>(r)];
      for (const auto& [column, entry] : row) {
        const bool same = column / nu_ == block;
        const double unit = deck_.unit(r, column, derivative);
        compare(kind, r, column, entry.value * unit,
                same ? model.coeff(r % nu_, column % nu_) : 0.0, entry.absolute * std::abs(unit));
      }
      for (SparseMatrix::InnerIterator it(model, r % nu_); it; ++it) {
        const auto column = static_cast<int>(block * nu_ + it.row());
        if (!row.contains(column)) compare(kind, r, column, 0.0, it.value(), 0.0);
      }
    }
  }

  void expect_nothing(const std::vector<Entries>& rows) const {
    for (Eigen::Index r = 0; r < count_; ++r) {
      for (const auto& [column, entry] : rows[static_cast<std::size_t>(r)]) {
        if (entry.value != 0.0) compare(Kind::ghost, r, column, entry.value, 0.0, 0.0);
      }
    }
  }

  // Positions are held less their offsets, so the circuit's force is f - K offset. Rounding of that
  // difference is (n + 1) eps of the sum of its terms: 2e-15 of it, as a share of the limit 1e-12.
  void compare_force() const {
    constexpr double kRoundingShare = 2e-3;
    for (Eigen::Index r = 0; r < count_; ++r) {
      double model = system_.f(r % nu_, r / nu_);
      double terms = std::abs(model);
      for (SparseMatrix::InnerIterator it(system_.K, r % nu_); it; ++it) {
        const double share = it.value() * position_probe((r / nu_) * nu_ + it.row()).offset;
        model -= share;
        terms += std::abs(share);
      }
      const Summed& force = reduced_.force[static_cast<std::size_t>(r)];
      const double gain = deck_.port(r).gain;
      compare(Kind::force, r, -1, force.value * gain, model,
              force.absolute * std::abs(gain) + kRoundingShare * terms);
    }
  }

  const std::optional<Expression>& expression_at(const std::string& node) const {
    return reduced_.expressions[static_cast<std::size_t>(circuit_.node(node))];
  }

  // A position's voltage must be its own coordinate's, with the probe's gain: one unit of model
  // position is tau / (velocity gain) webers of flux at the velocity node.
  void compare_probes() const {
    for (Eigen::Index c = 0; c < count_; ++c) {
      const netlist::Probe& probe = position_probe(c);
      const auto& expression = expression_at(probe.node);
      if (!expression) {
        // No force row needs it (K has a zero column there), so reduce() did not mind.
        compare(Kind::position, c, c, kNotANumber, 1.0, 1.0);
        continue;
      }
      const bool flux = probe.quantity == netlist::Probe::Quantity::flux;
      Entries own = flux ? expression->direct : expression->integral;
      own.try_emplace(static_cast<int>(c));
      for (const auto& [column, entry] : own) {
        const double unit = probe.gain * tau_ / coordinate_probe(column).gain;
        compare(Kind::position, c, column, entry.value * unit, column == c ? 1.0 : 0.0,
                entry.absolute * std::abs(unit));
      }
      for (const Entries* others :
           {flux ? &expression->integral : &expression->direct, &expression->rate}) {
        for (const auto& [column, entry] : *others) {
          compare(Kind::position, c, column, entry.value, 0.0, 0.0);
        }
      }
      compare(Kind::position, c, -1, expression->constant.value, 0.0, 0.0);
    }
  }

  // gain * v(node) + offset = sum of weight * x: in the coordinates that the circuit holds, which
  // are the positions less their offsets, a constant is left that must vanish. The same of
  // velocities, which have no offsets.
  void compare_readouts() const {
    for (std::size_t k = 0; k < problem_.design.readouts.size(); ++k) {
      const netlist::Readout& readout = problem_.design.readouts[k];
      const auto row = static_cast<Eigen::Index>(k);
      const auto& expression = expression_at(readout.node);
      if (!expression) {
        compare(Kind::readout, row, -1, kNotANumber, 1.0, 1.0);
        continue;
      }
      const bool velocity = readout.kind == netlist::Probe::Kind::velocity;
      const bool direct = overdamped_ || velocity;
      compare_weights(row, readout, direct ? expression->direct : expression->integral,
                      direct ? 1.0 : tau_);
      for (const Entries* others :
           {direct ? &expression->integral : &expression->direct, &expression->rate}) {
        for (const auto& [column, entry] : *others) {
          if (entry.value != 0.0) compare(Kind::readout, row, column, kNotANumber, 0.0, 0.0);
        }
      }
      double constant = readout.gain * expression->constant.value + readout.offset;
      double terms =
          std::abs(readout.gain) * expression->constant.absolute + std::abs(readout.offset);
      for (const auto& [coordinate, weight] : readout.weights) {
        if (velocity) break;
        const double share = weight * position_probe(readout.output * nu_ + coordinate).offset;
        constant -= share;
        terms += std::abs(share);
      }
      compare(Kind::readout, row, -1, constant, 0.0, terms);
    }
  }

  // @param unit of a coordinate in the expression: a volt at its probe is 1, its flux tau
  void compare_weights(Eigen::Index row, const netlist::Readout& readout, Entries own,
                       double unit) const {
    for (const auto& [coordinate, weight] : readout.weights) {
      own.try_emplace(static_cast<int>(readout.output * nu_ + coordinate));
    }
    for (const auto& [column, entry] : own) {
      const double factor = readout.gain * unit / coordinate_probe(column).gain;
      compare(Kind::readout, row, column, entry.value * factor, weight_of(readout, column),
              entry.absolute * std::abs(factor));
    }
  }

  double weight_of(const netlist::Readout& readout, Eigen::Index column) const {
    if (column / nu_ != readout.output) return 0.0;
    double sum = 0.0;
    for (const auto& [coordinate, weight] : readout.weights) {
      if (coordinate == column % nu_) sum += weight;
    }
    return sum;
  }

  // Every unknown that stores something starts where the model's initial state puts it; under `uic`
  // what the deck does not mention starts at 0. What shows an acceleration stores nothing.
  void compare_initial() const {
    for (std::size_t k = 0; k < reduced_.expressions.size(); ++k) {
      const auto& expression = reduced_.expressions[k];
      if (!expression || !expression->rate.empty()) continue;
      const bool stored = circuit_.E.col(static_cast<Eigen::Index>(k)).nonZeros() > 0;
      if (!stored && !circuit_.initial[k]) continue;
      const Summed expected = initial_value(*expression);
      compare(Kind::initial, static_cast<Eigen::Index>(k), -1, circuit_.initial[k].value_or(0.0),
              expected.value, expected.absolute);
    }
    for (std::size_t k = 0; k < circuit_.capacitor_initial.size(); ++k) {
      const netlist::CapacitorInitial& own = circuit_.capacitor_initial[k];
      Summed expected;
      add_node(expected, own.plus, 1.0);
      add_node(expected, own.minus, -1.0);
      compare(Kind::initial, -1, static_cast<Eigen::Index>(k), own.volt, expected.value,
              expected.absolute);
    }
  }

  // Sum over the model's sources of h h^T s against 2 kT D, or the paper's; what enters positions
  // has no place in the model.
  void compare_noise() const {
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
        compare(Kind::noise, it.row(), c, circuit.coeff(it.row(), c),
                same ? model.coeff(it.row() % nu_, c % nu_) : 0.0, it.value());
      }
      for (SparseMatrix::InnerIterator it(model, c % nu_); it; ++it) {
        const Eigen::Index r = c / nu_ * nu_ + it.row();
        if (absolute.coeff(r, c) == 0.0) compare(Kind::noise, r, c, 0.0, it.value(), 0.0);
      }
    }
    for (Eigen::Index q = 0; q < noise.T.outerSize(); ++q) {
      for (SparseMatrix::InnerIterator it(noise.T, q); it; ++it) {
        if (it.value() == 0.0 || density(q) == 0.0) continue;
        compare(Kind::noise, it.row(), -1 - q, it.value(), 0.0, 0.0);
      }
    }
  }

  void add_node(Summed& sum, const std::string& node, double sign) const {
    if (node == "0") return;
    const auto& expression = expression_at(node);
    if (!expression) return;
    const Summed value = initial_value(*expression);
    sum.add(sign * value.value, value.absolute);
  }

  Summed initial_value(const Expression& expression) const {
    Summed sum = expression.constant;
    const core::State& start = problem_.initial;
    for (const auto& [c, entry] : expression.direct) {
      const netlist::Probe& probe = coordinate_probe(c);
      const double model = (overdamped_ ? start.x : start.v)(c % nu_, c / nu_);
      const double volt = (model - probe.offset) / probe.gain;
      sum.add(entry.value * volt, entry.absolute * std::abs(volt));
    }
    for (const auto& [c, entry] : expression.integral) {
      const double flux =
          (start.x(c % nu_, c / nu_) - position_probe(c).offset) * tau_ / coordinate_probe(c).gain;
      sum.add(entry.value * flux, entry.absolute * std::abs(flux));
    }
    return sum;
  }

  const Problem& problem_;
  const core::SecondOrderSystem& system_;
  const ProbeMap& probes_;
  const StampedDeck& deck_;
  const netlist::Descriptor& circuit_;
  const ReducedCircuit& reduced_;
  Eigen::Index nu_;
  Eigen::Index count_;
  bool overdamped_;
  double tau_;
  const std::function<void(const ComparedEntry&)>& visit_;
};

}  // namespace

double ComparedEntry::difference() const {
  const double size = std::abs(circuit - model);
  if (size == 0.0) return 0.0;
  const double relative = size / std::max({absolute, std::abs(model), std::abs(circuit)});
  return std::isnan(relative) ? std::numeric_limits<double>::infinity() : relative;
}

void for_each_entry(const Problem& problem, const ProbeMap& probes, const StampedDeck& deck,
                    const std::function<void(const ComparedEntry&)>& visit) {
  Comparison(problem, probes, deck, visit).run();
}

std::string describe(const EntryKey& key, const Problem& problem, const StampedDeck& deck) {
  const Eigen::Index nu = problem.system.size();
  const auto label = [&](Eigen::Index c) {
    const std::string node = problem.system.label(c % nu);
    return problem.system.outputs() == 1 ? node : fmt::format("{}y{}", node, c / nu + 1);
  };
  switch (key.kind) {
    case Kind::mass:
      return fmt::format("M({},{})", label(key.row), label(key.column));
    case Kind::friction:
      return fmt::format("D({},{})", label(key.row), label(key.column));
    case Kind::stiffness:
      return fmt::format("K({},{})", label(key.row), label(key.column));
    case Kind::ghost:
      return fmt::format("the force at {} from the integral of {}", label(key.row),
                         label(key.column));
    case Kind::force:
      return fmt::format("f({})", label(key.row));
    case Kind::position:
      if (key.column < 0) return fmt::format("the constant in position {}", label(key.row));
      return fmt::format("position {} as read from coordinate {}", label(key.row),
                         label(key.column));
    case Kind::readout: {
      const std::string& node = problem.design.readouts[static_cast<std::size_t>(key.row)].node;
      if (key.column < 0) return fmt::format("the constant in read-out {}", node);
      return fmt::format("the weight of {} in read-out {}", label(key.column), node);
    }
    case Kind::initial:
      if (key.row >= 0) {
        return "initial value of " + deck.descriptor().unknowns[static_cast<std::size_t>(key.row)];
      }
      return "ic of " +
             deck.descriptor().capacitor_initial[static_cast<std::size_t>(key.column)].element;
    case Kind::noise:
      if (key.column < 0) {
        return fmt::format("the drive of position {} by noise source {}", label(key.row),
                           -key.column);
      }
      return fmt::format("noise of the force ({},{})", label(key.row), label(key.column));
  }
  return {};
}

}  // namespace springspice::sim
