// Pictures of a fit: predictions through the nodes, and their uncertainty against closed forms.
#include "cli/pages/circuit_figures.hpp"

#include <cmath>

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
  Eigen::MatrixXd fit;
  std::optional<cli::CircuitSample> data;

  Case(const std::string& table, const core::ColumnChoice& columns, const std::string& sticks)
      : model(core::read_model(make_request(put(folder, table), columns, sticks))),
        fit(core::solve_fit(model.system, core::find_null_space(model.system.K))),
        data(cli::sample_circuit_data(folder / "a.csv", columns)) {}
  cli::FitView view() const {
    return {.grid = model.data.grid(),
            .targets = model.targets,
            .fit = fit,
            .circuit = &fit,
            .precision = &model.system.K,
            .kT = 0.3,
            .data = &*data};
  }
};

}  // namespace

TEST_CASE("one input: band, data, fit and the circuit's nodes, in the order in which they lie") {
  const Case one(sine_table(), {}, "4");
  const auto figures = cli::make_circuit_figures(one.view());
  REQUIRE(figures.size() == 2);
  const report::Figure& figure = figures.front();
  REQUIRE(figure.series.size() == 4);
  CHECK(figure.series[0].kind == Series::Kind::band);
  const Series& data = figure.series[1];
  CHECK(data.x.size() == 21);
  const Series& fit = figure.series[2];
  CHECK(fit.x.size() >= 240);
  const Series& nodes = figure.series[3];
  REQUIRE(nodes.x.size() == 5);
  // The curve passes through each node.
  const std::size_t pieces = (fit.x.size() - 1) / 4;
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(fit.x[i * pieces] == Approx(nodes.x[i]).margin(1e-15));
    CHECK(fit.y[i * pieces] == Approx(nodes.y[i]).margin(1e-12));
    CHECK(nodes.y[i] == one.fit(static_cast<Eigen::Index>(i), 0));
  }
  // Two standard deviations to each side, of kT K^-1 at the nodes.
  const Eigen::MatrixXd covariance = 0.3 * Eigen::MatrixXd(one.model.system.K).inverse();
  const Series& band = figure.series[0];
  for (std::size_t i = 0; i < 5; ++i) {
    const auto node = static_cast<Eigen::Index>(i);
    const double sd = std::sqrt(covariance(node, node));
    CHECK(band.high[i * pieces] - fit.y[i * pieces] == Approx(2.0 * sd).epsilon(1e-9));
    CHECK(fit.y[i * pieces] - band.low[i * pieces] == Approx(2.0 * sd).epsilon(1e-9));
  }
  // The same about 0; the squares of the deviations are what the model minimised.
  const Series* deviations = find_series(figures[1], "data");
  REQUIRE(deviations != nullptr);
  double squares = 0.0;
  for (const double deviation : deviations->y) squares += deviation * deviation;
  CHECK(squares == Approx(one.model.data.residual_squares(one.fit.col(0), 0)).epsilon(1e-9));
}

TEST_CASE("the uncertainty between nodes is that of the interpolated nodes") {
  const Case one(sine_table(), {}, "4");
  const core::Grid& grid = one.model.data.grid();
  const Eigen::MatrixXd covariance = 0.3 * Eigen::MatrixXd(one.model.system.K).inverse();
  const core::Axis& axis = grid.axes().front();
  const double quarter = axis.lower + (axis.upper - axis.lower) / 16.0;  // of the first stick
  const auto sd = cli::compute_prediction_sd(grid, one.model.system.K, 0.3, {{quarter}});
  REQUIRE(sd.size() == 1);
  const double variance = 0.75 * 0.75 * covariance(0, 0) + 0.25 * 0.25 * covariance(1, 1) +
                          2.0 * 0.75 * 0.25 * covariance(0, 1);
  CHECK(sd[0] == Approx(std::sqrt(variance)).epsilon(1e-9));
}

TEST_CASE("two inputs: a map for each output with the data's places, and one of the uncertainty") {
  const Case two(plane_table(), {{"a", "b"}, {"y", "z"}}, "3x5");
  const auto figures = cli::make_circuit_figures(two.view());
  REQUIRE(figures.size() == 3);
  for (const report::Figure& figure : figures) {
    REQUIRE(figure.field);
    CHECK(figure.field->x.size() <= 60);
    CHECK(figure.field->y.size() <= 60);
    CHECK(figure.field->value.size() == figure.field->y.size());
    CHECK(figure.field->value.front().size() == figure.field->x.size());
  }
  CHECK(figures[0].series.front().x.size() == 60);
  CHECK(figures[2].series.empty());
  // Node (i, j), the corners and one inside, lies at column i, row j.
  const core::Grid& grid = two.model.data.grid();
  const report::Field& field = *figures[1].field;
  const std::size_t columns = (field.x.size() - 1) / 3;
  const std::size_t rows = (field.y.size() - 1) / 5;
  for (const auto& [i, j] : {std::pair{0, 0}, {3, 0}, {0, 5}, {3, 5}, {1, 2}}) {
    const int node = i * grid.shape()[1] + j;
    const auto column = static_cast<std::size_t>(i) * columns;
    const auto row = static_cast<std::size_t>(j) * rows;
    CHECK(field.x[column] == Approx(grid.node_position(node)[0]));
    CHECK(field.y[row] == Approx(grid.node_position(node)[1]));
    CHECK(field.value[row][column] == Approx(two.fit(node, 1)).margin(1e-12));
  }
}

TEST_CASE("three inputs: predictions against targets; without data there is nothing to draw") {
  std::string table = "a,b,c,y\n";
  for (int k = 0; k < 40; ++k) {
    const double a = 0.1 * (k % 7), b = 0.3 * (k % 3), c = 0.2 * (k % 5);
    table += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + "," +
             std::to_string(a + b - c) + "\n";
  }
  const Case three(table, {}, "1");
  cli::FitView view = three.view();
  const auto figures = cli::make_circuit_figures(view);
  REQUIRE(figures.size() == 1);
  const Series* data = find_series(figures[0], "data");
  REQUIRE(data != nullptr);
  // The targets are multilinear: one stick an input fits them but for the neighbour springs.
  for (std::size_t k = 0; k < data->x.size(); ++k) {
    CHECK(data->y[k] == Approx(data->x[k]).margin(0.02));
  }
  view.data = nullptr;
  CHECK(cli::make_circuit_figures(view).empty());
}

TEST_CASE("no uncertainty where nothing holds the nodes") {
  const Case one(sine_table(), {}, "4");
  core::SparseMatrix singular = one.model.system.K;
  singular *= 0.0;
  CHECK(cli::compute_prediction_sd(one.model.data.grid(), singular, 0.3, {{0.5}}).empty());
}
