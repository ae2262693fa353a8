// Files that the program writes: whole or not at all, the same bytes each time, none by surprise.
#include <chrono>
#include <csignal>
#include <regex>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

const std::vector<std::string> kMatrices = {"M.mtx", "D.mtx", "K.mtx", "f.mtx",
                                            "A.mtx", "b.mtx", "B.mtx", "model.json"};

/// Waits for what `condition` says; false after ten seconds.
template <typename Condition>
bool eventually(const Condition& condition) {
  for (int i = 0; i < 10000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace

TEST_CASE("mistake: an output whose folder is a regular file or not there") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("x", "");
  const std::string data = " --data a.csv --sticks 2";
  const std::string reason = ": its folder `x` is not a folder (a regular file); choose another ";
  check_refused(folder, "netlist --out x/n.cir" + data, 2,
                {"cannot write x/n.cir" + reason + "--out"});
  check_refused(folder, "fit --out x/p.csv" + data, 2, {"cannot write x/p.csv" + reason + "--out"});
  check_refused(folder, "matrices --out x/m" + data, 2,
                {"cannot make the folder x/m: `x` is a regular file; choose another --out"});
  check_refused(folder, "matrices --out x" + data, 2,
                {"cannot make the folder x: `x` is a regular"});
  for (const char* command : {"fit", "cosim", "netlist --out n.cir"}) {
    check_refused(folder, command + std::string(" --json x/j.json") + data, 2,
                  {"cannot write x/j.json" + reason + "--json"});
  }
  check_refused(folder, "cosim --path x/p.csv" + data, 2, {"cannot write x/p.csv" + reason});
  check_refused(folder, "netlist --out none/n.cir" + data, 2,
                {"its folder `none` does not exist; make it or choose another --out"});
  check_refused(folder, {"netlist", "--data", "a.csv", "--out", ""}, 2, {"its name is empty"});
}

TEST_CASE("mistake: a write that is cut short leaves every old file and no other") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const Start limited{{}, {}, 600};
  const std::string data = " --data a.csv --sticks 8";
  for (const char* name : {"n.cir", "n.json", "p.csv", "j.json"}) folder.put(name, "old");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"netlist --out n.cir", "n.cir"}, {"fit --out p.csv", "p.csv"},
      {"fit --json j.json", "j.json"},  {"cosim --json j.json", "j.json"},
      {"cosim --path p.csv", "p.csv"},
  };
  for (const auto& [line, name] : cases) {
    check_refused(
        folder, line + data, 2,
        {"cannot write " + name + ": File too large (a limit on file sizes, see `ulimit -f`)",
         "raise the limit or choose another"},
        limited);
  }
  for (const char* name : {"n.cir", "n.json", "p.csv", "j.json"}) CHECK(folder.text(name) == "old");
}

TEST_CASE("mistake: a manifest that is cut short leaves the old pair of files") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out n.cir").status == 0);
  const std::string deck = folder.text("n.cir");
  const std::string manifest = folder.text("n.json");
  // Room for the smaller of the two.
  const auto between = static_cast<long>((deck.size() + manifest.size()) / 2);
  check_refused(folder, "netlist --data a.csv --sticks 2 --out n.cir --mass 2", 2,
                {"cannot write n.", "File too large"}, {{}, {}, between});
  CHECK(folder.text("n.cir") == deck);
  CHECK(folder.text("n.json") == manifest);
  CHECK(run(folder, "certify n.cir").status == 0);
}

TEST_CASE("mistake: a matrix that is cut short leaves the old folder") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "matrices --data a.csv --sticks 8 --out m").status == 0);
  std::vector<std::string> old;
  for (const std::string& name : kMatrices) old.push_back(folder.text("m/" + name));
  // M, D, K and f fit, A does not.
  check_refused(folder, "matrices --data a.csv --sticks 8 --mass 2 --out m", 2,
                {"cannot write m/A.mtx: File too large"}, {{}, {}, 1000});
  for (std::size_t k = 0; k < kMatrices.size(); ++k) {
    CHECK(folder.text("m/" + kMatrices[k]) == old[k]);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "m"), {}) == 8);
}

TEST_CASE("mistake: matrices of an earlier run that the new one would not replace") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const std::string line = "matrices --data a.csv --sticks 2 --out m";
  REQUIRE(run(folder, line).status == 0);
  const std::string friction = folder.text("m/D.mtx");
  check_refused(
      folder, line + " --dynamics overdamped", 2,
      {"--out m: it holds M.mtx of an earlier run", "remove that file or choose another"});
  CHECK(folder.text("m/D.mtx") == friction);
  REQUIRE(run(folder, line + " --write-W").status == 0);
  check_refused(folder, line, 2, {"it holds W.mtx of an earlier run"});
}

TEST_CASE("mistake: a full disk") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(folder, "fit --data a.csv --json /dev/full", 2,
                {"cannot write /dev/full: No space left on device; free some space"});
}

TEST_CASE("mistake: results that would replace the input or each other") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("q.csv", "u\n0.5\n");
  folder.put("c.ini", "mass = 2\n");
  std::filesystem::create_symlink("a.csv", folder / "link");
  const std::string data = " --data a.csv --sticks 2";
  REQUIRE(run(folder, "netlist --out n.cir" + data).status == 0);
  const std::string manifest = folder.text("n.json");
  for (const char* name : {"a.csv", "./a.csv", "link"}) {
    check_refused(folder, std::string("fit --out ") + name + data, 2,
                  {std::string("--out ") + name + ": it would replace what --data reads"});
  }
  check_refused(folder, "fit --query q.csv --out q.csv" + data, 2, {"what --query reads"});
  check_refused(folder, "fit --config c.ini --json c.ini" + data, 2, {"what --config reads"});
  check_refused(folder, "certify n.cir --json n.json", 2, {"certify (the manifest) reads"});
  check_refused(folder, "certify n.cir --path ./n.cir", 2, {"certify (the deck) reads"});
  check_refused(folder, "netlist --out n.cir --json n.json" + data, 2,
                {"--json n.json: the manifest of --out writes to the same file; name another"});
  check_refused(folder, "cosim --path p --json ./p" + data, 2, {"--path writes to the same file"});
  check_refused(folder, "fit --out - --json -" + data, 2, {"would mix on standard output"});
  check_refused(folder, "cosim --path - --json -" + data, 2, {"would mix on standard output"});
  CHECK(folder.text("a.csv") == sine_table());
  CHECK(folder.text("n.json") == manifest);
}

TEST_CASE("an interrupt while data are read leaves the old file") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Folder folder;
    folder.put("j.json", "old");
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    Process process(folder, split_words("fit --data - --bounds 0:1 --json j.json"),
                    {{}, ends[0], {}});
    // It waits for rows; its temporary file is there.
    CHECK(eventually([&] { return folder.files() == 2; }));
    ::kill(process.pid(), signal);
    const Result result = process.wait();
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(result.signal == signal);
    CHECK(folder.text("j.json") == "old");
    CHECK(folder.files() == 1);
  }
}

TEST_CASE("an interrupt while ngspice runs leaves the old file and no process") {
  const Folder folder;
  folder.put("a.csv", plane_table());
  folder.put("j.json", "old");
  Process process(folder, split_words("cosim --data a.csv --inputs a,b --targets y --sticks 16 "
                                      "--neighbor-spring 0.1 --json j.json --path p.csv"));
  REQUIRE(eventually([&] { return !process.children().empty(); }));
  const pid_t worker = process.children().front();
  ::kill(process.pid(), SIGINT);
  const Result result = process.wait();
  CHECK(result.signal == SIGINT);
  CHECK(eventually([&] { return !is_running(worker); }));
  CHECK(folder.text("j.json") == "old");
  CHECK(folder.files() == 2);
}

TEST_CASE("the same command gives the same bytes, wherever it runs") {
  const Folder one;
  const Folder two;
  for (const Folder* folder : {&one, &two}) {
    folder->put("a.csv", sine_table());
    folder->put("x0.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
    const std::string data = " --sticks 2 --kT 0.1 --data " + *folder / "a.csv";
    const std::string x0 = " --x0 " + *folder / "x0.mtx";
    for (const std::string realization : {"opamp", "gmc", "rlc"}) {
      REQUIRE(run(*folder, "netlist --realization " + realization + " --out " +
                               *folder / realization + ".cir --json " + *folder / realization +
                               ".result" + x0 + data)
                  .status == 0);
    }
    REQUIRE(run(*folder, "matrices --write-W --out " + *folder / "m" + x0 + data).status == 0);
    REQUIRE(run(*folder, "fit --out p.csv --json p.json" + data).status == 0);
    REQUIRE(run(*folder, "cosim --path c.csv" + x0 + data).status == 0);
  }
  const std::regex date("\\d{4}-\\d{2}-\\d{2}|\\d{1,2}:\\d{2}:\\d{2}");
  int compared = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(one.path())) {
    if (!entry.is_regular_file() || entry.path().filename() == "a.csv") continue;
    const std::string name = std::filesystem::relative(entry.path(), one.path()).string();
    INFO(name);
    const std::string text = one.text(name);
    CHECK(text == two.text(name));
    CHECK(text.find(one.path()) == text.npos);
    CHECK(text.find(SPRINGSPICE_BINARY_DIR) == text.npos);
    CHECK_FALSE(std::regex_search(text, date));
    ++compared;
  }
  // 3 realizations of 3 files, 9 of `matrices`, 2 of `fit`, 1 of `cosim`, and x0.
  CHECK(compared == 22);
}

TEST_CASE("netlist writes over what it wrote before, with the same bytes") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  REQUIRE(run(folder, "netlist --data a.csv --out n.cir").status == 0);
  const std::string deck = folder.text("n.cir");
  const std::string manifest = folder.text("n.json");
  REQUIRE(run(folder, "netlist --data a.csv --out n.cir").status == 0);
  CHECK(folder.text("n.cir") == deck);
  CHECK(folder.text("n.json") == manifest);
  CHECK(folder.files() == 3);
}

TEST_CASE("standard output is pure JSON with --json - for each command") {
  const Folder folder;
  folder.put("a.csv", "u,y\n0,1\n1,2\n");  // K is singular: remarks go to standard error
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --out c.cir").status == 0);
  for (const char* line : {"fit", "matrices --out m", "netlist --out n.cir", "cosim", "certify"}) {
    const std::string rest = line == std::string("certify") ? " c.cir" : " --data a.csv --sticks 2";
    const Result result = run(folder, line + rest + " --json -");
    INFO(line << '\n' << result.err);
    CHECK(result.status == 0);
    REQUIRE(Json::accept(result.out));
    const Json json = Json::parse(result.out);
    CHECK(json["springspice"].is_string());
    if (line == std::string("fit")) {
      CHECK(json["null_space"]["dimension"] == 1);
      CHECK(json["x"].size() == 3);
    }
  }
}

TEST_CASE("nothing but the result goes to standard output") {
  const Folder folder;
  folder.put("a.csv", sine_table(5));
  const Result fit = run(folder, "fit --data a.csv --sticks 2 --out -");
  CHECK(fit.status == 0);
  CHECK(fit.out.starts_with("u,y,y_fit\n0,0,"));
  CHECK(std::count(fit.out.begin(), fit.out.end(), '\n') == 6);
  const Result path = run(folder, "cosim --data a.csv --sticks 2 --path -");
  CHECK(path.status == 0);
  CHECK(path.out.starts_with("time_s,time,x0_circuit,"));
  CHECK(path.out.find("verdict") == path.out.npos);
  // No progress bar where there is no terminal.
  CHECK(path.err.empty());
}

TEST_CASE("mistake: standard output whose reader has gone away") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  Process process(folder, split_words("cosim --data a.csv --sticks 2 --path - --json /dev/full"));
  const Result result = process.wait();
  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring("cannot write /dev/full"));
}
