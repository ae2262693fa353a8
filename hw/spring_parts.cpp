#include "hw/spring_parts.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace springspice::hw {
namespace {

using core::Spring;

const char* describe_kind(Spring::Kind kind) {
  switch (kind) {
    case Spring::Kind::data:
      return "condensed spring of the data in one cell";
    case Spring::Kind::literal:
      return "spring of one data point";
    case Spring::Kind::neighbor:
      return "neighbour spring along one stick";
    case Spring::Kind::pin:
      return "pin spring of one node";
    case Spring::Kind::given:
      return "one factor of K";
  }
  return "";
}

}  // namespace

std::vector<Spring> choose_springs(const Builder& builder) {
  const std::span<const Spring> given = builder.request().springs;
  if (!given.empty()) return {given.begin(), given.end()};
  return core::factor_springs(builder.system().K, builder.outputs());
}

std::string cell_label(const core::SecondOrderSystem& system, int cell) {
  std::vector<int> index(system.shape.size());
  for (std::size_t b = index.size(); b-- > 0;) {
    index[b] = cell % (system.shape[b] - 1);
    cell /= system.shape[b] - 1;
  }
  return fmt::format("{}", fmt::join(index, "_"));
}

std::string spring_label(const Builder& builder, const Spring& spring, Eigen::Index output) {
  const core::SecondOrderSystem& system = builder.system();
  std::string label;
  switch (spring.kind) {
    case Spring::Kind::data:
      label = fmt::format("{}r{}", cell_label(system, spring.origin), spring.number + 1);
      break;
    case Spring::Kind::literal:
      label = fmt::format("d{}", spring.origin + 1);
      break;
    case Spring::Kind::neighbor:
      label = system.label(spring.nodes[0]) + "__" + system.label(spring.nodes[1]);
      break;
    case Spring::Kind::pin:
      label = system.label(spring.origin) + "p";
      break;
    case Spring::Kind::given:
      label = system.label(spring.origin) + "f";
      break;
  }
  return builder.outputs() == 1 ? label : fmt::format("{}y{}", label, output + 1);
}

double anchor_of(const Builder& builder, const Spring& spring, Eigen::Index output) {
  if (!builder.request().literal) return 0.0;
  const double offset = builder.request().swing.offset(output);
  double shift = 0.0;
  for (const double turn : spring.turns) shift += turn * offset;
  const double anchor = spring.anchor(output) - shift;
  // What cancels to rounding is no anchor.
  return std::abs(anchor) <= 1e-15 * (std::abs(spring.anchor(output)) + std::abs(shift)) ? 0.0
                                                                                         : anchor;
}

std::vector<std::pair<int, double>> turns_of(const Spring& spring) {
  std::vector<std::pair<int, double>> turns;
  for (std::size_t t = 0; t < spring.nodes.size(); ++t) {
    if (spring.turns[t] != 0.0) turns.emplace_back(spring.nodes[t], spring.turns[t]);
  }
  return turns;
}

void for_each_conductance(const Builder& builder, const std::function<void(double)>& visit) {
  if (builder.request().literal) {
    for (const Spring& spring : builder.request().springs) {
      for (const double turn : spring.turns) visit(spring.stiffness * turn);
    }
    return;
  }
  for (const double entry : builder.system().K.coeffs()) visit(entry);
}

std::string describe(const Spring& spring) {
  return fmt::format("{}: kappa = {:.6g}, inputs", describe_kind(spring.kind), spring.stiffness);
}

}  // namespace springspice::hw
