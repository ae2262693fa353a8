#include "hw/mapping/slew.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/sparse_cholesky.hpp"

namespace springspice::hw {

double steepest_output(const Mapping& mapping) {
  const core::SecondOrderSystem& system = mapping.system;
  const core::State& start = mapping.request.initial;
  const netlist::Scales& scales = mapping.design.scales;
  const Eigen::MatrixXd pull = system.f - system.K * start.x;
  if (system.dynamics == core::Dynamics::overdamped) {
    const Eigen::MatrixXd velocity = core::SparseCholesky(system.D, "D").solve(pull);
    return velocity.cwiseAbs().maxCoeff() * scales.position_v / scales.time_s;
  }
  const Eigen::MatrixXd force = pull - system.D * start.v;
  const Eigen::MatrixXd acceleration = core::SparseCholesky(system.M, "M").solve(force);
  return std::max(acceleration.cwiseAbs().maxCoeff() * scales.voltage_v,
                  mapping.request.swing.velocity * scales.position_v) /
         scales.time_s;
}

std::string describe_slew(const Mapping& mapping, const Profile& profile) {
  if (mapping.request.topology != Topology::opamp || !profile.opamp ||
      !profile.opamp->slew_v_per_s.specified()) {
    return {};
  }
  const double steepest = steepest_output(mapping);
  const double slew = profile.opamp->slew_v_per_s.get();
  return fmt::format("slew: the steepest output moves at {:.3g} V/us, {}'s limit is {:.3g} V/us{}",
                     steepest * 1e-6, profile.opamp->name, slew * 1e-6,
                     steepest <= slew
                         ? ""
                         : ": it will lag behind; give a longer --scale-time, or take a "
                           "faster amplifier");
}

}  // namespace springspice::hw
