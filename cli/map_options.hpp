// The options of `map` alone.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include "cli/options.hpp"

namespace springspice::cli {

boost::program_options::options_description map_options(Options& options);

/// @throws UsageError for a missing profile or folder, numbers out of bounds, a vendor's file
/// without its amplifier's name, and options that a profile settles
void read_map(const boost::program_options::variables_map& map, Options& options);

}  // namespace springspice::cli
