#include "core/model.hpp"

#include <charconv>
#include <thread>

#include <sys/stat.h>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/sample.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;
using sample::kEps;

namespace {

std::string to_csv(const sample::Sample& s) {
  std::string text;
  const auto cell = [&](double value, bool first) {
    char digits[32];
    if (!first) text += ',';
    text.append(digits, std::to_chars(digits, digits + 32, value).ptr);
  };
  for (Eigen::Index b = 0; b < s.u.cols(); ++b) text += (b > 0 ? ",u" : "u") + std::to_string(b);
  for (Eigen::Index p = 0; p < s.y.cols(); ++p) text += ",y" + std::to_string(p);
  text += '\n';
  for (Eigen::Index j = 0; j < s.u.rows(); ++j) {
    for (Eigen::Index b = 0; b < s.u.cols(); ++b) cell(s.u(j, b), b == 0);
    for (Eigen::Index p = 0; p < s.y.cols(); ++p) cell(s.y(j, p), false);
    text += '\n';
  }
  return text;
}

ModelRequest request_of(const TemporaryFile& file) {
  ModelRequest request;
  request.path = file.path();
  request.sticks = "2";
  return request;
}

template <class Error>
void refuse(
    const std::string& text, const std::string& message,
    const std::function<void(ModelRequest&)>& change = [](ModelRequest&) {}) {
  const TemporaryFile file(text);
  ModelRequest request = request_of(file);
  change(request);
  CHECK_THROWS_WITH(read_model(request), ContainsSubstring(message));
  CHECK_THROWS_AS(read_model(request), Error);
}

}  // namespace

TEST_CASE("a table becomes the same system as its points do, with bounds given or found") {
  const auto s = sample::make_sample({3, 2}, 2, 50, 101);
  const TemporaryFile file(to_csv(s));
  ModelRequest request = request_of(file);
  request.columns.targets = {"y0", "y1"};
  request.sticks = "3x2";
  request.bounds = "-1:2,-1:2";
  request.parameters.spring = 0.5;
  const Model model = read_model(request);
  CHECK(model.inputs == std::vector<std::string>{"u0", "u1"});
  CHECK(model.targets == std::vector<std::string>{"y0", "y1"});
  CHECK(model.data.count() == 50);
  CHECK(model.literal.empty());
  const SecondOrderSystem expected = make_system(s.data, request.parameters);
  CHECK(Eigen::MatrixXd(model.system.K) == Eigen::MatrixXd(expected.K));
  CHECK(model.system.f == expected.f);
  CHECK(model.data.grid().axes()[1].name == "u1");

  request.bounds.reset();
  const Model found = read_model(request);
  for (std::size_t b = 0; b < 2; ++b) {
    const auto column = s.u.col(static_cast<Eigen::Index>(b));
    CHECK(found.data.grid().axes()[b].lower == column.minCoeff());
    CHECK(found.data.grid().axes()[b].upper == column.maxCoeff());
  }
  const Model again = read_model(request, found.data.grid().axes());
  CHECK(Eigen::MatrixXd(again.system.K) == Eigen::MatrixXd(found.system.K));
  CHECK(again.system.f == found.system.f);
}

TEST_CASE("literal springs: one a row, and they add up to K") {
  const auto s = sample::make_sample({2}, 1, 20, 102);
  const TemporaryFile file(to_csv(s));
  ModelRequest request = request_of(file);
  request.literal_springs = true;
  request.parameters.spring = 3.0;
  request.parameters.spring_is_total = true;
  Model model = read_model(request);
  REQUIRE(model.literal.size() == 20);
  CHECK(model.literal[7].origin == 7);
  // Sums of 20 terms.
  CHECK(sample::largest(Eigen::MatrixXd(sum_stiffness(model.literal, 3) - model.system.K)) <=
        40 * kEps * 3.0);
  request.parameters.spring = 0.0;
  CHECK(read_model(request).literal.empty());
}

TEST_CASE("a pipe is read once, with bounds") {
  const TemporaryFile file("");
  const std::string pipe = file.path() + ".pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const auto feed = [&] {
    return std::thread([&] { std::ofstream(pipe) << "u,y\n0,1\n0.5,2\n1,3\n"; });
  };
  ModelRequest request = request_of(file);
  request.path = pipe;
  std::thread writer = feed();
  CHECK_THROWS_WITH(read_model(request),
                    ContainsSubstring("data that can be read only once (a pipe) need --bounds"));
  writer.join();
  request.bounds = "0:1";
  writer = feed();
  CHECK(read_model(request).data.count() == 3);
  writer.join();
}

TEST_CASE("progress is told now and then, in both passes") {
  std::string text = "u,y\n";
  for (int j = 0; j < 70000; ++j) text += j % 2 == 0 ? "0,1\n" : "1,2\n";
  const TemporaryFile file(text);
  ModelRequest request = request_of(file);
  std::vector<std::size_t> told;
  request.on_progress = [&](std::size_t rows) { told.push_back(rows); };
  read_model(request);
  CHECK(told == std::vector<std::size_t>{65536, 65536});
}

TEST_CASE("bounds are pairs of numbers") {
  using Pairs = std::vector<std::pair<double, double>>;
  CHECK(parse_bounds("0:1") == Pairs{{0, 1}});
  CHECK(parse_bounds("-1.5e-3:+2,10:20") == Pairs{{-1.5e-3, 2}, {10, 20}});
}

TEST_CASE("mistake: --bounds that are no pairs") {
  for (const char* text : {"", "1", "1:", ":1", "a:b", "0:1,", "0:1,,2:3", "0:1:2", "0:inf",
                           "nan:1", "0-1", "0:1;2:3"}) {
    CHECK_THROWS_WITH(parse_bounds(text),
                      ContainsSubstring("--bounds: '") &&
                          ContainsSubstring("is no pair of numbers; write lo:hi"));
    CHECK_THROWS_AS(parse_bounds(text), ParameterError);
  }
  CHECK_THROWS_WITH(parse_bounds("0:1,2-3"), ContainsSubstring("--bounds: '2-3' is no pair"));
}

TEST_CASE("mistake: bounds that do not fit the data") {
  const std::string text = "u,v,y\n0,1,1\n1,2,3\n";
  refuse<ParameterError>(text, "--bounds 0:1 has 1 pairs, but there are 2 inputs",
                         [](ModelRequest& r) { r.bounds = "0:1"; });
  refuse<ParameterError>(text, "axis 'v' has no extent: its bounds are 3:1",
                         [](ModelRequest& r) { r.bounds = "0:1,3:1"; });
  refuse<InputError>(text, "row 2, column 'v': 2 lies outside the bounds 0:1.5",
                     [](ModelRequest& r) { r.bounds = "0:1,0:1.5"; });
  refuse<InputError>(text, "row 1, column 'u': 0 lies outside the bounds 0.5:1",
                     [](ModelRequest& r) { r.bounds = "0.5:1,0:2"; });
}

TEST_CASE("mistake: an input without extent") {
  refuse<InputError>("u,v,y\n0,7,1\n1,7,3\n",
                     "column 'v' is 7 in every row, so it has no extent to cut into sticks");
  refuse<InputError>("u,y\n3,1\n", "column 'u' is 3 in every row");
  const TemporaryFile file("u,v,y\n0,7,1\n1,7,3\n");
  ModelRequest request = request_of(file);
  request.bounds = "0:1,6:8";
  CHECK_NOTHROW(read_model(request));
}

TEST_CASE("mistake: sticks, parameters and columns are refused before the rows are read") {
  const std::string text = "u,v,y\n0,1,1\nx,2,3\n";
  refuse<ParameterError>(text, "--sticks 4x4x4 has 3 numbers, but there are 2 inputs",
                         [](ModelRequest& r) { r.sticks = "4x4x4"; });
  refuse<ParameterError>(text, "--mass is -1;", [](ModelRequest& r) { r.parameters.mass = -1; });
  refuse<ParameterError>(text, "there is no column 'T' to take as target",
                         [](ModelRequest& r) { r.columns.targets = {"T"}; });
  refuse<InputError>(text, "row 2 (line 3), column 'u': 'x' is not a number");
  refuse<ParameterError>(text, "too many nodes", [](ModelRequest& r) {
    r.sticks = "100000";
    r.bounds = "0:1,0:2";
  });
}

TEST_CASE("mistake: a table for a grid with another number of axes") {
  const TemporaryFile file("u,v,y\n0,1,1\n1,2,3\n");
  const ModelRequest request = request_of(file);
  CHECK_THROWS_WITH(read_model(request, {{"u", 2, 0, 1}}),
                    ContainsSubstring("2 input columns for a grid of 1 axes"));
  CHECK_THROWS_WITH(read_model(request, {{"u", 2, 0, 1}, {"v", 2, 0, 1}}),
                    ContainsSubstring("row 2, column 'v': 2 lies outside the bounds 0:1"));
}
