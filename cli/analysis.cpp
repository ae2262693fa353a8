#include "cli/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

using dynamics::LikelihoodSummary;
using dynamics::StationaryAnalysis;

constexpr std::size_t kShownRows = 12;
// What rounding leaves of zero, relative to kT.
constexpr double kEquilibrium = 1e-9;

double spread_of(double variance) { return std::sqrt(std::max(0.0, variance)); }

// An energy, and in units of kT/2 for each of nu degrees of freedom.
std::string format_energy(const char* name, double energy, const core::SecondOrderSystem& system) {
  const double equal = 0.5 * system.kT * static_cast<double>(system.size());
  return fmt::format(
      "{} {:.6g}{}", name, energy,
      equal > 0.0 ? fmt::format(" ({:.6g} of kT/2 a coordinate)", energy / equal) : std::string());
}

std::string format_temperature_range(const dynamics::Temperatures& temperatures, double kT) {
  const dynamics::TemperatureRange range = dynamics::find_range({temperatures});
  const double spread = (range.hottest - range.coldest) / kT;
  const bool level = spread < kEquilibrium && std::abs(range.hottest / kT - 1.0) < kEquilibrium;
  std::string text = fmt::format("  temperatures from {:.6g} to {:.6g}, spread {:.3g} of kT: {}\n",
                                 range.coldest, range.hottest, spread,
                                 level ? "in equilibrium at kT" : "NOT in equilibrium at kT");
  if (!level && temperatures.entropy_production) {
    text += fmt::format("  entropy production {:.3g} k_B a unit of time\n",
                        *temperatures.entropy_production);
  }
  return text;
}

// The coordinates, the slowest first.
std::vector<Eigen::Index> sort_by_time(const Eigen::VectorXd& times) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(times.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return times(a) > times(b); });
  return order;
}

std::string format_coordinates(const StationaryAnalysis& analysis,
                               const core::SecondOrderSystem& system) {
  const dynamics::StationaryState& state = analysis.state;
  const bool moving = state.vv.size() > 0;
  std::string text = fmt::format("  {:>12} {:>12} {:>12} {:>12} {:>12}\n", "slowest",
                                 system.outputs() == 1 ? "mean x" : "mean x, y1", "std x",
                                 moving ? "std v" : "", "time");
  const std::vector<Eigen::Index> order = sort_by_time(analysis.times.position);
  for (std::size_t k = 0; k < std::min(kShownRows, order.size()); ++k) {
    const Eigen::Index i = order[k];
    text += fmt::format("  {:>12} {:12.6g} {:12.6g} {:>12} {:12.6g}\n", system.label(i),
                        state.mean(i, 0), spread_of(state.xx(i, i)),
                        moving ? fmt::format("{:.6g}", spread_of(state.vv(i, i))) : "",
                        analysis.times.position(i));
  }
  if (order.size() > kShownRows) {
    text += fmt::format("  ... {} in all; --json lists them\n", order.size());
  }
  return text;
}

// How far the innovations are from those of a true model, in standard deviations.
double chi_squared_deviation(const LikelihoodSummary& summary) {
  const auto n = static_cast<double>(summary.observations);
  return n > 0.0 ? (summary.chi_squared - n) / std::sqrt(2.0 * n) : 0.0;
}
double lag_deviation(const LikelihoodSummary& summary) {
  return summary.lag.value * std::sqrt(static_cast<double>(summary.lag.pairs));
}

}  // namespace

std::string format_stationary(const StationaryAnalysis& analysis,
                              const core::SecondOrderSystem& system) {
  if (!analysis.obstacle.empty()) {
    return fmt::format("\nstationary state: none; {}\n", analysis.obstacle);
  }
  std::string text = fmt::format(
      "\nstationary state, exact ({} noise){}\n", core::to_string(system.noise_model),
      analysis.relaxation_time ? fmt::format("; relaxation time {:.6g}", *analysis.relaxation_time)
                               : std::string());
  const bool moving = analysis.times.kinetic.has_value();
  text += fmt::format(
      "  energy of an output: {}{}\n",
      moving ? format_energy("kinetic", analysis.kinetic, system) + ", " : std::string(),
      format_energy("potential", analysis.potential, system));
  if (analysis.temperatures) {
    text += format_temperature_range(*analysis.temperatures, system.kT);
  }
  text += "  autocorrelation times: ";
  if (moving) text += fmt::format("kinetic energy {:.6g}, ", *analysis.times.kinetic);
  text += fmt::format("potential energy {:.6g}", analysis.times.potential);
  if (moving) text += fmt::format(", total {:.6g}", *analysis.times.total);
  return text + "\n" + format_coordinates(analysis, system);
}

Json stationary_to_json(const StationaryAnalysis& analysis, const core::SecondOrderSystem& system) {
  if (!analysis.obstacle.empty()) return {{"obstacle", analysis.obstacle}};
  const dynamics::StationaryState& state = analysis.state;
  const bool moving = state.vv.size() > 0;
  Json json = {{"route", dynamics::to_string(state.route)},
               {"relaxation_time", number(analysis.relaxation_time)},
               {"energies",
                {{"kinetic", moving ? number(analysis.kinetic) : Json(nullptr)},
                 {"potential", number(analysis.potential)},
                 {"equipartition", number(0.5 * system.kT * static_cast<double>(system.size()))}}},
               {"autocorrelation_times",
                {{"kinetic", number(analysis.times.kinetic)},
                 {"potential", number(analysis.times.potential)},
                 {"total", number(analysis.times.total)}}},
               {"temperatures", nullptr},
               {"coordinates", Json::array()}};
  if (analysis.temperatures) {
    const dynamics::TemperatureRange range = dynamics::find_range({*analysis.temperatures});
    json["temperatures"] = {{"coldest", number(range.coldest)},
                            {"hottest", number(range.hottest)},
                            {"spread", number((range.hottest - range.coldest) / system.kT)}};
    json["temperatures"].update(temperatures_to_json(*analysis.temperatures, system, 0));
  }
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    Json mean = Json::array();
    for (Eigen::Index p = 0; p < system.outputs(); ++p) mean.push_back(number(state.mean(i, p)));
    json["coordinates"].push_back(
        {{"node", system.label(i)},
         {"mean", std::move(mean)},
         {"position_std", number(spread_of(state.xx(i, i)))},
         {"velocity_std", moving ? number(spread_of(state.vv(i, i))) : Json(nullptr)},
         {"autocorrelation_time", number(analysis.times.position(i))}});
  }
  return json;
}

std::string format_likelihood(const LikelihoodSummary& summary) {
  const std::string what =
      fmt::format("{} path{}, {} numbers", summary.paths, summary.paths == 1 ? "" : "s",
                  summary.observations + summary.noise_free);
  if (std::isinf(summary.log_likelihood)) {
    return fmt::format(
        "\nlog-likelihood of {}: -infinity; a number that no noise reaches is not as the model has "
        "it (--measurement-noise above 0 allows for errors)\n",
        what);
  }
  std::string text = fmt::format("\nlog-likelihood of {}: {:.10g}\n", what, summary.log_likelihood);
  if (summary.noise_free > 0) {
    text += fmt::format("  {} of them had to be exact, and are\n", summary.noise_free);
  }
  if (summary.observations == 0) return text;
  return text + fmt::format(
                    "  innovations: chi-squared {:.6g} of {}, {:+.2f} standard deviations; "
                    "correlation of neighbours {:.3g}, {:+.2f} standard deviations\n",
                    summary.chi_squared, summary.observations, chi_squared_deviation(summary),
                    summary.lag.value, lag_deviation(summary));
}

Json likelihood_to_json(const LikelihoodSummary& summary) {
  return {{"log_likelihood", number(summary.log_likelihood)},
          {"impossible", std::isinf(summary.log_likelihood)},
          {"paths", summary.paths},
          {"observations", summary.observations},
          {"noise_free", summary.noise_free},
          {"innovations",
           {{"chi_squared", number(summary.chi_squared)},
            {"chi_squared_deviation", number(chi_squared_deviation(summary))},
            {"lag_one_correlation", number(summary.lag.value)},
            {"lag_one_pairs", summary.lag.pairs},
            {"lag_one_deviation", number(lag_deviation(summary))}}}};
}

}  // namespace springspice::cli
