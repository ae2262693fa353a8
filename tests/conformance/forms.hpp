// All forms that a circuit can take.
#pragma once

#include "cli/options.hpp"

namespace springspice::test {

struct Form {
  const char* name;
  hw::Topology topology;
  hw::Coupling coupling = hw::Coupling::automatic;
  double coupling_factor = 0.0;  ///< 0: none
  core::Dynamics dynamics = core::Dynamics::underdamped;
  bool literal = false;
};

inline constexpr Form kForms[] = {
    {"opamp", hw::Topology::opamp},
    {"opamp overdamped", hw::Topology::opamp, hw::Coupling::automatic, 0.0,
     core::Dynamics::overdamped},
    {"gmc", hw::Topology::gmc},
    {"rlc direct", hw::Topology::rlc, hw::Coupling::direct},
    {"rlc gyrator", hw::Topology::rlc, hw::Coupling::gyrator},
    {"rlc transformer", hw::Topology::rlc, hw::Coupling::transformer},
    {"rlc coils", hw::Topology::rlc, hw::Coupling::transformer, 0.999},
    {"charge", hw::Topology::charge},
};

/// Those that carry any data: all but rlc direct and rlc coils.
inline constexpr int kPossibleAnywhere = 6;

inline void apply(const Form& form, cli::Options& options) {
  options.topology = form.topology;
  options.coupling = form.coupling;
  if (form.coupling_factor > 0.0) options.coupling_factor = form.coupling_factor;
  options.parameters.dynamics = form.dynamics;
  options.literal_springs = form.literal;
}

}  // namespace springspice::test
