// Pictures of a fit and of a circuit: predictions through the nodes, and their uncertainty against
// closed forms.
#include "cli/pages/circuit_figures.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "cli/pages/fit_figures.hpp"
#include "core/fit.hpp"
#include "core/model.hpp"
#include "core/null_space.hpp"
#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/pages/page_checks.hpp"
#include "tests/cli/process.hpp"

using namespace springspice;
using namespace springspice::test;
using report::Series;

namespace {

constexpr double kT = 0.3;
constexpr double kWithin95 = 1.959964;

core::ModelRequest make_request(const std::string& path, const core::ColumnChoice& columns,
                                const std::string& sticks) {
  core::ModelRequest request;
  request.path = path;
  request.columns = columns;
  request.sticks = sticks;
  request.parameters.neighbor_spring = 0.01;
  return request;
}

std::string put(const Folder& folder, const std::string& table) {
  folder.put("a.csv", table);
  return folder / "a.csv";
}

struct Case {
  Folder folder;
  core::Model model;
  core::NullSpace null_space;
  Eigen::MatrixXd fit, circuit;
  std::optional<cli::DataSample> data;

  Case(const std::string& table, const core::ColumnChoice& columns, const std::string& sticks)
      : model(core::read_model(make_request(put(folder, table), columns, sticks))),
        null_space(core::find_null_space(model.system.K)),
        fit(core::solve_fit(model.system, null_space)),
        circuit(fit.array() + 0.001),
        data(cli::read_sample(folder / "a.csv", columns)) {
    model.system.kT = kT;
  }
  cli::CircuitFit view() const {
    return {.grid = model.data.grid(),
            .targets = model.targets,
            .system = model.system,
            .null_space = null_space,
            .model = fit,
            .at_rest = &circuit,
            .data = data};
  }
  Eigen::MatrixXd covariance() const { return kT * Eigen::MatrixXd(model.system.K).inverse(); }
};

double squares_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return sum;
}

}  // namespace

TEST_CASE("one input: band, data, circuit, model and nodes, in the order in which they lie") {
  const Case one(sine_table(), {}, "4");
  const auto sections = cli::make_circuit_sections(one.view(), "text");
  REQUIRE(sections.size() == 1);
  CHECK(sections[0].text == "text");
  const std::vector<report::Figure>& figures = sections[0].figures;
  REQUIRE(figures.size() == 2);
  REQUIRE(figures[0].series.size() == 5);
  const Series& band = figures[0].series[0];
  CHECK(band.kind == Series::Kind::band);
  CHECK(figures[0].series[1].name == "data");
  CHECK(figures[0].series[1].x.size() == 21);
  const Series& circuit = figures[0].series[2];
  const Series& model = figures[0].series[3];
  CHECK(model.kind == Series::Kind::dashed);
  const Series& nodes = figures[0].series[4];
  CHECK(nodes.kind == Series::Kind::points);
  REQUIRE(nodes.x.size() == 5);
  // Curves pass through each node, and 40 pieces a stick make a band smooth.
  REQUIRE((circuit.x.size() - 1) % 4 == 0);
  const std::size_t pieces = (circuit.x.size() - 1) / 4;
  CHECK(pieces >= 40);
  const Eigen::MatrixXd covariance = one.covariance();
  for (std::size_t i = 0; i < 5; ++i) {
    const auto node = static_cast<Eigen::Index>(i);
    const std::size_t at = i * pieces;
    CHECK(nodes.y[i] == one.circuit(node, 0));
    CHECK(circuit.x[at] == Approx(nodes.x[i]).margin(1e-15));
    CHECK(circuit.y[at] == Approx(nodes.y[i]).margin(1e-12));
    CHECK(model.y[at] == Approx(one.fit(node, 0)).margin(1e-12));
    // 95 of 100 states, of kT K^-1 at the nodes.
    const double half = kWithin95 * std::sqrt(covariance(node, node));
    CHECK(band.high[at] - circuit.y[at] == Approx(half).epsilon(1e-9));
    CHECK(circuit.y[at] - band.low[at] == Approx(half).epsilon(1e-9));
  }
}

TEST_CASE("one input: deviations to scale, with the band about 0") {
  const Case one(sine_table(), {}, "4");
  const auto sections = cli::make_circuit_sections(one.view(), "");
  const report::Figure& figure = sections.front().figures.at(1);
  const Series* deviations = find_series(figure, "data less circuit at rest");
  REQUIRE(deviations != nullptr);
  CHECK(squares_of(deviations->y) ==
        Approx(one.model.data.residual_squares(one.circuit.col(0), 0)).epsilon(1e-9));
  const Series& about = sections.front().figures[0].series[0];
  const Series* band = find_series(figure, "95 of 100");
  REQUIRE(band != nullptr);
  REQUIRE(band->high.size() == about.high.size());
  for (std::size_t k = 0; k < band->high.size(); ++k) {
    CHECK(band->high[k] == -band->low[k]);
    CHECK(2.0 * band->high[k] == Approx(about.high[k] - about.low[k]).epsilon(1e-9));
  }
}

TEST_CASE("the uncertainty between nodes is that of the interpolated nodes") {
  const Case one(sine_table(), {}, "4");
  const auto sections = cli::make_circuit_sections(one.view(), "");
  const Series& band = sections.front().figures[0].series[0];
  const Eigen::MatrixXd covariance = one.covariance();
  const std::size_t quarter = (band.x.size() - 1) / 16;  // of the first stick
  REQUIRE(band.x[quarter] == Approx(1.0 / 16.0));
  const double variance = 0.75 * 0.75 * covariance(0, 0) + 0.25 * 0.25 * covariance(1, 1) +
                          2.0 * 0.75 * 0.25 * covariance(0, 1);
  CHECK(band.high[quarter] - band.low[quarter] ==
        Approx(2.0 * kWithin95 * std::sqrt(variance)).epsilon(1e-9));
}

TEST_CASE("two inputs: a map for each target with the data's places, and one of the uncertainty") {
  const Case two(plane_table(), {{"a", "b"}, {"y", "z"}}, "3x5");
  const auto sections = cli::make_circuit_sections(two.view(), "");
  REQUIRE(sections.size() == 2);
  CHECK(sections[0].title == "Fit: y");
  CHECK(sections[1].title == "Fit: z");
  REQUIRE(sections[0].figures.size() == 3);
  REQUIRE(sections[1].figures.size() == 2);
  core::Predictor predictor(two.model.data.grid(), two.circuit);
  for (std::size_t p = 0; p < 2; ++p) {
    const report::Figure& map = sections[p].figures[0];
    REQUIRE(map.field);
    CHECK(map.title == "Circuit at rest over both inputs");
    CHECK(map.series.front().x.size() == 60);
    const report::Field& field = *map.field;
    REQUIRE(field.value.size() == field.y.size());
    bool equal = true;
    for (std::size_t row = 0; row < field.y.size(); ++row) {
      REQUIRE(field.value[row].size() == field.x.size());
      for (std::size_t column = 0; column < field.x.size(); ++column) {
        const double u[] = {field.x[column], field.y[row]};
        double y[2];
        predictor.predict(u, y);
        equal = equal && field.value[row][column] == y[p];
      }
    }
    CHECK(equal);
    CHECK(sections[p].figures.back().title == "Predicted against target");
  }
  // Of the uncertainty: one pixel against kT w' K^-1 w.
  const report::Figure& map = sections[0].figures[1];
  CHECK(map.series.empty());
  REQUIRE(map.field);
  const double u[] = {map.field->x[17], map.field->y[40]};
  core::Stencil stencil;
  two.model.data.grid().locate(u, stencil);
  Eigen::VectorXd w = Eigen::VectorXd::Zero(two.fit.rows());
  for (std::size_t c = 0; c < 4; ++c) w[stencil.nodes[c]] = stencil.weights[c];
  CHECK(map.field->value[40][17] ==
        Approx(kWithin95 * std::sqrt(w.dot(two.covariance() * w))).epsilon(1e-9));
}

TEST_CASE("three inputs: predictions against targets; without data there is nothing to draw") {
  std::string table = "a,b,c,y\n";
  for (int k = 0; k < 40; ++k) {
    const double a = 0.1 * (k % 7), b = 0.3 * (k % 3), c = 0.2 * (k % 5);
    table += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + "," +
             std::to_string(a + b - c) + "\n";
  }
  const Case three(table, {}, "1");
  cli::CircuitFit view = three.view();
  const auto sections = cli::make_circuit_sections(view, "");
  REQUIRE(sections.front().figures.size() == 1);
  const Series* data = find_series(sections.front().figures[0], "circuit at rest");
  REQUIRE(data != nullptr);
  // The targets are multilinear: one stick an input fits them but for the neighbour springs.
  REQUIRE(data->x.size() == 40);
  for (std::size_t k = 0; k < data->x.size(); ++k) {
    CHECK(data->y[k] == Approx(data->x[k]).margin(0.02));
  }
  view.data.reset();
  CHECK(cli::make_circuit_sections(view, "").front().figures.empty());
}

TEST_CASE("a circuit that did not come to rest leaves the model's fit") {
  const Case one(sine_table(), {}, "4");
  cli::CircuitFit view = one.view();
  view.at_rest = nullptr;
  const auto sections = cli::make_circuit_sections(view, "");
  const report::Figure& figure = sections.front().figures.at(0);
  CHECK(figure.title == "Data and model's fit");
  CHECK(find_series(figure, "nodes of the circuit") == nullptr);
  CHECK(find_series(figure, "circuit at rest") == nullptr);
  REQUIRE(find_series(figure, "model's fit") != nullptr);
}

TEST_CASE("no uncertainty where nothing holds the nodes") {
  const Case one(sine_table(), {}, "4");
  cli::CircuitFit view = one.view();
  core::SecondOrderSystem loose = one.model.system;
  loose.K *= 0.0;
  const core::NullSpace everything = core::find_null_space(loose.K);
  const cli::CircuitFit nowhere{.grid = view.grid,
                                .targets = view.targets,
                                .system = loose,
                                .null_space = everything,
                                .model = one.fit};
  const auto sections = cli::make_circuit_sections(nowhere, "");
  const Series* band = find_series(sections.front().figures.at(0), "95 of 100");
  REQUIRE(band != nullptr);
  for (const double high : band->high) CHECK_FALSE(std::isfinite(high));
}

TEST_CASE("an uncertainty that takes too long is left out, and the page says so") {
  const cli::Uncertainty endless{"endless", [](const Eigen::MatrixXd&) { return std::nullopt; }};
  const auto zero = [](std::span<const double>, std::span<double> y) { y[0] = 0.0; };
  for (const std::size_t inputs : {1, 2}) {
    std::vector<core::Axis> axes(inputs, core::Axis{"u", 4, 0.0, 1.0});
    const auto figures = cli::make_fit_figures({axes, {"y"}, zero}, 0, {}, endless);
    REQUIRE(figures.size() == 1);
    CHECK(find_series(figures[0], "endless") == nullptr);
    CHECK(figures[0].caption.find("takes too long to compute") != std::string::npos);
  }
}

TEST_CASE("of many targets a page shows three, and says so") {
  const auto zero = [](std::span<const double>, std::span<double> y) { std::ranges::fill(y, 0.0); };
  const std::vector<core::Axis> axes{{"u", 4, 0.0, 1.0}};
  const cli::Learned five{axes, {"a", "b", "c", "d", "e"}, zero};
  const auto sections = cli::make_fit_sections("Fit", "First.", five, {}, {});
  REQUIRE(sections.size() == 3);
  CHECK(sections[0].text == "First. Shown are the first 3 of 5 targets.");
  CHECK(sections[1].text.empty());
  CHECK(sections[2].title == "Fit: c");
}
