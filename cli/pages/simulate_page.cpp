#include "cli/pages/simulate_page.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "cli/analysis.hpp"
#include "core/fit.hpp"

namespace springspice::cli {
namespace {

using dynamics::EnergyTally;
using dynamics::PathStatistics;
using dynamics::Tally;
using Eigen::Index;
using report::Figure;
using report::Series;

// Curves that colour and dash still tell apart.
constexpr Index kMostCurves = 4;

std::string source_of(const Options& options) {
  return std::filesystem::path(options.data.value_or(options.system.value_or("")))
      .filename()
      .string();
}

// Those that were reached before a signal came.
std::vector<double> times_of(const Simulation& simulation, const PathStatistics& statistics) {
  std::vector<double> times;
  for (std::size_t k = 0; k < statistics.samples().size(); ++k) {
    if (statistics.energies(k).potential.count() == 0) break;
    times.push_back(static_cast<double>(statistics.samples()[k]) * simulation.interval);
  }
  return times;
}

// Evenly over the coordinates, the first and the last among them.
std::vector<Index> choose_coordinates(Index count) {
  const Index shown = std::min(count, kMostCurves);
  std::vector<Index> chosen;
  for (Index k = 0; k < shown; ++k) {
    chosen.push_back(shown == 1 ? 0 : k * (count - 1) / (shown - 1));
  }
  return chosen;
}

Figure draw_positions(const Prepared& prepared, const std::vector<double>& times,
                      const PathStatistics& statistics, std::uint64_t runs) {
  const core::SecondOrderSystem& system = prepared.system;
  const Eigen::MatrixXd rest = core::solve_fit(system, prepared.null_space);
  Figure figure;
  figure.title = runs == 1 ? "Positions" : "Positions, mean of the paths";
  figure.x_label = "time, model units";
  figure.y_label = "position";
  std::vector<Series> dashes;
  for (const Index i : choose_coordinates(system.size())) {
    Series mean{"node " + system.label(i), Series::Kind::line, times, {}, {}, {}};
    for (std::size_t k = 0; k < times.size(); ++k) mean.y.push_back(statistics.mean(k)(i, 0));
    figure.series.push_back(std::move(mean));
    const std::string name = dashes.empty() ? "at rest: the fit" : "";
    dashes.push_back({name,
                      Series::Kind::dashed,
                      {times.front(), times.back()},
                      {rest(i, 0), rest(i, 0)},
                      {},
                      {}});
  }
  std::ranges::move(dashes, std::back_inserter(figure.series));
  figure.caption = fmt::format("{} of {} nodes{}.", figure.series.size() / 2, system.size(),
                               system.outputs() == 1 ? "" : ", of the first output");
  return figure;
}

void add_tally(Figure& figure, const std::string& name, const std::vector<double>& times,
               const std::vector<const Tally*>& tallies) {
  Series band{
      name + ", one standard deviation of the paths", Series::Kind::band, times, {}, {}, {}};
  Series mean{name, Series::Kind::line, times, {}, {}, {}};
  for (const Tally* tally : tallies) {
    mean.y.push_back(tally->mean());
    band.low.push_back(tally->mean() - tally->deviation());
    band.high.push_back(tally->mean() + tally->deviation());
  }
  if (!tallies.empty() && tallies.back()->count() > 1) figure.series.push_back(std::move(band));
  figure.series.push_back(std::move(mean));
}

void add_level(Figure& figure, const std::string& name, const std::vector<double>& times,
               double value) {
  figure.series.push_back(
      {name, Series::Kind::dashed, {times.front(), times.back()}, {value, value}, {}, {}});
}

std::vector<const Tally*> take(const PathStatistics& statistics, std::size_t count,
                               Tally EnergyTally::*which) {
  std::vector<const Tally*> tallies;
  for (std::size_t k = 0; k < count; ++k) tallies.push_back(&(statistics.energies(k).*which));
  return tallies;
}

double equal_share(const core::SecondOrderSystem& system, Index degrees) {
  return 0.5 * system.kT * static_cast<double>(degrees * system.outputs());
}

Figure frame_energy(const char* title) {
  Figure figure;
  figure.title = title;
  figure.x_label = "time, model units";
  figure.y_label = "energy, model units";
  return figure;
}

// Where it can be: the start dwarfs kT/2. Energies of given matrices, without a constant, may be
// below 0.
void make_logarithmic(Figure& figure) {
  const auto is_negative = [](double value) { return value < 0.0; };
  figure.log_y = std::ranges::none_of(figure.series, [&](const Series& series) {
    return std::ranges::any_of(series.y, is_negative);
  });
}

Figure draw_kinetic(const core::SecondOrderSystem& system, const std::vector<double>& times,
                    const PathStatistics& statistics) {
  Figure figure = frame_energy("Kinetic energy");
  add_tally(figure, "kinetic energy", times, take(statistics, times.size(), &EnergyTally::kinetic));
  if (system.kT > 0.0) {
    add_level(figure, "kT/2 a velocity", times, equal_share(system, system.size()));
    figure.caption = system.noise_model == core::NoiseModel::fdt
                         ? "In equilibrium each velocity has kT/2."
                         : "Under diagonal noise the steady state is not that of equilibrium, and "
                           "the kinetic energy need not come to kT/2 a velocity.";
  }
  make_logarithmic(figure);
  return figure;
}

Figure draw_potential(const Prepared& prepared, const std::vector<double>& times,
                      const PathStatistics& statistics) {
  const core::SecondOrderSystem& system = prepared.system;
  Figure figure = frame_energy("Potential energy");
  add_tally(figure, "potential energy", times,
            take(statistics, times.size(), &EnergyTally::potential));
  core::State rest = prepared.initial;
  rest.x = core::solve_fit(system, prepared.null_space);
  rest.v.setZero();
  const double constant =
      prepared.model ? core::potential_constant(prepared.model->data, prepared.model->parameters)
                     : 0.0;
  const double least = core::compute_energies(system, rest, constant).potential;
  if (system.kT > 0.0 && system.noise_model == core::NoiseModel::fdt) {
    const Index held = system.size() - prepared.null_space.dimension();
    add_level(figure, "at rest, and kT/2 a position", times, least + equal_share(system, held));
  } else {
    add_level(figure, "at rest", times, least);
  }
  make_logarithmic(figure);
  return figure;
}

Figure draw_loss(const std::vector<double>& times, const PathStatistics& statistics) {
  constexpr std::uint64_t kEnoughForQuantiles = 20;
  Figure figure;
  figure.title = "Loss";
  figure.x_label = "time, model units";
  figure.y_label = "mean squared error at the data";
  figure.log_y = true;
  const bool quantiles = statistics.energies(0).loss.count() >= kEnoughForQuantiles;
  Series band{"90 of 100 paths", Series::Kind::band, times, {}, {}, {}};
  Series mean{quantiles ? "mean of the paths" : "loss", Series::Kind::line, times, {}, {}, {}};
  for (std::size_t k = 0; k < times.size(); ++k) {
    const EnergyTally& e = statistics.energies(k);
    mean.y.push_back(e.loss.mean());
    if (!quantiles) continue;
    band.low.push_back(e.losses.quantile(0.05));
    band.high.push_back(e.losses.quantile(0.95));
  }
  if (quantiles) figure.series.push_back(std::move(band));
  figure.series.push_back(std::move(mean));
  return figure;
}

report::Table make_averages(const core::SecondOrderSystem& system,
                            const PathStatistics& statistics) {
  report::Table table{"Averages", {"quantity", "mean", "standard deviation", "kT/2 each"}, {}};
  const EnergyTally& e = statistics.pooled_energies();
  const auto add = [&](const char* name, const Tally& tally, const std::string& equal) {
    table.rows.push_back({name, fmt::format("{:.6g}", tally.mean()),
                          fmt::format("{:.4g}", tally.deviation()), equal});
  };
  if (system.dynamics == core::Dynamics::underdamped) {
    add("kinetic energy", e.kinetic, fmt::format("{:.6g}", equal_share(system, system.size())));
  }
  add("potential energy", e.potential, "-");
  if (statistics.has_loss()) add("loss", e.loss, "-");
  return table;
}

}  // namespace

report::Page make_simulate_page(const Options& options, const Prepared& prepared,
                                const Simulation& simulation, const PathStatistics& statistics) {
  const core::SecondOrderSystem& system = prepared.system;
  report::Page page;
  page.title = "Motion of " + source_of(options);
  page.summary = fmt::format(
      "{} path{} of {} steps of {:.4g}, integrator {}, kT = {:.4g}, {} noise.{}", simulation.runs,
      simulation.runs == 1 ? "" : "s", simulation.steps, simulation.step, simulation.integrator,
      system.kT, core::to_string(system.noise_model),
      simulation.complete ? "" : " Interrupted: these are the results until then.");
  const std::vector<double> times = times_of(simulation, statistics);
  if (times.empty()) return page;
  report::Section motion{"Motion", describe_null_space(system, prepared.null_space), {}, {}};
  if (statistics.has_coordinates_in_time()) {
    motion.figures.push_back(draw_positions(prepared, times, statistics, simulation.runs));
  }
  if (statistics.has_loss()) motion.figures.push_back(draw_loss(times, statistics));
  page.sections.push_back(std::move(motion));
  report::Section energies{"Energies", "", {}, {}};
  if (system.dynamics == core::Dynamics::underdamped) {
    energies.figures.push_back(draw_kinetic(system, times, statistics));
  }
  energies.figures.push_back(draw_potential(prepared, times, statistics));
  if (statistics.pooled_count() > 0) energies.tables.push_back(make_averages(system, statistics));
  page.sections.push_back(std::move(energies));
  return page;
}

report::Page make_stationary_page(const Options& options, const Prepared& prepared,
                                  const dynamics::StationaryAnalysis& analysis) {
  const core::SecondOrderSystem& system = prepared.system;
  report::Page page;
  page.title = "Stationary state of " + source_of(options);
  if (!analysis.obstacle.empty()) {
    page.summary = "There is none: " + analysis.obstacle;
    return page;
  }
  page.summary = fmt::format("Exact, at kT = {:.4g} with {} noise.", system.kT,
                             core::to_string(system.noise_model));
  if (analysis.relaxation_time) {
    page.summary += fmt::format(" Relaxation time {:.4g}.", *analysis.relaxation_time);
  }
  Figure positions;
  positions.title = "Positions";
  positions.caption = "Mean, and one standard deviation to each side.";
  positions.x_label = "coordinate, counted from 1";
  positions.y_label = "position";
  Series mean{"mean", Series::Kind::points, {}, {}, {}, {}};
  for (Index i = 0; i < system.size(); ++i) {
    const double deviation = std::sqrt(std::max(0.0, analysis.state.xx(i, i)));
    mean.x.push_back(static_cast<double>(i + 1));
    mean.y.push_back(analysis.state.mean(i, 0));
    mean.low.push_back(mean.y.back() - deviation);
    mean.high.push_back(mean.y.back() + deviation);
  }
  positions.series.push_back(std::move(mean));
  report::Section section{"Mean and spread", "", {std::move(positions)}, {}};
  if (analysis.temperatures && !analysis.temperatures->modes.empty()) {
    Figure temperatures;
    temperatures.title = "Effective temperature of each mode";
    temperatures.x_label = "frequency, model units";
    temperatures.y_label = "temperature / kT";
    temperatures.log_x = true;
    Series kinetic{"kinetic", Series::Kind::points, {}, {}, {}, {}};
    Series potential{"potential", Series::Kind::points, {}, {}, {}, {}};
    for (const dynamics::ModeTemperature& mode : analysis.temperatures->modes) {
      const auto add = [&](Series& series, const std::optional<double>& value) {
        if (!value) return;
        series.x.push_back(mode.frequency);
        series.y.push_back(*value / system.kT);
      };
      add(kinetic, mode.temperature.kinetic);
      add(potential, mode.temperature.potential);
    }
    temperatures.caption = "All are 1 in equilibrium.";
    for (Series* series : {&kinetic, &potential}) {
      if (!series->x.empty()) temperatures.series.push_back(std::move(*series));
    }
    section.figures.push_back(std::move(temperatures));
  }
  page.sections.push_back(std::move(section));
  return page;
}

report::Page make_likelihood_page(const Options& options,
                                  const dynamics::LikelihoodSummary& summary) {
  report::Page page;
  page.title = "Likelihood of " +
               std::filesystem::path(*options.simulate.likelihood).filename().string() + " under " +
               source_of(options);
  page.summary = format_likelihood(summary);
  return page;
}

}  // namespace springspice::cli
