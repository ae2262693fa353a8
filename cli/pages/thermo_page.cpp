#include "cli/pages/thermo_page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

using report::Figure;
using report::Section;
using report::Series;
using report::Table;

// Densities of two samples over common bins. Freedman and Diaconis' width of the pooled sample,
// within what a picture can show.
struct Bins {
  double first = 0.0;
  double width = 1.0;
  std::size_t count = 1;
};

Bins choose_bins(std::vector<double> pooled) {
  std::ranges::sort(pooled);
  const std::size_t n = pooled.size();
  const double quartiles = pooled[n - 1 - n / 4] - pooled[n / 4];
  const double span = pooled.back() - pooled.front();
  if (!(span > 0.0)) return {pooled.front() - 0.5, 1.0, 1};
  double width = 2.0 * quartiles / std::cbrt(static_cast<double>(n));
  constexpr double kFewest = 10.0;
  constexpr double kMost = 120.0;
  width = std::clamp(width, span / kMost, span / kFewest);
  return {pooled.front(), width, static_cast<std::size_t>(span / width) + 1};
}

Series make_histogram(const char* name, const std::vector<double>& samples, const Bins& bins) {
  Series series;
  series.name = name;
  series.kind = Series::Kind::steps;
  std::vector<double> counts(bins.count, 0.0);
  for (const double value : samples) {
    const auto bin = static_cast<std::size_t>(std::max(0.0, (value - bins.first) / bins.width));
    counts[std::min(bin, bins.count - 1)] += 1.0;
  }
  const double unit = 1.0 / (static_cast<double>(samples.size()) * bins.width);
  for (std::size_t k = 0; k < bins.count; ++k) {
    series.x.push_back(bins.first + static_cast<double>(k) * bins.width);
    series.y.push_back(counts[k] * unit);
  }
  series.x.push_back(bins.first + static_cast<double>(bins.count) * bins.width);
  series.y.push_back(0.0);
  return series;
}

Series make_vertical(const char* name, double x, const Figure& figure) {
  double top = 0.0;
  for (const Series& series : figure.series) {
    for (const double y : series.y) top = std::max(top, y);
  }
  return {name, Series::Kind::dashed, {x, x}, {0.0, top}, {}, {}};
}

Figure draw_work(const thermo::Study& study) {
  const std::vector<double>& forward = study.trajectories->forward.reduced;
  std::vector<double> mirrored = study.trajectories->reverse.reduced;
  for (double& w : mirrored) w = -w;
  std::vector<double> pooled = forward;
  pooled.insert(pooled.end(), mirrored.begin(), mirrored.end());
  const Bins bins = choose_bins(std::move(pooled));
  Figure figure;
  figure.title = "Work of the paths";
  figure.x_label = "work / kT";
  figure.y_label = "probability density";
  figure.series.push_back(make_histogram("forward, P(w)", forward, bins));
  figure.series.push_back(make_histogram("reverse, P(-w)", mirrored, bins));
  figure.series.push_back(make_vertical("exact change of F / kT", study.exact.reduced(), figure));
  figure.caption =
      "By Crooks' theorem the two densities cross at the change of free energy, whatever the "
      "protocol; how far they are apart is what the protocol dissipates.";
  return figure;
}

template <typename Value>
Series make_curve(const char* name, const thermo::WorkMoments& moments, Value value,
                  Series::Kind kind = Series::Kind::line) {
  Series series;
  series.name = name;
  series.kind = kind;
  for (const thermo::MomentRow& row : moments.rows) {
    series.x.push_back(row.time);
    series.y.push_back(value(row));
  }
  return series;
}

Figure draw_along_time(const char* title, const char* y_label) {
  Figure figure;
  figure.title = title;
  figure.x_label = "model time";
  figure.y_label = y_label;
  return figure;
}

Figure draw_energies(const thermo::WorkMoments& moments) {
  Figure figure = draw_along_time("Work, heat and energy", "energy, model units");
  figure.caption =
      "Exact means over all paths: the energy grows by the work done from outside "
      "and the heat taken from the bath.";
  figure.series = {
      make_curve("work", moments, [](const auto& row) { return row.work; }),
      make_curve("heat taken", moments, [](const auto& row) { return row.heat; }),
      make_curve(
          "energy", moments, [](const auto& row) { return row.energy; }, Series::Kind::dashed)};
  return figure;
}

Figure draw_entropy(const thermo::WorkMoments& moments) {
  Figure figure = draw_along_time("Entropy", "k_B per unit time");
  figure.caption =
      "Production is never negative; what is produced and not given to the bath "
      "raises the system's entropy: dS/dt = Pi - Phi.";
  figure.series = {
      make_curve("production Pi", moments, [](const auto& row) { return row.entropy.production; }),
      make_curve("flux Phi into the bath", moments,
                 [](const auto& row) { return row.entropy.flux; }),
      make_curve(
          "dS/dt", moments, [](const auto& row) { return row.entropy.change; },
          Series::Kind::dashed)};
  return figure;
}

std::vector<std::string> row_of(const char* name, const core::FreeEnergy& energy, double kT) {
  return {name,
          fmt::format("{:.8g}", energy.total()),
          fmt::format("{:.8g}", energy.minimum),
          fmt::format("{:.8g}", energy.positions),
          fmt::format("{:.8g}", energy.motion),
          fmt::format("{:.6g}", kT)};
}

Table list_free_energies(const thermo::FreeEnergyChange& exact) {
  return {"Free energy, exact",
          {"", "total", "minimum", "positions", "motion", "kT"},
          {row_of("before", exact.from, exact.kT_from), row_of("after", exact.to, exact.kT_to)}};
}

std::vector<std::string> row_of(const char* name, const thermo::Estimate& estimate) {
  if (!estimate.obstacle.empty()) return {name, "none", "", estimate.obstacle};
  return {name, fmt::format("{:.6g}", estimate.value), fmt::format("{:.2g}", estimate.error),
          estimate.bias == 0.0 ? "" : fmt::format("bias about {:.2g}", estimate.bias)};
}

Table list_estimates(const thermo::Study& study) {
  const thermo::Trajectories& runs = *study.trajectories;
  return {"Change of F / kT",
          {"by", "value", "standard error", "remark"},
          {{"the exact formula", fmt::format("{:.6g}", study.exact.reduced()), "", ""},
           row_of("Jarzynski, forward", runs.jarzynski_forward),
           row_of("Jarzynski, reverse", runs.jarzynski_reverse),
           row_of("Bennett", runs.bennett),
           row_of("Crooks' crossing", runs.crooks.crossing)}};
}

Table list_agreements(const thermo::Study& study) {
  Table table{"Checks", {"check", "value", "limit", "status", "what"}, {}};
  for (const thermo::Agreement& a : study.agreements) {
    const bool compared = a.obstacle.empty();
    table.rows.push_back({a.name, compared ? fmt::format("{:.3g}", a.value) : "-",
                          fmt::format("{} {:.2g}", a.at_least ? ">=" : "<=", a.limit),
                          !compared   ? "n/a"
                          : a.holds() ? "pass"
                                      : "fail",
                          compared ? a.detail : a.obstacle});
  }
  return table;
}

Table list_run(const Options& options, const thermo::Protocol& protocol,
               const thermo::Study& study) {
  const core::Parameters& p = options.parameters;
  const auto text = [](auto value) { return fmt::format("{}", value); };
  Table table{"Model and run", {"", "value"}, {}};
  table.rows = {{"from", options.data.value_or(options.system.value_or("-"))},
                {"nodes", text(protocol.to.system.size())},
                {"outputs", text(protocol.to.system.outputs())},
                {"dynamics", core::to_string(protocol.to.system.dynamics)}};
  if (options.data) {
    table.rows.insert(table.rows.end(), {{"spring", text(p.spring)},
                                         {"mass", text(p.mass)},
                                         {"friction", text(p.friction)},
                                         {"pin spring", text(p.pin_spring)},
                                         {"neighbour spring", text(p.neighbor_spring)}});
  }
  table.rows.push_back({"steps of the ramp", text(protocol.steps)});
  if (!study.trajectories) return table;
  const thermo::Trajectories& runs = *study.trajectories;
  table.rows.push_back({"paths forward, in reverse",
                        fmt::format("{}, {}", runs.forward.work.size(), runs.reverse.work.size())});
  table.rows.push_back({"integrator", dynamics::to_string(runs.scheme)});
  table.rows.push_back({"seed", text(options.seed)});
  return table;
}

Section along_time(const thermo::WorkMoments& moments) {
  return {"Along time", "", {draw_energies(moments), draw_entropy(moments)}, {}};
}

}  // namespace

report::Page make_thermo_page(const Options& options, const thermo::Protocol& protocol,
                              const thermo::Study& study) {
  const Change change = describe_change(options);
  report::Page page;
  page.title = fmt::format("What it costs: {} from {} to {}", change.what, change.from, change.to);
  page.verdict = study.passed() ? report::Verdict::pass : report::Verdict::fail;
  page.summary = fmt::format("The free energy changes by {:.6g} kT; ", study.exact.reduced());
  if (study.forward) {
    page.summary +=
        fmt::format("the work is {:.6g} kT on average, of which {:.4g} kT is lost.",
                    study.forward->reduced, study.forward->reduced - study.exact.reduced());
  } else {
    page.summary += "the mean work was not computed for a system of this size.";
  }
  const std::string missing = describe_missing(study);
  if (!missing.empty()) page.summary += " " + missing.substr(0, missing.size() - 1) + ".";
  Section work{"Work",
               protocol.duration > 0.0
                   ? fmt::format("A {} change in a time of {:g}.",
                                 thermo::to_string(protocol.shape), protocol.duration)
                   : "A sudden change.",
               {},
               {list_free_energies(study.exact)}};
  if (study.trajectories) {
    work.figures.push_back(draw_work(study));
    work.tables.push_back(list_estimates(study));
  }
  work.tables.push_back(list_agreements(study));
  work.tables.push_back(list_run(options, protocol, study));
  page.sections.push_back(std::move(work));
  if (study.forward && study.forward->rows.size() > 1) {
    page.sections.push_back(along_time(*study.forward));
  }
  return page;
}

report::Page make_entropy_page(const thermo::WorkMoments& moments) {
  report::Page page;
  page.title = "Entropy out of equilibrium";
  page.summary = fmt::format(
      "Noise that breaks the fluctuation-dissipation theorem: in the end entropy is produced at "
      "{:.6g} k_B per unit time.",
      moments.rows.back().entropy.production);
  page.sections.push_back(along_time(moments));
  return page;
}

report::Page make_paper_page(const PaperOutput& paper) {
  const double kT = paper.system.kT;
  const auto curve = [&](const char* name, Series::Kind kind, auto value) {
    Series series{name, kind, {}, {}, {}, {}};
    for (const thermo::BarrierRow& row : paper.barrier.rows) {
      series.x.push_back(row.time);
      series.y.push_back(value(row) / kT);
    }
    return series;
  };
  Figure figure = draw_along_time("The published estimator along time", "energy / kT");
  figure.caption =
      "It grows with the length of the run, as the bath's share does: no property of "
      "the system.";
  using Row = thermo::BarrierRow;
  figure.series = {
      curve("kT ln mean exp(-W/kT)", Series::Kind::line,
            [](const Row& row) { return row.barrier; }),
      curve("mean of -W", Series::Kind::line, [](const Row& row) { return -row.mean_work; }),
      curve("gamma nu kT t", Series::Kind::dashed, [](const Row& row) { return row.bath; })};
  report::Page page;
  page.title = "The learning barrier, as published";
  page.summary =
      fmt::format("kT ln mean exp(-W/kT) is {:.4g} kT after a time of {:g}.",
                  paper.barrier.rows.back().barrier / kT, paper.barrier.rows.back().time);
  const Row& end = paper.barrier.rows.back();
  const auto row = [&](const char* name, double energy) {
    return std::vector<std::string>{name, fmt::format("{:.6g}", energy / kT)};
  };
  const Table table{"At the end, of kT",
                    {"", "energy / kT"},
                    {row("kT ln mean exp(-W/kT)", end.barrier),
                     row("its standard error, as far as paths tell", end.error),
                     row("mean of -W", -end.mean_work),
                     row("the bath's gamma nu kT t", end.bath),
                     row("the kinetic energy given up", -end.kinetic_change),
                     {"paths", fmt::format("{}", paper.barrier.work.size())},
                     {"mean squared error", fmt::format("{:.6g}", end.loss)}}};
  page.summary += " " + describe_reliability(paper.barrier, kT);
  page.sections.push_back({"What it measures", explain_paper(), {figure}, {table}});
  return page;
}

}  // namespace springspice::cli
