// Words on the command line: help, versions, and every way to get them wrong.
#include "cli/options.hpp"
#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

TEST_CASE("help and version, alone and for each command") {
  const Folder folder;
  const Result help = run(folder, "--help");
  CHECK(help.status == 0);
  CHECK(help.err.empty());
  CHECK(run(folder, "help").out == help.out);
  const Result version = run(folder, "--version");
  CHECK(version.status == 0);
  CHECK_THAT(version.out, ContainsSubstring("springspice 0."));
  for (const std::string& command : springspice::cli::command_names()) {
    CHECK_THAT(help.out, ContainsSubstring("  " + command + " "));
    const Result text = run(folder, command + " --help");
    CHECK(text.status == 0);
    CHECK(text.err.empty());
    CHECK(text.out.starts_with("Usage: springspice " + command + " "));
    const std::string results = command == "report" ? "--out" : "--json";
    for (const std::string& option : {results, std::string("--config"), std::string("--help")}) {
      CHECK_THAT(text.out, ContainsSubstring(option));
    }
    CHECK(run(folder, command + " --version").out == version.out);
    // Help is for who does not know the rest yet.
    CHECK(run(folder, command + " " + results + " r.json --help").out == text.out);
  }
}

TEST_CASE("mistake: no command or an unknown one") {
  const Folder folder;
  check_refused(folder, "", 2, {"no command; `springspice --help` lists them"});
  check_refused(folder, "foo", 2,
                {"unknown command 'foo'; there are: matrices, fit, simulate, train, netlist, "
                 "cosim, certify, map, thermo, readback, report"});
  check_refused(folder, Words{""}, 2, {"unknown command ''"});
}

TEST_CASE("mistake: options that are unknown, come twice, or lack their value") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const std::string& command : springspice::cli::command_names()) {
    check_refused(folder, command + " --bogus 1", 2,
                  {"unrecognised option '--bogus'; `springspice " + command + " --help` lists"});
  }
  check_refused(folder, "fit --data", 2, {"the required argument for option '--data' is missing"});
  check_refused(folder, "fit --json --data a.csv", 2,
                {"--json needs a value, and '--data' looks like the next option"});
  check_refused(folder, "matrices --data a.csv --out m --json --write-W", 2,
                {"--json needs a value, and '--write-W' looks like"});
  check_refused(folder, "fit --data a.csv --mass 1 --mass 2", 2,
                {"option '--mass' cannot be specified more than once"});
  check_refused(folder, "fit --data a.csv --out-put b", 2, {"unrecognised option '--out-put'"});
  check_refused(folder, "fit --dat a.csv", 2, {"unrecognised option '--dat'"});
}

TEST_CASE("mistake: words that belong to no option") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "fit --data a.csv more", 2,
                {"'more' is neither an option nor the value of one; options begin with --"});
  check_refused(folder, "fit --data a.csv -x", 2, {"'-x' is neither an option"});
  check_refused(folder, "fit --data a.csv --inputs u, v", 2, {"'v'", "lists have no blanks: a,b"});
  check_refused(folder, "certify a.cir b.cir", 2, {"'b.cir' is neither an option"});
  check_refused(folder, "certify -v", 2, {"'-v' is neither an option"});
}

TEST_CASE("mistake: a value that is none of the words allowed") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"--mass-is", "stick, total"},
      {"--spring-is", "point, total"},
      {"--noise-model", "fdt, diagonal"},
      {"--dynamics", "underdamped, overdamped"},
      {"--realization", "opamp, gmc, rlc, charge, spu"},
      {"--coupling", "auto, direct, gyrator, transformer"},
      {"--springs", "condensed, literal"},
      {"--range", "board, chip"},
  };
  for (const auto& [option, words] : cases) {
    check_refused(folder, "cosim --data a.csv " + option + " foo", 2,
                  {option + " is 'foo'; it must be one of: " + words});
  }
  check_refused(folder, "simulate --data a.csv --integrator leapfrog", 2,
                {"--integrator is 'leapfrog'; it must be one of: exact, midpoint, baoab, "
                 "euler-maruyama"});
  check_refused(
      folder, "cosim --data a.csv --x0 zeros", 2,
      {"--x0 is 'zeros', and there is no such file; it must be zero, random, stationary"});
  for (const char* seed : {"-1", "1.5", "x", "99999999999999999999"}) {
    check_refused(folder, std::string("cosim --data a.csv --seed ") + seed, 2,
                  {std::string("--seed is '") + seed + "'; it must be a whole number from 0"});
  }
}

TEST_CASE("mistake: a source that is missing or given twice") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "fit", 2, {"no model: give --data FILE.csv", "or --system DIR"});
  check_refused(folder, "fit --data a.csv --system m", 2,
                {"--data and --system exclude each other; give one"});
  check_refused(folder, "fit --data a.csv --kT 1 --temperature-K 300", 2,
                {"--kT and --temperature-K say the same thing twice; give one"});
  check_refused(folder, "fit --data - --query - --bounds 0:1", 2,
                {"--data and --query cannot both be standard input"});
  check_refused(folder, "certify", 2, {"no deck: write springspice certify NAME.cir"});
}

TEST_CASE("mistake: no place for the results") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "matrices --data a.csv", 2, {"no place for the results: give --out DIR"});
  check_refused(folder, "netlist --data a.csv", 2,
                {"no place for the circuit: give --out NAME.cir"});
  check_refused(folder, "netlist --data a.csv --out x.json", 2,
                {"--out x.json: the manifest is NAME.json; give the deck another ending"});
  check_refused(folder, "netlist --data a.csv --out -", 2, {"--out -: a netlist comes with"});
  check_refused(folder, "matrices --data a.csv --out -", 2, {"--out -: the matrices are several"});
}

TEST_CASE("mistake: options that do not go together") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "cosim --system . --springs literal", 2,
                {"--springs literal needs --data"});
  check_refused(folder, "cosim --system . --query a.csv", 2, {"--query needs --data"});
  check_refused(folder, "cosim --data a.csv --coupling-factor 0.9", 2,
                {"write --realization rlc --coupling transformer"});
  check_refused(folder,
                "cosim --data a.csv --realization rlc --coupling transformer --coupling-factor 1",
                2, {"--coupling-factor is 1; coils are coupled by more than 0 and less than 1"});
  check_refused(folder, "netlist --data a.csv --explain --out n.cir", 2,
                {"--explain writes no circuit; leave --out out"});
  check_refused(folder, "netlist --data a.csv --update n.cir --scale-time 1", 2,
                {"--update keeps the scales of n.cir; leave --scale-time out"});
  check_refused(folder, "cosim --data a.csv --coupling direct", 2,
                {"--coupling says how rlc writes a spring; write --realization rlc"});
  check_refused(folder, "cosim --data a.csv --dynamics overdamped --realization rlc", 3,
                {"--realization rlc has no overdamped form", "take --realization opamp"});
  check_refused(folder, "cosim --data a.csv --x0 stationary --noise-model diagonal --kT 1", 2,
                {"--x0 stationary", "write --noise-model fdt, or --x0 zero"});
  const Start piped{sine_table(), {}, {}};
  check_refused(folder, "fit --data - --bounds 0:1 --out p.csv", 2,
                {"--data - can be read only once; give --query FILE.csv"}, piped);
  check_refused(folder, "matrices --data - --bounds 0:1 --out m --write-W", 2,
                {"--write-W reads the data again, which a pipe cannot; give a file"}, piped);
}
