// `train` as a user calls it.
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

/// The numbers of a CSV file below its header; an empty cell is NaN.
std::vector<std::vector<double>> read_csv(const std::string& text) {
  std::vector<std::vector<double>> rows;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
      rows.back().push_back(cell.empty() ? std::nan("") : std::stod(cell));
    }
  }
  return rows;
}

Json train(const Folder& folder, const std::string& options) {
  const Result result = run(folder, "train --data a.csv --json - " + options);
  INFO(result.err);
  REQUIRE(result.status == 0);
  return Json::parse(result.out);
}

}  // namespace

TEST_CASE("train writes a learning curve, predictions and results") {
  const Folder folder;
  folder.put("a.csv", plane_table(60));
  const std::string line =
      "--inputs a,b --targets y,z --sticks 2 --epochs 4 --batch 10 --curve c.csv --out p.csv";
  const Json json = train(folder, line);
  CHECK(json["partial"] == false);
  CHECK(json["epochs"] == 4);
  CHECK(json["time"].get<double>() == Approx(2.0));
  CHECK(json["points"] == 48);
  CHECK(json["test_points"] == 12);
  CHECK(json["plan"]["batches"] == 5);
  CHECK(json["plan"]["steps_per_batch"] == 100);
  CHECK(json["groups"].size() == 1);
  CHECK(json["x"].size() == 9);
  CHECK(json["x"][0].size() == 2);
  CHECK(json["train_loss"].get<double>() >= json["fit"]["train_loss"].get<double>());

  const std::string curve = folder.text("c.csv");
  CHECK(curve.starts_with("epoch,time,train_loss,test_loss,last_batch_loss,kinetic_energy\n"));
  const auto rows = read_csv(curve);
  REQUIRE(rows.size() == 5);
  CHECK(rows[0][0] == 0.0);
  CHECK(std::isnan(rows[0][4]));
  CHECK(rows[4][0] == 4.0);
  CHECK(rows[4][2] == json["train_loss"].get<double>());
  CHECK(rows[4][3] == json["test_loss"].get<double>());
  CHECK(rows[4][4] == json["last_batch_loss"].get<double>());
  CHECK(rows[4][2] < rows[0][2]);
  CHECK(folder.text("p.csv").starts_with("a,b,y,z,y_fit,z_fit\n"));
  CHECK(read_csv(folder.text("p.csv")).size() == 60);

  // The same bytes again.
  train(folder, line);
  CHECK(folder.text("c.csv") == curve);
}

TEST_CASE("people see the losses beside those of the fit") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const Result result = run(folder, "train --data a.csv --sticks 2 --epochs 2 --batch 5");
  CHECK(result.status == 0);
  CHECK_THAT(result.out,
             ContainsSubstring("17 points to learn from, 4 to test; 3 nodes; 4 batches"));
  CHECK_THAT(result.out, ContainsSubstring("2 epochs, a time of 0.8: train loss "));
  CHECK_THAT(result.out, ContainsSubstring("least-squares fit of the same points: train loss "));
  CHECK(result.err.empty());
}

TEST_CASE("one long batch of all rows is the fit") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  train(
      folder,
      "--sticks 3 --batch 21 --test-fraction 0 --batch-time 1e5 --steps-per-batch exact --epochs 1 "
      "--out t.csv");
  REQUIRE(run(folder, "fit --data a.csv --sticks 3 --out f.csv").status == 0);
  const auto trained = read_csv(folder.text("t.csv"));
  const auto fitted = read_csv(folder.text("f.csv"));
  REQUIRE(trained.size() == fitted.size());
  for (std::size_t j = 0; j < fitted.size(); ++j) {
    CHECK(trained[j][2] == Approx(fitted[j][2]).margin(1e-9));
  }
}

TEST_CASE("options of train do what they say") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("test.csv", "y,u\n0.1,0.5\n0.2,7\n");
  folder.put("x0.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
  const std::string base = "--sticks 2 --batch 5 --epochs 2 ";
  const double euler = train(folder, base)["train_loss"];
  CHECK(train(folder, base + "--steps-per-batch exact")["train_loss"].get<double>() ==
        Approx(euler).epsilon(0.01));
  CHECK(train(folder, base + "--no-shuffle")["train_loss"] != euler);
  CHECK(train(folder, base + "--seed 2")["train_loss"] != euler);
  CHECK(train(folder, base + "--kT 0.1")["train_loss"] != euler);
  CHECK(train(folder, base + "--x0 random")["train_loss"] != euler);
  CHECK(train(folder, base + "--dynamics overdamped")["kinetic_energy"] == 0.0);
  CHECK(train(folder, base + "--test-fraction 0")["test_loss"].is_null());
  // A table for the test: all rows learn.
  const Json tested = train(folder, base + "--test test.csv");
  CHECK(tested["points"] == 21);
  CHECK(tested["test_points"] == 2);
  CHECK_FALSE(tested["test_loss"].is_null());
  CHECK_THAT(run(folder, "train --data a.csv --test test.csv " + base).err,
             ContainsSubstring("1 of 2 rows of --test lie outside the bounds"));
  // Next to no time: where it started.
  const Json started = train(folder, base + "--x0 x0.mtx --batch-time 1e-12");
  CHECK(started["x"][2][0].get<double>() == Approx(3.0));
  // A pipe has no bounds to be told: the rows are in memory.
  Start start;
  start.input = sine_table();
  CHECK(run(folder, "train --data - " + base, start).status == 0);
}

TEST_CASE("groups learn apart and are averaged, or together and are added") {
  const Folder folder;
  folder.put("a.csv", plane_table(60));
  const std::string base =
      "--inputs a,b --targets y --sticks 2 --batch 60 --test-fraction 0 --batch-time 1e5 "
      "--steps-per-batch exact --epochs 1 ";
  const Json added = train(folder, base + "--groups a;b --combine add --out p.csv");
  const Json averaged = train(folder, base + "--groups 1");
  CHECK(added["groups"].size() == 2);
  CHECK(added["groups"][1]["inputs"] == Json({"b"}));
  CHECK(added["combine"] == "add");
  CHECK(added["x"].size() == 6);
  CHECK(added["train_loss"].get<double>() ==
        Approx(added["fit"]["train_loss"].get<double>()).epsilon(1e-6));
  CHECK(added["train_loss"].get<double>() < averaged["train_loss"].get<double>());
  // What is written is what the loss says.
  double sum = 0.0;
  for (const auto& row : read_csv(folder.text("p.csv"))) sum += std::pow(row[2] - row[3], 2);
  CHECK(sum / 60.0 == Approx(added["train_loss"].get<double>()).epsilon(1e-9));
}

TEST_CASE("mistake: what train cannot do") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const auto refused = [&folder](const std::string& options, const std::string& part) {
    check_refused(folder, "train --data a.csv --sticks 2 " + options, 2, {part});
  };
  refused("--batch 18", "--batch 18 is larger than the data: there are 17 rows to learn from");
  refused("--batch 5 --steps-per-batch 0", "or exact");
  refused("--batch 5 --steps-per-batch some", "--steps-per-batch is 'some'");
  refused("--batch 5 --epochs 0", "--epochs is '0'");
  refused("--batch 5 --batch-time -1", "--batch-time is -1");
  refused("--batch 5 --steps-per-batch 1 --spring 1e4", "the largest step that is stable");
  refused("--batch 5 --friction 0", "as any is without friction");
  refused("--groups u;v", "'v' is no input; there are: u");
  refused("--combine add", "--combine says what becomes of --groups");
  refused("--x0 stationary", "under changing batches nothing is stationary");
  refused("--test a.csv --test-fraction 0.1", "exclude each other");
  refused("--test-fraction 1", "--test-fraction is 1");
  refused("--curve - --json -", "would mix on standard output");
  refused("--test a.csv --curve a.csv", "it would replace what --data reads");
  check_refused(folder, "train --system a", 2, {"train shows one data point after another"});
  check_refused(folder, "train --data a.csv --bounds 0:0.5", 3,
                {"row 12, column 'u'", "outside the bounds 0:0.5"});
}

TEST_CASE("an interrupted training writes what it has, marked partial, and ends by the signal") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process(folder,
                    split_words("train --data a.csv --sticks 2 --batch 5 --epochs 1000000000 "
                                "--curve c.csv --out p.csv --json j.json"));
    // The first text on the disk says that epochs are being run.
    const std::string temporary = folder / ("c.csv.tmp-" + std::to_string(process.pid()));
    std::error_code error;
    for (int wait = 0; wait < 2000; ++wait) {
      const auto size = std::filesystem::file_size(temporary, error);
      if (!error && size > 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::kill(process.pid(), signal);
    const Result result = process.wait();
    CHECK(result.signal == signal);
    CHECK_THAT(result.out, ContainsSubstring("interrupted: these are the results so far"));
    const Json json = Json::parse(folder.text("j.json"));
    CHECK(json["partial"] == true);
    CHECK(read_csv(folder.text("c.csv")).back()[0] == json["epochs"].get<double>());
    CHECK(read_csv(folder.text("p.csv")).size() == 21);
    for (const char* name : {"c.csv", "p.csv", "j.json"}) std::filesystem::remove(folder / name);
    CHECK(folder.files() == 1);
  }
}
