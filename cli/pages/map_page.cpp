#include "cli/pages/map_page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/map_numbers.hpp"
#include "cli/map_summary.hpp"
#include "cli/pages/circuit_tables.hpp"
#include "cli/pages/raster.hpp"
#include "core/fit.hpp"
#include "hw/mapping/slew.hpp"
#include "netlist/si.hpp"

namespace springspice::cli {
namespace {

using netlist::format_si;
using report::Bars;
using report::Figure;
using report::Section;
using report::Series;
using report::Table;

constexpr std::size_t kWorstShown = 12;

std::vector<double> less(std::vector<double> values, const std::vector<double>& reference) {
  for (std::size_t k = 0; k < values.size(); ++k) values[k] -= reference[k];
  return values;
}

// ---- predictions

Series make_band(const NodeValues& nodes) {
  return {.name = "90 of 100 boards",
          .kind = Series::Kind::band,
          .x = nodes.at,
          .low = nodes.low,
          .high = nodes.high};
}

Figure draw_predictions(const MapStudy& study, const NodeValues& nodes,
                        const std::optional<DataSample>& data) {
  Figure figure;
  figure.title = "Predictions of the board";
  figure.x_label = nodes.axis;
  figure.y_label = target_of(study);
  figure.caption =
      "The ideal fit, the board with nominal values, and where 90 of 100 boards with parts within "
      "tolerance lie.";
  figure.series.push_back(make_band(nodes));
  if (data && grid_of(study)->dimension() == 1) {
    const Eigen::VectorXd u = data->rows.inputs.col(0);
    const Eigen::VectorXd y = data->rows.targets.col(0);
    figure.series.push_back({.name = "data",
                             .kind = Series::Kind::points,
                             .x = {u.begin(), u.end()},
                             .y = {y.begin(), y.end()}});
    figure.caption += fmt::format(" Data: {}.", data->describe());
  }
  figure.series.push_back(
      {.name = "ideal fit", .kind = Series::Kind::line, .x = nodes.at, .y = nodes.ideal});
  figure.series.push_back(
      {.name = "nominal values", .kind = Series::Kind::dashed, .x = nodes.at, .y = nodes.mapped});
  return figure;
}

// To scale: on the predictions themselves the errors are too small to be seen.
Figure draw_deviations(const MapStudy& study, const NodeValues& nodes) {
  Figure figure;
  figure.title = "Predictions less the ideal fit";
  figure.x_label = nodes.axis;
  figure.y_label = target_of(study) + ", deviation";
  figure.caption = "The same to scale: 0 is the ideal fit.";
  Series band = make_band(nodes);
  band.low = less(band.low, nodes.ideal);
  band.high = less(band.high, nodes.ideal);
  figure.series.push_back(std::move(band));
  figure.series.push_back({.name = "median board",
                           .kind = Series::Kind::line,
                           .x = nodes.at,
                           .y = less(nodes.median, nodes.ideal)});
  figure.series.push_back({.name = "nominal values",
                           .kind = Series::Kind::dashed,
                           .x = nodes.at,
                           .y = less(nodes.mapped, nodes.ideal)});
  return figure;
}

Figure draw_map(const core::Grid& grid, const std::vector<double>& nodes, const std::string& title,
                const std::string& label) {
  Figure figure;
  figure.title = title;
  figure.x_label = grid.axes()[0].name;
  figure.y_label = grid.axes()[1].name;
  const auto count = static_cast<Eigen::Index>(nodes.size());
  core::Predictor predictor(grid, Eigen::VectorXd::Map(nodes.data(), count));
  const auto predict = [&](std::span<const double> u) {
    double y = 0.0;
    predictor.predict(u, {&y, 1});
    return y;
  };
  figure.field = make_field(grid.axes(), predict, label);
  return figure;
}

std::vector<Figure> draw_planes(const MapStudy& study, const NodeValues& nodes) {
  const core::Grid& grid = *grid_of(study);
  const std::string target = target_of(study);
  std::vector<double> half = less(nodes.high, nodes.low);
  for (double& width : half) width /= 2.0;
  std::vector<Figure> figures = {
      draw_map(grid, nodes.mapped, "Predictions of the board", target),
      draw_map(grid, less(nodes.mapped, nodes.ideal), "Nominal values less the ideal fit",
               target + ", deviation"),
      draw_map(grid, half, "Half the band of 90 of 100 boards", target)};
  figures[0].caption = "With nominal values.";
  figures[1].caption = "What choosing values that there are costs.";
  figures[2].caption = "How far boards with parts within tolerance lie apart.";
  return figures;
}

Section make_predictions(const MapStudy& study, const std::optional<DataSample>& data) {
  const core::Grid* grid = grid_of(study);
  const NodeValues nodes = list_nodes(study);
  Section section{"Predictions", "", {}, {}};
  section.text = format_sampling_note(study);
  if (study.mapping.system.outputs() > 1) {
    section.text += fmt::format("Of the first of {} outputs.", study.mapping.system.outputs());
  }
  if (grid != nullptr && grid->dimension() == 2) {
    section.figures = draw_planes(study, nodes);
  } else {
    section.figures = {draw_predictions(study, nodes, data), draw_deviations(study, nodes)};
  }
  return section;
}

// ---- errors

Figure draw_errors(const MapStudy& study) {
  const ErrorHistogram histogram = count_errors(study);
  Figure figure;
  figure.title = "Prediction errors of boards";
  figure.x_label = "rms prediction error, unit of " + target_of(study);
  figure.y_label = "boards";
  figure.caption =
      fmt::format("{} boards with parts within tolerance; {:.1f} % are within {:.3g}.",
                  study.tolerance.draws.size(), 100.0 * study.tolerance.yield, study.error_limit);
  Series steps{.name = "boards", .kind = Series::Kind::steps};
  for (std::size_t k = 0; k < histogram.boards.size(); ++k) {
    steps.x.push_back(static_cast<double>(k) * histogram.width);
    steps.y.push_back(histogram.boards[k]);
  }
  steps.x.push_back(static_cast<double>(histogram.boards.size()) * histogram.width);
  steps.y.push_back(0.0);
  const double most = std::max(1.0, *std::ranges::max_element(histogram.boards));
  const auto mark = [&](const char* name, double at) {
    return Series{name, Series::Kind::dashed, {at, at}, {0.0, most}, {}, {}};
  };
  figure.series = {std::move(steps), mark("nominal values", study.mapping.snap.joint),
                   mark("limit", study.error_limit)};
  return figure;
}

Figure draw_budget(const MapStudy& study) {
  Figure figure;
  figure.title = "Error budget";
  figure.x_label = "rms change of the predictions, unit of " + target_of(study);
  figure.caption = "What each imperfection costs alone, at rest.";
  figure.log_x = true;  // terms are orders of magnitude apart
  Bars bars;
  for (const sim::BudgetTerm& term : study.budget) {
    if (!term.alone) continue;
    bars.names.push_back(term.name);
    bars.values.push_back(*term.alone);
  }
  if (study.vendor) {
    bars.names.push_back("vendor's amplifiers");
    bars.values.push_back(study.vendor->alone);
  }
  figure.bars = std::move(bars);
  return figure;
}

Figure draw_worst(const MapStudy& study) {
  Figure figure;
  figure.title = "Parts that matter most";
  figure.x_label = "spread of the predictions, unit of " + target_of(study);
  figure.caption = "Rms change of the predictions for one standard deviation of the part's value.";
  Bars bars;
  for (const sim::Sensitivity& part : study.tolerance.worst) {
    if (bars.names.size() == kWorstShown) break;
    bars.names.push_back(part.element);
    bars.values.push_back(part.spread);
  }
  figure.bars = std::move(bars);
  return figure;
}

Table make_budget_table(const MapStudy& study) {
  Table table{"Error budget",
              {"", "alone", "on the way", "with all above it", "computed", "ngspice", ""},
              {}};
  for (const sim::BudgetTerm& term : study.budget) table.rows.push_back(format_term(term));
  if (study.vendor) {
    const std::string alone = format_number(study.vendor->alone);
    table.rows.push_back({"vendor's amplifiers", alone, "", "", "", alone, study.vendor->name});
  }
  return table;
}

Table make_quantiles_table(const MapStudy& study) {
  Table table{fmt::format("{} boards, seed {}", study.tolerance.draws.size(), study.seed),
              {"", "5 %", "median", "95 %"},
              {}};
  for (const Quantiles& row : list_quantiles(study)) {
    table.rows.push_back(
        {row.name, format_number(row.low), format_number(row.median), format_number(row.high)});
  }
  return table;
}

Table make_worst_table(const MapStudy& study) {
  Table table{"Parts that matter most",
              {"part", "spread of the predictions", "for a unit of ln(value)"},
              {}};
  for (const sim::Sensitivity& part : study.tolerance.worst) {
    if (table.rows.size() == kWorstShown) break;
    table.rows.push_back({part.element, format_number(part.spread), format_number(part.relative)});
  }
  return table;
}

std::string describe_boards(const MapStudy& study) {
  std::string text = fmt::format(
      "Spread about the nominal board: {:.4g} rms over the boards, {:.4g} predicted from the "
      "sensitivities.",
      study.tolerance.rms_deviation, study.tolerance.predicted_rms);
  if (study.tolerance.failed > 0) {
    text += fmt::format(" {} boards never come to rest.", study.tolerance.failed);
  }
  if (!study.checked_draws.empty()) {
    text += fmt::format(
        " {} of the boards ran in ngspice: largest difference {:.2g} of the targets' range (limit "
        "{:g}).",
        study.checked_draws.size(), study.draws_disagreement(), kDrawsAgree);
  }
  return text;
}

Section make_errors(const MapStudy& study) {
  Section section{"Errors", describe_boards(study), {draw_errors(study), draw_budget(study)}, {}};
  if (!study.tolerance.worst.empty()) section.figures.push_back(draw_worst(study));
  section.tables = {make_budget_table(study), make_quantiles_table(study), make_worst_table(study)};
  return section;
}

// ---- what it is made of

Table make_list(const std::string& title, const std::vector<std::string>& lines) {
  Table table{title, {""}, {}};
  for (const std::string& line : lines) table.rows.push_back({line});
  return table;
}

Section make_scales(const MapStudy& study) {
  const hw::SnapReport& snap = study.mapping.snap;
  std::vector<std::string> limits = study.mapping.scales.text;
  if (const std::string slew = hw::describe_slew(study.mapping, study.profile); !slew.empty()) {
    limits.push_back(slew);
  }
  if (limits.empty()) limits.push_back("none: every value and every signal has room");
  Table values{"Choice of values", {"", "rms prediction error"}, {}};
  values.rows = {
      {"each part rounded", format_number(snap.rounded)},
      {"each part rounded, at the scales that are best for that", format_number(snap.best_rounded)},
      {"chosen together", format_number(snap.joint)}};
  return {"Scales and values",
          "",
          {},
          {make_scales_table(study.mapping.design, study.mapping.system.dynamics),
           make_list("Limits that bind", limits), std::move(values)}};
}

// A row of hundreds of names tells nothing; bom.csv has them all.
std::string list_references(const std::vector<std::string>& references) {
  constexpr std::size_t kShown = 12;
  const std::size_t shown = std::min(kShown, references.size());
  std::string text = fmt::format(
      "{}",
      fmt::join(references.begin(), references.begin() + static_cast<std::ptrdiff_t>(shown), " "));
  return references.size() > kShown ? text + " ..." : text;
}

Section make_bill(const MapStudy& study) {
  Table table{
      "Bill of materials", {"quantity", "kind", "value", "series", "tolerance", "parts"}, {}};
  for (const hw::BillRow& row : study.bill) {
    table.rows.push_back({fmt::format("{}", row.quantity()), row.kind, row.value, row.series,
                          row.tolerance, list_references(row.references)});
  }
  return {"Parts",
          fmt::format("{} parts of {} values.", study.part_count(), study.bill.size()),
          {},
          {std::move(table)}};
}

std::string describe(const hw::Figure& figure, const char* unit) {
  return figure.specified() ? format_si(figure.get(), unit) : "not specified";
}

std::string describe_class(const hw::PartClass& part, const char* unit) {
  return fmt::format("{} to {}, {}, tolerance {}", describe(part.low, unit),
                     describe(part.high, unit), part.series.name(),
                     part.tolerance.specified()
                         ? fmt::format("{:g} %", 100.0 * part.tolerance.get())
                         : "not specified");
}

Table make_profile_table(const hw::Profile& profile) {
  Table table{"Profile " + profile.name, {"", ""}, {}};
  const auto add = [&](const char* name, const std::string& value) {
    table.rows.push_back({name, value});
  };
  add("description", profile.description);
  const auto add_class = [&](const char* name, const std::optional<hw::PartClass>& part,
                             const char* unit) {
    if (part) add(name, describe_class(*part, unit));
  };
  add_class("resistors", profile.resistor, "ohm");
  add_class("capacitors", profile.capacitor, "F");
  add_class("inductors", profile.inductor, "H");
  add_class("transconductors", profile.transconductor, "S");
  add_class("current sources", profile.current_source, "A");
  if (profile.opamp) {
    add("amplifier", fmt::format("{}: gain {}, {} gain-bandwidth, offset {}", profile.opamp->name,
                                 describe(profile.opamp->gain, ""),
                                 describe(profile.opamp->gain_bandwidth_hz, "Hz"),
                                 describe(profile.opamp->offset_v, "V")));
  }
  add("temperature", describe(profile.temperature_K, "K"));
  add("supply, both sides", describe(profile.supply_v, "V"));
  add("largest signal", describe(profile.swing_v, "V"));
  return table;
}

std::string summarize(const MapStudy& study) {
  std::string text = fmt::format(
      "{} parts of {} values. The board with nominal values predicts {:.3g} (rms, {}) from the "
      "ideal fit, {:.2g} % of the targets' range; of {} boards with parts within tolerance {:.1f} "
      "% stay within {:.3g}.",
      study.part_count(), study.bill.size(), study.mapping.snap.joint, unit_of_target(study),
      100.0 * study.mapping.snap.joint / study.built.manifest.range, study.tolerance.draws.size(),
      100.0 * study.tolerance.yield, study.error_limit);
  if (const sim::BudgetTerm* largest = sim::find_largest(study.budget)) {
    text +=
        fmt::format(" What costs most: {}, {}.", largest->name,
                    largest->unstable ? "the circuit is unstable" : format_number(largest->alone));
  }
  const std::string warning = format_map_warning(study);
  return warning.empty() ? text : text + " Warning: " + warning.substr(0, warning.find('\n')) + ".";
}

}  // namespace

report::Page make_map_page(const MapStudy& study, const std::optional<DataSample>& data) {
  report::Page page;
  page.title = fmt::format("{} on {}", study.mapping.design.realization, study.profile.name);
  page.verdict = study.passed() ? report::Verdict::pass : report::Verdict::fail;
  page.summary = summarize(study);
  page.sections.push_back(make_predictions(study, data));
  page.sections.push_back(make_errors(study));
  page.sections.push_back(make_scales(study));
  page.sections.push_back(make_bill(study));
  page.sections.push_back(
      {"Hardware",
       "",
       {},
       {make_profile_table(study.profile),
        make_list("Temperature and energy", hw::describe_energy(study.energy))}});
  page.sections.push_back({"Proof",
                           "The deck board.cir, with ideal amplifiers, against the system that its "
                           "values are, in ngspice. " +
                               summarize_checks(study.proof),
                           {},
                           {make_checks_table(study.proof)}});
  return page;
}

}  // namespace springspice::cli
