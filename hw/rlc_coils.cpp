// Coupled coils: what an ideal transformer is made of when it is wound. The springs of one cell
// have together the stiffness K_c over its nodes; where it is positive definite, as many coils from
// those nodes to ground, of inductance matrix
//
//     L = (S K_c S)^-1,   L_ii on the coils and k_ij = L_ij / sqrt(L_ii L_jj) between them,
//
// draw the currents L^-1 phi: exactly the springs' forces, without an ideal part. A coupling factor
// nears 1 as the springs leave a combination of the nodes free, so how well coils can be coupled
// decides which data can be built.
//
// A spring whose nodes lie inside those of others (along a stick, to a level) joins them, in equal
// parts where there are several.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "hw/error.hpp"
#include "hw/rlc_springs.hpp"
#include "hw/spring_parts.hpp"

namespace springspice::hw {
namespace {

using core::Spring;

// Springs of one origin share a node set: those of a cell, whichever corners each of them has.
std::map<std::pair<bool, int>, std::vector<int>> find_node_sets(std::span<const Spring> springs) {
  std::map<std::pair<bool, int>, std::vector<int>> sets;
  int number = 0;
  for (const Spring& spring : springs) {
    const bool cell = spring.kind == Spring::Kind::data;
    std::vector<int>& nodes = sets[{!cell, cell ? spring.origin : number++}];
    nodes.insert(nodes.end(), spring.nodes.begin(), spring.nodes.end());
  }
  for (auto& [origin, nodes] : sets) {
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  }
  return sets;
}

bool contains(const std::vector<int>& set, std::vector<int> nodes) {
  std::sort(nodes.begin(), nodes.end());
  return std::includes(set.begin(), set.end(), nodes.begin(), nodes.end());
}

class Grouping {
 public:
  Grouping(const core::SecondOrderSystem& system, std::span<const Spring> springs)
      : system_(system), at_(static_cast<std::size_t>(system.size())) {
    // Larger sets first, so that smaller ones find those that hold them; cells before others.
    std::vector<std::pair<std::pair<bool, int>, std::vector<int>>> sets;
    for (auto& entry : find_node_sets(springs)) sets.push_back(entry);
    std::stable_sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
      return a.second.size() > b.second.size();
    });
    for (const auto& [origin, nodes] : sets) {
      if (holders(nodes).empty()) open(origin, nodes);
    }
    for (const Spring& spring : springs) share_out(spring);
  }

  std::vector<CoilGroup> take() { return std::move(groups_); }

 private:
  std::vector<std::size_t> holders(const std::vector<int>& nodes) const {
    std::vector<std::size_t> found;
    for (const std::size_t g : at_[static_cast<std::size_t>(nodes.front())]) {
      if (contains(groups_[g].nodes, nodes)) found.push_back(g);
    }
    return found;
  }

  void open(std::pair<bool, int> origin, const std::vector<int>& nodes) {
    CoilGroup group;
    group.nodes = nodes;
    if (!origin.first) {
      group.label = cell_label(system_, origin.second);
      group.description = "cell " + group.label;
    } else {
      group.label = fmt::format("g{}", groups_.size() + 1);
      group.description = fmt::format("the springs between {} and {}", system_.label(nodes.front()),
                                      system_.label(nodes.back()));
    }
    const auto size = static_cast<Eigen::Index>(nodes.size());
    group.stiffness = Eigen::MatrixXd::Zero(size, size);
    for (const int node : nodes) at_[static_cast<std::size_t>(node)].push_back(groups_.size());
    groups_.push_back(std::move(group));
  }

  void share_out(const Spring& spring) {
    std::vector<std::size_t> groups = holders(spring.nodes);
    // The springs of a cell stay there, even where another cell holds their nodes too.
    if (spring.kind == Spring::Kind::data) {
      const std::string label = cell_label(system_, spring.origin);
      std::erase_if(groups, [&](std::size_t g) { return groups_[g].label != label; });
    }
    const double part = spring.stiffness / static_cast<double>(groups.size());
    for (const std::size_t g : groups) {
      CoilGroup& group = groups_[g];
      Eigen::VectorXd turns = Eigen::VectorXd::Zero(std::ssize(group.nodes));
      for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
        const auto at = std::lower_bound(group.nodes.begin(), group.nodes.end(), spring.nodes[t]);
        turns(at - group.nodes.begin()) = spring.turns[t];
      }
      group.stiffness += part * turns * turns.transpose();
    }
  }

  const core::SecondOrderSystem& system_;
  std::vector<std::vector<std::size_t>> at_;  // groups of each node
  std::vector<CoilGroup> groups_;
};

// Largest |k_ij|; 1 where the stiffness leaves a combination of the nodes free.
double invert(CoilGroup& group) {
  const Eigen::Index size = group.stiffness.rows();
  // Scaled to a unit diagonal, so that stiffnesses of different size do not look singular.
  const Eigen::VectorXd root = group.stiffness.diagonal().cwiseMax(0.0).cwiseSqrt();
  if (root.minCoeff() <= 0.0) return 1.0;
  const Eigen::VectorXd inverse_root = root.cwiseInverse();
  const Eigen::MatrixXd unit =
      inverse_root.asDiagonal() * group.stiffness * inverse_root.asDiagonal();
  const Eigen::LDLT<Eigen::MatrixXd> factor(unit);
  const double least = factor.vectorD().minCoeff();
  if (least <= static_cast<double>(size) * 64 * std::numeric_limits<double>::epsilon()) return 1.0;
  const Eigen::MatrixXd inverse = factor.solve(Eigen::MatrixXd::Identity(size, size));
  group.inductance = inverse_root.asDiagonal() * inverse * inverse_root.asDiagonal();
  double largest = 0.0;
  for (Eigen::Index a = 0; a < size; ++a) {
    for (Eigen::Index b = 0; b < a; ++b) {
      largest =
          std::max(largest, std::abs(inverse(a, b)) / std::sqrt(inverse(a, a) * inverse(b, b)));
    }
  }
  return largest;
}

std::string coil_name(const Builder& builder, const CoilGroup& group, std::size_t a,
                      Eigen::Index p) {
  const std::string output = builder.outputs() == 1 ? std::string() : fmt::format("y{}", p + 1);
  return fmt::format("lk{}{}__{}", group.label, output, builder.system().label(group.nodes[a]));
}

void add_couplings(Builder& builder, const CoilGroup& group, Eigen::Index p) {
  const Eigen::MatrixXd& L = group.inductance;
  for (std::size_t a = 0; a < group.nodes.size(); ++a) {
    for (std::size_t b = a + 1; b < group.nodes.size(); ++b) {
      const auto i = static_cast<Eigen::Index>(a);
      const auto j = static_cast<Eigen::Index>(b);
      if (L(i, j) == 0.0) continue;
      const std::string first = coil_name(builder, group, a, p);
      const std::string other = builder.system().label(group.nodes[b]);
      builder.add(
          netlist::coupling("k" + first + "__" + other, first, coil_name(builder, group, b, p),
                            L(i, j) / std::sqrt(L(i, i) * L(j, j))),
          fmt::format("L({},{}) = {:.6g}, inputs", builder.system().label(group.nodes[a]), other,
                      L(i, j)));
    }
  }
}

void add_group(Builder& builder, const CoilGroup& group, const std::vector<int>& signs,
               Eigen::Index p) {
  const double unit = builder.impedance() * builder.tau();
  Eigen::VectorXd flux(std::ssize(group.nodes));
  for (Eigen::Index a = 0; a < flux.size(); ++a) {
    flux(a) = initial_flux(builder, signs, group.nodes[static_cast<std::size_t>(a)], p);
  }
  const Eigen::VectorXd ampere = group.stiffness * flux / unit;
  builder.section("coils of " + group.description + ": their inductances invert its stiffness");
  for (Eigen::Index a = 0; a < flux.size(); ++a) {
    const int node = group.nodes[static_cast<std::size_t>(a)];
    netlist::Element coil =
        netlist::inductor(coil_name(builder, group, static_cast<std::size_t>(a), p),
                          "v" + builder.label(node, p), "0", group.inductance(a, a) * unit);
    coil.initial = ampere(a) + 0.0;  // no -0
    builder.add(std::move(coil), fmt::format("L({0},{0}) = {1:.6g}, inputs",
                                             builder.system().label(node), group.inductance(a, a)));
  }
  add_couplings(builder, group, p);
}

}  // namespace

std::vector<CoilGroup> make_coil_groups(const core::SecondOrderSystem& system,
                                        std::span<const Spring> springs,
                                        const std::vector<int>& signs, double largest_factor) {
  std::vector<CoilGroup> groups = Grouping(system, springs).take();
  std::size_t refused = 0;
  std::string first;
  for (CoilGroup& group : groups) {
    for (Eigen::Index a = 0; a < group.stiffness.rows(); ++a) {
      for (Eigen::Index b = 0; b < group.stiffness.cols(); ++b) {
        group.stiffness(a, b) *=
            signs[static_cast<std::size_t>(group.nodes[static_cast<std::size_t>(a)])] *
            signs[static_cast<std::size_t>(group.nodes[static_cast<std::size_t>(b)])];
      }
    }
    const double factor = invert(group);
    if (factor <= largest_factor && factor < 1.0) continue;
    if (refused++ > 0) continue;
    first = factor < 1.0 ? fmt::format("{} needs a factor of {:.6g}", group.description, factor)
                         : fmt::format(
                               "{} leaves a combination of its nodes free, which only a "
                               "factor of 1 can carry",
                               group.description);
  }
  if (refused == 0) return groups;
  throw RealizationError(fmt::format(
      "coupled coils of --coupling-factor {}: {}{}; take --coupling transformer without "
      "--coupling-factor (ideal transformers), a larger factor, or fewer --sticks",
      largest_factor, first,
      refused == 1 ? "" : fmt::format(", and {} of {} groups fail", refused, groups.size())));
}

void add_coils(Builder& builder, std::span<const CoilGroup> groups, const std::vector<int>& signs) {
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (const CoilGroup& group : groups) add_group(builder, group, signs, p);
  }
}

}  // namespace springspice::hw
