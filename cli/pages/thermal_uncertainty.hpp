// How far thermal motion takes predictions from the fit (core/prediction_spread.hpp), as the band
// that holds 95 of 100 states.
#pragma once

#include <optional>
#include <string>

#include "cli/pages/fit_figures.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::cli {

/// None without a temperature, and under noise that is not in equilibrium.
/// @pre system, null_space (of its K) and grid outlive it
std::optional<Uncertainty> make_thermal_uncertainty(const core::SecondOrderSystem& system,
                                                    const core::NullSpace& null_space,
                                                    const core::Grid& grid);

/// What the band is, or why there is none; empty without a temperature.
/// @param matrix what the system's K is called
std::string describe_thermal_uncertainty(const core::SecondOrderSystem& system,
                                         const std::string& matrix = "K");

}  // namespace springspice::cli
