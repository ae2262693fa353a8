// The options of `thermo` alone.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include "cli/options.hpp"

namespace springspice::cli {

boost::program_options::options_description thermo_options(Options& options);

/// @throws UsageError for a protocol without its start, numbers out of bounds, and options that the
/// published estimator settles
void read_thermo(const boost::program_options::variables_map& map, Options& options);

}  // namespace springspice::cli
