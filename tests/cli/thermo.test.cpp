// `thermo` as a user runs it: protocols, estimates, entropy, both barriers, refusals.
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

struct Data : Folder {
  Data() { put("a.csv", sine_table()); }
};

Json thermo(const Folder& folder, const std::string& more, int status = 0) {
  const Result result = run(folder, "thermo --data a.csv --json - " + more);
  INFO(more << '\n' << result.err);
  REQUIRE(result.status == status);
  return Json::parse(result.out);
}

void refuse(const std::string& more, int status, const std::vector<std::string>& parts) {
  const Data folder;
  check_refused(folder, "thermo " + more, status, parts);
}

std::vector<std::vector<double>> read_rows(const std::string& csv, std::string& header) {
  std::istringstream lines(csv);
  std::getline(lines, header);
  std::vector<std::vector<double>> rows;
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell;
    rows.emplace_back();
    while (std::getline(cells, cell, ',')) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

}  // namespace

TEST_CASE("thermo: estimates agree with the exact change, at once and by a ramp") {
  const Data folder;
  for (const char* ramp :
       {"", "--duration 2", "--duration 5 --shape smooth",
        "--duration 3 --shape geometric --from 0.3", "--duration 2 --dynamics overdamped"}) {
    INFO(ramp);
    const Json json =
        thermo(folder, fmt::format("--sticks 3 --kT 0.5 --pin-spring 0.5 --paths 4000 {}", ramp));
    CHECK(json["verdict"] == "pass");
    std::size_t compared = 0;
    for (const Json& check : json["checks"]) compared += check["status"] == "pass" ? 1 : 0;
    CHECK(compared >= 6);  // what has too few runs is not among them
    const double exact = json["exact"]["reduced"];
    const Json& bennett = json["trajectories"]["bennett"];
    CHECK(std::abs(bennett["value"].get<double>() - exact) < 4.0 * bennett["error"].get<double>());
    CHECK(json["moments"]["dissipated_kT"] > 0.0);
  }
}

TEST_CASE("thermo: data, mass and temperature change too") {
  const Data folder;
  folder.put("old.csv", "u,y\n0,0\n0.2,1\n0.4,2\n0.6,1.5\n0.8,1\n1,0\n");
  const std::string common = "--sticks 2 --kT 4 --pin-spring 0.1 --paths 2000 ";
  CHECK(thermo(folder, common + "--protocol data --data-from old.csv")["verdict"] == "pass");
  for (const char* held : {"momentum", "velocity"}) {
    const Json json =
        thermo(folder, common + "--protocol mass --from 0.5 --mass 1.5 --hold " + held);
    CHECK(json["verdict"] == "pass");
    // Three nodes and (1/2) ln 3 of kT each; of momenta the free energy falls.
    const double sign = std::string(held) == "momentum" ? -1.0 : 1.0;
    CHECK(json["exact"]["reduced"].get<double>() == Approx(sign * 1.5 * std::log(3.0)));
  }
  const Json json = thermo(folder, common + "--protocol temperature --from 2 --duration 1");
  CHECK(json["verdict"] == "pass");
  CHECK(json["moments"]["forward"]["work"].get<double>() == Approx(0.0).margin(1e-9));
}

TEST_CASE("thermo: files along time and of each path") {
  const Data folder;
  const Json json = thermo(folder,
                           "--sticks 2 --kT 1 --pin-spring 0.2 --duration 1 --protocol-steps 20 "
                           "--relaxation 4 --curve c.csv --work w.csv --paths 50");
  std::string header;
  const auto rows = read_rows(folder.text("c.csv"), header);
  CHECK(header ==
        "time,lambda,work,reduced_work,heat,energy,entropy,entropy_change,entropy_production,"
        "entropy_flux");
  REQUIRE(rows.size() == 102);  // the start, 20 steps, the last jump, 80 of the relaxation
  const double start = rows.front()[5];
  for (const auto& row : rows) {
    CHECK(row[5] - start == Approx(row[2] + row[4]).epsilon(1e-9).margin(1e-9));  // first law
    CHECK(row[8] >= 0.0);
    CHECK(row[7] == Approx(row[8] - row[9]).margin(1e-9));
  }
  CHECK(rows.back()[2] == Approx(json["moments"]["forward"]["work"].get<double>()));
  std::istringstream lines(folder.text("w.csv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "direction,run,work,heat,reduced_work");
  std::size_t count = 0;
  while (std::getline(lines, line)) ++count;
  CHECK(count == 100);
}

TEST_CASE("thermo: the paper's noise makes entropy for ever") {
  const Data folder;
  const std::string common = "--sticks 4 --kT 0.1 --from 1 --relaxation 200 ";
  const Json fdt = thermo(folder, common + "--paths 0 --curve c.csv");
  CHECK(fdt["entropy"]["end"]["production"].get<double>() == Approx(0.0).margin(1e-9));
  const Json diagonal = thermo(folder, common + "--noise-model diagonal");
  CHECK(diagonal["entropy"]["end"]["production"].get<double>() > 0.01);
  CHECK(diagonal["entropy"]["end"]["change"].get<double>() == Approx(0.0).margin(1e-9));
}

TEST_CASE("thermo: the published barrier, and what it consists of") {
  const Data folder;
  const Json json = thermo(folder,
                           "--sticks 1 --kT 1 --spring 1e-3 --mass 1e-3 --noise-model diagonal "
                           "--barrier paper --t-end 5 --dt 0.005 --curve c.csv");
  const Json& barrier = json["barrier"];
  // gamma nu t = 10.
  CHECK(barrier["bath_kT"].get<double>() == Approx(10.0));
  CHECK(barrier["mean_work_kT"].get<double>() ==
        Approx(barrier["kinetic_change_kT"].get<double>() - 10.0).margin(2.0));
  CHECK(barrier["value_kT"] > 10.0);
  std::string header;
  const auto rows = read_rows(folder.text("c.csv"), header);
  CHECK(header == "time,barrier_kT,error_kT,mean_work_kT,kinetic_change_kT,bath_kT,loss");
  CHECK(rows.back()[1] == Approx(barrier["value_kT"].get<double>()));
  // It grows with the run.
  CHECK(rows[rows.size() / 2][1] < rows.back()[1]);
}

TEST_CASE("thermo: a change of data leaves the pins, of any number of targets") {
  const Data folder;
  folder.put("new.csv", "x,y,z\n0,3,3\n0.5,4,4\n1,5,5\n");
  folder.put("old.csv", "x,y,z\n0,0,0\n0.5,0,0\n1,1,1\n");
  const std::string swap =
      "--protocol data --data-from old.csv --data new.csv --sticks 2 --kT 1 --pin-spring 1 "
      "--paths 0 --json - ";
  const Json one = Json::parse(run(folder, "thermo " + swap + "--inputs x --targets y").out);
  const Json two = Json::parse(run(folder, "thermo " + swap + "--inputs x --targets y,z").out);
  // Outputs are independent copies.
  CHECK(two["exact"]["reduced"].get<double>() ==
        Approx(2.0 * one["exact"]["reduced"].get<double>()));
  CHECK(two["moments"]["forward"]["work"].get<double>() ==
        Approx(2.0 * one["moments"]["forward"]["work"].get<double>()));
  // By an independent program.
  CHECK(one["exact"]["reduced"].get<double>() == Approx(-9.75));
  CHECK(one["moments"]["forward"]["work"].get<double>() == Approx(0.5));
}

TEST_CASE("thermo: too few runs give no number, but how many it takes") {
  const Data folder;
  const Json json = thermo(folder, "--sticks 6 --kT 1e-3 --pin-spring 0.5 --paths 20");
  const std::string why = json["trajectories"]["jarzynski_forward"]["obstacle"];
  CHECK_THAT(why, Catch::Matchers::Contains("runs"));
  CHECK(json["verdict"] == "pass");  // nothing that is an estimate is wrong
}

TEST_CASE("thermo: what cannot be asked") {
  refuse("--data a.csv --pin-spring 1", 2, {"temperature 0", "--kT"});
  refuse("--data a.csv --kT 1", 3, {"singular", "--pin-spring"});
  refuse("--data a.csv --kT 1 --neighbor-spring 1", 3, {"--pin-spring"});
  refuse("--data a.csv --kT 1 --from 1 --paths 1", 2, {"--paths 1", "at least 2"});
  refuse("--data a.csv --kT 1 --protocol mass", 2, {"--from"});
  refuse("--data a.csv --kT 1 --protocol data", 2, {"--data-from"});
  refuse("--data a.csv --kT 1 --data-from a.csv", 2, {"--protocol data"});
  refuse("--data a.csv --kT 1 --from -1", 2, {"--from is -1"});
  refuse("--data a.csv --kT 1 --from 1 --duration -1", 2, {"--duration is -1"});
  refuse("--data a.csv --kT 1 --from 1 --shape smooth", 2, {"--shape", "--duration"});
  refuse("--data a.csv --kT 1 --pin-spring 1 --duration 1 --shape geometric", 2, {"geometric"});
  refuse("--data a.csv --kT 1 --from 1 --integrator baoab", 2, {"exact", "midpoint"});
  refuse("--data a.csv --kT 1 --barrier paper --from 1", 2, {"--from", "--barrier paper"});
  refuse("--data a.csv --kT 1 --barrier paper --noise-model diagonal --start-range 3", 2,
         {"lo:hi"});
  refuse("--data a.csv --kT 1 --from 1 --x0 stationary", 2, {"equilibrium"});
  refuse("--data a.csv --kT -1 --from 1", 2, {"--kT is -1"});
  refuse("--data a.csv --temperature-K 300 --from 0.5", 2, {"rounding", "joules"});
  refuse("--data a.csv --kT 1 --from 0.5 --hold velocity", 2, {"--hold", "mass"});
  refuse("--data a.csv --kT 1 --protocol mass --from 0", 2, {"--from is 0"});
  refuse("--data a.csv --kT 1 --protocol mass --from 2 --dynamics overdamped", 2, {"no mass"});
  refuse("--data a.csv --kT 1 --from 2 --noise-model diagonal --work w.csv", 2, {"--work"});
  refuse("--data a.csv --kT 1 --from 1 --t-end 3", 2, {"--t-end", "--duration"});
}
