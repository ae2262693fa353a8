// The page of a certification: what it shows is what the checks and their hooks said.
#include "cli/pages/cosim_page.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "cli/options.hpp"
#include "cli/pages/poles_figure.hpp"
#include "cli/pipeline.hpp"
#include "core/fit.hpp"
#include "tests/catch.hpp"
#include "tests/cli/pages/page_checks.hpp"
#include "tests/cli/process.hpp"

using namespace springspice;
using namespace springspice::test;
using report::Series;

namespace {

/// A circuit, certified while a recorder listens.
struct Run {
  Folder folder;
  cli::Options options;
  std::optional<cli::Built> built;
  sim::Report report;
  cli::CosimCurves curves;
  std::optional<cli::DataSample> data;
  double largest = 0.0;  ///< position of any coordinate, of any point of `path`

  explicit Run(const std::string& table, const std::string& line,
               const std::function<void(std::string&)>& edit = {}) {
    folder.put("a.csv", table);
    Words words = split_words("springspice cosim --data " + (folder / "a.csv") + " " + line);
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    options = cli::parse_command_line(static_cast<int>(argv.size()), argv.data()).options;
    cli::Progress progress;
    const cli::Prepared prepared = cli::prepare(options, progress);
    built = cli::build_circuit(prepared, options, "cosim");
    std::string deck = built->whole_deck().text;
    if (edit) edit(deck);
    const sim::Problem problem = cli::make_problem(built->manifest, deck, "cosim");
    sim::CertifyOptions certify;
    certify.path_steps = 300;
    certify.on_path = [&](double, const core::State&, const core::State& model) {
      largest = std::max(largest, model.x.maxCoeff());
    };
    cli::CosimRecorder recorder(problem, built->analysis);
    recorder.observe(certify);
    report = sim::certify(problem, built->analysis, certify);
    curves = recorder.curves();
    data = cli::read_sample(*options.data, options.columns);
  }
  report::Page page() const {
    return cli::make_cosim_page({.subject = "a.csv",
                                 .manifest = built->manifest,
                                 .analysis = built->analysis,
                                 .report = report,
                                 .curves = curves,
                                 .data = data});
  }
  const sim::Check& check(const std::string& name) const {
    return *std::ranges::find(report.checks, name, &sim::Check::name);
  }
};

double greatest(const std::vector<double>& values) {
  double most = 0.0;
  for (const double value : values) {
    if (value > most) most = value;
  }
  return most;
}

}  // namespace

TEST_CASE("the page of a noisy circuit shows what its checks found") {
  const Run run(sine_table(), "--sticks 2 --kT 0.01");
  REQUIRE(run.report.passed());
  const report::Page page = run.page();
  check_page(page);
  CHECK(page.verdict == report::Verdict::pass);

  // The difference's highest point is the value of `path`, to the bit.
  const report::Figure* difference = find_figure(page, "Difference");
  REQUIRE(difference != nullptr);
  CHECK(std::max(greatest(find_series(*difference, "positions")->y),
                 greatest(find_series(*difference, "velocities")->y)) == run.check("path").value);
  const Series* limit = find_series(*difference, "limit");
  REQUIRE(limit != nullptr);
  CHECK(limit->y.front() == run.check("path").limit);

  // The trajectories keep the extremes of all 300 points.
  const report::Figure* motion = find_figure(page, "Circuit and model: positions");
  REQUIRE(motion != nullptr);
  double shown = 0.0;
  for (const Series& series : motion->series) {
    if (series.name.ends_with("model")) shown = std::max(shown, greatest(series.y));
  }
  CHECK(shown == run.largest);

  // Circuit and theory of the spectra agree as `spectrum` says.
  double apart = 0.0;
  for (const char* title : {"Spectrum of positions", "Spectrum of velocities"}) {
    const report::Figure* spectrum = find_figure(page, title);
    REQUIRE(spectrum != nullptr);
    for (std::size_t k = 0; k < spectrum->series.size(); k += 2) {
      const Series& theory = spectrum->series[k];
      const Series& circuit = spectrum->series[k + 1];
      REQUIRE(theory.x == circuit.x);
      for (std::size_t f = 0; f < theory.y.size(); ++f) {
        apart = std::max(apart, std::abs(circuit.y[f] / theory.y[f] - 1.0));
      }
    }
  }
  CHECK(apart > 0.0);
  CHECK(apart <= run.check("spectrum").limit);

  // Every mode is at kT: friction and noise are in balance.
  const report::Figure* warmth = find_figure(page, "Temperature");
  REQUIRE(warmth != nullptr);
  for (const char* kind : {"kinetic", "potential"}) {
    for (const double value : find_series(*warmth, kind)->y) {
      CHECK(value == Approx(1.0).epsilon(1e-9));
    }
  }

  const report::Table* checks = find_table(page, "Checks");
  REQUIRE(checks != nullptr);
  CHECK(checks->rows.size() == run.report.checks.size());
  const report::Figure* fit = find_figure(page, "Data and circuit at rest");
  REQUIRE(fit != nullptr);
  CHECK(find_series(*fit, "data")->x.size() == 21);
  CHECK(find_series(*fit, "95 of 100 thermal states") != nullptr);
}

TEST_CASE("a sampler's page shows the posterior: its mean, and the cells' covariance about it") {
  const Run run(sine_table(), "--sticks 2 --kT 0.01 --realization spu");
  INFO(run.report.checks.front().detail);
  const report::Page page = run.page();
  check_page(page);
  const report::Figure* figure = find_figure(page, "Data and model's fit");
  REQUIRE(figure != nullptr);
  CHECK(find_series(*figure, "nodes of the circuit") == nullptr);
  const Series* fit = find_series(*figure, "model's fit");
  const Series* band = find_series(*figure, "95 of 100 thermal states");
  REQUIRE(fit != nullptr);
  REQUIRE(band != nullptr);
  // M is the precision: at the nodes, 1.96 standard deviations of kT M^-1 to each side.
  const hw::Manifest& manifest = run.built->manifest;
  const Eigen::MatrixXd covariance = 0.01 * Eigen::MatrixXd(manifest.system.M).inverse();
  const std::size_t pieces = (fit->x.size() - 1) / 2;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto node = static_cast<Eigen::Index>(i);
    CHECK(fit->y[i * pieces] == Approx((*manifest.posterior_mean)(node, 0)).margin(1e-12));
    CHECK(band->high[i * pieces] - fit->y[i * pieces] ==
          Approx(1.959964 * std::sqrt(covariance(node, node))).epsilon(1e-9));
  }
}

TEST_CASE("diagonal noise warms the modes differently, and the page shows it") {
  const Run run(sine_table(), "--sticks 2 --kT 0.01 --noise-model diagonal");
  const report::Page page = run.page();
  check_page(page);
  // Its states are not those of equilibrium, whose band this would be.
  CHECK(find_series(*find_figure(page, "Data and circuit at rest"), "95 of 100") == nullptr);
  const report::Figure* warmth = find_figure(page, "Temperature");
  REQUIRE(warmth != nullptr);
  const std::vector<double>& kinetic = find_series(*warmth, "kinetic")->y;
  const auto [coldest, hottest] = std::ranges::minmax(kinetic);
  CHECK(hottest - coldest > 0.1);
  CHECK(hottest <= Approx(run.report.audit->hottest / 0.01));
}

TEST_CASE("a wrong circuit's page says which check failed, and shows how far off it is") {
  const Run run(sine_table(), "--sticks 2", [](std::string& deck) {
    // One resistor of the springs half as large again.
    const std::size_t line = deck.find("\nrk0 ");
    REQUIRE(line != std::string::npos);
    const std::size_t end = deck.find(" ;", line);
    const std::size_t value = deck.rfind(' ', end - 1) + 1;
    deck.replace(value, end - value, std::to_string(1.5 * std::stod(deck.substr(value))));
  });
  REQUIRE_FALSE(run.report.passed());
  const report::Page page = run.page();
  check_page(page);
  CHECK(page.verdict == report::Verdict::fail);
  CHECK(page.summary.find("The circuit is not the model. Failed: matrices: ") == 0);
  const report::Figure* difference = find_figure(page, "Difference");
  REQUIRE(difference != nullptr);
  CHECK(greatest(find_series(*difference, "positions")->y) > 1e-3);
}

TEST_CASE("two inputs: the map is the settled circuit's") {
  const Run run(plane_table(), "--inputs a,b --targets y --sticks 2 --neighbor-spring 0.01");
  REQUIRE(run.report.passed());
  REQUIRE(run.report.at_rest);
  const report::Page page = run.page();
  check_page(page);
  const report::Figure* map = find_figure(page, "Circuit at rest over both inputs");
  REQUIRE(map != nullptr);
  REQUIRE(map->field);
  core::Predictor predictor(core::Grid(run.built->manifest.source->axes), *run.report.at_rest);
  for (std::size_t row = 0; row < map->field->y.size(); ++row) {
    for (std::size_t column = 0; column < map->field->x.size(); ++column) {
      const double u[] = {map->field->x[column], map->field->y[row]};
      double y = 0.0;
      predictor.predict(u, {&y, 1});
      CHECK(map->field->value[row][column] == Approx(y).margin(1e-12));
    }
  }
  CHECK(find_figure(page, "Temperature") == nullptr);
}

TEST_CASE("poles: of the modes in closed form, and the same from the drift matrix") {
  core::SecondOrderSystem system;
  system.M = Eigen::MatrixXd::Identity(2, 2).sparseView();
  system.D = 3.0 * system.M;
  Eigen::MatrixXd K(2, 2);
  K << 11.0, -9.0, -9.0, 11.0;  // stiffnesses 2, overdamped at friction 3, and 20
  system.K = K.sparseView();
  system.f = Eigen::MatrixXd::Ones(2, 1);
  system.shape = {2};
  sim::Analysis analysis = sim::analyse(system);
  REQUIRE(analysis.modes);
  const std::vector<std::complex<double>> poles = cli::find_poles(system, analysis);
  REQUIRE(poles.size() == 4);
  CHECK(poles[0].real() == Approx(-2.0));
  CHECK(poles[1].real() == Approx(-1.0));
  CHECK(poles[2].real() == Approx(-1.5));
  CHECK(std::abs(poles[2].imag()) == Approx(std::sqrt(20.0 - 2.25)));
  analysis.modes.reset();
  std::vector<std::complex<double>> others = cli::find_poles(system, analysis);
  REQUIRE(others.size() == 4);
  for (const std::complex<double>& pole : poles) {
    CHECK(std::ranges::any_of(
        others, [&](const std::complex<double>& other) { return std::abs(pole - other) < 1e-10; }));
  }
}
