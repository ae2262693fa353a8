#include "cli/statistics_output.hpp"

#include <array>

#include <fmt/format.h>

#include "core/npy.hpp"

namespace springspice::cli {
namespace {

using dynamics::EnergyTally;
using dynamics::PathStatistics;
using dynamics::Tally;
using Eigen::Index;

constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};
constexpr std::array<const char*, 5> kQuantileNames = {"q05", "q25", "q50", "q75", "q95"};

// Fewer states have no 5 % quantile to speak of.
constexpr std::uint64_t kEnoughForQuantiles = 20;

void write_npy(OutputFolder& folder, const char* name, std::vector<std::uint64_t> shape,
               const std::vector<double>& values) {
  OutputFile& file = folder.add(name);
  file.write(core::format_npy_header(shape));
  file.write({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
}

// In C order, the last index fastest.
void append_rows(const Eigen::MatrixXd& matrix, std::vector<double>& values) {
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (Index j = 0; j < matrix.cols(); ++j) values.push_back(matrix(i, j));
  }
}

std::vector<double> rows_of(const Eigen::MatrixXd& matrix) {
  std::vector<double> values;
  append_rows(matrix, values);
  return values;
}

double time_of(const Simulation& simulation, const PathStatistics& statistics, std::size_t listed) {
  return static_cast<double>(statistics.samples()[listed]) * simulation.interval;
}

// A run that was stopped has not seen the later times.
std::size_t count_times(const PathStatistics& statistics) {
  std::size_t times = 0;
  while (times < statistics.samples().size() && statistics.energies(times).potential.count() > 0) {
    ++times;
  }
  return times;
}

void write_series(OutputFolder& folder, const Simulation& simulation,
                  const PathStatistics& statistics, bool has_kinetic) {
  OutputFile& file = folder.add("series.csv");
  std::string header = "t,paths";
  if (has_kinetic) header += ",kinetic_mean,kinetic_sd";
  header += ",potential_mean,potential_sd";
  if (statistics.has_loss()) {
    header += ",loss_mean,loss_sd";
    for (const char* name : kQuantileNames) header += fmt::format(",loss_{}", name);
  }
  file.write(header + "\n");
  for (std::size_t i = 0; i < count_times(statistics); ++i) {
    const EnergyTally& e = statistics.energies(i);
    std::string line =
        fmt::format("{},{}", time_of(simulation, statistics, i), e.potential.count());
    const auto add = [&line](const Tally& tally) {
      line += fmt::format(",{},{}", tally.mean(), tally.deviation());
    };
    if (has_kinetic) add(e.kinetic);
    add(e.potential);
    if (statistics.has_loss()) {
      add(e.loss);
      for (const double p : kQuantiles) line += fmt::format(",{}", e.losses.quantile(p));
    }
    file.write(line + "\n");
  }
}

void write_coordinates(OutputFolder& folder, const PathStatistics& statistics) {
  const std::size_t times = count_times(statistics);
  if (!statistics.has_coordinates_in_time() || times == 0) return;
  std::vector<double> means, variances;
  for (std::size_t i = 0; i < times; ++i) {
    append_rows(statistics.mean(i), means);
    append_rows(statistics.variance(i), variances);
  }
  const Eigen::MatrixXd one = statistics.mean(0);
  const std::vector<std::uint64_t> shape = {times, static_cast<std::uint64_t>(one.rows()),
                                            static_cast<std::uint64_t>(one.cols())};
  write_npy(folder, "series_mean.npy", shape, means);
  write_npy(folder, "series_variance.npy", shape, variances);
}

void write_pooled(OutputFolder& folder, const PathStatistics& statistics) {
  if (statistics.pooled_count() == 0) return;
  const Eigen::MatrixXd mean = statistics.pooled_mean();
  const auto rows = static_cast<std::uint64_t>(mean.rows());
  const auto outputs = static_cast<std::uint64_t>(mean.cols());
  write_npy(folder, "mean.npy", {rows, outputs}, rows_of(mean));
  if (!statistics.has_covariance()) {
    write_npy(folder, "variance.npy", {rows, outputs}, rows_of(statistics.pooled_variance()));
    return;
  }
  std::vector<double> values;
  for (Index p = 0; p < mean.cols(); ++p) append_rows(statistics.pooled_covariance(p), values);
  std::vector<std::uint64_t> shape = {outputs, rows, rows};
  if (outputs == 1) shape.erase(shape.begin());
  write_npy(folder, "covariance.npy", shape, values);
}

Json tally_to_json(const Tally& tally) {
  return {{"mean", tally.mean()}, {"deviation", tally.deviation()}};
}

// kT/2 for each velocity, or kT/2 for each position above the lowest potential energy.
double equipartition(const core::SecondOrderSystem& system) {
  return 0.5 * system.kT * static_cast<double>(system.size() * system.outputs());
}

std::string with_error(double value, double error) {
  return error > 0.0 ? fmt::format("{:.6g} +- {:.2g}", value, error) : fmt::format("{:.6g}", value);
}

bool has_kinetic_energy(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::underdamped;
}

}  // namespace

const std::vector<std::string> kStatisticsFiles = {
    "statistics.json", "series.csv",      "mean.npy",           "covariance.npy",
    "variance.npy",    "series_mean.npy", "series_variance.npy"};

Json statistics_to_json(const Simulation& simulation, const core::SecondOrderSystem& system,
                        const PathStatistics& statistics) {
  Json json = make_json();
  json["partial"] = !simulation.complete;
  json["integrator"] = simulation.integrator;
  json["noise_model"] = core::to_string(system.noise_model);
  json["kT"] = system.kT;
  json["dt"] = simulation.step;
  json["steps"] = simulation.steps;
  json["paths"] = simulation.runs;
  json["observed_every"] = simulation.interval;
  json["average_from"] = simulation.pooled_from;
  json["states_averaged"] = statistics.pooled_count();
  const EnergyTally& e = statistics.pooled_energies();
  if (has_kinetic_energy(system)) {
    json["kinetic_energy"] = tally_to_json(e.kinetic);
    json["kinetic_energy"]["equipartition"] = equipartition(system);
  }
  json["potential_energy"] = tally_to_json(e.potential);
  if (statistics.has_loss() && e.loss.count() > 0) {
    json["loss"] = tally_to_json(e.loss);
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
      json["loss"][kQuantileNames[i]] = e.losses.quantile(kQuantiles[i]);
    }
  }
  return json;
}

void write_statistics(OutputFolder& folder, const Simulation& simulation,
                      const core::SecondOrderSystem& system, const PathStatistics& statistics) {
  folder.add("statistics.json")
      .write(format_json(statistics_to_json(simulation, system, statistics)));
  write_series(folder, simulation, statistics, has_kinetic_energy(system));
  write_pooled(folder, statistics);
  write_coordinates(folder, statistics);
}

std::string format_statistics(const Simulation& simulation, const core::SecondOrderSystem& system,
                              const PathStatistics& statistics) {
  const EnergyTally& e = statistics.pooled_energies();
  const double end = static_cast<double>(simulation.steps) * simulation.step;
  std::string text =
      fmt::format("{}: {} path{} of {} steps of {:.6g}, to t = {:.6g}{}\n", simulation.integrator,
                  simulation.runs, simulation.runs == 1 ? "" : "s", simulation.steps,
                  simulation.step, end, simulation.complete ? "" : " (PARTIAL)");
  if (e.potential.count() == 0) return text + "stopped before anything was averaged\n";
  // Along one path neighbouring states are alike: the spread of their mean says little.
  const bool at_end = simulation.pooled_from > end - 0.5 * simulation.interval;
  text += at_end ? "averages over paths at the end:\n"
                 : fmt::format("averages over paths and times from {:.6g} on:\n",
                               simulation.pooled_from);
  const auto energy = [&](const char* name, const Tally& tally, const std::string& note) {
    text += fmt::format("  {:17} {}{}\n", name,
                        with_error(tally.mean(), at_end ? tally.standard_error() : 0.0), note);
  };
  if (has_kinetic_energy(system)) {
    energy(
        "kinetic energy", e.kinetic,
        system.kT > 0.0 ? fmt::format("   (kT/2 a velocity: {:.6g})", equipartition(system)) : "");
  }
  energy("potential energy", e.potential, "");
  if (!statistics.has_loss()) return text;
  energy("loss", e.loss, "");
  if (e.loss.count() < kEnoughForQuantiles) return text;
  return text + fmt::format("  {:17} median {:.4g}, 5 % to 95 %: {:.4g} to {:.4g}\n", "",
                            e.losses.quantile(0.5), e.losses.quantile(0.05),
                            e.losses.quantile(0.95));
}

}  // namespace springspice::cli
