// The numbers of a mapped board that people see: taken from the study once, for the pictures in its
// folder (map_pictures.hpp), its summary (map_summary.hpp) and its page (pages/map_page.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/map_study.hpp"

namespace springspice::cli {

/// Null for a system given as matrices.
const core::Grid* grid_of(const MapStudy& study);
/// Of the first output: the target's name, "position" where there is none.
std::string target_of(const MapStudy& study);
/// "unit of y", what prediction errors are in.
std::string unit_of_target(const MapStudy& study);

/// The first output's nodes, in their order: the ideal fit, that of the nominal values, and the
/// quantiles over the boards.
struct NodeValues {
  std::string axis;  ///< the input's name; "node" where there is more than one, or none
  std::vector<double> at;
  std::vector<double> ideal, mapped, low, median, high;
};
NodeValues list_nodes(const MapStudy& study);

/// The boards' prediction errors in bars of equal width, from 0 on; those that never come to rest
/// are left out.
struct ErrorHistogram {
  double width = 0.0;
  std::vector<double> boards;  ///< in each bar
};
ErrorHistogram count_errors(const MapStudy& study);

/// Of the boards' numbers: 5 %, median, 95 %; infinite ones last.
struct Quantiles {
  std::string name;
  double low = 0.0, median = 0.0, high = 0.0;
};
/// Prediction error, slowest time constant in s, and where kT > 0 the coldest and hottest mode.
std::vector<Quantiles> list_quantiles(const MapStudy& study);

/// "1.23e-05", empty where there is none.
std::string format_number(const std::optional<double>& value);
/// A budget term as a row: alone, on the way, with all above it, computed and ngspice (the same
/// circuit at rest), note.
std::vector<std::string> format_term(const sim::BudgetTerm& term);

}  // namespace springspice::cli
