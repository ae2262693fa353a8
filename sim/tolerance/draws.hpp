// How far the value of a part is from its nominal one, in each draw. Not installed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "sim/tolerance/tolerance.hpp"

namespace springspice::sim {

/// @throws core::ParameterError for a tolerance outside [0, 1) (names the part) and for two spreads
/// of one part.
void check_spreads(std::span<const PartSpread> spreads);

/// 1 + t u of each part, a pure function of (seed, position of the part in `spreads`, draw).
///
///   uniform  u in (-1, 1)
///   normal   3 u ~ N(0, 1), drawn again where it lies outside [-3, 3]
Eigen::VectorXd draw_multipliers(std::span<const PartSpread> spreads, std::uint64_t seed,
                                 std::uint64_t draw);

/// Standard deviation of t u: t / sqrt 3, or t / 3 times sqrt(1 - 6 p(3) / (2 P(3) - 1)) = 0.98658
/// with p and P density and distribution of N(0, 1).
double standard_deviation(const PartSpread& spread);

/// For each noise source of the design the position among the spreads of the resistor whose Johnson
/// noise it is, so that its density is proportional to 1/R; else -1. Of `injected` noise these are
/// the parts' own sources alone.
std::vector<int> find_johnson_parts(const netlist::Design& design,
                                    std::span<const PartSpread> spreads, NoiseOrigin origin);

}  // namespace springspice::sim
