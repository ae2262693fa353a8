// Options that shape the model and its start: each must do what it says.
#include <cmath>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;
using Json = nlohmann::json;

namespace {

/// `u,y` on 2 sticks, by `matrices` with more options.
struct Matrices {
  explicit Matrices(const std::string& options, bool plane = false) {
    folder.put("a.csv", plane ? plane_table() : sine_table());
    folder.put("x0.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
    const std::string data = plane ? " --inputs a,b --targets y,z" : "";
    result =
        run(folder, "matrices --data a.csv --sticks 2 --out m --json -" + data + " " + options);
    INFO(result.err);
    REQUIRE(result.status == 0);
    json = Json::parse(result.out);
  }
  /// The value in the last column of a line that begins so.
  double entry(const std::string& file, const std::string& indices) const {
    const std::string text = folder.text("m/" + file);
    const std::size_t at = text.find("\n" + indices + " ");
    REQUIRE(at != text.npos);
    return std::stod(text.substr(at + indices.size() + 2));
  }

  Folder folder;
  Result result;
  Json json;
};

}  // namespace

TEST_CASE("mass and spring of a stick and in all") {
  // Two sticks, two cells, 21 points.
  const double mass = Matrices("").entry("M.mtx", "2 2");
  CHECK(mass == Approx(2.0 / 3.0).epsilon(1e-14));
  CHECK(Matrices("--mass 3").entry("M.mtx", "2 2") == Approx(3.0 * mass).epsilon(1e-14));
  CHECK(Matrices("--mass-is total").entry("M.mtx", "2 2") == Approx(mass / 2.0).epsilon(1e-14));
  const double spring = Matrices("").entry("K.mtx", "2 2");
  CHECK(Matrices("--spring 3").entry("K.mtx", "2 2") == Approx(3.0 * spring).epsilon(1e-14));
  CHECK(Matrices("--spring-is total").entry("K.mtx", "2 2") ==
        Approx(spring / 21.0).epsilon(1e-14));
  CHECK(Matrices("--neighbor-spring 0.5").entry("K.mtx", "2 2") ==
        Approx(spring + 1.0).epsilon(1e-14));
  CHECK(Matrices("--pin-spring 0.5").entry("K.mtx", "2 2") == Approx(spring + 0.5).epsilon(1e-14));
  const double damping = Matrices("--friction 3").entry("D.mtx", "2 2");
  CHECK(damping == Approx(3.0 * mass).epsilon(1e-14));
}

TEST_CASE("two targets have one column each") {
  const Matrices plane("", true);
  CHECK(plane.json["outputs"] == 2);
  CHECK(plane.json["grid"]["outputs"] == Json({"y", "z"}));
  CHECK_THAT(plane.folder.text("m/f.mtx"), ContainsSubstring("\n9 2\n"));
  CHECK_THAT(plane.folder.text("m/b.mtx"), ContainsSubstring("\n18 2\n"));
}

TEST_CASE("thermal energy as kT or as a temperature, and both noise models") {
  CHECK(Matrices("--kT 0.25").json["parameters"]["kT"] == 0.25);
  // Boltzmann's constant of the SI, 1.380649e-23 J/K.
  CHECK(Matrices("--temperature-K 100").json["parameters"]["kT"].get<double>() ==
        Approx(1.380649e-21).epsilon(1e-14));
  const Matrices fdt("--kT 1");
  CHECK(fdt.json["parameters"]["noise_model"] == "fdt");
  const Matrices diagonal("--kT 1 --noise-model diagonal --friction 2 --mass 4");
  CHECK(diagonal.json["parameters"]["noise_model"] == "diagonal");
  // sqrt(2 gamma kT / M_s) on every velocity, one source a node: 3 columns.
  CHECK_THAT(diagonal.folder.text("m/B.mtx"), ContainsSubstring("\n6 3 3\n4 1 1\n5 2 1\n6 3 1\n"));
  // Two independent sources a stick.
  CHECK_THAT(fdt.folder.text("m/B.mtx"), ContainsSubstring("\n6 4 "));
}

TEST_CASE("the start: zero, random, stationary, or a file") {
  const auto energies = [](const std::string& options) {
    const Json json = Matrices(options).json["lagrangian"];
    CHECK(json["L"].get<double>() ==
          Approx(json["T"].get<double>() - json["U"].get<double>()).epsilon(1e-14));
    return std::pair(json["T"].get<double>(), json["U"].get<double>());
  };
  const auto zero = energies("");
  CHECK(zero.first == 0.0);
  CHECK(energies("--x0 zero") == zero);
  const auto random = energies("--x0 random");
  CHECK(random != zero);
  CHECK(energies("--x0 random --seed 1") == random);
  CHECK(energies("--x0 random --seed 2") != random);
  const auto stationary = energies("--x0 stationary --kT 0.1");
  CHECK(stationary.first > 0.0);
  CHECK(energies("--x0 stationary --kT 0.1 --seed 7") != stationary);
  const Matrices file("--x0 x0.mtx");
  CHECK(file.json["lagrangian"]["x0"] == "x0.mtx");
  CHECK(file.json["lagrangian"]["U"].get<double>() > zero.second);
}

TEST_CASE("mistake: a start that does not fit") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("x0.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
  check_refused(folder, "cosim --data a.csv --sticks 4 --x0 x0.mtx", 3,
                {"x0.mtx: 3 x 1 values, but the system has 5 coordinates and 1 output"});
  check_refused(folder, "cosim --data a.csv --sticks 4 --x0 a.csv", 3,
                {"a.csv:1: 'u,y' is no Matrix Market banner"});
}

namespace {

void check_passes(const std::vector<std::string>& cases) {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("x0.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n");
  for (const std::string& options : cases) {
    const Result result = run(folder, "cosim --data a.csv --sticks 2 " + options);
    INFO(options << '\n' << result.out << result.err);
    CHECK(result.status == 0);
  }
}

}  // namespace

TEST_CASE("every start passes in ngspice") {
  check_passes({"--x0 random --seed 5", "--x0 stationary --kT 0.1", "--x0 x0.mtx",
                "--noise-model diagonal --kT 0.1"});
}

TEST_CASE("every kind of dynamics and parts passes in ngspice") {
  check_passes({"--dynamics overdamped --mass 0 --x0 x0.mtx", "--mass-is total --spring-is total",
                "--realization rlc --springs literal", "--realization gmc --range chip"});
}

TEST_CASE("predictions at a query, clamped and counted") {
  const Folder folder;
  folder.put("a.csv", "u,y\n0,1\n1,2\n");
  folder.put("q.csv", "note,u\nx,0.25\ny,7\n");
  const Result result = run(folder, "fit --data a.csv --sticks 1 --query q.csv --out - ");
  CHECK(result.status == 0);
  CHECK(result.out == "u,y_fit\n0.25,1.25\n7,2\n");
  CHECK_THAT(result.err, ContainsSubstring("1 of 2 queries lie outside the bounds"));
  folder.put("q.csv", "x\n1\n");
  check_refused(folder, "fit --data a.csv --sticks 1 --query q.csv", 2,
                {"q.csv", "there is no column 'u' to take as input; the columns are 'x'"});
}

TEST_CASE("data from a pipe") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  const Result file = run(folder, "matrices --data a.csv --bounds 0:1 --out m --json -");
  const Result pipe =
      run(folder, "matrices --data - --bounds 0:1 --out m --json -", {sine_table(), {}, {}});
  CHECK(pipe.status == 0);
  CHECK(pipe.out == file.out);
  // A pipe by its name is one too: there is nothing to predict at after the fit.
  const Result named =
      run(folder, "fit --data /dev/stdin --bounds 0:1 --json -", {sine_table(), {}, {}});
  INFO(named.err);
  CHECK(named.status == 0);
  CHECK(Json::parse(named.out)["points"] == 21);
}
