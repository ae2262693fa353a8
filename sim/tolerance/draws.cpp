#include "sim/tolerance/draws.hpp"

#include <cmath>
#include <numbers>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"
#include "netlist/circuit.hpp"

namespace springspice::sim {
namespace {

// A normal deviate is cut here: the tolerance is three standard deviations.
constexpr double kCut = 3.0;

// Each attempt has streams of its own, one a part, apart from those of other single draws.
constexpr std::uint64_t kToleranceStreams = std::uint64_t{0x746f6c} << 40;
constexpr std::uint64_t kStreamsOfAttempt = std::uint64_t{1} << 32;

double draw_cut_normal(std::uint64_t seed, std::uint64_t part, std::uint64_t draw) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    const std::uint64_t stream = kToleranceStreams + attempt * kStreamsOfAttempt + part;
    const double deviate = core::normal(seed, stream, draw);
    if (std::abs(deviate) <= kCut) return deviate / kCut;
  }
}

double draw_uniform(std::uint64_t seed, std::uint64_t part, std::uint64_t draw) {
  return 2.0 * core::uniform(seed, kToleranceStreams + part, draw) - 1.0;
}

}  // namespace

void check_spreads(std::span<const PartSpread> spreads) {
  std::unordered_set<std::string> seen;
  for (const PartSpread& spread : spreads) {
    if (!(spread.tolerance >= 0.0 && spread.tolerance < 1.0)) {
      throw core::ParameterError(fmt::format(
          "part '{}' has the tolerance {}: a part may be up to twice its value or nothing at all "
          "from 1 on; give a tolerance of at least 0 and below 1",
          spread.element, spread.tolerance));
    }
    if (!seen.insert(netlist::lower(spread.element)).second) {
      throw core::ParameterError(
          fmt::format("part '{}' is given two tolerances; give one", spread.element));
    }
  }
}

Eigen::VectorXd draw_multipliers(std::span<const PartSpread> spreads, std::uint64_t seed,
                                 std::uint64_t draw) {
  Eigen::VectorXd multipliers(std::ssize(spreads));
  for (std::size_t q = 0; q < spreads.size(); ++q) {
    const double u =
        spreads[q].normal ? draw_cut_normal(seed, q, draw) : draw_uniform(seed, q, draw);
    multipliers(static_cast<Eigen::Index>(q)) = 1.0 + spreads[q].tolerance * u;
  }
  return multipliers;
}

double standard_deviation(const PartSpread& spread) {
  if (!spread.normal) return spread.tolerance / std::numbers::sqrt3;
  const double density =
      std::exp(-0.5 * kCut * kCut) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const double inside = std::erf(kCut / std::numbers::sqrt2);
  return spread.tolerance / kCut * std::sqrt(1.0 - 2.0 * kCut * density / inside);
}

std::vector<int> find_johnson_parts(const netlist::Design& design,
                                    std::span<const PartSpread> spreads, NoiseOrigin origin) {
  std::unordered_map<std::string, int> positions;
  for (const PartSpread& spread : spreads) {
    positions.emplace(netlist::lower(spread.element), static_cast<int>(positions.size()));
  }
  std::vector<int> parts;
  for (const netlist::NoiseSource& source : design.noise) {
    parts.push_back(-1);
    if (source.incidence.size() != 1 || (origin == NoiseOrigin::injected && !source.own)) continue;
    const std::string& where = source.incidence.front().where;
    const netlist::Element* element = design.circuit.find(where);
    const auto found = positions.find(netlist::lower(where));
    if (element == nullptr || element->kind != netlist::Kind::resistor) continue;
    if (found != positions.end()) parts.back() = found->second;
  }
  return parts;
}

}  // namespace springspice::sim
