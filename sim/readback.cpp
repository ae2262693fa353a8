#include "sim/readback.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/swing.hpp"

namespace springspice::sim {
namespace {

using netlist::Probe;

std::string name_of(const core::SecondOrderSystem& system, const Probe& probe) {
  return fmt::format("{}{}{}", probe.kind == Probe::Kind::position ? 'x' : 'v',
                     system.label(probe.coordinate),
                     system.outputs() == 1 ? "" : fmt::format("y{}", probe.output + 1));
}

double value_of(const core::State& state, const Probe& probe) {
  const Eigen::MatrixXd& values = probe.kind == Probe::Kind::position ? state.x : state.v;
  return values(probe.coordinate, probe.output);
}

// What the node's probe reads at the start, before gain and offset.
double initial_quantity(const Problem& problem, const Probe& probe) {
  return (value_of(problem.initial, probe) - probe.offset) / probe.gain;
}

}  // namespace

// ---- conversion

Readback::Readback(const Problem& problem, const std::vector<std::string>& columns)
    : problem_(problem) {
  std::unordered_map<std::string, std::size_t> there;
  for (std::size_t j = 0; j < columns.size(); ++j) there.emplace(columns[j], j);
  std::vector<Reading> velocities;
  for (const Probe& probe : problem.design.probes) {
    const auto found = there.find(netlist::lower(probe.node));
    if (found == there.end()) {
      if (std::ranges::find(missing_, probe.node) == missing_.end()) {
        missing_.push_back(probe.node);
      }
      continue;
    }
    std::vector<Reading>& readings = probe.kind == Probe::Kind::position ? readings_ : velocities;
    readings.push_back({&probe, name_of(problem.system, probe), found->second});
  }
  readings_.insert(readings_.end(), velocities.begin(), velocities.end());
  last_volt_.resize(readings_.size());
  flux_.resize(readings_.size());
}

bool Readback::has_all_positions(int output) const {
  const auto count = std::ranges::count_if(readings_, [&](const Reading& reading) {
    return reading.probe->kind == Probe::Kind::position && reading.probe->output == output;
  });
  return count == problem_.system.size();
}

void Readback::begin(double time_s) {
  begun_ = true;
  const double latest_s = problem_.step * problem_.design.scales.time_s;
  for (std::size_t k = 0; k < readings_.size(); ++k) {
    const Probe& probe = *readings_[k].probe;
    if (probe.quantity != Probe::Quantity::flux) continue;
    if (time_s > latest_s) {
      throw core::InputError(fmt::format(
          "the record begins at {} s, and '{}' is the flux of node '{}', which is known from t = 0 "
          "on: record from the start, with a first point before {:.3g} s",
          time_s, readings_[k].name, probe.node, latest_s));
    }
    flux_[k] = initial_quantity(problem_, probe);
    // The node's voltage at the start is what its velocity's probe says; else it starts from rest.
    for (const Probe& other : problem_.design.probes) {
      if (other.kind == Probe::Kind::velocity &&
          netlist::lower(other.node) == netlist::lower(probe.node)) {
        last_volt_[k] = initial_quantity(problem_, other);
      }
    }
  }
}

bool Readback::convert(double time_s, std::span<double> values) {
  if (time_s < 0.0) return false;
  const bool at_start = !begun_ && time_s == 0.0;
  if (!begun_) begin(time_s);
  for (std::size_t k = 0; k < readings_.size(); ++k) {
    const Probe& probe = *readings_[k].probe;
    double quantity = values[k];
    if (probe.quantity == Probe::Quantity::flux) {
      if (!at_start) flux_[k] += (time_s - last_time_s_) * (last_volt_[k] + values[k]) / 2.0;
      last_volt_[k] = values[k];
      quantity = flux_[k];
    }
    values[k] = probe.gain * quantity + probe.offset;
  }
  last_time_s_ = time_s;
  return true;
}

// ---- comparison

RecordComparison::RecordComparison(const Problem& problem, const Analysis& analysis,
                                   const Readback& readback)
    : problem_(problem),
      analysis_(analysis),
      readback_(readback),
      trajectory_(problem.system, analysis.modes, problem.initial),
      distances_(readback.readings().size()) {}

void RecordComparison::add(double time, std::span<const double> values) {
  const core::State model = trajectory_.at(time);
  for (std::size_t k = 0; k < distances_.size(); ++k) {
    const double distance = std::abs(values[k] - value_of(model, *readback_.readings()[k].probe));
    Distance& sofar = distances_[k];
    sofar.squares += distance * distance;
    if (distance <= sofar.largest) continue;
    sofar.largest = distance;
    sofar.at = time;
  }
  ++points_;
}

double RecordComparison::unit(const Reading& reading) const {
  const bool position = reading.probe->kind == Probe::Kind::position;
  return position ? problem_.range : problem_.range / slow_time(analysis_.scales);
}

}  // namespace springspice::sim
