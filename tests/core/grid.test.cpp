#include "core/grid.hpp"

#include <cmath>
#include <random>

#include "core/error.hpp"
#include "core/fit.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

std::vector<double> random_point(std::size_t dimension, std::mt19937_64& random) {
  std::vector<double> u(dimension);
  for (double& value : u) value = -1.0 + 3.0 * sample::unit(random);
  return u;
}

const std::vector<std::vector<int>> kGrids{{1},       {7},          {3, 4},
                                           {2, 1, 3}, {1, 2, 1, 2}, {2, 1, 1, 2, 1}};

}  // namespace

TEST_CASE("nodes and cells are numbered row-major, and their indices come back") {
  const Grid grid({{"a", 2, 0, 1}, {"b", 3, -1, 1}, {"c", 1, 5, 6}});
  CHECK(grid.dimension() == 3);
  CHECK(grid.corner_count() == 8);
  CHECK(grid.node_count() == 3 * 4 * 2);
  CHECK(grid.cell_count() == 2 * 3 * 1);
  CHECK(grid.shape() == std::vector<int>{3, 4, 2});
  CHECK(grid.node_index(0) == std::vector<int>{0, 0, 0});
  CHECK(grid.node_index((1 * 4 + 2) * 2 + 1) == std::vector<int>{1, 2, 1});
  CHECK(grid.cell_index((1 * 3 + 2) * 1 + 0) == std::vector<int>{1, 2, 0});
  CHECK(grid.node_position(0) == std::vector<double>{0, -1, 5});
  CHECK(grid.node_position(23) == std::vector<double>{1, 1, 6});
  CHECK(grid.node_position((1 * 4 + 1) * 2)[0] == 0.5);
}

TEST_CASE("the last node sits on the bound itself") {
  const Grid grid({{"a", 3, 0.1, 0.7}});  // 0.1 + 3 (0.6 / 3) is not 0.7
  CHECK(grid.node_position(3) == std::vector<double>{0.7});
}

TEST_CASE("weights are not negative, sum to 1, and stand at the corners of one cell") {
  std::mt19937_64 random(1);
  Stencil stencil;
  for (const auto& sticks : kGrids) {
    const Grid grid = sample::make_grid(sticks);
    for (int trial = 0; trial < 200; ++trial) {
      grid.locate(random_point(sticks.size(), random), stencil);
      REQUIRE_FALSE(stencil.clamped);
      REQUIRE(stencil.nodes.size() == grid.corner_count());
      double sum = 0.0;
      for (const double weight : stencil.weights) {
        REQUIRE(weight >= 0.0);
        sum += weight;
      }
      // 2^d products of d factors, each rounded once, and 2^d additions to numbers up to 1.
      REQUIRE(std::abs(sum - 1.0) <= static_cast<double>(grid.corner_count() + 10) * kEps);
      const std::vector<int> cell = grid.cell_index(stencil.cell);
      for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
        const std::vector<int> node = grid.node_index(stencil.nodes[c]);
        for (std::size_t b = 0; b < sticks.size(); ++b) {
          const bool upper = (c >> (sticks.size() - 1 - b) & 1) != 0;
          REQUIRE(node[b] == cell[b] + (upper ? 1 : 0));
        }
      }
    }
  }
}

TEST_CASE("weights are products of hat functions around the nodes") {
  for (const auto& sticks : kGrids) {
    const auto s = sample::make_sample(sticks, 1, 50, 2);
    Stencil stencil;
    for (Eigen::Index j = 0; j < s.u.rows(); ++j) {
      const Eigen::VectorXd u = s.u.row(j);
      s.grid.locate({u.data(), sticks.size()}, stencil);
      Eigen::VectorXd row = Eigen::VectorXd::Zero(s.grid.node_count());
      for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
        row(stencil.nodes[c]) += stencil.weights[c];
      }
      REQUIRE(sample::largest(row - s.W.row(j).transpose()) <= sample::kWeightError);
    }
  }
}

TEST_CASE("a node's own position gives it the whole weight") {
  for (const auto& sticks : kGrids) {
    const Grid grid = sample::make_grid(sticks);
    Stencil stencil;
    for (int i = 0; i < grid.node_count(); ++i) {
      grid.locate(grid.node_position(i), stencil);
      double weight = 0.0;
      for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
        if (stencil.nodes[c] == i) weight += stencil.weights[c];
      }
      REQUIRE(weight >= 1.0 - sample::kWeightError);
    }
  }
}

TEST_CASE("cells are closed on the left, the last one on the right too") {
  const Grid grid({{"a", 4, 0.0, 1.0}});
  Stencil stencil;
  const auto cell_of = [&](double u) {
    grid.locate({&u, 1}, stencil);
    CHECK_FALSE(stencil.clamped);
    return stencil.cell;
  };
  CHECK(cell_of(0.0) == 0);
  CHECK(cell_of(0.25) == 1);
  CHECK(stencil.weights == std::vector<double>{1.0, 0.0});
  CHECK(cell_of(std::nextafter(0.25, 0.0)) == 0);
  CHECK(cell_of(1.0) == 3);
  CHECK(stencil.nodes == std::vector<int>{3, 4});
  CHECK(stencil.weights == std::vector<double>{0.0, 1.0});
}

TEST_CASE("a query outside the bounds is moved to the nearest face, and counted") {
  const Grid grid({{"a", 2, 0.0, 1.0}, {"b", 2, 0.0, 1.0}});
  Eigen::MatrixXd x(9, 1);
  for (int i = 0; i < 9; ++i) x(i, 0) = grid.node_position(i)[0] + 10.0 * grid.node_position(i)[1];
  Predictor predictor(grid, x);
  double y = 0.0;
  const auto predict = [&](double u, double v) {
    const double point[] = {u, v};
    predictor.predict(point, {&y, 1});
    return y;
  };
  CHECK(predict(0.5, 0.25) == Approx(3.0).epsilon(4 * kEps));
  CHECK(predictor.clamped() == 0);
  CHECK(predict(7.0, 0.25) == Approx(3.5).epsilon(4 * kEps));
  CHECK(predict(-1e300, 2.0) == Approx(10.0).epsilon(4 * kEps));
  CHECK(predict(std::nextafter(1.0, 2.0), 0.0) == 1.0);
  CHECK(predictor.clamped() == 3);
  CHECK(predict(1.0, 1.0) == 11.0);
  CHECK(predictor.clamped() == 3);
}

TEST_CASE(
    "the prediction of a multilinear function is exact, in 1 to 5 inputs and 1 to 3 outputs") {
  std::mt19937_64 random(3);
  for (const auto& sticks : kGrids) {
    const std::size_t d = sticks.size();
    const Grid grid = sample::make_grid(sticks);
    const auto outputs = static_cast<Eigen::Index>(1 + d % 3);
    // prod_b (c_b + u_b): linear in each input.
    const auto function = [&](const std::vector<double>& u, Eigen::Index p) {
      double value = 1.0;
      for (std::size_t b = 0; b < d; ++b) value *= 0.5 * static_cast<double>(p + 1) + u[b];
      return value;
    };
    Eigen::MatrixXd x(grid.node_count(), outputs);
    for (int i = 0; i < grid.node_count(); ++i) {
      for (Eigen::Index p = 0; p < outputs; ++p) x(i, p) = function(grid.node_position(i), p);
    }
    Predictor predictor(grid, x);
    std::vector<double> y(static_cast<std::size_t>(outputs));
    for (int trial = 0; trial < 100; ++trial) {
      const std::vector<double> u = random_point(d, random);
      predictor.predict(u, y);
      for (Eigen::Index p = 0; p < outputs; ++p) {
        // The weights' errors on up to 2^d values of up to 3.5^d.
        const double size = sample::largest(x) * static_cast<double>(grid.corner_count());
        REQUIRE(std::abs(y[static_cast<std::size_t>(p)] - function(u, p)) <=
                sample::kWeightError * size);
      }
    }
    CHECK(predictor.clamped() == 0);
  }
}

TEST_CASE("sticks are one number for all inputs, or one for each") {
  CHECK(parse_sticks("8", 3) == std::vector<int>{8, 8, 8});
  CHECK(parse_sticks("4x5", 2) == std::vector<int>{4, 5});
  CHECK(parse_sticks("4X5x6", 3) == std::vector<int>{4, 5, 6});
}

TEST_CASE("mistake: --sticks that are no list of positive numbers") {
  for (const char* text : {"", "0", "-3", "x4", "4x", "4x0", "many", " 4", "4x-1"}) {
    CHECK_THROWS_WITH(parse_sticks(text, 2),
                      ContainsSubstring(std::string("--sticks ") + text +
                                        ": not a list of positive"
                                        " whole numbers") &&
                          ContainsSubstring("write 8, or 4x4 for two inputs"));
  }
  CHECK_THROWS_WITH(parse_sticks("4,4", 2), ContainsSubstring("',4' stands where 'x' or the end"));
  CHECK_THROWS_WITH(parse_sticks("4.5", 2), ContainsSubstring("'.5' stands where"));
  CHECK_THROWS_WITH(parse_sticks("99999999999", 1), ContainsSubstring("too many sticks"));
  CHECK_THROWS_WITH(parse_sticks("4x4x4", 2),
                    ContainsSubstring("--sticks 4x4x4 has 3 numbers, but there are 2 inputs"));
  CHECK_THROWS_AS(parse_sticks("0", 1), ParameterError);
}

TEST_CASE("mistake: a grid that cannot be") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(Grid({}), ContainsSubstring("needs at least one input axis"));
  CHECK_THROWS_WITH(Grid(std::vector<Axis>(17)),
                    ContainsSubstring("17 input axes: a cell would have 2^17 corners"));
  CHECK_THROWS_WITH(Grid({{"T", 0, 0, 1}}), ContainsSubstring("axis 'T' has 0 sticks; give at"));
  CHECK_THROWS_WITH(Grid({{"T", -2, 0, 1}}), ContainsSubstring("axis 'T' has -2 sticks"));
  CHECK_THROWS_WITH(Grid({{"T", 1, 2, 2}}),
                    ContainsSubstring("axis 'T' has no extent: its bounds are 2:2"));
  CHECK_THROWS_WITH(Grid({{"T", 1, 2, 1}}), ContainsSubstring("no extent: its bounds are 2:1"));
  CHECK_THROWS_WITH(Grid({{"T", 1, -1e308, 1e308}}), ContainsSubstring("no extent"));
  CHECK_THROWS_WITH(Grid({{"T", 1, 0, infinity}}),
                    ContainsSubstring("has the bounds 0:inf; both must be finite"));
  CHECK_THROWS_WITH(Grid({{"T", 1, nan, 1}}), ContainsSubstring("both must be finite"));
  CHECK_THROWS_AS(Grid({{"T", 0, 0, 1}}), ParameterError);
}

TEST_CASE("mistake: more nodes than an index can count") {
  const auto grid = [](int along, std::size_t axes) {
    return Grid(std::vector<Axis>(axes, Axis{"T", along, 0, 1}));
  };
  CHECK_THROWS_WITH(grid(std::numeric_limits<int>::max(), 1),
                    ContainsSubstring("too many nodes") &&
                        ContainsSubstring("(axis 'T' has 2147483647 sticks); give fewer"));
  CHECK_THROWS_WITH(grid(50000, 2), ContainsSubstring("too many nodes"));
  CHECK_THROWS_WITH(grid(99, 5), ContainsSubstring("too many nodes"));
  CHECK(grid(9999, 2).node_count() == 100000000);
}
