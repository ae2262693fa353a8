#include "sim/dynamics/path_writer.hpp"

#include <cstring>
#include <limits>

#include "core/error.hpp"
#include "core/npy.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;
using dynamics::make_layout;
using dynamics::make_path_writer;
using dynamics::PathFormat;
using dynamics::PathLayout;

namespace {

const PathLayout kTwoRuns{{"x0_0", "v0_0"}, 2, 3};
const PathLayout kOneRun{{"x0_0", "v0_0"}, 1, 3};

// Row k of a run: 0.5 k, run + 0.1 k, -k.
std::vector<double> row(std::uint64_t run, int k) {
  return {0.5 * k, static_cast<double>(run) + 0.1 * k, -1.0 * k};
}

// The first row alone, the other two in one call.
std::string write_all(PathFormat format, const PathLayout& layout) {
  std::string bytes;
  const auto writer =
      make_path_writer(format, layout, [&](std::string_view piece) { bytes += piece; });
  for (std::uint64_t run = 0; run < layout.runs; ++run) {
    writer->begin_run(run);
    writer->write(row(run, 0));
    std::vector<double> rest = row(run, 1);
    for (const double value : row(run, 2)) rest.push_back(value);
    writer->write(rest);
    writer->end_run();
  }
  return bytes;
}

core::SecondOrderSystem make_grid_system(core::Dynamics dynamics, Eigen::Index outputs) {
  core::SecondOrderSystem system;
  system.dynamics = dynamics;
  system.K.resize(4, 4);
  system.f = Eigen::MatrixXd::Zero(4, outputs);
  system.shape = {2, 2};
  return system;
}

}  // namespace

TEST_CASE("path writer: csv, byte by byte") {
  CHECK(write_all(PathFormat::csv, kOneRun) == "t,x0_0,v0_0\n0,0,-0\n0.5,0.1,-1\n1,0.2,-2\n");
  CHECK(write_all(PathFormat::csv, kTwoRuns) ==
        "run,t,x0_0,v0_0\n0,0,0,-0\n0,0.5,0.1,-1\n0,1,0.2,-2\n"
        "1,0,1,-0\n1,0.5,1.1,-1\n1,1,1.2,-2\n");
}

TEST_CASE("path writer: csv numbers read back to the last bit, and long files come in pieces") {
  std::string bytes;
  std::size_t pieces = 0;
  const PathLayout layout{{"x0"}, 1, 20000};
  const auto writer = make_path_writer(PathFormat::csv, layout, [&](std::string_view piece) {
    bytes += piece;
    ++pieces;
  });
  std::vector<double> rows;
  for (int k = 0; k < 20000; ++k) {
    rows.push_back(0.1 * k);
    rows.push_back(std::ldexp(1.0 + 1e-3 * k / 7.0, k % 2000 - 1000));
  }
  writer->begin_run(0);
  writer->write(rows);
  writer->end_run();
  CHECK(pieces > 5);
  const char* at = bytes.c_str() + std::strlen("t,x0\n");
  std::size_t wrong = 0;
  for (const double value : rows) {
    char* end = nullptr;
    if (std::strtod(at, &end) != value) ++wrong;
    at = end + 1;
  }
  CHECK(wrong == 0);
  CHECK(at == bytes.c_str() + bytes.size());
}

TEST_CASE("path writer: npy is read back") {
  const TemporaryFile file(write_all(PathFormat::npy, kTwoRuns), "path.npy");
  const core::NpyArray two = core::read_npy(file.path());
  CHECK(two.shape == std::vector<std::uint64_t>{2, 3, 3});
  CHECK(two.matrix(1)(2, 1) == row(1, 2)[1]);
  file.write(write_all(PathFormat::npy, kOneRun));
  const core::NpyArray one = core::read_npy(file.path());
  CHECK(one.shape == std::vector<std::uint64_t>{3, 3});
  for (int k = 0; k < 3; ++k) {
    for (int j = 0; j < 3; ++j) CHECK(one.matrix()(k, j) == row(0, k)[static_cast<std::size_t>(j)]);
  }
}

// Both as ngspice 39 loads them: setplot lists tran1 and tran2 with their titles.
TEST_CASE("path writer: raw is a plot a run, header lines and then doubles") {
  const std::string bytes = write_all(PathFormat::raw, kTwoRuns);
  std::size_t at = 0;
  for (std::uint64_t run = 0; run < 2; ++run) {
    const std::string header = "Title: springspice, run " + std::to_string(run) +
                               "\nDate: none\nPlotname: Transient Analysis\nFlags: real\n"
                               "No. Variables: 3\nNo. Points: 3\nVariables:\n\t0\ttime\ttime\n"
                               "\t1\tx0_0\tvoltage\n\t2\tv0_0\tvoltage\nBinary:\n";
    REQUIRE(bytes.substr(at, header.size()) == header);
    at += header.size();
    for (int k = 0; k < 3; ++k) {
      double numbers[3];
      REQUIRE(bytes.size() >= at + sizeof numbers);
      std::memcpy(numbers, bytes.data() + at, sizeof numbers);
      at += sizeof numbers;
      for (std::size_t j = 0; j < 3; ++j) CHECK(numbers[j] == row(run, k)[j]);
    }
  }
  CHECK(at == bytes.size());
}

TEST_CASE("path writer: columns are named as nodes are, in the order of a state's numbers") {
  using Names = std::vector<std::string>;
  CHECK(make_layout(make_grid_system(core::Dynamics::underdamped, 1), 1, 1).columns ==
        Names{"x0_0", "x0_1", "x1_0", "x1_1", "v0_0", "v0_1", "v1_0", "v1_1"});
  CHECK(make_layout(make_grid_system(core::Dynamics::overdamped, 2), 7, 5).columns ==
        Names{"x0_0y1", "x0_1y1", "x1_0y1", "x1_1y1", "x0_0y2", "x0_1y2", "x1_0y2", "x1_1y2"});
  const PathLayout layout = make_layout(make_grid_system(core::Dynamics::underdamped, 2), 7, 5);
  CHECK(layout.columns[7] == "x1_1y2");
  CHECK(layout.columns[8] == "v0_0y1");
  CHECK(layout.runs == 7);
  CHECK(layout.rows == 5);
}

TEST_CASE("path writer: the format by the file's suffix") {
  CHECK(dynamics::path_format_of("a.csv") == PathFormat::csv);
  CHECK(dynamics::path_format_of("folder.csv/a.npy") == PathFormat::npy);
  CHECK(dynamics::path_format_of("a.b.raw") == PathFormat::raw);
  CHECK_THROWS_WITH(dynamics::path_format_of("a.txt"),
                    ContainsSubstring("'a.txt'") && ContainsSubstring(".csv (text), .npy (NumPy) "
                                                                      "or .raw (ngspice)"));
  CHECK_THROWS_AS(dynamics::path_format_of("-"), core::ParameterError);
}

TEST_CASE("path writer mistake: calls out of order, rows that are too few, too many or in part") {
  for (const PathFormat format : {PathFormat::csv, PathFormat::npy, PathFormat::raw}) {
    const auto writer = make_path_writer(format, kTwoRuns, [](std::string_view) {});
    CHECK_THROWS_WITH(writer->write(row(0, 0)), ContainsSubstring("call begin_run first"));
    CHECK_THROWS_WITH(writer->end_run(), ContainsSubstring("call begin_run first"));
    CHECK_THROWS_WITH(writer->begin_run(1), ContainsSubstring("the next run is 0"));
    writer->begin_run(0);
    CHECK_THROWS_WITH(writer->begin_run(1), ContainsSubstring("call end_run first"));
    CHECK_THROWS_WITH(writer->write(std::vector<double>(4)),
                      ContainsSubstring("4 numbers are no whole rows of 3"));
    writer->write(row(0, 0));
    CHECK_THROWS_WITH(writer->end_run(),
                      ContainsSubstring("1 rows were written, but the layout has 3"));
    CHECK_THROWS_WITH(writer->write(std::vector<double>(9)),
                      ContainsSubstring("4 rows, but the layout has 3"));
  }
}
