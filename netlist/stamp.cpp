#include "netlist/stamp.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

using Eigen::Index;
using Triplets = std::vector<Eigen::Triplet<double>>;

constexpr Index kGround = -1;

bool has_branch(Kind kind) {
  return kind == Kind::voltage || kind == Kind::inductor || kind == Kind::vcvs ||
         kind == Kind::ccvs || kind == Kind::nullor;
}

std::string branch_name(std::string_view element) { return "i(" + lower(element) + ")"; }

Eigen::SparseMatrix<double> assemble(const Triplets& triplets, Index n, bool absolute) {
  Eigen::SparseMatrix<double> out(n, n);
  if (!absolute) {
    out.setFromTriplets(triplets.begin(), triplets.end());
    return out;
  }
  Triplets magnitudes;
  magnitudes.reserve(triplets.size());
  for (const auto& t : triplets) magnitudes.emplace_back(t.row(), t.col(), std::abs(t.value()));
  out.setFromTriplets(magnitudes.begin(), magnitudes.end());
  return out;
}

class Stamper {
 public:
  explicit Stamper(const FlatCircuit& circuit) : circuit_(circuit) {}

  Descriptor run() {
    number_unknowns();
    const Index n = std::ssize(out_.unknowns);
    out_.s = Eigen::VectorXd::Zero(n);
    out_.s_abs = Eigen::VectorXd::Zero(n);
    out_.initial.resize(static_cast<std::size_t>(n));
    for (const auto& element : circuit_.elements) stamp_element(element);
    set_initial_voltages();
    out_.E = assemble(e_, n, false);
    out_.A = assemble(a_, n, false);
    out_.E_abs = assemble(e_, n, true);
    out_.A_abs = assemble(a_, n, true);
    return std::move(out_);
  }

 private:
  void number_unknowns() {
    for (const auto& element : circuit_.elements) {
      for (const auto& node : element.nodes) {
        if (!is_ground(node)) add_unknown(lower(node));
      }
    }
    out_.node_count = std::ssize(out_.unknowns);
    for (const auto& element : circuit_.elements) {
      if (element.kind == Kind::inductor) inductance_.emplace(lower(element.name), element.value);
      if (has_branch(element.kind) && !add_unknown(branch_name(element.name))) {
        throw NetlistError(fmt::format("two elements are called {}", quoted(element.name)));
      }
    }
  }

  bool add_unknown(std::string name) {
    if (!out_.index.emplace(name, std::ssize(out_.unknowns)).second) return false;
    out_.unknowns.push_back(std::move(name));
    return true;
  }

  Index row(const std::string& node) const {
    return is_ground(node) ? kGround : out_.index.at(lower(node));
  }

  // The branch current that `element` reads.
  Index branch(const Element& element, const std::string& name) const {
    const auto found = out_.index.find(branch_name(name));
    if (found == out_.index.end()) {
      throw NetlistError(
          fmt::format("element {} refers to {}, which is not in the circuit; name a "
                      "voltage source (F, H) or inductors (K)",
                      quoted(element.name), quoted(name)));
    }
    return found->second;
  }

  Index own_branch(const Element& element) const {
    return out_.index.at(branch_name(element.name));
  }

  static void put(Triplets& matrix, Index i, Index j, double value) {
    if (i != kGround && j != kGround) {
      matrix.emplace_back(static_cast<int>(i), static_cast<int>(j), value);
    }
  }

  void drive(Index i, double value) {
    if (i == kGround) return;
    out_.s[i] += value;
    out_.s_abs[i] += std::abs(value);
  }

  // A current y (v_c - v_d) from node a through the element to node b.
  static void put_admittance(Triplets& matrix, Index a, Index b, Index c, Index d, double y) {
    put(matrix, a, c, y);
    put(matrix, a, d, -y);
    put(matrix, b, c, -y);
    put(matrix, b, d, y);
  }

  // The unknown current of column k leaves node a, times `gain`, and enters node b.
  void put_current(Index a, Index b, Index k, double gain) {
    put(a_, a, k, gain);
    put(a_, b, k, -gain);
  }

  // gain (v_a - v_b) in row k.
  void put_difference(Index k, Index a, Index b, double gain) {
    put(a_, k, a, gain);
    put(a_, k, b, -gain);
  }

  void stamp_element(const Element& element) {
    if (element.kind == Kind::coupling) return stamp_coupling(element);
    if (element.kind == Kind::nullor) return stamp_nullor(element);
    const Index a = row(element.nodes[0]);
    const Index b = row(element.nodes[1]);
    if (has_branch(element.kind)) return stamp_branch(element, a, b);
    switch (element.kind) {
      case Kind::resistor:
        if (element.value == 0.0) {
          throw NetlistError(fmt::format("element {}: a resistance of 0 has no conductance; "
                                         "simplify() the circuit first, or leave the element out "
                                         "and join its nodes",
                                         quoted(element.name)));
        }
        return put_admittance(a_, a, b, a, b, 1.0 / element.value);
      case Kind::capacitor:
        if (element.initial) {
          out_.capacitor_initial.push_back({lower(element.name), lower(element.nodes[0]),
                                            lower(element.nodes[1]), *element.initial});
        }
        return put_admittance(e_, a, b, a, b, element.value);
      case Kind::vccs:
        return put_admittance(a_, a, b, row(element.nodes[2]), row(element.nodes[3]),
                              element.value);
      case Kind::cccs:
        return put_current(a, b, branch(element, element.references[0]), element.value);
      case Kind::current:
        drive(a, -element.value);
        return drive(b, element.value);
      default:
        throw NetlistError(fmt::format("element {} is an instance; flatten the circuit first",
                                       quoted(element.name)));
    }
  }

  // V, L, E, H: v_a - v_b - ... = s, with the branch current from a through the element to b.
  void stamp_branch(const Element& element, Index a, Index b) {
    const Index k = own_branch(element);
    put_current(a, b, k, 1.0);
    put_difference(k, a, b, 1.0);
    if (element.kind == Kind::voltage) {
      drive(k, element.value);
    } else if (element.kind == Kind::inductor) {
      put(e_, k, k, -element.value);
      out_.initial[static_cast<std::size_t>(k)] = element.initial;
    } else if (element.kind == Kind::vcvs) {
      put_difference(k, row(element.nodes[2]), row(element.nodes[3]), -element.value);
    } else {
      put(a_, k, branch(element, element.references[0]), -element.value);
    }
  }

  void stamp_nullor(const Element& element) {
    const Index k = own_branch(element);
    put_current(row(element.nodes[2]), kGround, k, 1.0);
    put_difference(k, row(element.nodes[0]), row(element.nodes[1]), 1.0);
  }

  void stamp_coupling(const Element& element) {
    const Index i = branch(element, element.references[0]);
    const Index j = branch(element, element.references[1]);
    const double product = inductance(element, 0) * inductance(element, 1);
    if (product < 0.0) {
      throw NetlistError(fmt::format(
          "element {} couples {} and {}, of which one is negative; their "
          "mutual inductance would be imaginary",
          quoted(element.name), quoted(element.references[0]), quoted(element.references[1])));
    }
    const double mutual = element.value * std::sqrt(product);
    put(e_, i, j, -mutual);
    put(e_, j, i, -mutual);
  }

  double inductance(const Element& element, std::size_t which) const {
    const auto found = inductance_.find(lower(element.references[which]));
    if (found != inductance_.end()) return found->second;
    throw NetlistError(fmt::format("element {} couples {}, which is no inductor",
                                   quoted(element.name), quoted(element.references[which])));
  }

  void set_initial_voltages() {
    for (const auto& [node, volt] : circuit_.initial_voltages) {
      auto& initial = out_.initial[static_cast<std::size_t>(out_.node(node))];
      if (initial) {
        throw NetlistError(
            fmt::format(".ic: node {} has an initial voltage already; give one", quoted(node)));
      }
      initial = volt;
    }
  }

  const FlatCircuit& circuit_;
  Descriptor out_;
  Triplets e_, a_;
  std::unordered_map<std::string, double> inductance_;
};

}  // namespace

Eigen::Index Descriptor::node(std::string_view name) const {
  if (is_ground(name)) {
    throw NetlistError(
        fmt::format("node {} is ground: its voltage is zero, not an unknown", quoted(name)));
  }
  const auto found = index.find(lower(name));
  if (found != index.end() && found->second < node_count) return found->second;
  constexpr Index kShown = 10;
  std::string known;
  for (Index i = 0; i < std::min(node_count, kShown); ++i) {
    known += (i == 0 ? "" : " ") + unknowns[static_cast<std::size_t>(i)];
  }
  throw NetlistError(fmt::format("no element touches node {}; the circuit has {}{}", quoted(name),
                                 node_count == 0 ? "no nodes" : known,
                                 node_count > kShown ? " ..." : ""));
}

Descriptor stamp(const FlatCircuit& circuit) { return Stamper(circuit).run(); }

}  // namespace springspice::netlist
