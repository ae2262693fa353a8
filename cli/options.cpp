#include "cli/options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/completion.hpp"
#include "cli/help_texts.hpp"
#include "cli/map_options.hpp"
#include "cli/option_groups.hpp"
#include "cli/option_values.hpp"
#include "cli/thermo_options.hpp"
#include "core/table.hpp"

namespace springspice::cli {
namespace {

namespace po = boost::program_options;

constexpr const char* kVersion = "springspice " SPRINGSPICE_VERSION "\n";

using Strings = std::vector<std::string>;

po::options_description source_options(Options& o) {
  po::options_description group("Data and model");
  core::Parameters& p = o.parameters;
  group.add_options()("data", po::value<std::string>(),
                      "table with a header row; - is standard input (needs "
                      "--bounds)")("inputs", po::value<std::string>(),
                                   "input columns, a,b (default: all but the last)")(
      "targets", po::value<std::string>(), "target columns (default: the last)")(
      "system", po::value<std::string>(), "folder with M.mtx D.mtx K.mtx f.mtx in place of data")(
      "sticks", po::value(&o.sticks)->default_value("8"), "sticks along each input: 8, or 4x4")(
      "bounds", po::value<std::string>(), "lo:hi,lo:hi of each input (default: the data's)")(
      "mass", po::value(&p.mass)->default_value(1.0, "1"), "mass of a stick")(
      "spring", po::value(&p.spring)->default_value(1.0, "1"), "stiffness of a data spring")(
      "friction", po::value(&p.friction)->default_value(1.0, "1"),
      "gamma, 1/time; overdamped: eta, mass/time")(
      "mass-is", po::value<std::string>()->default_value("stick"),
      "stick, or total: divided by the number of cells")(
      "spring-is", po::value<std::string>()->default_value("point"),
      "point, or total: divided by the number of data")(
      "neighbor-spring", po::value(&p.neighbor_spring)->default_value(0.0, "0"),
      "springs along sticks; hold nodes without data")(
      "pin-spring", po::value(&p.pin_spring)->default_value(0.0, "0"),
      "springs from every node to a level")("pin-level", po::value<double>(),
                                            "that level (default: the mean target)")(
      "dynamics", po::value<std::string>()->default_value("underdamped"),
      "underdamped, or overdamped (no mass)")("kT", po::value<double>(),
                                              "thermal energy, model units (default: 0)")(
      "temperature-K", po::value<double>(), "the same as a temperature, kelvin")(
      "noise-model", po::value<std::string>()->default_value("fdt"),
      "fdt (thermal equilibrium), or diagonal (the paper's)")(
      "x0", po::value(&o.x0)->default_value("zero"),
      "start: zero, random, stationary, or a Matrix Market or .npy file (nu x m)")(
      "seed", po::value<std::string>()->default_value("1"), "of random starts and random probes");
  return group;
}

po::options_description time_options() {
  po::options_description group("Time");
  group.add_options()("dt", po::value<double>(),
                      "step, model time (default: 1/40 of the fastest period)")(
      "t-end", po::value<double>(), "end, model time (default: 20 relaxation times)");
  return group;
}

po::options_description circuit_options() {
  po::options_description group("Circuit");
  group.add_options()("realization", po::value<std::string>()->default_value("opamp"),
                      "opamp, gmc, rlc, charge, or spu (samples the posterior; up to 8 nodes)")(
      "coupling", po::value<std::string>()->default_value("auto"),
      "rlc's springs: auto, direct (inductors), gyrator, or transformer (for boards)")(
      "coupling-factor", po::value<double>(),
      "rlc with transformers: coupled coils, factors up to this one (below 1), in place of ideal "
      "transformers")(
      "springs", po::value<std::string>()->default_value("condensed"),
      "condensed, or literal: one a data point, its target a source (at most 10000)")(
      "range", po::value<std::string>()->default_value("board"),
      "part values: board (1 kohm to 1 Mohm, 100 pF to 1 uF, 10 uH to 10 mH), or chip")(
      "scale-time", po::value<double>(), "seconds for a unit of model time (default: automatic)")(
      "scale-impedance", po::value<double>(), "ohm (default: automatic)")(
      "scale-position", po::value<double>(), "volt for a unit of position (default: automatic)")(
      "scale-velocity", po::value<double>(), "volt for a unit of velocity (default: automatic)");
  return group;
}

po::options_description netlist_options() {
  po::options_description group("Netlist");
  group.add_options()("dialect", po::value<std::string>()->default_value("ngspice"),
                      "whose language: ngspice, xyce or ltspice")(
      "hierarchy", po::value<std::string>()->default_value("flat"),
      "flat: one deck; subckt: a test bench with expected values and, beside it, the array as a "
      "subcircuit (NAME.array.inc; for KiCad NAME.lib)");
  return group;
}

po::options_description noise_options(Options& o) {
  po::options_description group("Noise");
  group.add_options()("deck-noise", po::value<std::string>()->default_value("none"),
                      "noise in the deck itself: none, trnoise (ngspice's), or pwl (the path of "
                      "--seed, in a file beside the deck)")(
      "noise-step", po::value<double>(),
      "between its samples, model time (default: a bias of 1 % at the fastest mode)")(
      "resistor-noise", po::value(&o.resistor_noise_K)->default_value(0.0, "0"),
      "kelvin: list every resistor's own thermal noise too (300: room temperature)");
  return group;
}

po::options_description engine_options(Options& o) {
  po::options_description group("Engine");
  group.add_options()("engine", po::value<std::string>()->default_value("ngspice"),
                      "ngspice, gnucap (steady and path alone, without noise), or both: "
                      "ngspice's checks, then gnucap's")(
      "time-limit", po::value(&o.time_limit_s)->default_value(300.0, "300"),
      "seconds that one run of the engine may take")(
      "path", po::value<std::string>(), "CSV of the `path` run: circuit and model, side by side")(
      "path-steps", po::value<std::string>(),
      "steps of `path` (default: to --t-end, at most 4000)")(
      "paths", po::value<std::string>()->default_value("0"),
      "runs of an ensemble of noise paths, for `ensemble` and `ergodicity`")(
      "workers", po::value<std::string>()->default_value("1"),
      "processes that share them; the results do not depend on it")(
      "ensemble", po::value<std::string>(), "CSV of the end states, one row a path")(
      "spectrum", po::value<std::string>(), "CSV of the noise spectra: circuit and model");
  return group;
}

po::options_description train_options(Options& o) {
  po::options_description group("Training");
  TrainOptions& t = o.train;
  group.add_options()("epochs", po::value<std::string>()->default_value("100"),
                      "how often every row is shown")(
      "batch", po::value<std::string>()->default_value("16"),
      "rows of a batch; the last one of an epoch may be smaller")(
      "batch-time", po::value(&t.plan.batch_time)->default_value(0.1, "0.1"),
      "how long a batch pulls, model time")(
      "steps-per-batch", po::value<std::string>()->default_value("100"),
      "explicit Euler steps in that time, or exact: the exact propagator")(
      "no-shuffle", po::bool_switch(), "show the rows as they are (default: a new order an epoch)")(
      "test-fraction", po::value(&t.test_fraction)->default_value(0.2, "0.2"),
      "of the rows, held out at random for the test loss")(
      "test", po::value<std::string>(), "table for the test loss; all of --data learn then")(
      "groups", po::value<std::string>(),
      "inputs learned together, a grid each: a,b;c or 2, so many at a time")(
      "combine", po::value<std::string>()->default_value("average"),
      "the groups' predictions: average (each learns the target), or add (they share it)")(
      "curve", po::value<std::string>(), "learning curve, CSV; - is standard output");
  return group;
}

po::options_description simulate_options(Options& o) {
  po::options_description group("Simulation");
  SimulateOptions& s = o.simulate;
  group.add_options()("integrator", po::value<std::string>()->default_value("exact"),
                      "exact, midpoint, baoab or euler-maruyama")(
      "paths", po::value<std::string>()->default_value("1"), "runs, each with noise of its own")(
      "threads", po::value<std::string>(),
      "that share them (default: one a core); the results do not depend on it")(
      "every", po::value<std::string>(),
      "steps between two observations (default: 1 with --out, else about 200 in all)")(
      "average-from", po::value<double>(),
      "model time from which on --statistics averages over time too (default: the end alone)")(
      "statistics", po::value<std::string>(),
      "folder for statistics.json, series.csv, and means and covariances as .npy")(
      "stationary", po::bool_switch(&s.stationary), "the exact stationary state, and no paths")(
      "likelihood", po::value<std::string>(),
      "log-likelihood of the path in this table: columns t and x0, x1, ... v0, ...; some or all")(
      "measurement-noise", po::value(&s.measurement_noise)->default_value(0.0, "0"),
      "standard deviation of each observed value of --likelihood");
  return group;
}

// Whether a page can be made of the command's run.
bool keeps_record(const std::string& command) {
  constexpr const char* kCommands[] = {"fit",     "simulate", "train", "cosim",
                                       "certify", "map",      "thermo"};
  return std::ranges::find(kCommands, command) != std::end(kCommands);
}

// The option whose value may stand alone as the first argument; none for most commands.
const char* file_option_of(const std::string& command) {
  return command == "certify"    ? "deck"
         : command == "readback" ? "results"
         : command == "report"   ? "run"
                                 : nullptr;
}

bool needs_source(const std::string& command) {
  return command != "certify" && command != "readback" && command != "report";
}

OptionGroups command_options(const std::string& command, Options& o) {
  OptionGroups all;
  po::options_description results("Results");
  if (command == "certify") {
    po::options_description group("What is certified");
    group.add_options()("deck", po::value(&o.deck), "the netlist (also as the first argument)")(
        "manifest", po::value<std::string>(), "its manifest (default: NAME.json beside it)")(
        "data", po::value<std::string>(), "rebuild the model from these data first")(
        "allow-rescale", po::bool_switch(&o.allow_rescale),
        "accept the model in other units, with one factor for all impedances, times or signals; "
        "the verdict says which")("match-names", po::bool_switch(&o.match_names),
                                  "accept other names of nodes and parts where the circuit is the "
                                  "same; the verdict says which")(
        "instance", po::value(&o.instance),
        "with --match-names: the instance of the array whose pins tell the names")(
        "pass-unknown", po::bool_switch(&o.pass_unknown),
        "leave diodes, models and other cards that cannot be stamped out of what is certified, if "
        "they hang where they change nothing")(
        "allow-outside", po::bool_switch(&o.allow_outside),
        "read files that the deck includes from outside its folder too")(
        "seed", po::value<std::string>()->default_value("1"), "of random probes");
    all.add(group).add(engine_options(o));
  } else if (command == "readback") {
    po::options_description group("What is read");
    group.add_options()("results", po::value(&o.record),
                        "the result file (also as the first argument)")(
        "manifest", po::value<std::string>(), "the circuit's manifest, which netlist wrote")(
        "limit", po::value<double>(),
        "the largest difference allowed, as a share of the data's range");
    all.add(group);
  } else if (command == "report") {
    po::options_description group("What is shown");
    group.add_options()("run", po::value(&o.record),
                        "what --record wrote (also as the first argument)");
    all.add(group);
  } else {
    all.add(source_options(o));
    if (command == "map") {
      all.add(map_options(o)).add(time_options()).add(circuit_options());
    }
    if (command == "netlist" || command == "cosim") {
      all.add(time_options()).add(circuit_options()).add(noise_options(o));
    }
    if (command == "netlist") all.add(netlist_options());
    if (command == "cosim") all.add(engine_options(o));
    if (command == "train") all.add(train_options(o));
    if (command == "simulate") all.add(time_options()).add(simulate_options(o));
    if (command == "thermo") all.add(thermo_options(o));
  }
  if (command == "fit" || command == "train" || command == "readback") {
    results.add_options()("query", po::value<std::string>(), "predict at the rows of this table");
  } else if (command == "netlist" || command == "cosim" || command == "map") {
    results.add_options()("query", po::value<std::string>(),
                          "read-outs: nodes q1, q2... show the predictions at the rows of this "
                          "table");
  }
  if (command == "netlist") {
    results.add_options()("explain", po::bool_switch(&o.explain),
                          "what each realization can carry and what it costs; writes no circuit")(
        "update", po::value<std::string>(),
        "a deck of `netlist` (its manifest NAME.json beside it): keep its scales, and list the "
        "parts that change");
  }
  if (command == "matrices") {
    results.add_options()("write-W", po::bool_switch(&o.write_W),
                          "write W.mtx too, one row a data point");
  }
  if (command == "matrices" || command == "map") {
    results.add_options()("out", po::value<std::string>(), "folder");
  } else if (command == "simulate") {
    results.add_options()("out", po::value<std::string>(), "the paths: a .csv, .npy or .raw file");
  } else if (command == "fit" || command == "train") {
    results.add_options()("out", po::value<std::string>(),
                          "predictions, CSV; - is standard output");
  } else if (command == "readback") {
    results.add_options()("out", po::value<std::string>(),
                          "time and coordinates, model units, CSV; with --query predictions too");
  } else if (command == "report") {
    results.add_options()("out", po::value<std::string>(),
                          "the page (default: NAME.html beside the record); - is standard output");
  } else if (command == "netlist") {
    results.add_options()("out", po::value<std::string>(),
                          "NAME.cir; the manifest goes to NAME.json");
  }
  if (command != "report") {
    results.add_options()("json", po::value<std::string>(),
                          "results as JSON to a file; - is standard output");
  }
  if (keeps_record(command)) {
    results.add_options()("record", po::value<std::string>(),
                          "FILE.json: figures and tables of this run; springspice report FILE.json "
                          "makes one page of them");
  }
  results.add_options()("config", po::value<std::string>(),
                        "FILE.ini with any of these options, name = value")("help", "this text")(
      "version", "the version of springspice");
  return all.add(results);
}

Strings split(const std::string& text, const char* option) {
  Strings names;
  std::string_view rest = text;
  while (true) {
    names.emplace_back(rest.substr(0, rest.find(',')));
    if (names.back().empty()) {
      throw UsageError(
          fmt::format("--{} '{}' has an empty name; write a,b", option, core::printable(text)));
    }
    if (names.back().size() == rest.size()) return names;
    rest.remove_prefix(names.back().size() + 1);
  }
}

std::uint64_t read_seed(const std::string& text) {
  return read_whole(text, "seed", 0, std::numeric_limits<std::uint64_t>::max(),
                    "from 0 to 2^64 - 1");
}

// Matrices come as they are: an option that would shape them from data says nothing about them.
void refuse_with_system(const po::variables_map& map) {
  for (const char* option :
       {"inputs", "targets", "sticks", "bounds", "mass", "mass-is", "spring", "spring-is",
        "friction", "neighbor-spring", "pin-spring", "pin-level"}) {
    if (map.count(option) == 0 || map[option].defaulted()) continue;
    throw UsageError(fmt::format(
        "--{} shapes a model from --data; --system gives the matrices as they are: leave it out",
        option));
  }
}

bool is_start_word(const std::string& x0) {
  return x0 == "zero" || x0 == "random" || x0 == "stationary";
}

void read_start(const std::string& x0) {
  std::error_code ignored;
  if (is_start_word(x0) || std::filesystem::exists(x0, ignored)) return;
  throw ChoiceError(fmt::format("--x0 is '{}', and there is no such file; it must be zero, random, "
                                "stationary, or a Matrix Market or .npy file with one row a "
                                "coordinate",
                                core::printable(x0)),
                    {"zero", "random", "stationary"}, true);
}

void read_thermal_energy(const po::variables_map& map, core::Parameters& p) {
  const std::optional<double> kT = get<double>(map, "kT");
  const std::optional<double> kelvin = get<double>(map, "temperature-K");
  if (kT && kelvin) {
    throw UsageError("--kT and --temperature-K say the same thing twice; give one");
  }
  p.kT = kelvin ? core::kBoltzmann * *kelvin : kT.value_or(0.0);
  if (kelvin && !(std::isfinite(*kelvin) && *kelvin >= 0.0)) {
    throw UsageError(
        fmt::format("--temperature-K is {}; it must be a finite number, 0 or more", *kelvin));
  }
}

void read_source(const po::variables_map& map, Options& o) {
  o.data = get<std::string>(map, "data");
  o.system = get<std::string>(map, "system");
  if (o.data && o.system) throw UsageError("--data and --system exclude each other; give one");
  if (!o.data && !o.system) {
    throw UsageError("no model: give --data FILE.csv (or - for standard input), or --system DIR");
  }
  if (o.system) refuse_with_system(map);
  read_start(o.x0);
  if (const auto names = get<std::string>(map, "inputs"))
    o.columns.inputs = split(*names, "inputs");
  if (const auto names = get<std::string>(map, "targets")) {
    o.columns.targets = split(*names, "targets");
  }
  o.bounds = get<std::string>(map, "bounds");
  core::Parameters& p = o.parameters;
  p.mass_is_total = choose(map, "mass-is", {"stick", "total"}) == 1;
  p.spring_is_total = choose(map, "spring-is", {"point", "total"}) == 1;
  p.dynamics = choose(map, "dynamics", {"underdamped", "overdamped"}) == 0
                   ? core::Dynamics::underdamped
                   : core::Dynamics::overdamped;
  p.noise_model = choose(map, "noise-model", {"fdt", "diagonal"}) == 0 ? core::NoiseModel::fdt
                                                                       : core::NoiseModel::diagonal;
  p.pin_level = get<double>(map, "pin-level");
  read_thermal_energy(map, p);
  o.dt = get<double>(map, "dt");
  o.t_end = get<double>(map, "t-end");
  require_positive(o.dt, "dt");
  require_positive(o.t_end, "t-end");
}

void read_coupling_factor(const po::variables_map& map, Options& o) {
  o.coupling_factor = get<double>(map, "coupling-factor");
  if (!o.coupling_factor) return;
  if (!(*o.coupling_factor > 0.0 && *o.coupling_factor < 1.0)) {
    throw UsageError(fmt::format(
        "--coupling-factor is {}; coils are coupled by more than 0 and less than 1, e.g. 0.99",
        *o.coupling_factor));
  }
  if (o.topology != hw::Topology::rlc || o.coupling != hw::Coupling::transformer) {
    throw UsageError(
        "--coupling-factor is that of coils; write --realization rlc --coupling transformer with "
        "it");
  }
}

void read_circuit(const po::variables_map& map, Options& o) {
  constexpr hw::Topology kTopologies[] = {hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc,
                                          hw::Topology::charge, hw::Topology::spu};
  constexpr hw::Coupling kCouplings[] = {hw::Coupling::automatic, hw::Coupling::direct,
                                         hw::Coupling::gyrator, hw::Coupling::transformer};
  o.topology = kTopologies[choose(map, "realization", {"opamp", "gmc", "rlc", "charge", "spu"})];
  o.coupling = kCouplings[choose(map, "coupling", {"auto", "direct", "gyrator", "transformer"})];
  read_coupling_factor(map, o);
  if (o.topology != hw::Topology::rlc && o.coupling != hw::Coupling::automatic) {
    throw UsageError("--coupling says how rlc writes a spring; write --realization rlc with it");
  }
  o.literal_springs = choose(map, "springs", {"condensed", "literal"}) == 1;
  if (o.literal_springs && o.system) {
    throw UsageError("--springs literal needs --data: given matrices have no data points");
  }
  o.range = choose(map, "range", {"board", "chip"}) == 0 ? hw::Range::board : hw::Range::chip;
  o.scales = {get<double>(map, "scale-time"), get<double>(map, "scale-impedance"),
              get<double>(map, "scale-position"), get<double>(map, "scale-velocity")};
  require_positive(o.scales.time_s, "scale-time");
  require_positive(o.scales.impedance_ohm, "scale-impedance");
  require_positive(o.scales.position_v, "scale-position");
  require_positive(o.scales.velocity_v, "scale-velocity");
}

void read_noise(const po::variables_map& map, Options& o) {
  constexpr hw::DeckNoise::Kind kKinds[] = {hw::DeckNoise::Kind::none, hw::DeckNoise::Kind::trnoise,
                                            hw::DeckNoise::Kind::pwl};
  o.deck_noise = kKinds[choose(map, "deck-noise", {"none", "trnoise", "pwl"})];
  o.noise_step = get<double>(map, "noise-step");
  require_positive(o.noise_step, "noise-step");
  if (o.deck_noise == hw::DeckNoise::Kind::none) {
    if (!o.noise_step) return;
    throw UsageError(
        "--noise-step is that of the deck's noise; write --deck-noise trnoise or pwl with it");
  }
  if (o.parameters.kT > 0.0) return;
  throw UsageError("--deck-noise needs a temperature: give --kT or --temperature-K");
}

void read_dialect(const po::variables_map& map, Options& o) {
  constexpr netlist::Dialect kDialects[] = {netlist::Dialect::ngspice, netlist::Dialect::xyce,
                                            netlist::Dialect::ltspice};
  o.dialect = kDialects[choose(map, "dialect", {"ngspice", "xyce", "ltspice"})];
  o.hierarchy = choose(map, "hierarchy", {"flat", "subckt"}) == 1;
}

void read_ensemble(const po::variables_map& map, Options& o) {
  if (const auto steps = get<std::string>(map, "path-steps")) {
    o.path_steps = read_whole(*steps, "path-steps", 1, 1'000'000'000, "from 1 to 1000000000");
  }
  o.paths =
      read_whole(map["paths"].as<std::string>(), "paths", 0, 1'000'000'000, "from 0 to 1000000000");
  o.workers = static_cast<int>(
      read_whole(map["workers"].as<std::string>(), "workers", 1, 256, "from 1 to 256"));
  o.ensemble = get<std::string>(map, "ensemble");
  o.spectrum = get<std::string>(map, "spectrum");
  constexpr sim::Engines kEngines[] = {sim::Engines::ngspice, sim::Engines::gnucap,
                                       sim::Engines::both};
  o.engines = kEngines[choose(map, "engine", {"ngspice", "gnucap", "both"})];
  if (o.engines == sim::Engines::gnucap && (o.paths > 0 || o.spectrum)) {
    throw UsageError(
        fmt::format("--{} is of noise, which gnucap has not; write --engine ngspice or both",
                    o.paths > 0 ? "paths" : "spectrum"));
  }
  if (o.ensemble && o.paths == 0) {
    throw UsageError("--ensemble writes the end states of --paths; give --paths, e.g. 1000");
  }
}

void read_training(const po::variables_map& map, Options& o) {
  const auto count = [&](const char* option, const char* range = "from 1 to 1000000000") {
    return read_whole(map[option].as<std::string>(), option, 1, 1'000'000'000, range);
  };
  TrainOptions& t = o.train;
  if (o.system) throw UsageError("train shows one data point after another: give --data FILE.csv");
  if (o.x0 == "stationary") {
    throw UsageError(
        "--x0 stationary: under changing batches nothing is stationary; write zero, random, or a "
        "file");
  }
  t.epochs = count("epochs");
  t.plan.batch = count("batch");
  if (map["steps-per-batch"].as<std::string>() == "exact") {
    t.plan.steps.reset();
  } else {
    t.plan.steps =
        static_cast<std::int64_t>(count("steps-per-batch", "from 1 to 1000000000, or exact"));
  }
  t.plan.shuffle = !map["no-shuffle"].as<bool>();
  t.test = get<std::string>(map, "test");
  if (t.test && !map["test-fraction"].defaulted()) {
    throw UsageError("--test and --test-fraction exclude each other; give one");
  }
  if (t.test && *t.test == "-" && o.data && *o.data == "-") {
    throw UsageError("--data and --test cannot both be standard input");
  }
  t.groups = get<std::string>(map, "groups");
  t.add = choose(map, "combine", {"average", "add"}) == 1;
  if (!t.groups && !map["combine"].defaulted()) {
    throw UsageError("--combine says what becomes of --groups; give them, e.g. --groups 2");
  }
  t.curve = get<std::string>(map, "curve");
}

void read_simulation(const po::variables_map& map, Options& o) {
  constexpr std::uint64_t kMost = 1'000'000'000'000;
  const auto count = [&](const char* option) {
    return read_whole(map[option].as<std::string>(), option, 1, kMost, "from 1 to 10^12");
  };
  SimulateOptions& s = o.simulate;
  constexpr dynamics::Scheme kSchemes[] = {dynamics::Scheme::exact, dynamics::Scheme::midpoint,
                                           dynamics::Scheme::baoab,
                                           dynamics::Scheme::euler_maruyama};
  s.scheme = kSchemes[choose(map, "integrator", {"exact", "midpoint", "baoab", "euler-maruyama"})];
  s.runs = count("paths");
  s.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
  if (const auto threads = get<std::string>(map, "threads")) {
    s.threads = static_cast<int>(read_whole(*threads, "threads", 1, 256, "from 1 to 256"));
  }
  if (map.count("every") != 0) s.every = count("every");
  s.average_from = get<double>(map, "average-from");
  s.statistics = get<std::string>(map, "statistics");
  s.likelihood = get<std::string>(map, "likelihood");
  if (s.average_from && !(std::isfinite(*s.average_from) && *s.average_from >= 0.0)) {
    throw UsageError(
        fmt::format("--average-from is {}; it must be a finite time, 0 or more", *s.average_from));
  }
  if (!(std::isfinite(s.measurement_noise) && s.measurement_noise >= 0.0)) {
    throw UsageError(fmt::format("--measurement-noise is {}; it must be a finite number, 0 or more",
                                 s.measurement_noise));
  }
  if (s.measurement_noise > 0.0 && !s.likelihood) {
    throw UsageError("--measurement-noise is that of the observed path; give --likelihood too");
  }
  const bool paths = s.statistics || map.count("out") != 0 || !map["paths"].defaulted();
  if ((s.stationary || s.likelihood) && paths) {
    throw UsageError(
        "--stationary and --likelihood make no paths; leave --paths, --out and --statistics out");
  }
}

// NAME.cir -> NAME.json
std::string choose_manifest(const std::string& deck) {
  if (deck == "-") throw UsageError("--out -: a netlist comes with its manifest; name a file");
  // Quotes are text; printable() would escape them too.
  std::string name = std::filesystem::path(deck).filename().string();
  std::erase_if(name, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
  if (core::printable(name, name.size()) != name) {
    throw UsageError(
        fmt::format("--out '{}': the name goes into the deck's title, which is one line of UTF-8 "
                    "text; take another",
                    core::printable(deck, 200)));
  }
  const std::string manifest = std::filesystem::path(deck).replace_extension(".json").string();
  if (manifest == deck) {
    throw UsageError(
        fmt::format("--out {}: the manifest is NAME.json; give the deck another ending, "
                    "e.g. NAME.cir",
                    core::printable(deck, 200)));
  }
  return manifest;
}

struct NamedFile {
  const char* option;
  std::string path;
};

bool are_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  const auto status = std::filesystem::status(a, error);
  // A terminal or /dev/null may serve several.
  if (std::filesystem::exists(status) && is_other(status)) return false;
  if (std::filesystem::exists(status)) return std::filesystem::equivalent(a, b, error);
  const auto full = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  };
  return full(a) == full(b) && !error;
}

// No result may replace what the command reads, or another result.
void check_files(const std::string& command, const po::variables_map& map, const Options& o) {
  std::vector<NamedFile> reads;
  std::vector<NamedFile> writes;
  const auto add = [](std::vector<NamedFile>& files, const char* option,
                      const std::optional<std::string>& path) {
    if (path) files.push_back({option, *path});
  };
  add(reads, "--data", o.data);
  add(reads, "--query", o.query);
  add(reads, "--test", o.train.test);
  add(reads, "--likelihood", o.simulate.likelihood);
  add(reads, "--include", o.map.include);
  add(reads, "--data-from", o.thermo.data_from);
  add(reads, "--system", o.system);
  for (const char* name : {"M.mtx", "D.mtx", "K.mtx", "f.mtx"}) {
    if (o.system) add(reads, "--system", *o.system + "/" + name);
  }
  if (!is_start_word(o.x0)) add(reads, "--x0", o.x0);
  add(reads, "--config", get<std::string>(map, "config"));
  if (command == "certify") add(reads, "the deck", o.deck);
  if (command == "certify") add(reads, "the manifest", o.manifest);
  if (command == "readback" || command == "report") add(reads, "the record", o.record);
  if (command == "readback") add(reads, "--manifest", o.manifest);
  add(writes, "--out", o.out);
  if (command == "netlist") add(writes, "the manifest of --out", o.manifest);
  if (command == "netlist" && o.out && o.deck_noise == hw::DeckNoise::Kind::pwl) {
    add(writes, "the noise of --out", noise_file_of(*o.out, o.dialect));
  }
  if (command == "netlist" && o.out && o.hierarchy) {
    add(writes, "the array of --out", array_file_of(*o.out));
    if (o.dialect == netlist::Dialect::ngspice) {
      add(writes, "the library of --out", library_file_of(*o.out));
    }
  }
  if (o.update) {
    add(reads, "--update", o.update);
    add(reads, "the manifest of --update",
        std::filesystem::path(*o.update).replace_extension(".json").string());
  }
  add(writes, "--path", o.path);
  add(writes, "--ensemble", o.ensemble);
  add(writes, "--spectrum", o.spectrum);
  add(writes, "--curve", o.train.curve);
  add(writes, "--curve", o.thermo.curve);
  add(writes, "--work", o.thermo.work);
  add(writes, "--statistics", o.simulate.statistics);
  add(writes, "--json", o.json);
  add(writes, "--record", o.record_out);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto [option, path] = writes[i];
    for (std::size_t j = 0; j < i; ++j) {
      if (path == "-" && writes[j].path == "-") {
        throw UsageError(fmt::format("{} - and {} - would mix on standard output; name a file",
                                     writes[j].option, option));
      }
      if (path != "-" && are_same_file(path, writes[j].path)) {
        throw UsageError(fmt::format("{} {}: {} writes to the same file; name another", option,
                                     core::printable(path, 200), writes[j].option));
      }
    }
    for (const NamedFile& read : reads) {
      if (path == "-" || read.path == "-" || !are_same_file(path, read.path)) continue;
      throw UsageError(fmt::format(
          "{} {}: it would replace what {} reads; name another", option, core::printable(path, 200),
          read.option[0] == '-' ? read.option : fmt::format("{} ({})", command, read.option)));
    }
  }
}

void read_query_use(const Options& o) {
  if (o.query && o.system) {
    throw UsageError("--query needs --data: given matrices have no inputs");
  }
}

void read_update(const po::variables_map& map, Options& o) {
  o.update = get<std::string>(map, "update");
  if (o.explain) throw UsageError("--explain writes no circuit; leave --update out");
  for (const char* scale : {"scale-time", "scale-impedance", "scale-position", "scale-velocity"}) {
    if (map.count(scale) == 0) continue;
    throw UsageError(
        fmt::format("--update keeps the scales of {}; leave --{} out", *o.update, scale));
  }
}

void read_results(const std::string& command, const po::variables_map& map, Options& o) {
  o.json = get<std::string>(map, "json");
  o.record_out = get<std::string>(map, "record");
  if (map.count("seed") != 0) o.seed = read_seed(map["seed"].as<std::string>());
  if (map.count("path") != 0) o.path = get<std::string>(map, "path");
  if (map.count("query") != 0) o.query = get<std::string>(map, "query");
  if (command == "netlist" || command == "cosim" || command == "map") read_query_use(o);
  if (map.count("update") != 0) read_update(map, o);
  if (map.count("out") != 0) o.out = get<std::string>(map, "out");
  if (command == "certify") {
    if (o.deck.empty()) throw UsageError("no deck: write springspice certify NAME.cir");
    o.data = get<std::string>(map, "data");
    o.manifest = get<std::string>(map, "manifest")
                     .value_or(std::filesystem::path(o.deck).replace_extension(".json").string());
  } else if (command == "readback") {
    if (o.record.empty()) throw UsageError("no record: write springspice readback RESULTS");
    o.manifest = get<std::string>(map, "manifest");
    if (!o.manifest) {
      throw UsageError("no manifest: give --manifest NAME.json, which netlist wrote with the deck");
    }
    o.limit = get<double>(map, "limit");
    require_positive(o.limit, "limit");
  } else if (command == "report") {
    if (o.record.empty()) throw UsageError("no record: write springspice report FILE.json");
    if (!o.out) o.out = std::filesystem::path(o.record).replace_extension(".html").string();
  } else if (command == "matrices" || command == "netlist") {
    if (!o.out && !o.explain && !o.update) {
      throw UsageError(command == "matrices" ? "no place for the results: give --out DIR"
                                             : "no place for the circuit: give --out NAME.cir");
    }
  }
  if (o.explain && o.out) throw UsageError("--explain writes no circuit; leave --out out");
  if (command == "netlist" && o.out) o.manifest = choose_manifest(*o.out);
  if (command == "matrices" && *o.out == "-") {
    throw UsageError("--out -: the matrices are several files; name a folder");
  }
  if (o.query && *o.query == "-" && o.data && *o.data == "-") {
    throw UsageError("--data and --query cannot both be standard input");
  }
  if ((map.count("time-limit") != 0) && !(o.time_limit_s > 0.0)) {
    throw UsageError(
        fmt::format("--time-limit is {}; it must be a number of seconds above 0", o.time_limit_s));
  }
}

const CommandHelp& find_command(const std::string& name) {
  for (const CommandHelp& command : command_help()) {
    if (name == command.name) return command;
  }
  std::string all;
  for (const CommandHelp& command : command_help()) {
    all += fmt::format("{}{}", all.empty() ? "" : ", ", command.name);
  }
  throw UsageError(fmt::format("unknown command '{}'; there are: {}", core::printable(name), all));
}

// What the library says, and what to write.
std::string describe(const po::error& error, const std::string& command) {
  std::string text = error.what();
  const auto* const fault = dynamic_cast<const po::validation_error*>(&error);
  if (fault != nullptr && fault->kind() == po::validation_error::invalid_option_value) {
    text += "; it must be a number, like 1 or 2.5e-3";
  }
  return fmt::format("{}; `springspice {} --help` lists the options", text, command);
}

// The library would take `--json --out` for a file named --out.
void check_value(const po::option& option) {
  if (option.original_tokens.size() < 2 || !option.original_tokens[1].starts_with("--")) return;
  throw UsageError(
      fmt::format("--{0} needs a value, and '{1}' looks like the next option; write --{0}=VALUE",
                  option.string_key, core::printable(option.original_tokens[1])));
}

po::parsed_options parse_words(const Strings& words, const po::options_description& description,
                               const std::string& command) {
  // No short options and no guessing: -1 is a value, and --out is not --outputs.
  const int style = po::command_line_style::allow_long |
                    po::command_line_style::long_allow_adjacent |
                    po::command_line_style::long_allow_next;
  po::parsed_options parsed =
      po::command_line_parser(words).options(description).style(style).run();
  const char* file_option = file_option_of(command);
  bool file_is_free = file_option != nullptr;
  for (po::option& option : parsed.options) {
    if (!option.string_key.empty()) {
      check_value(option);
      continue;
    }
    const std::string& word = option.value.at(0);
    if (!std::exchange(file_is_free, false) || word.starts_with('-')) {
      throw UsageError(
          fmt::format("'{}' is neither an option nor the value of one; options begin with --, and "
                      "lists have no blanks: a,b; `springspice {} --help` lists the options",
                      core::printable(word), command));
    }
    option.string_key = file_option;
    option.position_key = -1;
  }
  return parsed;
}

// Lines `name = value`, # begins a comment.
po::parsed_options parse_config(const std::string& path,
                                const po::options_description& description) {
  std::ifstream file(path);
  file.peek();  // a folder opens like a file, and fails here
  if (!file.is_open() || file.bad()) {
    throw ChoiceError(
        fmt::format("--config {}: cannot be read; give a file with lines name = value",
                    core::printable(path, 200)),
        {}, true);
  }
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().starts_with("\xEF\xBB\xBF")) text.seekg(3);
  po::parsed_options parsed = po::parse_config_file(text, description);
  for (const po::option& option : parsed.options) {
    for (const char* name : {"config", "help", "version"}) {
      if (option.string_key == name) {
        throw UsageError(fmt::format("--config {}: '{}' belongs on the command line; remove it",
                                     core::printable(path, 200), name));
      }
    }
  }
  return parsed;
}

po::variables_map parse_variables(const Strings& words, const po::options_description& description,
                                  const std::string& command) {
  po::variables_map map;
  po::store(parse_words(words, description, command), map);
  if (map.count("config") == 0) return map;
  const auto path = map["config"].as<std::string>();
  try {
    po::store(parse_config(path, description), map);
  } catch (const po::error& error) {
    throw UsageError(
        fmt::format("--config {}: {}", core::printable(path, 200), describe(error, command)));
  }
  return map;
}

std::string format_help(const CommandHelp& command, const po::options_description& description) {
  std::ostringstream text;
  text << "Usage: " << command.usage << "\n" << description;
  return text.str();
}

// The caption has no other way out of the library.
std::string caption_of(const po::options_description& group) {
  std::ostringstream text;
  text << group;
  return text.str().substr(0, text.str().find(':'));
}

// "arg (=8)" -> "8"
std::string default_of(const std::string& parameter) {
  const std::size_t from = parameter.find("(=");
  if (from == std::string::npos) return {};
  return parameter.substr(from + 2, parameter.rfind(')') - from - 2);
}

}  // namespace

std::string noise_file_of(const std::string& deck, netlist::Dialect dialect) {
  const char* ending = dialect == netlist::Dialect::ngspice ? ".noise.inc" : ".*.pwl";
  return std::filesystem::path(deck).replace_extension(ending).string();
}

std::string array_file_of(const std::string& deck) {
  return std::filesystem::path(deck).replace_extension(".array.inc").string();
}

std::string library_file_of(const std::string& deck) {
  return std::filesystem::path(deck).replace_extension(".lib").string();
}

const std::vector<std::string>& command_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const CommandHelp& command : command_help()) all.emplace_back(command.name);
    return all;
  }();
  return names;
}

bool takes_file(const std::string& command) { return file_option_of(command) != nullptr; }

std::vector<ListedGroup> list_options(const std::string& command) {
  std::vector<ListedGroup> listed;
  Options unused;
  const OptionGroups all = command_options(command, unused);
  for (const po::options_description& group : all.groups()) {
    ListedGroup& list = listed.emplace_back();
    list.caption = caption_of(group);
    for (const auto& option : group.options()) {
      list.options.push_back({option->long_name(), option->semantic()->max_tokens() > 0,
                              default_of(option->format_parameter()), option->description()});
    }
  }
  return listed;
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  const Strings words(argv + std::min(argc, 1), argv + argc);
  CommandLine line;
  if (words.empty()) throw UsageError("no command; `springspice --help` lists them");
  if (words[0] == "--help" || words[0] == "help") {
    line.text = kOverview;
    return line;
  }
  if (words[0] == "--version") {
    line.text = kVersion;
    return line;
  }
  if (words[0] == "--complete") {  // asked by the shell's completion, not by people
    line.text = complete({words.begin() + 1, words.end()});
    return line;
  }
  const CommandHelp& command = find_command(words[0]);
  line.command = command.name;
  line.options.arguments = words;
  line.options.arguments.insert(line.options.arguments.begin(), "springspice");
  const po::options_description description = command_options(line.command, line.options).all();
  try {
    po::variables_map map =
        parse_variables({words.begin() + 1, words.end()}, description, line.command);
    if (map.count("version") != 0) {
      line.text = kVersion;
      return line;
    }
    if (map.count("help") != 0) {
      line.text = format_help(command, description);
      return line;
    }
    po::notify(map);
    if (needs_source(line.command)) read_source(map, line.options);
    if (line.command == "netlist" || line.command == "cosim") {
      read_circuit(map, line.options);
      read_noise(map, line.options);
    }
    if (line.command == "map") {
      read_circuit(map, line.options);
      read_map(map, line.options);
    }
    if (line.command == "netlist") read_dialect(map, line.options);
    if (line.command == "certify" || line.command == "cosim") read_ensemble(map, line.options);
    if (line.command == "train") read_training(map, line.options);
    if (line.command == "simulate") read_simulation(map, line.options);
    if (line.command == "thermo") read_thermo(map, line.options);
    read_results(line.command, map, line.options);
    check_files(line.command, map, line.options);
  } catch (const po::error& error) {
    throw UsageError(describe(error, line.command));
  }
  return line;
}

}  // namespace springspice::cli
