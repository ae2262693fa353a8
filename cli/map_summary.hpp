// summary.md of `map`: what was built, how well it will learn, and what limits it.
#pragma once

#include <string>
#include <vector>

#include "cli/map_study.hpp"
#include "cli/results.hpp"

namespace springspice::cli {

/// @param pictures names of those that were drawn
std::string format_map_summary(const MapStudy& study, const std::vector<std::string>& pictures);

/// The main numbers as lines, for standard output.
std::string format_map_overview(const MapStudy& study);

/// The terms that alone cost more than the limit up to which a board is good; empty if none.
std::string format_map_warning(const MapStudy& study);

/// A sampling circuit (spu) has no fit of its own: what its parts change is the spread of its
/// samples. Empty for others.
std::string format_sampling_note(const MapStudy& study);

/// All numbers, for --json.
Json map_to_json(const MapStudy& study);

/// A row a draw: number, error, slowest time constant, coldest and hottest mode.
std::string format_draws(const MapStudy& study);
/// A row a part: element, role, wanted, chosen, sensitivity.
std::string format_parts(const MapStudy& study);
/// A row a node: its place, ideal fit, mapped fit, quantiles over the boards.
std::string format_band(const MapStudy& study);

}  // namespace springspice::cli
