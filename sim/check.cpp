#include "sim/check.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "netlist/error.hpp"

namespace springspice::sim {
namespace {

template <typename Entry>
void place(std::vector<const Entry*>& slots, const Entry& entry, Eigen::Index nu,
           const std::string& node, const char* what) {
  const auto slot = static_cast<std::size_t>(entry.output * nu + entry.coordinate);
  if (slots.at(slot) != nullptr) {
    throw netlist::NetlistError(
        fmt::format("coordinate {} of output {} has two {}s, nodes '{}' and '{}'; give one",
                    entry.coordinate, entry.output + 1, what, slots[slot]->node, node));
  }
  slots[slot] = &entry;
}

template <typename Entry>
void require_all(const std::vector<const Entry*>& slots, const char* what) {
  for (std::size_t c = 0; c < slots.size(); ++c) {
    if (slots[c] == nullptr) {
      throw netlist::NetlistError(
          fmt::format("coordinate {} has no {}; the manifest must list one for each", c, what));
    }
  }
}

}  // namespace

const char* to_string(Check::Sense sense) { return sense == Check::Sense::at_most ? "<=" : ">="; }

const char* to_string(Check::Status status) {
  switch (status) {
    case Check::Status::pass:
      return "pass";
    case Check::Status::fail:
      return "fail";
    case Check::Status::not_applicable:
      return "not_applicable";
  }
  return "";
}

void decide(Check& check) {
  const bool pass = check.sense == Check::Sense::at_most ? check.value <= check.limit
                                                         : check.value >= check.limit;
  check.status = pass ? Check::Status::pass : Check::Status::fail;
}

ProbeMap map_probes(const Problem& problem) {
  const Eigen::Index nu = problem.system.size();
  const auto count = static_cast<std::size_t>(nu * problem.system.outputs());
  ProbeMap map;
  map.positions.assign(count, nullptr);
  map.velocities.assign(count, nullptr);
  map.ports.assign(count, nullptr);
  for (const netlist::Probe& probe : problem.design.probes) {
    const bool position = probe.kind == netlist::Probe::Kind::position;
    if (!position && probe.quantity != netlist::Probe::Quantity::voltage) {
      throw netlist::NetlistError(
          fmt::format("the velocity probe at node '{}' reads a flux; a velocity is a voltage, and "
                      "a position may be a flux",
                      probe.node));
    }
    place(position ? map.positions : map.velocities, probe, nu, probe.node,
          position ? "position probe" : "velocity probe");
  }
  for (const netlist::Port& port : problem.design.ports) {
    place(map.ports, port, nu, port.node, "port");
  }
  require_all(map.positions, "position probe");
  require_all(map.ports, "port");
  if (problem.system.dynamics == core::Dynamics::underdamped) {
    require_all(map.velocities, "velocity probe");
  } else {
    map.velocities.clear();
  }
  return map;
}

Analysis analyse(const core::SecondOrderSystem& system) {
  Analysis analysis;
  analysis.null_space = core::find_null_space(system.K);
  analysis.modes = core::compute_modes(system, analysis.null_space);
  analysis.scales = core::compute_time_scales(system, analysis.null_space, analysis.modes);
  try {
    analysis.fit = core::solve_fit(system, analysis.null_space);
  } catch (const core::InputError&) {
    analysis.has_fit = false;
    analysis.fit = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  }
  return analysis;
}

RunSummary Checker::run(const Run& job, const OnPoint& on_point) {
  RunSummary summary = engine.run(job, on_point);
  points += summary.points;
  engine_wall_s += summary.wall_s;
  version = summary.version;
  return summary;
}

}  // namespace springspice::sim
