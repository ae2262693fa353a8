#include "cli/thermo_output.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/certify.hpp"

namespace springspice::cli {
namespace {

const char* kPaperText =
    "The published estimator's W is the work of the drift's acceleration along the path. Nothing "
    "is changed from outside, so it is no work in Jarzynski's sense: on average it is the change "
    "of "
    "the kinetic energy less what the bath puts in, gamma nu kT t. The estimate so grows with the "
    "length of the run, and its plateau at weak springs is no property of the system. --barrier "
    "exact gives the free energy that the springs cost.";

// By Ito's formula a mean of zero remains; along paths of finite steps also some step times the
// springs' rate.
double euler_error(const thermo::BarrierRow& end) {
  return -end.mean_work - (end.bath - end.kinetic_change);
}

Json free_energy_to_json(const core::FreeEnergy& energy, double kT) {
  return {{"kT", kT},
          {"total", number(energy.total())},
          {"minimum", number(energy.minimum)},
          {"positions", number(energy.positions)},
          {"motion", number(energy.motion)}};
}

Json protocol_to_json(const Options& options, const thermo::Protocol& protocol) {
  const Change change = describe_change(options);
  Json json = {{"change", change.what}};
  const bool tables = options.thermo.change == ThermoOptions::Change::data;
  json["from"] = tables ? Json(change.from) : Json::parse(change.from);
  json["to"] = tables ? Json(change.to) : Json::parse(change.to);
  if (options.thermo.change == ThermoOptions::Change::mass) {
    json["held"] = core::to_string(protocol.held);
  }
  json.update({{"duration", protocol.duration}, {"steps", protocol.steps}});
  if (protocol.duration > 0.0) json["shape"] = thermo::to_string(protocol.shape);
  return json;
}

Json moments_to_json(const thermo::WorkMoments& moments) {
  return {{"work", number(moments.work)},
          {"heat", number(moments.heat)},
          {"reduced_work", number(moments.reduced)}};
}

Json estimate_to_json(const thermo::Estimate& estimate) {
  if (!estimate.obstacle.empty()) return {{"obstacle", estimate.obstacle}};
  return {{"value", number(estimate.value)},
          {"error", number(estimate.error)},
          {"bias", number(estimate.bias)}};
}

Json trajectories_to_json(const thermo::Trajectories& runs) {
  Json crooks = {{"crossing", estimate_to_json(runs.crooks.crossing)}};
  if (runs.crooks.obstacle.empty()) {
    crooks["slope"] = number(runs.crooks.slope);
    crooks["slope_error"] = number(runs.crooks.slope_error);
  }
  return {{"integrator", dynamics::to_string(runs.scheme)},
          {"runs", {runs.forward.reduced.size(), runs.reverse.reduced.size()}},
          {"partial", !runs.forward.complete || !runs.reverse.complete},
          {"jarzynski_forward", estimate_to_json(runs.jarzynski_forward)},
          {"jarzynski_reverse", estimate_to_json(runs.jarzynski_reverse)},
          {"bennett", estimate_to_json(runs.bennett)},
          {"crooks", std::move(crooks)}};
}

// The same words as every other verdict.
sim::Report make_report(const thermo::Study& study) {
  sim::Report report;
  for (const thermo::Agreement& agreement : study.agreements) {
    sim::Check check;
    check.name = agreement.name;
    check.value = agreement.value;
    check.limit = agreement.limit;
    check.sense = agreement.at_least ? sim::Check::Sense::at_least : sim::Check::Sense::at_most;
    check.detail = agreement.obstacle.empty() ? agreement.detail : agreement.obstacle;
    if (agreement.obstacle.empty()) sim::decide(check);
    report.checks.push_back(std::move(check));
  }
  return report;
}

std::string format_free_energy(const char* name, const core::FreeEnergy& energy, double kT) {
  return fmt::format("  {:8} {:>14.8g} {:>14.8g} {:>14.8g} {:>14.8g} {:>12.6g}\n", name,
                     energy.total(), energy.minimum, energy.positions, energy.motion, kT);
}

std::string format_exact(const thermo::FreeEnergyChange& exact) {
  std::string text = fmt::format("\nfree energy, exact    {:>9} {:>14} {:>14} {:>14} {:>12}\n",
                                 "total", "minimum", "positions", "motion", "kT");
  text += format_free_energy("before", exact.from, exact.kT_from);
  text += format_free_energy("after", exact.to, exact.kT_to);
  if (exact.kT_from == exact.kT_to) {
    return text + fmt::format("  change   {:>14.8g}, which is {:.8g} kT\n", exact.energy(),
                              exact.reduced());
  }
  return text + fmt::format("  change of F / kT {:.8g}\n", exact.reduced());
}

std::string format_needed(const std::optional<double>& needed) {
  if (!needed) return "-";
  if (std::isinf(*needed)) return "none is enough";
  return *needed > 1e15 ? "beyond 1e15" : fmt::format("{:.3g}", *needed);
}

std::string format_direction(const char* name, const thermo::WorkMoments& moments, double phi,
                             const std::optional<double>& needed) {
  return fmt::format("  {:8} {:>14.8g} {:>14.8g} {:>14.8g} {:>14.8g} {:>12}\n", name, moments.work,
                     moments.heat, moments.reduced, moments.reduced - phi, format_needed(needed));
}

std::string format_moments(const thermo::Study& study) {
  const double phi = study.exact.reduced();
  std::string text = fmt::format("\nmean, exact         {:>11} {:>14} {:>14} {:>14} {:>12}\n",
                                 "work", "heat taken", "work / kT", "dissipated/kT", "runs needed");
  text += format_direction("forward", *study.forward, phi, study.needed_forward);
  text += format_direction("reverse", *study.reverse, -phi, study.needed_reverse);
  return text;
}

std::string format_estimate(const char* name, const thermo::Estimate& estimate) {
  if (!estimate.obstacle.empty()) {
    return fmt::format("  {:18} {:>12}  {}\n", name, "-", estimate.obstacle);
  }
  const std::string bias =
      estimate.bias == 0.0 ? "" : fmt::format(", bias about {:.2g}", estimate.bias);
  return fmt::format("  {:18} {:>12.6g} +- {:.2g}{}\n", name, estimate.value, estimate.error, bias);
}

std::string format_trajectories(const thermo::Trajectories& runs, double phi) {
  std::string text = fmt::format("\n{} paths forward, {} in reverse, by {}\nchange of F / kT\n",
                                 runs.forward.reduced.size(), runs.reverse.reduced.size(),
                                 dynamics::to_string(runs.scheme));
  text += fmt::format("  {:18} {:>12.6g}\n", "exact", phi);
  text += format_estimate("Jarzynski, forward", runs.jarzynski_forward);
  text += format_estimate("Jarzynski, reverse", runs.jarzynski_reverse);
  text += format_estimate("Bennett", runs.bennett);
  text += format_estimate("Crooks' crossing", runs.crooks.crossing);
  std::size_t below = 0;
  for (const double w : runs.forward.reduced) below += w < phi ? 1 : 0;
  text += fmt::format(
      "{:.1f} % of the forward paths take less work than the change of F; the mean does not\n",
      100.0 * static_cast<double>(below) / static_cast<double>(runs.forward.reduced.size()));
  return text;
}

std::string format_change(const Options& options, const thermo::Protocol& protocol) {
  const Change change = describe_change(options);
  std::string text = fmt::format("{} from {} to {}", change.what, core::printable(change.from, 200),
                                 core::printable(change.to, 200));
  if (protocol.duration > 0.0) {
    text += fmt::format(", {} in a time of {:g} ({} steps)", thermo::to_string(protocol.shape),
                        protocol.duration, protocol.steps);
  } else {
    text += ", at once";
  }
  if (change.what == "mass") text += fmt::format(", {} held", core::to_string(protocol.held));
  const Eigen::Index size = protocol.to.system.size();
  const Eigen::Index outputs = protocol.to.system.outputs();
  return text + fmt::format("; {} nodes{}\n", size,
                            outputs == 1 ? "" : fmt::format(", {} outputs", outputs));
}

}  // namespace

std::string describe_missing(const thermo::Study& study) {
  const auto missing = std::ranges::count_if(
      study.agreements, [](const thermo::Agreement& a) { return !a.obstacle.empty(); });
  if (missing == 0) return "";
  return fmt::format(
      "{} of {} comparisons could not be made, for the reasons told; the verdict is about the "
      "others\n",
      missing, study.agreements.size());
}

std::string format_study(const Options& options, const thermo::Protocol& protocol,
                         const thermo::Study& study) {
  std::string text = format_change(options, protocol) + format_exact(study.exact);
  if (study.forward) text += format_moments(study);
  if (study.trajectories) text += format_trajectories(*study.trajectories, study.exact.reduced());
  if (options.thermo.barrier == ThermoOptions::Barrier::exact) {
    text += fmt::format(
        "\nthe barrier: {:.8g}, which is {:.8g} kT; a property of the two systems, "
        "whatever the run\n",
        study.exact.energy(), study.exact.reduced());
  }
  if (study.agreements.empty()) return text;
  return text + "\n" + format_checks(make_report(study)) +
         fmt::format("{}verdict: {}\n", describe_missing(study), study.passed() ? "pass" : "fail");
}

Json study_to_json(const Options& options, const thermo::Protocol& protocol,
                   const thermo::Study& study) {
  Json json = make_json();
  json["protocol"] = protocol_to_json(options, protocol);
  const thermo::FreeEnergyChange& exact = study.exact;
  json["exact"] = {{"from", free_energy_to_json(exact.from, exact.kT_from)},
                   {"to", free_energy_to_json(exact.to, exact.kT_to)},
                   {"difference", number(exact.energy())},
                   {"reduced", number(exact.reduced())}};
  if (study.forward) {
    json["moments"] = {
        {"forward", moments_to_json(*study.forward)},
        {"reverse", moments_to_json(*study.reverse)},
        {"dissipated_kT", number(study.forward->reduced - exact.reduced())},
        {"runs_needed", {number(study.needed_forward), number(study.needed_reverse)}}};
  }
  if (study.trajectories) json["trajectories"] = trajectories_to_json(*study.trajectories);
  json["verdict"] = study.passed() ? "pass" : "fail";
  json["checks"] = checks_to_json(make_report(study))["checks"];
  return json;
}

std::string format_moments_csv(const thermo::WorkMoments& moments) {
  std::string text =
      "time,lambda,work,reduced_work,heat,energy,entropy,entropy_change,entropy_production,"
      "entropy_flux\n";
  for (const thermo::MomentRow& row : moments.rows) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{}\n", row.time,
                   row.lambda, row.work, row.reduced, row.heat, row.energy, row.entropy.entropy,
                   row.entropy.change, row.entropy.production, row.entropy.flux);
  }
  return text;
}

std::string format_work_csv(const thermo::Trajectories& trajectories) {
  std::string text = "direction,run,work,heat,reduced_work\n";
  const auto write = [&](const char* direction, const thermo::WorkSamples& samples) {
    for (std::size_t r = 0; r < samples.work.size(); ++r) {
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", direction, r, samples.work[r],
                     samples.heat[r], samples.reduced[r]);
    }
  };
  write("forward", trajectories.forward);
  write("reverse", trajectories.reverse);
  return text;
}

std::string format_entropy(const thermo::WorkMoments& moments) {
  const core::EntropyRates& first = moments.rows.front().entropy;
  const core::EntropyRates& last = moments.rows.back().entropy;
  std::string text =
      fmt::format("\nentropy (k_B)                     {:>12} {:>12}\n", "at start", "at the end");
  const auto line = [&](const char* name, double a, double b) {
    text += fmt::format("  {:30} {:>12.6g} {:>12.6g}\n", name, a, b);
  };
  line("S", first.entropy, last.entropy);
  line("dS/dt", first.change, last.change);
  line("production Pi", first.production, last.production);
  line("flux Phi into the bath", first.flux, last.flux);
  return text;
}

Json entropy_to_json(const thermo::WorkMoments& moments) {
  const auto rates = [](const thermo::MomentRow& row) -> Json {
    return {{"time", row.time},
            {"entropy", number(row.entropy.entropy)},
            {"change", number(row.entropy.change)},
            {"production", number(row.entropy.production)},
            {"flux", number(row.entropy.flux)}};
  };
  return {{"start", rates(moments.rows.front())}, {"end", rates(moments.rows.back())}};
}

std::string describe_reliability(const thermo::PaperBarrier& barrier, double kT) {
  std::vector<double> reduced = barrier.work;
  for (double& w : reduced) w /= kT;
  const thermo::Estimate estimate = thermo::estimate_jarzynski(reduced, 0.0);
  if (estimate.obstacle.empty()) return "";
  // What to do against it is said of protocols; here nothing helps (sim/thermo/paper_barrier.hpp).
  const std::string reason = estimate.obstacle.substr(0, estimate.obstacle.find("; give"));
  return "As an estimate of a mean of exponentials it means nothing: " + reason +
         "; more paths give more, without limit where springs are weak.\n";
}

const char* explain_paper() { return kPaperText; }

std::string format_paper(const PaperOutput& paper) {
  const thermo::BarrierRow& end = paper.barrier.rows.back();
  const double kT = paper.system.kT;
  std::string text =
      fmt::format("the published estimator: {} paths, {} nodes, a time of {:g}, gamma {:g}\n\n",
                  paper.barrier.work.size(), paper.system.size(), end.time, paper.friction);
  const auto line = [&](const char* name, double energy) {
    text += fmt::format("  {:42} {:>12.6g} kT\n", name, energy / kT);
  };
  line("kT ln mean exp(-W/kT)", end.barrier);
  line("  standard error, as far as paths tell", end.error);
  line("mean of -W", -end.mean_work);
  line("  the bath's gamma nu kT t", end.bath);
  line("  the kinetic energy given up", -end.kinetic_change);
  line("  what Euler's finite step and chance add", euler_error(end));
  text += fmt::format("  {:42} {:>12.6g} at the end, {:.6g} over the second half\n\n{}\n",
                      "mean squared error", end.loss, paper.mean_loss_second_half, kPaperText);
  text += describe_reliability(paper.barrier, kT);
  if (!paper.barrier.complete) text += "interrupted: these are the paths so far\n";
  return text;
}

Json paper_to_json(const PaperOutput& paper) {
  const thermo::BarrierRow& end = paper.barrier.rows.back();
  const double kT = paper.system.kT;
  Json json = make_json();
  json["barrier"] = {{"value", number(end.barrier)},
                     {"value_kT", number(end.barrier / kT)},
                     {"error_kT", number(end.error / kT)},
                     {"mean_work_kT", number(end.mean_work / kT)},
                     {"kinetic_change_kT", number(end.kinetic_change / kT)},
                     {"bath_kT", number(end.bath / kT)},
                     {"euler_error_kT", number(euler_error(end) / kT)},
                     {"loss", number(end.loss)},
                     {"mean_loss_second_half", number(paper.mean_loss_second_half)}};
  json["runs"] = paper.barrier.work.size();
  json["partial"] = !paper.barrier.complete;
  json["time"] = end.time;
  json["explanation"] = kPaperText;
  return json;
}

std::string format_paper_csv(const thermo::PaperBarrier& barrier, double kT) {
  std::string text = "time,barrier_kT,error_kT,mean_work_kT,kinetic_change_kT,bath_kT,loss\n";
  for (const thermo::BarrierRow& row : barrier.rows) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{}\n", row.time, row.barrier / kT,
                   row.error / kT, row.mean_work / kT, row.kinetic_change / kT, row.bath / kT,
                   row.loss);
  }
  return text;
}

}  // namespace springspice::cli
