// `simulate` as a user runs it: files, statistics, threads, interruption, refusals.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/npy.hpp"
#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using springspice::core::read_npy;
using Json = nlohmann::json;

namespace {

struct Data : Folder {
  Data() { put("a.csv", sine_table()); }
};

const std::string kModel = " --data a.csv --sticks 3 --kT 0.01";

void simulate(const Folder& folder, const std::string& more) {
  const Result result = run(folder, "simulate" + kModel + more);
  INFO(more << '\n' << result.err);
  REQUIRE(result.status == 0);
}

void refuse(const std::string& more, int status, const std::vector<std::string>& parts) {
  const Data folder;
  check_refused(folder, "simulate --data a.csv --sticks 3" + more, status, parts);
}

}  // namespace

TEST_CASE("simulate: the three formats hold the same numbers") {
  const Data folder;
  const std::string plan = " --x0 stationary --dt 0.1 --t-end 0.5 --paths 2 --out ";
  simulate(folder, plan + "p.csv");
  simulate(folder, plan + "p.npy");
  simulate(folder, plan + "p.raw");
  const auto array = read_npy(folder / "p.npy");
  CHECK(array.shape == std::vector<std::uint64_t>{2, 6, 9});
  std::istringstream csv(folder.text("p.csv"));
  std::string line;
  std::getline(csv, line);
  CHECK(line == "run,t,x0,x1,x2,x3,v0,v1,v2,v3");
  for (std::size_t row = 0; row < 12; ++row) {
    REQUIRE(std::getline(csv, line));
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    CHECK(cell == (row < 6 ? "0" : "1"));
    for (std::size_t c = 0; c < 9; ++c) {
      std::getline(cells, cell, ',');
      REQUIRE(std::stod(cell) == array.values[9 * row + c]);
    }
  }
  CHECK_FALSE(std::getline(csv, line));
  CHECK(folder.text("p.raw").find("No. Points: 6") != std::string::npos);
  CHECK(folder.files() == 4);
}

TEST_CASE("simulate: all files have the same bytes for any number of threads") {
  const Data folder;
  for (const char* threads : {"1", "2", "5"}) {
    simulate(folder, fmt::format(" --noise-model diagonal --paths 150 --t-end 3 --threads {0} "
                                 "--statistics s{0} --out p{0}.npy --json j{0}.json",
                                 threads));
  }
  for (const char* name : {"statistics.json", "series.csv", "mean.npy", "covariance.npy",
                           "series_mean.npy", "series_variance.npy"}) {
    INFO(name);
    const std::string one = folder.text(std::string("s1/") + name);
    CHECK_FALSE(one.empty());
    CHECK(one == folder.text(std::string("s2/") + name));
    CHECK(one == folder.text(std::string("s5/") + name));
  }
  CHECK(folder.text("p1.npy") == folder.text("p2.npy"));
  CHECK(folder.text("p1.npy") == folder.text("p5.npy"));
  CHECK(folder.text("j1.json") == folder.text("j5.json"));
}

TEST_CASE("simulate: statistics of an equilibrium are those of Boltzmann's distribution") {
  const Data folder;
  simulate(folder, " --x0 stationary --paths 4000 --t-end 2 --statistics s --integrator " +
                       GENERATE(std::string("exact"), std::string("midpoint")));
  const Json json = Json::parse(folder.text("s/statistics.json"));
  CHECK(json["partial"] == false);
  CHECK(json["states_averaged"] == 4000);
  const double kinetic = json["kinetic_energy"]["mean"];
  const double deviation = json["kinetic_energy"]["deviation"];
  // Four velocities: 2 kT, of variance 2 kT^2; z of level 1e-3.
  CHECK(json["kinetic_energy"]["equipartition"] == 0.02);
  CHECK(std::abs(kinetic - 0.02) < 3.29 * deviation / std::sqrt(4000.0));
  CHECK(deviation == Approx(std::sqrt(2.0) * 0.01).epsilon(0.1));
  CHECK(json["loss"]["q05"] < json["loss"]["q50"]);
  const auto covariance = read_npy(folder / "s/covariance.npy");
  CHECK(covariance.shape == std::vector<std::uint64_t>{8, 8});
  CHECK(read_npy(folder / "s/mean.npy").shape == std::vector<std::uint64_t>{8, 1});
  CHECK(read_npy(folder / "s/series_mean.npy").shape[1] == 8);
}

TEST_CASE("simulate: a long average over time; memory does not grow with paths or steps") {
  const Data folder;
  const Result small =
      run(folder, "simulate" + kModel + " --paths 10000 --statistics s --t-end 30");
  const Result large = run(
      folder, "simulate" + kModel + " --paths 30000 --statistics l --t-end 60 --average-from 20");
  REQUIRE(small.status == 0);
  REQUIRE(large.status == 0);
  CHECK(large.peak_mb < small.peak_mb + 2.0);
  const Json json = Json::parse(folder.text("l/statistics.json"));
  CHECK(json["states_averaged"] > 30000 * 50);
  const double kinetic = json["kinetic_energy"]["mean"];
  // Even if all states of a path were one: 30000 draws of 2 kT, variance 2 kT^2.
  CHECK(std::abs(kinetic - 0.02) < 3.29 * 0.02 * std::sqrt(0.5 / 30000.0));
}

TEST_CASE("simulate: without noise every scheme ends in the fit") {
  const Data folder;
  REQUIRE(run(folder, "fit --data a.csv --sticks 3 --json fit.json").status == 0);
  const Json fit = Json::parse(folder.text("fit.json"))["x"];
  for (const char* scheme : {"exact", "midpoint", "baoab", "euler-maruyama"}) {
    for (const char* dynamics : {"underdamped", "overdamped"}) {
      if (scheme == std::string("baoab") && dynamics == std::string("overdamped")) continue;
      const Result result =
          run(folder, fmt::format("simulate --data a.csv --sticks 3 --integrator {} --dynamics {} "
                                  "--dt 0.02 --t-end 60 --statistics s-{}-{}",
                                  scheme, dynamics, scheme, dynamics));
      INFO(scheme << ", " << dynamics << '\n' << result.err);
      REQUIRE(result.status == 0);
      const auto mean = read_npy(folder / fmt::format("s-{}-{}/mean.npy", scheme, dynamics));
      for (std::size_t i = 0; i < 4; ++i) {
        CHECK(mean.values[i] == Approx(fit[i][0].get<double>()).margin(1e-9));
      }
    }
  }
}

TEST_CASE("simulate: starts from a file; matrices in place of data") {
  const Data folder;
  REQUIRE(run(folder, "matrices" + kModel + " --out m").status == 0);
  folder.put("x0.mtx", "%%MatrixMarket matrix array real general\n4 1\n1\n2\n3\n4\n");
  const Result result =
      run(folder, "simulate --system m --kT 0 --x0 x0.mtx --dt 0.1 --t-end 0.1 --out p.csv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(folder.text("p.csv").find("\n0,1,2,3,4,0,0,0,0\n") != std::string::npos);
}

TEST_CASE("simulate: Ctrl-C keeps the statistics so far, marked partial, and no cut file") {
  const Data folder;
  folder.put("p.npy", "an old file");
  Process process(folder, split_words("simulate" + kModel +
                                      " --paths 1000000 --t-end 1e6 --every 1000 --statistics s "
                                      "--out p.npy"));
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  ::kill(process.pid(), SIGINT);
  const Result result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(result.err.find("marked partial") != std::string::npos);
  CHECK(folder.text("p.npy") == "an old file");
  const Json json = Json::parse(folder.text("s/statistics.json"));
  CHECK(json["partial"] == true);
  CHECK(folder.text("s/series.csv").size() > 100);
  CHECK(folder.files() == 3);
}

TEST_CASE("simulate: the exact stationary state, and why there is none") {
  const Data folder;
  const Result result = run(folder, "simulate" + kModel + " --stationary --json s.json");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Json json = Json::parse(folder.text("s.json"));
  CHECK(json["energies"]["kinetic"] == Approx(0.02).epsilon(1e-12));
  CHECK(json["relaxation_time"] > 0.0);
  const Result free = run(folder, "simulate --data a.csv --sticks 40 --stationary --json -");
  CHECK(free.status == 0);
  CHECK(Json::parse(free.out)["obstacle"].get<std::string>().find("free") != std::string::npos);
}

TEST_CASE("simulate: the likelihood of its own path prefers the parameters that made it") {
  const Data folder;
  simulate(folder, " --x0 stationary --dt 0.2 --t-end 100 --out p.csv");
  const auto likelihood_at = [&](const std::string& friction, const std::string& more) {
    const Result result = run(
        folder, "simulate" + kModel + " --x0 stationary --likelihood p.csv --json - --friction " +
                    friction + more);
    INFO(result.err);
    REQUIRE(result.status == 0);
    return Json::parse(result.out);
  };
  const Json right = likelihood_at("1", "");
  CHECK(right["log_likelihood"] > likelihood_at("0.7", "")["log_likelihood"]);
  CHECK(right["log_likelihood"] > likelihood_at("1.4", "")["log_likelihood"]);
  CHECK(right["observations"] == 8 * 501);
  // Two nodes alone, and read with an error that the path does not have: too little surprise.
  std::istringstream whole(folder.text("p.csv"));
  std::string part, line;
  while (std::getline(whole, line)) {
    std::size_t comma = 0;
    for (int i = 0; i < 3; ++i) comma = line.find(',', comma + 1);
    part += line.substr(0, comma) + "\n";
  }
  folder.put("p.csv", part);
  const Json seen = likelihood_at("1", "");
  CHECK(seen["observations"] == 2 * 501);
  const Json blurred = likelihood_at("1", " --measurement-noise 0.3");
  CHECK(seen["log_likelihood"] > blurred["log_likelihood"]);
  check_refused(folder, "simulate" + kModel + " --x0 random --likelihood p.csv", 2,
                {"--x0 random", "stationary"});
  folder.put("q.csv", "t,x9\n0,1\n1,2\n");
  check_refused(folder, "simulate" + kModel + " --x0 stationary --likelihood q.csv", 2,
                {"q.csv", "x9", "x0"});
}

TEST_CASE("simulate: what cannot be is refused") {
  refuse(" --integrator euler-maruyama --dt 10", 2, {"--dt 10", "largest stable step", "midpoint"});
  refuse(" --integrator baoab --dt 10", 2, {"--dt 10", "largest stable step"});
  refuse(" --integrator leapfrog", 2, {"leapfrog", "baoab"});
  refuse(" --integrator baoab --dynamics overdamped", 2, {"baoab", "overdamped"});
  refuse(" --out p.txt", 2, {"p.txt", ".csv", ".npy", ".raw"});
  refuse(" --paths 0", 2, {"--paths", "from 1"});
  refuse(" --threads 0", 2, {"--threads"});
  refuse(" --t-end 1 --average-from 2 --statistics s", 2, {"--average-from 2", "behind the end"});
  refuse(" --average-from -1", 2, {"--average-from"});
  refuse(" --dt 1e-9 --t-end 1e12", 2, {"10^18"});
  refuse(" --measurement-noise 1", 2, {"--likelihood"});
  refuse(" --stationary --paths 3", 2, {"--stationary", "--paths"});
  refuse(" --friction 0 --kT 1 --x0 stationary", 2, {"--x0 stationary", "friction"});
  const Data folder;
  const Result free = run(folder, "simulate --data a.csv --sticks 40 --x0 stationary");
  CHECK(free.status == 2);
  CHECK(free.err.find("--x0 stationary: ") != std::string::npos);
  refuse(" --statistics a.csv/x", 2, {"--statistics"});
}
