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
  bool literal = false;  ///< a spring a data point
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
    {"spu", hw::Topology::spu},
    {"opamp, literal", hw::Topology::opamp, hw::Coupling::automatic, 0.0,
     core::Dynamics::underdamped, true},
    {"opamp overdamped, literal", hw::Topology::opamp, hw::Coupling::automatic, 0.0,
     core::Dynamics::overdamped, true},
    {"gmc, literal", hw::Topology::gmc, hw::Coupling::automatic, 0.0, core::Dynamics::underdamped,
     true},
    {"rlc gyrator, literal", hw::Topology::rlc, hw::Coupling::gyrator, 0.0,
     core::Dynamics::underdamped, true},
    {"rlc transformer, literal", hw::Topology::rlc, hw::Coupling::transformer, 0.0,
     core::Dynamics::underdamped, true},
    {"charge, literal", hw::Topology::charge, hw::Coupling::automatic, 0.0,
     core::Dynamics::underdamped, true},
};

/// Those that carry any data: all but rlc direct, rlc coils and spu. (Literal ones come besides.)
inline constexpr int kPossibleAnywhere = 6;

inline void apply(const Form& form, cli::Options& options) {
  options.topology = form.topology;
  options.coupling = form.coupling;
  if (form.coupling_factor > 0.0) options.coupling_factor = form.coupling_factor;
  options.parameters.dynamics = form.dynamics;
  options.literal_springs = form.literal;
}

}  // namespace springspice::test
