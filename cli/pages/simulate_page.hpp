// What `simulate` shows: how the sticks move to rest, and the energies beside those of equilibrium.
#pragma once

#include "report/page.hpp"

#include "cli/pipeline.hpp"
#include "cli/statistics_output.hpp"
#include "sim/dynamics/kalman_filter.hpp"
#include "sim/dynamics/stationary_analysis.hpp"

namespace springspice::cli {

report::Page make_simulate_page(const Options& options, const Prepared& prepared,
                                const Simulation& simulation,
                                const dynamics::PathStatistics& statistics);

report::Page make_stationary_page(const Options& options, const Prepared& prepared,
                                  const dynamics::StationaryAnalysis& analysis);

report::Page make_likelihood_page(const Options& options,
                                  const dynamics::LikelihoodSummary& summary);

}  // namespace springspice::cli
