#include "cli/thermo_options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <thread>
#include <tuple>

#include <fmt/format.h>

#include "cli/option_values.hpp"
#include "core/table.hpp"

namespace springspice::cli {

namespace po = boost::program_options;

namespace {

// "lo:hi"
std::pair<double, double> read_start_range(const std::string& text) {
  const std::size_t colon = text.find(':');
  char* end_low = nullptr;
  char* end_high = nullptr;
  if (colon != std::string::npos) {
    const std::string low_text = text.substr(0, colon);
    const std::string high_text = text.substr(colon + 1);
    const double low = std::strtod(low_text.c_str(), &end_low);
    const double high = std::strtod(high_text.c_str(), &end_high);
    const bool whole = !low_text.empty() && !high_text.empty() && *end_low == 0 && *end_high == 0;
    if (whole && std::isfinite(low) && std::isfinite(high) && low < high) return {low, high};
  }
  throw UsageError(fmt::format(
      "--start-range is '{}'; it must be lo:hi, two numbers, the smaller first, like 0:3",
      core::printable(text)));
}

void read_runs(const po::variables_map& map, ThermoOptions& t) {
  const bool paper = t.barrier == ThermoOptions::Barrier::paper;
  constexpr std::uint64_t kPaperRuns = 100;
  constexpr std::uint64_t kRuns = 2000;
  t.runs = paper ? kPaperRuns : t.barrier == ThermoOptions::Barrier::exact ? 0 : kRuns;
  if (const auto runs = get<std::string>(map, "paths")) {
    t.runs = read_whole(*runs, "paths", paper ? 2 : 0, 1'000'000'000,
                        paper ? "from 2 to 1000000000" : "from 0 to 1000000000");
    if (t.runs == 1) {
      throw UsageError(
          "--paths 1: one path gives no estimate; give at least 2, or 0 for the exact "
          "results alone");
    }
  }
  t.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
  if (const auto threads = get<std::string>(map, "threads")) {
    t.threads = static_cast<int>(read_whole(*threads, "threads", 1, 256, "from 1 to 256"));
  }
}

// What the start is, of what changes.
void read_change(const po::variables_map& map, const Options& o, ThermoOptions& t) {
  using Change = ThermoOptions::Change;
  t.from = get<double>(map, "from");
  t.data_from = get<std::string>(map, "data-from");
  if ((t.change == Change::data) != t.data_from.has_value()) {
    throw UsageError(t.data_from ? "--data-from is the table that --protocol data begins with; "
                                   "write --protocol data too"
                                 : "--protocol data: which table is there before --data? give "
                                   "--data-from FILE.csv");
  }
  if (t.change == Change::data && t.from) {
    throw UsageError("--from: --protocol data begins with a table, --data-from; leave --from out");
  }
  if (!t.from && (t.change == Change::mass || t.change == Change::temperature)) {
    throw UsageError(
        fmt::format("--protocol {}: from which value? give --from; the last value is --{}",
                    t.change == Change::mass ? "mass" : "temperature",
                    t.change == Change::mass ? "mass"
                    : map.count("kT") != 0   ? "kT"
                                             : "temperature-K"));
  }
  const bool may_vanish = t.change == Change::spring;
  if (t.from && !(std::isfinite(*t.from) && (*t.from > 0.0 || (may_vanish && *t.from == 0.0)))) {
    throw UsageError(fmt::format("--from is {}; it must be a finite number{}", *t.from,
                                 may_vanish ? ", 0 or more" : " above 0"));
  }
  if (t.change == Change::temperature && map.count("temperature-K") != 0) {
    t.from = core::kBoltzmann * *t.from;
  }
  if (o.system && t.change != Change::temperature) {
    throw UsageError(
        "--system gives one system, whose springs and masses nothing tells apart; the protocol "
        "that it can take is --protocol temperature");
  }
  if (o.data == "-" && t.change == Change::data && t.data_from == "-") {
    throw UsageError("--data and --data-from cannot both be standard input");
  }
}

void read_ramp(const po::variables_map& map, ThermoOptions& t) {
  if (!(std::isfinite(t.duration) && t.duration >= 0.0)) {
    throw UsageError(fmt::format(
        "--duration is {}; it must be a finite time, 0 for a sudden change", t.duration));
  }
  constexpr thermo::Shape kShapes[] = {thermo::Shape::linear, thermo::Shape::smooth,
                                       thermo::Shape::geometric};
  t.shape = kShapes[choose(map, "shape", {"linear", "smooth", "geometric"})];
  t.steps = read_whole(map["protocol-steps"].as<std::string>(), "protocol-steps", 1, 1'000'000,
                       "from 1 to 1000000");
  for (const char* option : {"shape", "protocol-steps"}) {
    if (t.duration > 0.0 || map[option].defaulted()) continue;
    throw UsageError(fmt::format(
        "--{} is that of a ramp; give --duration too, or leave it out for a sudden change",
        option));
  }
}

void refuse(const po::variables_map& map, std::initializer_list<const char*> options,
            const char* why) {
  for (const char* option : options) {
    if (map.count(option) == 0 || map[option].defaulted()) continue;
    throw UsageError(fmt::format("--{}: {}; leave it out", option, why));
  }
}

// Options that would say nothing.
void check_meaning(const po::variables_map& map, const Options& o) {
  const ThermoOptions& t = o.thermo;
  if (o.parameters.noise_model == core::NoiseModel::diagonal) {
    refuse(map, {"barrier", "paths", "threads", "integrator", "work"},
           "--noise-model diagonal keeps the system out of equilibrium, so there are no free "
           "energies and no paths to compare, but the entropy along time");
  }
  if (t.change != ThermoOptions::Change::mass) {
    refuse(map, {"hold"}, "it says what a change of mass leaves as it is (--protocol mass)");
  } else if (o.parameters.dynamics == core::Dynamics::overdamped) {
    throw UsageError("--protocol mass: overdamped motion has no mass; take another protocol");
  }
  if (t.runs == 0) {
    refuse(map, {"threads", "integrator"}, "there are no paths (--paths 0, or --barrier exact)");
  }
}

// The published estimator has its own start and changes nothing.
void read_paper(const po::variables_map& map, ThermoOptions& t) {
  for (const char* option : {"protocol", "from", "data-from", "hold", "duration", "shape",
                             "protocol-steps", "integrator", "work", "relaxation"}) {
    if (map.count(option) == 0 || map[option].defaulted()) continue;
    throw UsageError(fmt::format(
        "--{} is that of a protocol; --barrier paper, as published, changes nothing from outside: "
        "leave it out",
        option));
  }
  refuse(map, {"x0"}, "--barrier paper starts uniformly in --start-range");
  std::tie(t.low, t.high) = read_start_range(map["start-range"].as<std::string>());
}

}  // namespace

po::options_description thermo_options(Options& o) {
  po::options_description group("Thermodynamics");
  ThermoOptions& t = o.thermo;
  group.add_options()("protocol", po::value<std::string>()->default_value("spring"),
                      "what is changed: spring (its stiffness from --from to --spring; from 0 the "
                      "data are switched "
                      "on), data (from --data-from to --data), mass, or temperature")(
      "from", po::value<double>(),
      "the value at the start: of --spring (default: 0), --mass, or the temperature")(
      "data-from", po::value<std::string>(), "the table that --protocol data begins with")(
      "hold", po::value<std::string>()->default_value("momentum"),
      "what a change of mass leaves as it is: momentum or velocity")(
      "duration", po::value(&t.duration)->default_value(0.0, "0"),
      "of the change, model time; 0: sudden")(
      "shape", po::value<std::string>()->default_value("linear"),
      "of a ramp: linear, smooth (starts and ends gently), or geometric (equal factors in equal "
      "times)")("protocol-steps", po::value<std::string>()->default_value("100"),
                "steps of a ramp; each is constant")(
      "integrator", po::value<std::string>(),
      "exact or midpoint (default: exact where its dense steps are cheap)")(
      "paths", po::value<std::string>(),
      "runs each way (default: 2000; 100 with --barrier paper); 0: the exact results alone")(
      "threads", po::value<std::string>(),
      "that share them (default: one a core); the results do not depend on it")(
      "barrier", po::value<std::string>(),
      "the learning barrier: exact (a free-energy difference), or paper (the published estimator)")(
      "start-range", po::value<std::string>()->default_value("0:3"),
      "--barrier paper: positions and velocities start uniformly in it")(
      "dt", po::value<double>(), "--barrier paper: Euler's step, model time (default: 0.001)")(
      "t-end", po::value<double>(), "--barrier paper: length of the run (default: 10)")(
      "relaxation", po::value<double>(),
      "model time after the change that --curve goes on (default: 5 relaxation times)")(
      "work", po::value<std::string>(), "CSV of each path's work and heat, both ways")(
      "curve", po::value<std::string>(),
      "CSV along time: exact mean work, heat, energy, entropy with its production and flux; with "
      "--barrier paper the estimator");
  return group;
}

void read_thermo(const po::variables_map& map, Options& o) {
  ThermoOptions& t = o.thermo;
  using Change = ThermoOptions::Change;
  constexpr Change kChanges[] = {Change::spring, Change::data, Change::mass, Change::temperature};
  t.change = kChanges[choose(map, "protocol", {"spring", "data", "mass", "temperature"})];
  t.held = choose(map, "hold", {"momentum", "velocity"}) == 0 ? core::Conjugate::momentum
                                                              : core::Conjugate::velocity;
  if (map.count("barrier") != 0) {
    t.barrier = choose(map, "barrier", {"exact", "paper"}) == 0 ? ThermoOptions::Barrier::exact
                                                                : ThermoOptions::Barrier::paper;
  }
  if (map.count("integrator") != 0) {
    t.scheme = choose(map, "integrator", {"exact", "midpoint"}) == 0 ? dynamics::Scheme::exact
                                                                     : dynamics::Scheme::midpoint;
  }
  t.work = get<std::string>(map, "work");
  t.curve = get<std::string>(map, "curve");
  read_runs(map, t);
  t.relaxation = get<double>(map, "relaxation");
  if (t.relaxation && !(std::isfinite(*t.relaxation) && *t.relaxation >= 0.0)) {
    throw UsageError(
        fmt::format("--relaxation is {}; it must be a finite time, 0 or more", *t.relaxation));
  }
  if (t.barrier == ThermoOptions::Barrier::paper) {
    read_paper(map, t);
    return;
  }
  if (!map["start-range"].defaulted()) {
    throw UsageError(
        "--start-range is that of the published estimator; write --barrier paper with it: a "
        "protocol starts in equilibrium");
  }
  for (const char* option : {"dt", "t-end"}) {
    if (map.count(option) == 0) continue;
    throw UsageError(fmt::format(
        "--{} is that of the published estimator, --barrier paper; a protocol has --duration, "
        "--protocol-steps and --relaxation",
        option));
  }
  read_change(map, o, t);
  read_ramp(map, t);
  check_meaning(map, o);
  if (o.x0 != "zero") {
    throw UsageError(fmt::format("--x0 {}: a protocol starts in equilibrium; leave it out",
                                 core::printable(o.x0)));
  }
  if (t.work && t.runs == 0) throw UsageError("--work writes the paths; --paths is 0");
}

}  // namespace springspice::cli
