#include "cli/thermo_protocol.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::cli {
namespace {

core::EnergySystem make_energy(const core::DataSprings& data, const core::Parameters& parameters) {
  return {core::make_system(data, parameters), core::potential_constant(data, parameters)};
}

// The springs at the start may be none; a stick without mass is refused where it is made.
core::Parameters change_parameters(const Options& options, core::Parameters parameters) {
  const ThermoOptions& t = options.thermo;
  if (t.change == ThermoOptions::Change::spring) parameters.spring = t.from.value_or(0.0);
  if (t.change == ThermoOptions::Change::mass) parameters.mass = *t.from;
  if (t.change == ThermoOptions::Change::temperature) parameters.kT = *t.from;
  return parameters;
}

// Where the pins pull to: the same before and after, so that a change of data changes the data
// alone. --pin-level, or the mean of each target at the end.
core::EnergySystem make_pinned(const core::DataSprings& data, core::Parameters parameters,
                               const core::Model& end) {
  if (parameters.pin_level || !(parameters.pin_spring > 0.0)) return make_energy(data, parameters);
  parameters.pin_level = 0.0;
  core::EnergySystem energy = make_energy(data, parameters);
  const auto nodes = static_cast<double>(energy.system.size());
  for (Eigen::Index p = 0; p < energy.system.outputs(); ++p) {
    const double level = end.data.targets()[static_cast<std::size_t>(p)].mean;
    energy.system.f.col(p).array() += parameters.pin_spring * level;
    energy.constant += 0.5 * parameters.pin_spring * nodes * level * level;
  }
  return energy;
}

core::EnergySystem make_start(const Options& options, const Prepared& prepared,
                              Progress& progress) {
  if (!prepared.model) {
    core::EnergySystem start{prepared.system, 0.0};
    start.system.kT = *options.thermo.from;
    return start;
  }
  const core::Model& model = *prepared.model;
  const core::Parameters parameters = change_parameters(options, model.parameters);
  if (!options.thermo.data_from) return make_pinned(model.data, parameters, model);
  core::ModelRequest request;
  request.path = *options.thermo.data_from;
  request.columns.inputs = model.inputs;
  request.columns.targets = model.targets;
  request.parameters = parameters;
  request.on_progress = [&progress](std::size_t rows) { progress.count("rows", rows); };
  const core::Model old = core::read_model(request, model.data.grid().axes());
  return make_pinned(old.data, parameters, model);
}

double stiffness_ratio(const ThermoOptions& t, const core::Parameters& parameters) {
  if (t.shape != thermo::Shape::geometric) return 1.0;
  if (t.change == ThermoOptions::Change::data || !(t.from.value_or(0.0) > 0.0)) {
    throw UsageError(
        "--shape geometric grows by equal factors, so it needs a start above 0: give --from, or "
        "take --shape smooth");
  }
  switch (t.change) {
    case ThermoOptions::Change::mass:
      return parameters.mass / *t.from;
    case ThermoOptions::Change::temperature:
      return parameters.kT / *t.from;
    default:
      return parameters.spring / *t.from;
  }
}

}  // namespace

thermo::Protocol make_protocol(const Options& options, const Prepared& prepared,
                               Progress& progress) {
  const ThermoOptions& t = options.thermo;
  thermo::Protocol protocol;
  protocol.from = make_start(options, prepared, progress);
  protocol.to = prepared.model
                    ? make_pinned(prepared.model->data, prepared.model->parameters, *prepared.model)
                    : core::EnergySystem{prepared.system, 0.0};
  protocol.held = t.held;
  protocol.shape = t.shape;
  protocol.ratio = stiffness_ratio(t, options.parameters);
  protocol.duration = t.duration;
  protocol.steps = t.duration > 0.0 ? t.steps : 0;
  return protocol;
}

Change describe_change(const Options& options) {
  const ThermoOptions& t = options.thermo;
  const auto text = [](double value) { return fmt::format("{}", value); };
  switch (t.change) {
    case ThermoOptions::Change::data:
      return {"data", *t.data_from, *options.data};
    case ThermoOptions::Change::mass:
      return {"mass", text(*t.from), text(options.parameters.mass)};
    case ThermoOptions::Change::temperature:
      return {"kT", text(*t.from), text(options.parameters.kT)};
    default:
      return {"spring", text(t.from.value_or(0.0)), text(options.parameters.spring)};
  }
}

}  // namespace springspice::cli
