// The statistics of an ensemble, as files, JSON and text.
#pragma once

#include <string>

#include "cli/output_folder.hpp"
#include "cli/results.hpp"
#include "sim/dynamics/path_statistics.hpp"

namespace springspice::cli {

/// What the statistics are of.
struct Simulation {
  std::string integrator;
  double step = 0.0;      ///< h, model time
  double interval = 0.0;  ///< between two observations
  std::uint64_t runs = 0, steps = 0;
  double pooled_from = 0.0;  ///< model time
  bool complete = true;
};

/// statistics.json (the JSON below), series.csv (energies and the loss's quantiles at each listed
/// time), mean.npy and covariance.npy (or variance.npy) of theta, pooled; series_mean.npy and
/// series_variance.npy, one block a listed time.
void write_statistics(OutputFolder& folder, const Simulation& simulation,
                      const core::SecondOrderSystem& system,
                      const dynamics::PathStatistics& statistics);

/// All that write_statistics() may write.
extern const std::vector<std::string> kStatisticsFiles;

Json statistics_to_json(const Simulation& simulation, const core::SecondOrderSystem& system,
                        const dynamics::PathStatistics& statistics);

/// Energies beside those of equilibrium, and the loss.
std::string format_statistics(const Simulation& simulation, const core::SecondOrderSystem& system,
                              const dynamics::PathStatistics& statistics);

}  // namespace springspice::cli
