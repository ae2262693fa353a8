// Result files in every layout that is read, whole and damaged, and what ngspice itself wrote.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/dynamics/path_writer.hpp"
#include "sim/results/result_file.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;

namespace {

const std::string kData = SPRINGSPICE_SOURCE_DIR "/tests/data/readback/";

struct Rows {
  std::string format;
  std::vector<std::string> columns;
  std::vector<double> times;
  std::vector<std::vector<double>> values;  // of all columns
  bool has_more = false;
};

Rows read(const std::string& path, std::optional<std::vector<std::size_t>> selected = {}) {
  const auto file = sim::open_results(path);
  Rows rows;
  rows.format = file->format();
  rows.columns = file->columns();
  if (!selected) {
    selected.emplace();
    for (std::size_t k = 0; k < rows.columns.size(); ++k) selected->push_back(k);
  }
  file->select(*selected);
  std::vector<double> values(selected->size());
  double time = 0.0;
  while (file->next(time, values)) {
    rows.times.push_back(time);
    rows.values.push_back(values);
  }
  CHECK(file->points() == rows.times.size());
  rows.has_more = file->has_more();
  return rows;
}

Rows read_text(const std::string& text) {
  const TemporaryFile file(text);
  return read(file.path());
}

std::string error_of(const std::string& text) {
  try {
    read_text(text);
  } catch (const core::InputError& error) {
    return error.what();
  }
  FAIL("the file was read");
  return {};
}

// ---- a small raw file in many layouts: v(x0) = 1 + t, V(V0) = -2 t at t = 0, 0.5, 1, 2

constexpr double kTimes[] = {0.0, 0.5, 1.0, 2.0};

struct Layout {
  std::string plot = "Transient Analysis";
  std::string flags = "real";
  std::string command;
  std::string offset;
  bool ascii = false;
  bool utf16 = false;
  bool floats = false;
  bool complex = false;
  bool by_variable = false;
  bool swap = false;
  bool negative = false;  // LTspice's mark of a made-up point, on the third
  int declared = 4;
};

void append_number(std::string& out, double value, bool is_float, const Layout& layout) {
  char bytes[8];
  std::size_t size = sizeof(double);
  if (is_float) {
    const auto narrow = static_cast<float>(value);
    size = sizeof narrow;
    std::memcpy(bytes, &narrow, size);
  } else {
    std::memcpy(bytes, &value, size);
  }
  if (layout.swap) std::reverse(bytes, bytes + size);
  out.append(bytes, size);
  if (layout.complex) out.append(8, '\0');
}

double number_at(std::size_t column, std::size_t point, const Layout& layout) {
  const double t = kTimes[point];
  if (column == 0) return layout.negative && point == 2 ? -t : t;
  return column == 1 ? 1.0 + t : -2.0 * t;
}

std::string format_values(const Layout& layout) {
  std::string out;
  if (layout.ascii) {
    for (std::size_t k = 0; k < 4; ++k) {
      out += fmt::format(" {}", k);
      for (std::size_t c = 0; c < 3; ++c) {
        out += fmt::format("\t{:.15e}{}\n", number_at(c, k, layout), layout.complex ? ",0.0" : "");
      }
      out += '\n';
    }
    return out;
  }
  if (layout.by_variable) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 4; ++k) {
        append_number(out, number_at(c, k, layout), layout.floats && c > 0, layout);
      }
    }
    return out;
  }
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      append_number(out, number_at(c, k, layout), layout.floats && c > 0, layout);
    }
  }
  return out;
}

std::string raw(const Layout& layout) {
  std::string header = fmt::format(
      "Title: * a circuit\nDate: none\nPlotname: {}\nFlags: {}\nNo. Variables: 3\n"
      "No. Points: {:12}\n{}{}Variables:\n\t0\ttime\ttime\n\t1\tv(x0)\tvoltage\n"
      "\t2\tV(V0)\tvoltage\n{}\n",
      layout.plot, layout.flags, layout.declared, layout.offset, layout.command,
      layout.ascii ? "Values:" : "Binary:");
  if (layout.utf16) {
    std::string wide;
    for (const char c : header) wide += std::string{c, '\0'};
    header = wide;
  }
  return header + format_values(layout);
}

void check_rows(const Rows& rows, const std::string& format) {
  CHECK(rows.format == format);
  CHECK(rows.columns == std::vector<std::string>{"x0", "v0"});
  REQUIRE(rows.times == std::vector<double>{0.0, 0.5, 1.0, 2.0});
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(rows.values[k] == std::vector<double>{1.0 + kTimes[k], -2.0 * kTimes[k]});
  }
  CHECK(!rows.has_more);
}

const std::string kLtspice = "Command: Linear Technology Corporation LTspice XVII\n";

}  // namespace

TEST_CASE("raw files of ngspice, text and binary, real and complex") {
  Layout layout;
  check_rows(read_text(raw(layout)), "ngspice raw, binary");
  layout.ascii = true;
  check_rows(read_text(raw(layout)), "ngspice raw, text");
  layout.flags = "complex";
  layout.complex = true;
  check_rows(read_text(raw(layout)), "ngspice raw, text");
  layout.ascii = false;
  check_rows(read_text(raw(layout)), "ngspice raw, binary");
}

TEST_CASE("raw files of LTspice: floats behind a double, UTF-16, fast access, made-up points") {
  Layout layout;
  layout.flags = "real forward";
  layout.command = kLtspice;
  layout.floats = true;
  layout.negative = true;
  check_rows(read_text(raw(layout)), "LTspice raw, binary");
  layout.utf16 = true;
  layout.command.clear();
  check_rows(read_text(raw(layout)), "LTspice raw, binary");
  layout.flags = "real forward fastaccess";
  layout.by_variable = true;
  check_rows(read_text(raw(layout)), "LTspice raw, binary");
  layout.flags = "real forward double fastaccess";
  layout.floats = false;
  check_rows(read_text(raw(layout)), "LTspice raw, binary");
}

TEST_CASE("LTspice's times count from its offset") {
  Layout layout;
  layout.command = kLtspice;
  layout.floats = true;
  layout.offset = "Offset: 5.0000000000000000e-001\n";
  CHECK(read_text(raw(layout)).times == std::vector<double>{0.5, 1.0, 1.5, 2.5});
}

TEST_CASE("only the columns asked for come out, in the order asked for") {
  for (const bool by_variable : {false, true}) {
    Layout layout;
    layout.command = kLtspice;
    layout.flags = by_variable ? "real fastaccess" : "real";
    layout.floats = true;
    layout.by_variable = by_variable;
    const TemporaryFile file(raw(layout));
    const Rows rows = read(file.path(), std::vector<std::size_t>{1, 0, 1});
    CHECK(rows.values[1] == std::vector<double>{-1.0, 1.5, -1.0});
  }
}

TEST_CASE("of several plots the first transient is read, and the others are told") {
  Layout other;
  other.plot = "Operating Point";
  for (const bool ascii : {false, true}) {
    Layout layout;
    layout.ascii = other.ascii = ascii;
    const Rows rows = read_text(raw(other) + raw(layout) + raw(layout));
    CHECK(rows.times.size() == 4);
    CHECK(rows.has_more);
    CHECK_THAT(error_of(raw(other) + raw(other)),
               ContainsSubstring("no transient in it, only 'Operating Point', 'Operating Point'"));
  }
}

TEST_CASE("a raw file cut short says how many points are there") {
  for (const bool ascii : {false, true}) {
    Layout layout;
    layout.ascii = ascii;
    const std::string text = raw(layout);
    CHECK_THAT(error_of(text.substr(0, text.size() - 9)),
               ContainsSubstring("cut short: 3 of 4 points are there"));
    layout.declared = 5;
    CHECK_THAT(error_of(raw(layout)), ContainsSubstring("cut short: 4 of 5 points are there"));
  }
  Layout running;
  running.declared = 0;
  CHECK_THAT(error_of(raw(running)), ContainsSubstring("says 0 points and holds 4"));
  const std::string header = raw({}).substr(0, 90);
  CHECK_THAT(error_of(header), ContainsSubstring("the header has no end"));
}

TEST_CASE("a raw file of the other byte order is refused as such") {
  Layout layout;
  layout.swap = true;
  CHECK_THAT(error_of(raw(layout)), ContainsSubstring("the other byte order (big-endian)"));
}

TEST_CASE("damaged raw files: no time, several runs, no number, times that go back") {
  std::string text = raw({});
  text.replace(text.find("time\ttime"), 9, "freq\tfreq");
  CHECK_THAT(error_of(text), ContainsSubstring("its first variable is 'freq', not time"));

  Layout layout;
  layout.command = kLtspice;
  layout.flags = "real forward stepped";
  CHECK_THAT(error_of(raw(layout)), ContainsSubstring("('stepped')"));

  layout = {};
  layout.negative = true;  // which marks nothing in ngspice's files
  CHECK_THAT(error_of(raw(layout)),
             ContainsSubstring("point 2: a time of -1 s follows one of 0.5 s"));

  layout = {};
  layout.ascii = true;
  text = raw(layout);
  CHECK_THAT(error_of(text.replace(text.find("1.5"), 3, "nan")), ContainsSubstring("'nan"));

  text = raw({});
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::memcpy(text.data() + text.size() - sizeof none, &none, sizeof none);
  CHECK_THAT(error_of(text), ContainsSubstring("point 3, t = 2 s: the voltage of 'v0' is nan"));

  text = raw({});
  CHECK_THAT(error_of(text.replace(text.find("Variables: 3"), 12, "Variables: 4")),
             ContainsSubstring("lists 3 variables and says that there are 4"));
}

TEST_CASE("CSV as instruments write it: settings, units, names, separators") {
  const std::string expected[] = {
      "time,v(x0),V(V0)\n0,1,0\n0.5,1.5,-1\n1,2,-2\n2,3,-4\n",
      "\xEF\xBB\xBFTime;x0;V0\r\n0;1;0\r\n0.5;1.5;-1\r\n1;2;-2\r\n2;3;-4\r\n",
      "# a logger\n#time\tx0\tv0\n0\t1\t0\n0.5\t1.5\t-1\n\n1\t2\t-2\n2\t3\t-4",
      "Model,DS1\nSample Interval,1e-6\n\nTIME,X0,V0,\nms,V,mV,\n"
      "0,1,0,\n500,1.5,-1000,\n1000,2,-2000,\n2000,3,-4000,\n",
      "\"x0 (mV)\",\"Time (s)\",\"V(V0)\"\n1000,0,0\n1500,0.5,-1\n2000,1,-2\n3000,2,-4\n"};
  for (const std::string& text : expected) {
    INFO(text);
    check_rows(read_text(text), "CSV");
  }
}

TEST_CASE("CSV that cannot be read says where and why") {
  CHECK_THAT(error_of("0,1\n1,2\n"), ContainsSubstring("its first line is numbers"));
  CHECK_THAT(error_of("volts,x0\n0,1\n"), ContainsSubstring("no column is called time"));
  CHECK_THAT(error_of("hello\nworld\n"), ContainsSubstring("holds no row of numbers"));
  CHECK_THAT(error_of("time,x0\n"), ContainsSubstring("holds no row of numbers"));
  CHECK_THAT(error_of("time,x0\n0,1\n1\n"),
             ContainsSubstring("line 3: 1 numbers under 2 names; the file is cut short there"));
  CHECK_THAT(error_of("time,x0\n0,1\n1,a\n"), ContainsSubstring("line 3, column 'x0': 'a'"));
  CHECK_THAT(error_of("time,x0\n0,1\n1,inf\n"), ContainsSubstring("line 3, column 'x0': 'inf'"));
  CHECK_THAT(error_of("time,x0\n1,1\n0,1\n"), ContainsSubstring("times must ascend"));
  CHECK_THAT(error_of("time,x0,y\n0,1\n"), ContainsSubstring("2 numbers under 3 names"));
  CHECK_THROWS_WITH(sim::open_results("/nowhere/a.raw"), ContainsSubstring("cannot read"));
  CHECK_THROWS_WITH(sim::open_results("/"), ContainsSubstring("cannot read"));
  const TemporaryFile empty("");
  CHECK_THROWS_WITH(sim::open_results(empty.path()), ContainsSubstring("is empty"));
}

TEST_CASE("what simulate wrote is in model units, and no record of a circuit") {
  std::string bytes;
  const dynamics::PathLayout layout{{"x0", "v0"}, 1, 2};
  const auto writer = dynamics::make_path_writer(dynamics::PathFormat::raw, layout,
                                                 [&](std::string_view text) { bytes += text; });
  writer->begin_run(0);
  writer->write(std::vector<double>{0.0, 1.0, 2.0, 0.5, 3.0, 4.0});
  writer->end_run();
  CHECK_THAT(error_of(bytes), ContainsSubstring("in model units already"));
  // The same bytes under another title are a record.
  const Rows rows = read_text(bytes.replace(bytes.find("springspice, run 0"), 18, "mine"));
  CHECK(rows.times == std::vector<double>{0.0, 0.5});
  CHECK(rows.values[1] == std::vector<double>{3.0, 4.0});
  CHECK_THAT(error_of("t,x0\n0,1\n1,2\n"), ContainsSubstring("no column is called time"));
}

TEST_CASE("a raw file cut anywhere is refused, never read as whole") {
  Layout text;
  text.ascii = true;
  Layout fast;
  fast.command = kLtspice;
  fast.flags = "real fastaccess";
  fast.floats = fast.by_variable = true;
  for (const std::string& whole : {raw({}), raw(text), raw(fast)}) {
    for (std::size_t size = 1; size + 2 < whole.size(); size += 7) {
      const TemporaryFile file(whole.substr(0, size));
      CHECK_THROWS_AS(read(file.path()), core::InputError);
    }
  }
}

TEST_CASE("what ngspice wrote as text and as binary is the same run") {
  for (const std::string name : {"board", "coils"}) {
    const Rows text = read(kData + name + ".ascii.raw");
    const Rows binary = read(kData + name + ".binary.raw");
    CHECK(text.format == "ngspice raw, text");
    CHECK(binary.format == "ngspice raw, binary");
    REQUIRE(text.columns == binary.columns);
    REQUIRE(text.times.size() == 52);
    REQUIRE(binary.times.size() == 52);
    for (std::size_t k = 0; k < 52; ++k) {
      CHECK(text.times[k] == Approx(binary.times[k]).epsilon(1e-15));  // 16 digits are written
      for (std::size_t j = 0; j < text.columns.size(); ++j) {
        CHECK(text.values[k][j] == Approx(binary.values[k][j]).epsilon(1e-14));
      }
    }
  }
}
