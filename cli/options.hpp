// The command line: which options each command has, and what they say.
//
// Options come from the command line first, then from `--config FILE.ini` (the same names without
// dashes). Wrong usage is a UsageError.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/lagrangian.hpp"
#include "core/table.hpp"
#include "hw/deck_noise.hpp"
#include "hw/realization.hpp"
#include "netlist/dialect.hpp"
#include "sim/certify.hpp"
#include "sim/dynamics/integrator.hpp"
#include "sim/thermo/protocol.hpp"
#include "sim/training/train.hpp"

namespace springspice::cli {

/// A command line that makes no sense; the text says what and what to write.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What `train` alone is told.
struct TrainOptions {
  training::TrainingPlan plan;  ///< its seed is that of Options
  std::uint64_t epochs = 100;
  double test_fraction = 0.2;
  std::optional<std::string> test;    ///< table in place of a fraction
  std::optional<std::string> groups;  ///< of inputs; none: all in one
  bool add = false;                   ///< the groups' predictions, in place of averaging them
  std::optional<std::string> curve;   ///< CSV of the learning curve
};

/// What `simulate` alone is told.
struct SimulateOptions {
  dynamics::Scheme scheme = dynamics::Scheme::exact;
  std::uint64_t runs = 1;
  int threads = 1;
  std::optional<std::uint64_t> every;     ///< steps between two observations
  std::optional<double> average_from;     ///< model time; none: the end alone
  std::optional<std::string> statistics;  ///< folder
  bool stationary = false;                ///< the exact stationary state, without paths
  std::optional<std::string> likelihood;  ///< CSV of an observed path
  double measurement_noise = 0.0;         ///< its standard deviation
};

/// What `map` alone is told.
struct MapOptions {
  std::string profile;  ///< a shipped one's name, or a file
  bool pairs = false;
  int neighbors = 2;
  std::uint64_t draws = 1000;
  std::uint64_t check_draws = 10;  ///< of these in ngspice too
  int threads = 1;
  std::optional<double> error_limit;
  std::optional<double> read_at;  ///< model time
  bool natural_noise = false;
  bool realization_given = false;
  std::optional<std::string> include, opamp;  ///< a vendor's file and the .subckt in it
};

/// What `thermo` alone is told.
struct ThermoOptions {
  enum class Change { spring, data, mass, temperature };
  enum class Barrier { none, exact, paper };
  Change change = Change::spring;
  std::optional<double> from;            ///< spring: 0 where none; in the unit of what changes
  std::optional<std::string> data_from;  ///< table
  core::Conjugate held = core::Conjugate::momentum;
  double duration = 0.0;
  thermo::Shape shape = thermo::Shape::linear;
  std::uint64_t steps = 100;
  std::optional<double> relaxation;
  std::optional<dynamics::Scheme> scheme;
  std::uint64_t runs = 2000;  ///< each way
  int threads = 1;
  Barrier barrier = Barrier::none;
  double low = 0.0, high = 3.0;            ///< the paper's start
  std::optional<std::string> work, curve;  ///< CSV
};

/// Everything that any command may be told; which part counts depends on the command.
struct Options {
  // where the system comes from
  std::optional<std::string> data;
  std::optional<std::string> system;
  core::ColumnChoice columns;
  std::string sticks = "8";
  std::optional<std::string> bounds;
  core::Parameters parameters;
  // how it starts and moves
  std::string x0 = "zero";
  std::optional<double> dt, t_end;
  std::uint64_t seed = 1;
  // the circuit
  hw::Topology topology = hw::Topology::opamp;
  hw::Coupling coupling = hw::Coupling::automatic;
  std::optional<double> coupling_factor;
  hw::Range range = hw::Range::board;
  hw::ScaleChoice scales;
  bool literal_springs = false;
  // its noise
  hw::DeckNoise::Kind deck_noise = hw::DeckNoise::Kind::none;
  std::optional<double> noise_step;  ///< model time
  double resistor_noise_K = 0.0;
  // how it is written
  netlist::Dialect dialect = netlist::Dialect::ngspice;
  bool hierarchy = false;  ///< a test bench and an array, in place of one flat deck
  // results
  std::optional<std::string> out, json, query, path;
  std::optional<std::string> record_out;  ///< the run's record, for `report`
  std::vector<std::string> arguments;     ///< the whole command line, from "springspice" on
  std::optional<std::string> manifest;    ///< certify, readback: read; netlist: written
  std::string deck;
  bool allow_rescale = false;         ///< certify a deck in its own units
  bool match_names = false;           ///< and under its own names
  std::string instance;               ///< whose pins tell them
  bool pass_unknown = false;          ///< beside cards that cannot be stamped
  bool allow_outside = false;         ///< includes may leave the deck's folder
  std::string record;                 ///< what readback and report read
  std::optional<double> limit;        ///< of the largest difference, as a share of the range
  bool explain = false;               ///< netlist
  std::optional<std::string> update;  ///< netlist: the old deck
  bool write_W = false;
  double time_limit_s = 300.0;
  // what is run
  sim::Engines engines = sim::Engines::ngspice;
  std::optional<std::uint64_t> path_steps;
  std::uint64_t paths = 0;
  int workers = 1;
  std::optional<std::string> ensemble;  ///< CSV of the end states
  std::optional<std::string> spectrum;  ///< CSV of the spectra
  TrainOptions train;
  SimulateOptions simulate;
  MapOptions map;
  ThermoOptions thermo;
};

struct CommandLine {
  std::string command;  ///< empty for --help and --version alone
  Options options;
  std::optional<std::string> text;  ///< help or version, to be printed in place of running
};

/// @throws UsageError
CommandLine parse_command_line(int argc, const char* const* argv);

/// NAME.cir -> NAME.noise.inc: the waveforms of --deck-noise pwl for ngspice; NAME.*.pwl for
/// others, where * is the source's name.
std::string noise_file_of(const std::string& deck, netlist::Dialect dialect);
/// NAME.cir -> NAME.array.inc, the array of --hierarchy subckt, and NAME.lib, the same for KiCad.
std::string array_file_of(const std::string& deck);
std::string library_file_of(const std::string& deck);

/// The names of the commands, in the order of the help text.
const std::vector<std::string>& command_names();

/// An option, as the help says it.
struct ListedOption {
  std::string name;  ///< without dashes
  bool takes_value = false;
  std::string standard;  ///< its value where it is not given; empty: none, or not one word
  std::string text;
};

struct ListedGroup {
  std::string caption;
  std::vector<ListedOption> options;
};

/// What a command can be told, as data: its help, the manual page and completion say the same.
std::vector<ListedGroup> list_options(const std::string& command);
/// Whether a command's first word may be a file without an option's name.
bool takes_file(const std::string& command);

}  // namespace springspice::cli
