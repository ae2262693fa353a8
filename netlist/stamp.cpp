#include "netlist/stamp.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"

namespace springspice::netlist {
namespace {

using Eigen::Index;
// A contribution and its magnitude, so that one sorting adds up both.
using Both = std::complex<double>;
using Triplets = std::vector<Eigen::Triplet<Both>>;

constexpr Index kGround = -1;

bool has_branch(Kind kind) {
  return kind == Kind::voltage || kind == Kind::inductor || kind == Kind::vcvs ||
         kind == Kind::ccvs || kind == Kind::nullor;
}

std::string branch_name(std::string_view element) { return "i(" + lower(element) + ")"; }

void assemble(const Triplets& triplets, Index n, Eigen::SparseMatrix<double>& sum,
              Eigen::SparseMatrix<double>& magnitudes) {
  Eigen::SparseMatrix<Both> both(n, n);
  both.setFromTriplets(triplets.begin(), triplets.end());
  sum = both.real();
  magnitudes = both.imag();
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
    std::size_t nodes = 0;
    for (const auto& element : circuit_.elements) {
      rows_ = all_rows_.data() + nodes;
      nodes += element.nodes.size();
      stamp_element(element);
    }
    set_initial_voltages();
    assemble(e_, n, out_.E, out_.E_abs);
    assemble(a_, n, out_.A, out_.A_abs);
    return std::move(out_);
  }

 private:
  void number_unknowns() {
    number_nodes();
    out_.node_count = std::ssize(out_.unknowns);
    const auto branches = std::ranges::count_if(
        circuit_.elements, [](const Element& element) { return has_branch(element.kind); });
    out_.index.reserve(out_.unknowns.size() + static_cast<std::size_t>(branches));
    for (std::size_t i = 0; i < out_.unknowns.size(); ++i) {
      out_.index.emplace(out_.unknowns[i], static_cast<Index>(i));
    }
    for (const auto& element : circuit_.elements) {
      if (element.kind == Kind::inductor) inductance_.emplace(lower(element.name), element.value);
      if (has_branch(element.kind)) add_branch(element.name);
    }
  }

  // Each name is looked up once, and its row kept for the stamp.
  void number_nodes() {
    NameIndex numbers;
    const auto name_at = [&](std::size_t i) -> std::string_view { return out_.unknowns[i]; };
    for (const auto& element : circuit_.elements) {
      for (const auto& node : element.nodes) {
        if (is_ground(node)) {
          all_rows_.push_back(kGround);
          continue;
        }
        const std::size_t next = out_.unknowns.size();
        const std::size_t known = numbers.insert(node, next, name_at);
        if (known == NameIndex::kNone) out_.unknowns.push_back(lower(node));
        all_rows_.push_back(static_cast<Index>(known == NameIndex::kNone ? next : known));
      }
    }
  }

  void add_branch(const std::string& element) {
    std::string name = branch_name(element);
    if (!out_.index.emplace(name, std::ssize(out_.unknowns)).second) {
      throw NetlistError(fmt::format("two elements are called {}", quoted(element)));
    }
    out_.unknowns.push_back(std::move(name));
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
      matrix.emplace_back(static_cast<int>(i), static_cast<int>(j), Both(value, std::abs(value)));
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
    if (element.kind == Kind::instance) {
      throw NetlistError(fmt::format("element {} is an instance; flatten the circuit first",
                                     quoted(element.name)));
    }
    const Index a = rows_[0];
    const Index b = rows_[1];
    if (has_branch(element.kind)) return stamp_branch(element, a, b);
    switch (element.kind) {
      case Kind::resistor:
        if (element.value == 0.0) {
          throw NetlistError(
              fmt::format("element {}: a resistance of 0 has no conductance; "
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
        return put_admittance(a_, a, b, rows_[2], rows_[3], element.value);
      case Kind::cccs:
        return put_current(a, b, branch(element, element.references[0]), element.value);
      case Kind::current:
        drive(a, -element.value);
        return drive(b, element.value);
      default:
        return;  // all kinds were named by now
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
      put_difference(k, rows_[2], rows_[3], -element.value);
    } else {
      put(a_, k, branch(element, element.references[0]), -element.value);
    }
  }

  void stamp_nullor(const Element& element) {
    const Index k = own_branch(element);
    put_current(rows_[2], kGround, k, 1.0);
    put_difference(k, rows_[0], rows_[1], 1.0);
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
  std::vector<Index> all_rows_;  // of the nodes of all elements, in order
  const Index* rows_ = nullptr;  // of the element that is stamped
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
