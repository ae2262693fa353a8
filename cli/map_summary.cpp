#include "cli/map_summary.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/map_numbers.hpp"
#include "core/system_distance.hpp"
#include "hw/mapping/slew.hpp"
#include "netlist/si.hpp"

namespace springspice::cli {
namespace {

using netlist::format_si;

const char* role_name(netlist::Part::Role role) {
  using Role = netlist::Part::Role;
  switch (role) {
    case Role::mass:
      return "M";
    case Role::damping:
      return "D";
    case Role::stiffness:
      return "K";
    case Role::force:
      return "f";
    case Role::rate:
      return "integrator";
    case Role::unity:
      return "ratio";
    case Role::weight:
      return "read-out";
    case Role::noise:
      return "noise";
    case Role::turns:
      return "turns";
  }
  return "";
}

std::string verdict_section(const MapStudy& study) {
  const hw::SnapReport& snap = study.mapping.snap;
  const double range = study.built.manifest.range;
  std::string text = fmt::format("# {} on {}: {}\n\n", study.mapping.design.realization,
                                 study.profile.name, study.passed() ? "pass" : "FAIL");
  text += fmt::format(
      "{} coordinates, {} output{}, {} parts of {} values. The predictions of the board with "
      "nominal values are {:.3g} {} (rms over the data) from the ideal fit, {:.2g} % of the "
      "targets' range of {:.4g}; of {} boards with parts within tolerance (amplifiers ideal) "
      "{:.1f} % "
      "stay within {:.3g}. ",
      study.mapping.system.size(), study.mapping.system.outputs(),
      study.mapping.system.outputs() == 1 ? "" : "s", study.part_count(), study.bill.size(),
      snap.joint, unit_of_target(study), 100.0 * snap.joint / range, range,
      study.tolerance.draws.size(), 100.0 * study.tolerance.yield, study.error_limit);
  const sim::BudgetTerm* largest = sim::find_largest(study.budget);
  if (largest != nullptr) {
    text +=
        fmt::format("What costs most: **{}**, {}.\n", largest->name,
                    largest->unstable ? "the circuit is unstable" : format_number(largest->alone));
  }
  return text;
}

std::string proof_section(const MapStudy& study) {
  std::string text =
      "\n## Proof\n\n"
      "The deck `board.cir`, with ideal amplifiers, against the system that its values are "
      "(`board.json`), in ngspice:\n\n| check | value | limit | |\n|---|---|---|---|\n";
  for (const sim::Check& check : study.proof.checks) {
    const bool ran = check.status != sim::Check::Status::not_applicable;
    text += fmt::format("| {} | {} | {} {:g} | {} |\n", check.name,
                        ran ? fmt::format("{:.2g}", check.value) : "-", to_string(check.sense),
                        check.limit, to_string(check.status));
  }
  const core::SystemDistance distance =
      core::measure_distance(study.mapping.ideal, study.mapping.system);
  text += fmt::format(
      "\nFrom the ideal system it differs by (relative) M {:.2g}, D {:.2g}, K {:.2g}, f {:.2g}.\n",
      distance.M, distance.D, distance.K, distance.f);
  return text;
}

std::string values_section(const MapStudy& study) {
  const hw::SnapReport& snap = study.mapping.snap;
  const netlist::Scales& scales = study.mapping.design.scales;
  std::string text = fmt::format(
      "\n## Scales and values\n\n"
      "One unit of model time is {}, of velocity {}, of position {}, impedance {}, energy {}.\n\n",
      format_si(scales.time_s, "s"), format_si(scales.voltage_v, "V"),
      format_si(scales.position_v, "V"), format_si(scales.impedance_ohm, "ohm"),
      format_si(scales.energy_j, "J"));
  for (const std::string& line : study.mapping.scales.text) text += "- " + line + "\n";
  if (const std::string slew = hw::describe_slew(study.mapping, study.profile); !slew.empty()) {
    text += "- " + slew + "\n";
  }
  text += fmt::format(
      "\n| values | rms prediction error |\n|---|---|\n| each part rounded | {:.3g} |\n"
      "| each part rounded, at the scales that are best for that | {:.3g} |\n"
      "| chosen together | {:.3g} |\n\n",
      snap.rounded, snap.best_rounded, snap.joint);
  text += std::isfinite(snap.gain())
              ? fmt::format("Choosing them together is {:.3g} times better.\n", snap.gain())
              : "Chosen together they make no error at all.\n";
  return text;
}

std::string tolerance_section(const MapStudy& study) {
  std::string text = fmt::format(
      "\n## Tolerances\n\n{} boards, seed {}; 5 %, median, 95 %:\n\n| | 5 % | median | 95 % |\n"
      "|---|---|---|---|\n",
      study.tolerance.draws.size(), study.seed);
  for (const Quantiles& row : list_quantiles(study)) {
    text +=
        fmt::format("| {} | {:.3g} | {:.3g} | {:.3g} |\n", row.name, row.low, row.median, row.high);
  }
  if (study.mapping.system.kT > 0.0) text += "\n" + study.tolerance.temperatures_note + "\n";
  text += fmt::format(
      "\nSpread about the nominal board: {:.4g} rms over the boards, {:.4g} predicted from the "
      "sensitivities.\n\n| worst parts | spread of the predictions |\n|---|---|\n",
      study.tolerance.rms_deviation, study.tolerance.predicted_rms);
  constexpr std::size_t kShown = 10;
  for (std::size_t q = 0; q < std::min(kShown, study.tolerance.worst.size()); ++q) {
    text += fmt::format("| {} | {:.3g} |\n", study.tolerance.worst[q].element,
                        study.tolerance.worst[q].spread);
  }
  if (!study.checked_draws.empty()) {
    text += fmt::format(
        "\n{} of the boards ran in ngspice: largest difference {:.2g} of the targets' range (limit "
        "{:g}).\n",
        study.checked_draws.size(), study.draws_disagreement(), kDrawsAgree);
  }
  return text;
}

std::string budget_section(const MapStudy& study) {
  std::string text =
      "\n## Error budget\n\n"
      "Rms change of the predictions at rest, and its largest value on the way there; `with all "
      "above it` is from the ideal fit, and adds what differs from board to board or from moment "
      "to moment in squares. The last two columns: the same circuit at rest, by both.\n\n"
      "| | alone | on the way | with all above it | computed | ngspice | |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const sim::BudgetTerm& term : study.budget) {
    text += fmt::format("| {} |\n", fmt::join(format_term(term), " | "));
  }
  if (study.vendor) {
    text += fmt::format(
        "\nThe vendor's amplifiers ({}) in an otherwise ideal board: {:.3g} at rest, by ngspice. "
        "An operating point sees neither oscillation nor inputs the wrong way round: run "
        "`board_vendor.cir` as a transient too.\n",
        study.vendor->name, study.vendor->alone);
  }
  return text;
}

std::string energy_section(const MapStudy& study) {
  std::string text = "\n## Temperature and energy\n\n";
  for (const std::string& line : hw::describe_energy(study.energy)) text += "- " + line + "\n";
  return text;
}

std::string files_section(const MapStudy& study) {
  std::string text =
      "\n## Files\n\n"
      "- `board.cir`, `board.json`: the deck with ideal amplifiers and its manifest; `springspice "
      "certify board.cir`, `ngspice -b -r board.raw board.cir`\n"
      "- `board_real.cir`: the same nets and references with real amplifiers and lossy parts\n"
      "- `bom.csv`: what to order; `parts.csv`: each part, the value that was wanted, what it "
      "does\n"
      "- `draws.csv`, `band.csv`: each board of the Monte Carlo; the band of predictions\n";
  if (study.vendor) {
    text += fmt::format("- `board_vendor.cir`: the board with the vendor's amplifiers, of `{}`\n",
                        study.vendor->model.name);
  }
  return text;
}

Json energy_to_json(const hw::EnergyReport& energy) {
  Json json = {{"temperature_K", energy.temperature_K},
               {"natural_j", energy.natural_j},
               {"landauer_j", energy.landauer_j},
               {"energy_scale_j", energy.energy_scale_j},
               {"kT_circuit_j", energy.thermal.kT_circuit_j},
               {"times_natural", energy.times_natural},
               {"settling_s", number(energy.settling_s)},
               {"power_w", energy.power ? Json(energy.power->total_w()) : Json(nullptr)},
               {"fit_j", number(energy.fit_j)}};
  json["learning_j"] = energy.learning ? Json(energy.learning->joule) : Json(nullptr);
  json["learning_over_kT"] = energy.learning ? Json(energy.learning->over_kT) : Json(nullptr);
  return json;
}

}  // namespace

std::string format_map_summary(const MapStudy& study, const std::vector<std::string>& pictures) {
  std::string text = verdict_section(study);
  if (const std::string warning = format_map_warning(study); !warning.empty()) {
    text += "\n**Warning:** " + warning;
  }
  text += "\n" + format_sampling_note(study);
  for (const std::string& picture : pictures) text += fmt::format("\n![]({})\n", picture);
  if (pictures.empty()) text += "\nNo pictures: there is no gnuplot, or it failed.\n";
  return text + values_section(study) + tolerance_section(study) + budget_section(study) +
         energy_section(study) + proof_section(study) + files_section(study);
}

Json map_to_json(const MapStudy& study) {
  const hw::SnapReport& snap = study.mapping.snap;
  Json json = make_json();
  json["verdict"] = study.passed() ? "pass" : "fail";
  json["profile"] = study.profile.name;
  json["realization"] = study.mapping.design.realization;
  const netlist::Scales& scales = study.mapping.design.scales;
  json["scales"] = {{"time_s", scales.time_s},
                    {"impedance_ohm", scales.impedance_ohm},
                    {"voltage_v", scales.voltage_v},
                    {"energy_j", scales.energy_j},
                    {"position_v", scales.position_v}};
  json["snapping"] = {{"rounded", snap.rounded},
                      {"best_rounded", snap.best_rounded},
                      {"joint", snap.joint},
                      {"gain", number(snap.gain())}};
  const Quantiles errors = list_quantiles(study).front();
  json["tolerance"] = {{"draws", study.tolerance.draws.size()},
                       {"yield", study.tolerance.yield},
                       {"error_limit", study.error_limit},
                       {"error_05", number(errors.low)},
                       {"error_50", number(errors.median)},
                       {"error_95", number(errors.high)},
                       {"spread", number(study.tolerance.rms_deviation)},
                       {"spread_predicted", study.tolerance.predicted_rms}};
  json["worst"] = Json::array();
  for (const sim::Sensitivity& part : study.tolerance.worst) {
    json["worst"].push_back(
        {{"element", part.element}, {"spread", part.spread}, {"relative", part.relative}});
  }
  json["checked_draws"] = Json::array();
  for (const CheckedDraw& draw : study.checked_draws) {
    json["checked_draws"].push_back({{"draw", draw.draw},
                                     {"computed", number(draw.computed)},
                                     {"ngspice", number(draw.ngspice)}});
  }
  json["budget"] = Json::array();
  for (const sim::BudgetTerm& term : study.budget) {
    json["budget"].push_back(
        {{"name", term.name},
         {"alone", number(term.alone)},
         {"path", number(term.path)},
         {"together", number(term.together)},
         {"unstable", term.unstable},
         {"computed_once", term.compared ? number(term.compared->computed) : Json(nullptr)},
         {"ngspice_once", term.compared ? number(term.compared->ngspice) : Json(nullptr)},
         {"note", term.note}});
  }
  const sim::BudgetTerm* largest = sim::find_largest(study.budget);
  json["largest"] = largest != nullptr ? Json(largest->name) : Json(nullptr);
  if (study.vendor) json["vendor"] = {{"name", study.vendor->name}, {"alone", study.vendor->alone}};
  json["energy"] = energy_to_json(study.energy);
  json["checks"] = checks_to_json(study.proof)["checks"];
  return json;
}

std::string format_map_warning(const MapStudy& study) {
  std::string names;
  for (const sim::BudgetTerm& term : study.budget) {
    if (!term.unstable && term.alone.value_or(0.0) <= study.error_limit) continue;
    names += (names.empty() ? "" : ", ") + term.name;
  }
  if (names.empty()) return {};
  return fmt::format("this board will not learn within {:.3g}: {} alone {} more\n",
                     study.error_limit, names,
                     names.find(',') == std::string::npos ? "costs" : "cost");
}

std::string format_sampling_note(const MapStudy& study) {
  if (study.mapping.request.topology != hw::Topology::spu) return {};
  return fmt::format(
      "spu samples deviations; the fit is added when they are read, so no part can move it, and "
      "the errors below are 0. The samples' covariance is kT M^-1: with nominal values M is {:.2g} "
      "off (relative)\n",
      core::measure_distance(study.mapping.ideal, study.mapping.system).M);
}

std::string format_map_overview(const MapStudy& study) {
  const hw::SnapReport& snap = study.mapping.snap;
  std::string text = fmt::format(
      "{} on {}: {} parts; one unit of model time is {}\n"
      "rms prediction error: {:.3g} with each part rounded ({:.3g} at the best scales for that), "
      "{:.3g} chosen together{}\n"
      "{} boards: spread {:.3g} rms (predicted {:.3g}), yield {:.1f} % within {:.3g}\n",
      study.mapping.design.realization, study.profile.name, study.part_count(),
      format_si(study.mapping.design.scales.time_s, "s"), snap.rounded, snap.best_rounded,
      snap.joint, snap.joint > 0.0 ? fmt::format(": {:.3g} times better", snap.gain()) : "",
      study.tolerance.draws.size(), study.tolerance.rms_deviation, study.tolerance.predicted_rms,
      100.0 * study.tolerance.yield, study.error_limit);
  if (!study.checked_draws.empty()) {
    text += fmt::format("{} boards in ngspice: largest difference {:.2g} of the range\n",
                        study.checked_draws.size(), study.draws_disagreement());
  }
  for (const sim::BudgetTerm& term : study.budget) {
    const std::string alone = format_number(term.alone);
    const std::string note = term.note.empty() ? "" : "; " + term.note;
    text += fmt::format("  {:18} {:>10}{}\n", term.name, alone.empty() ? "-" : alone, note);
  }
  if (study.vendor) {
    text += fmt::format("  {:18} {:>10.3g}; {} at rest, by ngspice\n", "vendor's amplifiers",
                        study.vendor->alone, study.vendor->name);
  }
  if (const sim::BudgetTerm* largest = sim::find_largest(study.budget)) {
    text += fmt::format("largest: {}\n", largest->name);
  }
  text += format_map_warning(study) + format_sampling_note(study);
  return text;
}

// What a part is called, what it stands for, and how much it matters.
std::string format_parts(const MapStudy& study) {
  std::unordered_map<std::string, const sim::Sensitivity*> sensitivity;
  for (const sim::Sensitivity& part : study.tolerance.worst) sensitivity[part.element] = &part;
  std::string text = "reference,stands_for,row,column,output,wanted,rounded,chosen,joined,spread\n";
  for (const hw::MappedPart& part : study.mapping.parts) {
    const auto found = sensitivity.find(part.part.element);
    const char* const joined[] = {"", "series", "parallel"};
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{}\n", part.part.element,
                   role_name(part.part.role), part.part.row, part.part.column, part.part.output + 1,
                   part.wanted, part.rounded, part.chosen.value,
                   joined[static_cast<int>(part.chosen.how)],
                   found == sensitivity.end() ? "" : fmt::format("{}", found->second->spread));
  }
  return text;
}

std::string format_draws(const MapStudy& study) {
  const double tau = study.mapping.design.scales.time_s;
  std::string text = "draw,error,deviation,slowest_s,coldest,hottest\n";
  for (std::size_t d = 0; d < study.tolerance.draws.size(); ++d) {
    const sim::Draw& draw = study.tolerance.draws[d];
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{}\n", d, draw.error, draw.deviation,
                   draw.slowest_time * tau, draw.coldest, draw.hottest);
  }
  return text;
}

std::string format_band(const MapStudy& study) {
  const core::SecondOrderSystem& system = study.mapping.system;
  std::string text = "node,output,ideal,mapped,low,median,high\n";
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    for (Eigen::Index i = 0; i < system.size(); ++i) {
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{}\n", system.label(i), p + 1,
                     study.mapping.ideal_fit(i, p), study.mapping.mapped_fit(i, p),
                     study.tolerance.low(i, p), study.tolerance.median(i, p),
                     study.tolerance.high(i, p));
    }
  }
  return text;
}

}  // namespace springspice::cli
