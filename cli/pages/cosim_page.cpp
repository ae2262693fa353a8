#include "cli/pages/cosim_page.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "cli/pages/circuit_figures.hpp"
#include "cli/pages/circuit_tables.hpp"
#include "cli/pages/poles_figure.hpp"
#include "cli/pages/thermal_uncertainty.hpp"
#include "cli/results.hpp"
#include "core/null_space.hpp"
#include "netlist/si.hpp"

namespace springspice::cli {
namespace {

using netlist::format_si;
using report::Figure;
using report::Section;
using report::Series;
using report::Table;

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

const sim::Check* find_check(const sim::Report& report, const std::string& name) {
  const auto found = std::ranges::find(report.checks, name, &sim::Check::name);
  return found == report.checks.end() ? nullptr : &*found;
}

// "path: 400 steps...", of the checks that there are.
std::string describe_checks(const CosimView& view, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const sim::Check* check = find_check(view.report, name);
    if (check == nullptr) continue;
    const bool ran = check->status != sim::Check::Status::not_applicable;
    text += (text.empty() ? "" : " ") + check->name + ": ";
    text += ran ? fmt::format("{} {} {:g} ({}): {}.", format_value(*check), to_string(check->sense),
                              check->limit, to_string(check->status), check->detail)
                : fmt::format("does not apply, {}.", check->detail);
  }
  return text;
}

Series make_series(const std::string& name, Series::Kind kind,
                   const std::vector<CurvePoint>& points) {
  Series series{.name = name, .kind = kind};
  for (const CurvePoint& point : points) {
    series.x.push_back(point.x);
    series.y.push_back(point.y);
  }
  return series;
}

// ---- motion

double second_of_model_time(const CosimView& view) {
  const double factor = view.report.scale ? view.report.scale->time : 1.0;
  return view.manifest.design.scales.time_s * factor;
}

Figure draw_motion(const CosimView& view, const std::vector<CosimCurves::Pair>& pairs,
                   const char* what) {
  Figure figure;
  figure.title = fmt::format("Circuit and model: {}", what);
  figure.x_label = "model time";
  figure.y_label = what;
  figure.caption = fmt::format(
      "The {} that move most: the model's dashed line lies on the circuit's. One unit of model "
      "time is {}.",
      what, format_si(second_of_model_time(view), "s"));
  for (const CosimCurves::Pair& pair : pairs) {
    figure.series.push_back(make_series(pair.name + " circuit", Series::Kind::line, pair.circuit));
    figure.series.push_back(make_series(pair.name + " model", Series::Kind::dashed, pair.model));
  }
  return figure;
}

// 0 has no logarithm: there both are the same to the bit.
std::vector<CurvePoint> without_zeros(std::vector<CurvePoint> points) {
  for (CurvePoint& point : points) {
    if (point.y == 0.0) point.y = kGap;
  }
  return points;
}

bool has_value(const std::vector<CurvePoint>& points) {
  return std::ranges::any_of(points, [](const CurvePoint& p) { return std::isfinite(p.y); });
}

std::optional<Figure> draw_difference(const CosimView& view) {
  const auto positions = without_zeros(view.curves.position_difference);
  const auto velocities = without_zeros(view.curves.velocity_difference);
  if (!has_value(positions) && !has_value(velocities)) return std::nullopt;
  Figure figure;
  figure.title = "Difference of circuit and model";
  figure.x_label = "model time";
  figure.y_label = "|difference| / largest excursion";
  figure.log_y = true;
  figure.caption =
      "The largest of all coordinates at each time, of the largest excursion on the path; below "
      "the limit the circuit passes. Gaps: equal to the last bit.";
  if (has_value(positions)) {
    figure.series.push_back(make_series("positions", Series::Kind::line, positions));
  }
  if (has_value(velocities)) {
    figure.series.push_back(make_series("velocities", Series::Kind::line, velocities));
  }
  if (const sim::Check* path = find_check(view.report, "path")) {
    figure.series.push_back({.name = fmt::format("limit {:g}", path->limit),
                             .kind = Series::Kind::dashed,
                             .x = {positions.front().x, positions.back().x},
                             .y = {path->limit, path->limit}});
  }
  return figure;
}

Section make_motion(const CosimView& view) {
  Section section{"Motion", describe_checks(view, {"path", "order"}), {}, {}};
  if (view.curves.positions.empty()) return section;
  section.figures.push_back(draw_motion(view, view.curves.positions, "positions"));
  if (!view.curves.velocities.empty()) {
    section.figures.push_back(draw_motion(view, view.curves.velocities, "velocities"));
  }
  if (auto difference = draw_difference(view)) {
    section.figures.push_back(std::move(*difference));
  } else {
    section.text += " Circuit and model are equal to the last bit throughout.";
  }
  return section;
}

// ---- fit

// Of a system without a grid: coordinate by coordinate, of the first output.
Figure draw_coordinates(const CosimView& view) {
  constexpr Eigen::Index kMost = 500;
  Figure figure;
  figure.title = "At rest";
  figure.x_label = "coordinate";
  figure.y_label = "position";
  const Eigen::MatrixXd& fit = view.analysis.fit;
  const Eigen::Index shown = std::min(kMost, fit.rows());
  figure.caption = shown < fit.rows()
                       ? fmt::format("The first {} of {} coordinates.", shown, fit.rows())
                       : "Where circuit and model come to rest.";
  Series model{.name = "model", .kind = Series::Kind::line};
  Series circuit{.name = "circuit", .kind = Series::Kind::points};
  for (Eigen::Index i = 0; i < shown; ++i) {
    model.x.push_back(static_cast<double>(i));
    model.y.push_back(fit(i, 0));
    if (view.report.at_rest) circuit.y.push_back((*view.report.at_rest)(i, 0));
  }
  circuit.x.assign(model.x.begin(),
                   model.x.begin() + static_cast<std::ptrdiff_t>(circuit.y.size()));
  figure.series.push_back(std::move(model));
  if (!circuit.x.empty()) figure.series.push_back(std::move(circuit));
  return figure;
}

std::string join_sentences(const std::string& first, const std::string& second) {
  return first + (first.empty() || second.empty() ? "" : " ") + second;
}

// A sampler's nodes are its cells, whose covariance is kT M^-1, about the mean that is added.
std::vector<Section> draw_sampler(const CosimView& view, const core::Grid& grid,
                                  const std::string& text) {
  core::SecondOrderSystem posterior = view.manifest.system;
  posterior.K = posterior.M;
  const core::NullSpace null_space = core::find_null_space(posterior.K);
  return make_circuit_sections({.grid = grid,
                                .targets = view.manifest.source->outputs,
                                .system = posterior,
                                .null_space = null_space,
                                .model = *view.manifest.posterior_mean,
                                .data = view.data},
                               join_sentences(text, describe_thermal_uncertainty(posterior, "M")));
}

std::vector<Section> make_fit(const CosimView& view) {
  const hw::Manifest& manifest = view.manifest;
  std::string text = describe_checks(view, {"steady"});
  if (!view.analysis.has_fit) return {{"Fit", text, {}, {}}};
  if (!manifest.source) return {{"Fit", text, {draw_coordinates(view)}, {}}};
  const core::Grid grid(manifest.source->axes);
  if (manifest.posterior_mean) return draw_sampler(view, grid, text);
  if (view.analysis.null_space.dimension() > 0) {
    text = join_sentences(text, "K is singular: along free directions any position fits as well.");
  }
  return make_circuit_sections({.grid = grid,
                                .targets = manifest.source->outputs,
                                .system = manifest.system,
                                .null_space = view.analysis.null_space,
                                .model = view.analysis.fit,
                                .at_rest = view.report.at_rest ? &*view.report.at_rest : nullptr,
                                .data = view.data},
                               join_sentences(text, describe_thermal_uncertainty(manifest.system)));
}

// ---- noise

std::optional<Figure> draw_spectra(const CosimView& view, char quantity) {
  const bool velocity = quantity == 'v';
  Figure figure;
  figure.title = velocity ? "Spectrum of velocities" : "Spectrum of positions";
  figure.x_label = "omega, rad per unit of model time";
  figure.y_label = velocity ? "velocity^2 x time" : "position^2 x time";
  figure.log_x = figure.log_y = true;
  figure.caption = "Two-sided densities: the circuit's noise (points) on the theory's line.";
  for (const CosimCurves::Pair& pair : view.curves.spectra) {
    if (pair.name.front() != quantity) continue;
    const auto positive = [](std::vector<CurvePoint> points) {
      std::erase_if(points, [](const CurvePoint& p) { return p.x <= 0.0 || p.y == 0.0; });
      return points;
    };
    figure.series.push_back(
        make_series(pair.name + " theory", Series::Kind::line, positive(pair.model)));
    figure.series.push_back(
        make_series(pair.name + " circuit", Series::Kind::points, positive(pair.circuit)));
  }
  if (figure.series.empty()) return std::nullopt;
  return figure;
}

// The modes of the first output: all outputs obey the same equations.
std::optional<Figure> draw_temperatures(const sim::Audit& audit) {
  const std::vector<sim::ModeTemperature>& modes = audit.outputs.front().modes;
  if (modes.empty()) return std::nullopt;
  Figure figure;
  figure.title = "Temperature of each mode";
  figure.x_label =
      audit.overdamped ? "rate of the mode, 1 / model time" : "omega of the mode, rad / model time";
  figure.y_label = "temperature / kT";
  figure.caption =
      "Of the circuit with its sources, from its Lyapunov equation: on the line every mode is as "
      "warm as the model's kT, which is equilibrium.";
  Series level{.name = "kT", .kind = Series::Kind::dashed};
  level.x = {modes.front().frequency, modes.back().frequency};
  level.y = {1.0, 1.0};
  figure.series.push_back(std::move(level));
  const auto add = [&](const char* name, std::optional<double> sim::Temperature::*member) {
    Series series{.name = name, .kind = Series::Kind::points};
    for (const sim::ModeTemperature& mode : modes) {
      const std::optional<double>& value = mode.temperature.*member;
      if (!value) continue;
      series.x.push_back(mode.frequency);
      series.y.push_back(*value / audit.kT);
    }
    if (!series.x.empty()) figure.series.push_back(std::move(series));
  };
  add("kinetic", &sim::Temperature::kinetic);
  add("potential", &sim::Temperature::potential);
  return figure;
}

Section make_noise(const CosimView& view) {
  Section section{
      "Noise", describe_checks(view, {"spectrum", "variance", "ensemble", "ergodicity"}), {}, {}};
  for (const char quantity : {'x', 'v'}) {
    if (auto figure = draw_spectra(view, quantity)) section.figures.push_back(std::move(*figure));
  }
  if (!view.report.audit) return section;
  const sim::Audit& audit = *view.report.audit;
  if (!audit.obstacle.empty()) {
    section.text += " Temperatures of the circuit: none; " + audit.obstacle + ".";
    return section;
  }
  section.text += " Temperatures: " + judge_audit(audit, view.manifest.system);
  if (auto figure = draw_temperatures(audit)) section.figures.push_back(std::move(*figure));
  return section;
}

// ---- tables

std::string plain(double value) { return fmt::format("{:.6g}", value); }

Table make_circuit_table(const CosimView& view) {
  const sim::Report& report = view.report;
  Table table{"Circuit", {"", ""}, {}};
  table.rows = {{"realization", report.realization},
                {"nodes", fmt::format("{}", report.nodes)},
                {"elements", fmt::format("{}", report.elements)},
                {"simulator", describe_engines(report)},
                {"points simulated", fmt::format("{}", report.points)},
                {"time", fmt::format("{:.2f} s, {:.2f} s of it in the simulator", report.wall_s,
                                     report.engine_wall_s)},
                {"seed", fmt::format("{}", view.seed)}};
  return table;
}

Table make_model_table(const CosimView& view) {
  const hw::Manifest& manifest = view.manifest;
  const core::SecondOrderSystem& system = manifest.system;
  Table table{"Model", {"", ""}, {}};
  const auto add = [&](const std::string& name, const std::string& value) {
    table.rows.push_back({name, value});
  };
  add("coordinates", fmt::format("{}", system.size()));
  add("outputs", fmt::format("{}", system.outputs()));
  add("dynamics", core::to_string(system.dynamics));
  add("kT", plain(system.kT));
  if (system.kT > 0.0) add("noise model", core::to_string(system.noise_model));
  if (view.analysis.scales.relaxation_time) {
    add("relaxation time", plain(*view.analysis.scales.relaxation_time));
  }
  add("step", plain(manifest.step));
  add("end", plain(manifest.end));
  if (!manifest.source) return table;
  for (const core::Axis& axis : manifest.source->axes) {
    add("input " + axis.name, fmt::format("{} stick{}, {:.6g} to {:.6g}", axis.sticks,
                                          axis.sticks == 1 ? "" : "s", axis.lower, axis.upper));
  }
  for (const std::string& output : manifest.source->outputs) add("output", output);
  const core::Parameters& p = manifest.source->parameters;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  if (!overdamped) add(p.mass_is_total ? "mass of all sticks" : "mass of a stick", plain(p.mass));
  add(p.spring_is_total ? "spring of all points" : "spring of a point", plain(p.spring));
  add(overdamped ? "friction (eta)" : "friction (gamma)", plain(p.friction));
  if (p.neighbor_spring > 0.0) add("neighbour spring", plain(p.neighbor_spring));
  if (p.pin_spring > 0.0) add("pin spring", plain(p.pin_spring));
  return table;
}

}  // namespace

report::Page make_cosim_page(const CosimView& view) {
  const bool passed = view.report.passed();
  report::Page page;
  page.title = fmt::format("{} circuit of {}", view.report.realization, view.subject);
  page.verdict = passed ? report::Verdict::pass : report::Verdict::fail;
  page.summary =
      fmt::format("{} {}", passed ? "The circuit is the model." : "The circuit is not the model.",
                  summarize_checks(view.report));
  page.sections.push_back(make_motion(view));
  std::ranges::move(make_fit(view), std::back_inserter(page.sections));
  if (view.manifest.system.kT > 0.0) page.sections.push_back(make_noise(view));
  page.sections.push_back(make_poles_section(view.manifest.system, view.analysis));
  page.sections.push_back({"Proof", "", {}, {make_checks_table(view.report)}});
  Section circuit{"Circuit and model",
                  "",
                  {},
                  {make_circuit_table(view),
                   make_scales_table(view.manifest.design, view.manifest.system.dynamics),
                   make_model_table(view)}};
  for (const std::string& remark : view.remarks)
    circuit.text += (circuit.text.empty() ? "" : " ") + remark;
  page.sections.push_back(std::move(circuit));
  return page;
}

}  // namespace springspice::cli
