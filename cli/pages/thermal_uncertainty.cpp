#include "cli/pages/thermal_uncertainty.hpp"

#include <fmt/format.h>

#include "core/prediction_spread.hpp"

namespace springspice::cli {
namespace {

// Of a normal distribution, 95 of 100 lie within so many standard deviations.
constexpr double kWithin95 = 1.959964;
constexpr double kMostProducts = 1e9;  // about a second a picture

}  // namespace

std::optional<Uncertainty> make_thermal_uncertainty(const core::SecondOrderSystem& system,
                                                    const core::NullSpace& null_space,
                                                    const core::Grid& grid) {
  if (!(system.kT > 0.0) || system.noise_model != core::NoiseModel::fdt) return std::nullopt;
  return Uncertainty{
      "95 of 100 thermal states", [&system, &null_space, &grid](const Eigen::MatrixXd& points) {
        auto spread =
            core::compute_prediction_spread(system, null_space, grid, points, kMostProducts);
        if (spread) *spread *= kWithin95;
        return spread;
      }};
}

std::string describe_thermal_uncertainty(const core::SecondOrderSystem& system,
                                         const std::string& matrix) {
  if (!(system.kT > 0.0)) return "";
  if (system.noise_model != core::NoiseModel::fdt) {
    return "No band is drawn: under diagonal noise the states are not those of equilibrium.";
  }
  return fmt::format(
      "At kT = {:.4g} the sticks do not rest: a prediction from weights w is normal about the fit "
      "with a variance of kT w'{}^-1 w.",
      system.kT, matrix);
}

}  // namespace springspice::cli
