// The exact stationary state and the likelihood of observed paths, as text and as JSON.
#pragma once

#include <string>

#include "cli/results.hpp"
#include "core/system.hpp"
#include "sim/dynamics/kalman_filter.hpp"
#include "sim/dynamics/stationary_analysis.hpp"

namespace springspice::cli {

/// For people: relaxation time, energies beside kT/2 a degree of freedom, the spread of the
/// temperatures, autocorrelation times, and the slowest coordinates with their mean and spread.
std::string format_stationary(const dynamics::StationaryAnalysis& analysis,
                              const core::SecondOrderSystem& system);

/// Keys: `obstacle` alone, or `route`, `relaxation_time`, `energies`, `autocorrelation_times`,
/// `temperatures` (null at kT = 0; of one output, as all are alike) and `coordinates`, where `mean`
/// has one number an output.
Json stationary_to_json(const dynamics::StationaryAnalysis& analysis,
                        const core::SecondOrderSystem& system);

/// For people: the log-likelihood, and whether the innovations look like those of a true model:
/// chi-squared and the correlation of neighbours, each in standard deviations.
std::string format_likelihood(const dynamics::LikelihoodSummary& summary);

/// Keys: `log_likelihood` (null where the paths are impossible, and then `impossible` is true),
/// `paths`, `observations`, `noise_free`, `innovations`.
Json likelihood_to_json(const dynamics::LikelihoodSummary& summary);

}  // namespace springspice::cli
