// The protocol that the options of `thermo` name: two systems, and how one becomes the other.
#pragma once

#include "cli/pipeline.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::cli {

/// @throws UsageError, core::ParameterError, core::InputError
thermo::Protocol make_protocol(const Options& options, const Prepared& prepared,
                               Progress& progress);

/// The value that changes, its unit's name, at the start and at the end; tables by name.
struct Change {
  std::string what;  ///< "spring", "data", "mass", "kT"
  std::string from, to;
};
Change describe_change(const Options& options);

}  // namespace springspice::cli
