#include "cli/map_options.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <fmt/ranges.h>

#include "cli/option_values.hpp"
#include "core/table.hpp"
#include "hw/mapping/profile.hpp"

namespace springspice::cli {

namespace po = boost::program_options;

po::options_description map_options(Options& o) {
  po::options_description group("Hardware");
  MapOptions& m = o.map;
  group.add_options()("profile", po::value<std::string>(),
                      "bench-rlc, opamp-board, cmos-gmc, spu-8, or a file in their format (.json); "
                      "its first topology is the default of --realization")(
      "pairs", po::bool_switch(&m.pairs),
      "join two parts in series or in parallel where the profile allows it")(
      "neighbors", po::value<std::string>()->default_value("2"),
      "values of the series tried on each side of the exact one")(
      "draws", po::value<std::string>()->default_value("1000"),
      "boards of the tolerance Monte Carlo")(
      "check-draws", po::value<std::string>()->default_value("10"),
      "of these, boards that run in ngspice too, and must agree")(
      "threads", po::value<std::string>(),
      "that share the draws (default: one a core); the results do not depend on it")(
      "error-limit", po::value<double>(),
      "rms prediction error up to which a board is good, in the target's unit (default: 1 % of "
      "the targets' range)")("read-at", po::value<double>(),
                             "model time at which a circuit without an operating point is read "
                             "(default: when the slowest motion has died down to 1e-3)")(
      "natural-noise", po::bool_switch(&m.natural_noise),
      "the model's noise is the resistors' own, and follows their values (default: injected)")(
      "include", po::value<std::string>(), "a vendor's model file, for the deck of real parts")(
      "opamp", po::value<std::string>(),
      "the name of the amplifier's .subckt in it: in+ in- out, or in+ in- vcc vee out");
  return group;
}

namespace {

void check_profile(const std::string& name) {
  if (hw::find_shipped_profile(name)) return;
  if (std::filesystem::path(name).has_parent_path() || name.ends_with(".json")) return;
  const std::vector<std::string> shipped = hw::shipped_profiles();
  throw ChoiceError(fmt::format("--profile {}: no profile of that name; there are: {}, or a file "
                                "NAME.json in their format",
                                core::printable(name, 200), fmt::join(shipped, ", ")),
                    shipped, true);
}

}  // namespace

void read_map(const po::variables_map& map, Options& o) {
  MapOptions& m = o.map;
  const auto profile = get<std::string>(map, "profile");
  if (!profile) {
    throw UsageError(
        "no hardware: give --profile bench-rlc, opamp-board, cmos-gmc, spu-8, or FILE.json");
  }
  check_profile(*profile);
  m.profile = *profile;
  o.out = get<std::string>(map, "out");
  if (!o.out) throw UsageError("no place for the results: give --out DIR");
  if (*o.out == "-") throw UsageError("--out -: a board is several files; name a folder");
  const auto count = [&](const char* option, std::uint64_t least, std::uint64_t most,
                         const char* range) {
    return read_whole(map[option].as<std::string>(), option, least, most, range);
  };
  m.neighbors = static_cast<int>(count("neighbors", 1, 8, "from 1 to 8"));
  m.draws = count("draws", 2, 1'000'000, "from 2 to 1000000");
  m.check_draws = count("check-draws", 0, 10'000, "from 0 to 10000");
  if (map["check-draws"].defaulted()) m.check_draws = std::min(m.check_draws, m.draws);
  if (m.check_draws > m.draws) {
    throw UsageError(fmt::format("--check-draws is {}, of --draws {}; give at most as many",
                                 m.check_draws, m.draws));
  }
  m.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
  if (const auto threads = get<std::string>(map, "threads")) {
    m.threads = static_cast<int>(read_whole(*threads, "threads", 1, 256, "from 1 to 256"));
  }
  m.error_limit = get<double>(map, "error-limit");
  require_positive(m.error_limit, "error-limit");
  m.read_at = get<double>(map, "read-at");
  require_positive(m.read_at, "read-at");
  m.realization_given = !map["realization"].defaulted();
  m.include = get<std::string>(map, "include");
  m.opamp = get<std::string>(map, "opamp");
  if (m.include.has_value() != m.opamp.has_value()) {
    throw UsageError(
        "--include FILE and --opamp NAME belong together: the file, and the amplifier's .subckt in "
        "it");
  }
  if (!map["range"].defaulted()) {
    throw UsageError("--range: the profile has its own ranges; leave it out");
  }
  if (o.literal_springs) {
    throw UsageError(
        "--springs literal: map builds the condensed circuit, which is the same; leave it out");
  }
}

}  // namespace springspice::cli
