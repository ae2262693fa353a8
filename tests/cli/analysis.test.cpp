#include "cli/analysis.hpp"

#include <cmath>
#include <limits>

#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using cli::Json;
using dynamics::StationaryAnalysis;
using small::Prepared;

namespace {

StationaryAnalysis analyse(const Prepared& p) {
  return dynamics::analyse_stationary_state(p.system, p.null_space, p.modes);
}

dynamics::LikelihoodSummary make_summary() {
  dynamics::LikelihoodSummary summary;
  summary.paths = 2;
  summary.log_likelihood = -123.25;
  summary.observations = 800;
  summary.noise_free = 3;
  summary.chi_squared = 860.0;
  summary.lag = {-0.05, 400};
  return summary;
}

}  // namespace

TEST_CASE("stationary state for people: equilibrium") {
  const Prepared p(small::oscillator(0.5, 4.0));
  CHECK(cli::format_stationary(analyse(p), p.system) ==
        "\nstationary state, exact (fdt noise); relaxation time 4\n"
        "  energy of an output: kinetic 0.35 (1 of kT/2 a coordinate), potential 0.35 (1 of kT/2 a "
        "coordinate)\n"
        "  temperatures from 0.7 to 0.7, spread 0 of kT: in equilibrium at kT\n"
        "  autocorrelation times: kinetic energy 1, potential energy 1.0625, total 2.03125\n"
        "       slowest   mean x, y1        std x        std v         time\n"
        "             0         0.25      0.41833      0.83666        0.125\n");
}

TEST_CASE("stationary state for people: the paper's noise, no velocities, none at all") {
  const Prepared diagonal(small::sticks(small::NoiseModel::diagonal));
  CHECK_THAT(cli::format_stationary(analyse(diagonal), diagonal.system),
             ContainsSubstring("kinetic 0.466667 (0.444444 of kT/2 a coordinate)") &&
                 ContainsSubstring("NOT in equilibrium at kT") &&
                 ContainsSubstring("entropy production"));
  const Prepared overdamped(small::general(small::Dynamics::overdamped));
  CHECK_THAT(cli::format_stationary(analyse(overdamped), overdamped.system),
             !ContainsSubstring("kinetic") && !ContainsSubstring("std v") &&
                 ContainsSubstring("potential energy 0.175309\n"));
  const Prepared undamped(small::oscillator(0.0, 4.0));
  CHECK_THAT(cli::format_stationary(analyse(undamped), undamped.system),
             ContainsSubstring("stationary state: none; there is no stationary state: 1 mode"));
}

TEST_CASE("stationary state as JSON") {
  const Prepared p(small::sticks(small::NoiseModel::diagonal));
  const Json json = cli::stationary_to_json(analyse(p), p.system);
  CHECK(json["route"] == "modes");
  CHECK(json["energies"]["equipartition"].get<double>() == Approx(1.05));
  CHECK(json["temperatures"]["modes"].size() == 3);
  CHECK(json["temperatures"]["mean"].get<double>() == Approx(0.7 * 4.0 / 9.0));
  CHECK(json["coordinates"][2]["node"] == "2");
  CHECK(json["coordinates"][2]["mean"].size() == 2);
  CHECK(json["coordinates"][0]["position_std"].get<double>() ==
        Approx(std::sqrt(0.11302334182231054)));
  CHECK(json["autocorrelation_times"]["total"].get<double>() == Approx(1.3791154325443589));

  const Prepared overdamped(small::general(small::Dynamics::overdamped));
  const Json still = cli::stationary_to_json(analyse(overdamped), overdamped.system);
  CHECK(still["energies"]["kinetic"].is_null());
  CHECK(still["coordinates"][0]["velocity_std"].is_null());
  const Prepared undamped(small::oscillator(0.0, 4.0));
  const Json none = cli::stationary_to_json(analyse(undamped), undamped.system);
  CHECK(none.size() == 1);
  CHECK_THAT(none["obstacle"].get<std::string>(), ContainsSubstring("omega 2"));
}

TEST_CASE("likelihood for people and as JSON") {
  CHECK(cli::format_likelihood(make_summary()) ==
        "\nlog-likelihood of 2 paths, 803 numbers: -123.25\n"
        "  3 of them had to be exact, and are\n"
        "  innovations: chi-squared 860 of 800, +1.50 standard deviations; correlation of "
        "neighbours -0.05, -1.00 standard deviations\n");
  const Json json = cli::likelihood_to_json(make_summary());
  CHECK(json["log_likelihood"] == -123.25);
  CHECK(json["impossible"] == false);
  CHECK(json["innovations"]["chi_squared_deviation"].get<double>() == Approx(1.5));
  CHECK(json["innovations"]["lag_one_deviation"].get<double>() == Approx(-1.0));
}

TEST_CASE("likelihood of a path that cannot be, and of one without any density") {
  dynamics::LikelihoodSummary summary = make_summary();
  summary.log_likelihood = -std::numeric_limits<double>::infinity();
  CHECK_THAT(cli::format_likelihood(summary),
             ContainsSubstring("-infinity; a number that no noise reaches") &&
                 ContainsSubstring("--measurement-noise"));
  const Json json = cli::likelihood_to_json(summary);
  CHECK(json["log_likelihood"].is_null());
  CHECK(json["impossible"] == true);
  summary = {};
  summary.paths = 1;
  summary.noise_free = 20;
  CHECK(cli::format_likelihood(summary) ==
        "\nlog-likelihood of 1 path, 20 numbers: 0\n  20 of them had to be exact, and are\n");
  CHECK(cli::likelihood_to_json(summary)["innovations"]["lag_one_deviation"] == 0.0);
}
