#include "core/table.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;

namespace {

using Rows = std::vector<std::vector<double>>;

/// Every row as inputs, then targets.
Rows rows_of(Table& table) {
  Rows rows;
  std::vector<double> inputs(table.inputs().size());
  std::vector<double> targets(table.targets().size());
  while (table.next(inputs, targets)) {
    rows.push_back(inputs);
    rows.back().insert(rows.back().end(), targets.begin(), targets.end());
  }
  return rows;
}

Rows read(std::string_view text, const ColumnChoice& choice = {}) {
  const TemporaryFile file(text);
  Table table(file.path(), choice);
  return rows_of(table);
}

template <class Error = InputError>
std::string complaint(std::string_view text, const ColumnChoice& choice = {}) {
  try {
    read(text, choice);
  } catch (const Error& error) {
    return error.what();
  }
  return "no complaint";
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a table is split into inputs and the last column as target") {
  const TemporaryFile file("x,z,y\n1,2,3\n+4,-5,6e-1\n");
  Table table(file.path(), {});
  CHECK(table.inputs() == Names{"x", "z"});
  CHECK(table.targets() == Names{"y"});
  CHECK(table.separator() == ',');
  CHECK(table.rewindable());
  CHECK(table.row() == 0);
  CHECK(rows_of(table) == Rows{{1, 2, 3}, {4, -5, 0.6}});
  CHECK(table.row() == 2);

  table.rewind();
  CHECK(table.row() == 0);
  CHECK(rows_of(table) == Rows{{1, 2, 3}, {4, -5, 0.6}});
  std::array<double, 2> inputs;
  std::array<double, 1> targets;
  CHECK_FALSE(table.next(inputs, targets));
}

TEST_CASE("columns are taken as chosen, in the order of the choice") {
  const std::string text = "a,b,c,d\n1,2,3,4\n";
  CHECK(read(text, {{"c", "a"}, {"b"}}) == Rows{{3, 1, 2}});
  CHECK(read(text, {{"d"}, {}}) == Rows{{4, 3}});
  CHECK(read(text, {{}, {"b"}}) == Rows{{1, 3, 4, 2}});
  CHECK(read(text, {{}, {"d", "a"}}) == Rows{{2, 3, 4, 1}});
  CHECK(read(text, {{"b", "a"}, {}, true}) == Rows{{2, 1}});
  CHECK(read("a,b\n1,2\n", {{}, {}, true}) == Rows{{1, 2}});
  CHECK(read("a,b\n1,2\n", {{"a", "b"}, {}, true}) == Rows{{1, 2}});
}

TEST_CASE("cells of columns that are not chosen are not looked at") {
  CHECK(read("name,x,y\nfirst,1,2\n,3,4\n", {{"x"}, {"y"}}) == Rows{{1, 2}, {3, 4}});
}

TEST_CASE("forms in which other programs write tables") {
  CHECK(read("\xEF\xBB\xBFx,y\r\n1,2\r\n\r\n3,4") == Rows{{1, 2}, {3, 4}});
  CHECK(read("\n  \nx,y\n\n1,2\n \n") == Rows{{1, 2}});
  CHECK(read("x,y\r1,2\r3,4\r") == Rows{{1, 2}, {3, 4}});
  CHECK(read("x , y\n 1 ,\t2 \n") == Rows{{1, 2}});
  CHECK(read("\"x\",\"the \"\"y\"\",\nof z\"\n\"1\",\"2\"\n") == Rows{{1, 2}});
  CHECK(read("x;y\n1;2\n") == Rows{{1, 2}});
  CHECK(read("x\ty\n1\t2\n") == Rows{{1, 2}});
  CHECK(read("\"x,1\";y\n1;2\n") == Rows{{1, 2}});
  CHECK(read("x;a,y\n1,2\n") == Rows{{1, 2}});
}

TEST_CASE("a CRLF or a row that lies across two blocks is read as elsewhere") {
  // Blocks are 2^18 bytes: the padding moves each byte of the last rows over their border.
  for (std::size_t padding = (1 << 18) - 24; padding < (1 << 18) - 4; ++padding) {
    std::string text(padding, 'x');
    text += ",y\r\n1,2\r\n\r\n3,x\r\n";
    const std::string message = complaint(text);
    CHECK_THAT(message, ContainsSubstring("row 2 (line 4), column 'y': 'x' is not a number"));
  }
}

TEST_CASE("the parts of a row over many lines count as one row, and lines go on counting") {
  CHECK_THAT(complaint("note,x,y\n\"a\nb\r\nc\",1,2\nd,1,z\n", {{"x"}, {"y"}}),
             ContainsSubstring("row 2 (line 5), column 'y'"));
}

TEST_CASE("a pipe is read once") {
  const TemporaryFile file("");
  const std::string pipe = file.path() + ".pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe) << "x,y\n1,2\n"; });
  Table table(pipe, {});
  CHECK(rows_of(table) == Rows{{1, 2}});
  writer.join();
  CHECK_FALSE(table.rewindable());
  CHECK_THROWS_WITH(table.rewind(), ContainsSubstring("can be read only once; give a file"));
}

TEST_CASE("mistake: the file is not there, or is a folder") {
  const TemporaryFile file("");
  CHECK_THROWS_WITH(Table(file.path() + "x", {}),
                    ContainsSubstring("data.csvx: No such file or directory"));
  CHECK_THROWS_WITH(Table(file.folder(), {}), ContainsSubstring(": Is a directory"));
}

TEST_CASE("mistake: an empty file, or a header only") {
  CHECK_THAT(complaint(""), ContainsSubstring("data.csv is empty; give a header row"));
  CHECK_THAT(complaint("\n \n\r\n"), ContainsSubstring("data.csv is empty"));
  CHECK_THAT(complaint("\xEF\xBB\xBF"), ContainsSubstring("data.csv is empty"));
  CHECK_THAT(complaint("x,y\n"), ContainsSubstring("has a header but no data rows"));
  CHECK_THAT(complaint("x,y"), ContainsSubstring("has a header but no data rows"));
}

TEST_CASE("mistake: no header") {
  CHECK_THAT(complaint("0.1,0.2\n1,2\n"),
             ContainsSubstring("header (line 1): the first row holds numbers ('0.1', '0.2'); put a "
                               "header row"));
  CHECK(read("0,1\n1,2\n", {{"0"}, {"1"}}) == Rows{{1, 2}});
}

TEST_CASE("mistake: a column name twice") {
  CHECK_THAT(complaint("x,y,x\n1,2,3\n"), ContainsSubstring("column 'x' is there twice"));
}

TEST_CASE("mistake: a column without a name, where it would be taken by default") {
  CHECK_THAT(complaint(",x,y\n0,1,2\n"), ContainsSubstring("column 1 has no name; name it"));
  CHECK_THAT(complaint("x,y,\n0,1,2\n"), ContainsSubstring("column 3 has no name"));
  CHECK(read(",x,y\n0,1,2\n", {{"x"}, {"y"}}) == Rows{{1, 2}});
}

TEST_CASE("mistake: too few columns") {
  CHECK_THAT(complaint("x\n1\n"),
             ContainsSubstring("1 column ('x') leaves none for the inputs; add a column"));
  CHECK_THAT(complaint("x,y\n1,2\n", {{"x", "y"}, {}}),
             ContainsSubstring("2 columns ('x', 'y') leave none for the target"));
  CHECK_THAT(complaint("x,y\n1,2\n", {{}, {"x", "y"}}), ContainsSubstring("none for the inputs"));
}

TEST_CASE("mistake: a column that is not there") {
  CHECK_THAT(
      complaint<ParameterError>("x,y\n1,2\n", {{"X"}, {}}),
      ContainsSubstring("there is no column 'X' to take as input; the columns are 'x', 'y'"));
  CHECK_THAT(complaint<ParameterError>("x,y\n1,2\n", {{}, {""}}),
             ContainsSubstring("there is no column '' to take as target"));
  std::string wide = "c0";
  for (int i = 1; i < 40; ++i) (wide += ",c") += std::to_string(i);
  CHECK_THAT(complaint<ParameterError>(wide, {{"x"}, {}}), ContainsSubstring("'c29' and 10 more"));
}

TEST_CASE("mistake: a column chosen twice, or as input and target") {
  CHECK_THAT(complaint<ParameterError>("x,y\n1,2\n", {{"x", "x"}, {"y"}}),
             ContainsSubstring("column 'x' is chosen twice as input"));
  CHECK_THAT(complaint<ParameterError>("x,y\n1,2\n", {{"x"}, {"y", "x"}}),
             ContainsSubstring("column 'x' is chosen both as input and as target"));
}

TEST_CASE("mistake: a ragged row") {
  CHECK_THAT(complaint("x,z,y\n1,2,3\n\n1,2\n"),
             ContainsSubstring("row 2 (line 4) has 2 cells and the header has 3; give it as many"));
  CHECK_THAT(complaint("x,z,y\n1\n"), ContainsSubstring("has 1 cell and the header has 3"));
  CHECK_THAT(complaint("x,y\n1,2,3x\n"), ContainsSubstring("has 3 cells and the header has 2"));
  CHECK_THAT(complaint("x,y\n1,2,\n"), ContainsSubstring("it ends in a separator: remove that"));
}

TEST_CASE("mistake: a decimal comma") {
  CHECK_THAT(complaint("x;y\n1;2\n1;2,5\n"),
             ContainsSubstring("row 2 (line 3), column 'y': '2,5' has a decimal comma; write 2.5"));
  CHECK_THAT(complaint("x,y\n\"-1,5e3\",2\n"), ContainsSubstring("write -1.5e3"));
  CHECK_THAT(complaint("x,y\n1,5,2,25\n"),
             ContainsSubstring("has 4 cells and the header has 2; its numbers seem to have decimal "
                               "commas: write 1.5 for 1,5"));
  CHECK_THAT(complaint("x,z,y\n0.5,-1,5,2.5\n"), ContainsSubstring("seem to have decimal commas"));
  CHECK_THAT(complaint("x,y\n1.5,2.5,3.5\n"), ContainsSubstring("give it as many"));
}

TEST_CASE("mistake: a cell that is no finite number") {
  CHECK_THAT(
      complaint("t,T\n1,2\n3,n/a\n"),
      ContainsSubstring("data.csv: row 2 (line 3), column 'T': 'n/a' is not a number; correct the "
                        "cell or remove the row"));
  CHECK_THAT(complaint("t,T\nNaN,2\n"), ContainsSubstring("'NaN' is not finite"));
  CHECK_THAT(complaint("t,T\n-inf,2\n"), ContainsSubstring("'-inf' is not finite"));
  CHECK_THAT(complaint("t,T\n1e999,2\n"),
             ContainsSubstring("'1e999' is outside the range of double precision"));
  CHECK_THAT(complaint("t,T\n,2\n"),
             ContainsSubstring("column 't': the cell is empty; fill it or remove the row"));
  CHECK_THAT(complaint("t,T\n\"\",2\n"), ContainsSubstring("the cell is empty"));
  for (const char* text : {"0x10", "1e", "+-1", "++1", "1.5f", "1_000", "1 000", "--", "."}) {
    CHECK_THAT(complaint(std::string("t,T\n1,") + text + "\n"),
               ContainsSubstring("is not a number"));
  }
}

TEST_CASE("mistake: a stray or unclosed quote") {
  CHECK_THAT(complaint("x,y\n1,2\n1,2\"3\n"),
             ContainsSubstring("row 2 (line 3), cell 2: a quote inside the cell"));
  CHECK_THAT(complaint("x,y\n1,2\n\"1\"0,2\n"), ContainsSubstring("row 2 (line 3), cell 1"));
  CHECK_THAT(complaint("x,y\n1,2\n\"1,2\n3,4\n"),
             ContainsSubstring("row 2 (line 3): a quote is opened and never closed"));
}

TEST_CASE("mistake: not a text file") {
  using namespace std::string_view_literals;
  CHECK_THAT(complaint("x,y\n1,2\n1,\0\n"sv), ContainsSubstring("line 3 has a NUL byte"));
  CHECK_THAT(complaint("\xFF\xFEx\0,\0y\0\n\0"sv), ContainsSubstring("line 1 has a NUL byte"));
  CHECK_THAT(complaint("x,y\n1,2\n\"" + std::string(17 << 20, 'x')),
             ContainsSubstring("row 2 (line 3) is longer than 16 MB"));
  CHECK_THAT(complaint(std::string(17 << 20, 'x')),
             ContainsSubstring("header (line 1) is longer than 16 MB"));
}

TEST_CASE("mistake: the file changes between two passes") {
  const TemporaryFile file("x,y\n1,2\n");
  Table table(file.path(), {});
  std::ofstream(file.path()) << "x,z\n1,2\n";  // in place: a file that replaces it is not seen
  CHECK_THROWS_WITH(table.rewind(), ContainsSubstring("changed while it was read"));
}

TEST_CASE("rewinding after an error, in the middle of a quoted cell, starts afresh") {
  const TemporaryFile file("x,y\n1,2\n\"3,4\n");
  Table table(file.path(), {});
  CHECK_THROWS_AS(rows_of(table), InputError);
  table.rewind();
  CHECK_THROWS_WITH(rows_of(table), ContainsSubstring("row 2 (line 3)"));
}

TEST_CASE("hostile names stay harmless in messages") {
  const std::string message = complaint("\"a\n.include \"\"/etc/passwd\"\"\x1b[2J\",y\nz,1\n");
  CHECK_THAT(message, ContainsSubstring("column 'a\\n.include \\\"/etc/passwd\\\"\\x1b[2J'"));
  CHECK(message.find('\n') == message.npos);

  CHECK(printable("it's") == "it\\'s");
  CHECK(printable("a\\b\t\r\x7f") == "a\\\\b\\t\\r\\x7f");
  CHECK(printable("temp\u00e9rature \u0394T \U0001F321") == "temp\u00e9rature \u0394T \U0001F321");
  CHECK(printable("\xC2\x9B"
                  "1m") ==
        "\\xc2\\x9b"
        "1m");  // a control character in UTF-8
  CHECK(printable("\xC0\xAF\xED\xA0\x80\xF5\xE2\x82") ==
        "\\xc0\\xaf\\xed\\xa0\\x80\\xf5\\xe2\\x82");
  CHECK(printable(std::string(60, 'x')) == std::string(60, 'x'));
  CHECK(printable(std::string(61, 'x')) == std::string(60, 'x') + "...");
  CHECK(printable(std::string(59, 'x') + "\u00e9") == std::string(59, 'x') + "...");
}

namespace {

std::string shortest(double number) {
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + 32, number).ptr};
}

double random_finite(std::mt19937_64& random) {
  while (true) {
    const double number = std::bit_cast<double>(random());
    if (std::isfinite(number)) return number;
  }
}

}  // namespace

TEST_CASE("property: a table that is written comes back to the bit") {
  std::mt19937_64 random(20240501);
  for (int trial = 0; trial < 40; ++trial) {
    const std::size_t columns = 2 + random() % 5;
    const char separator = ",;\t"[random() % 3];
    const std::string ending = random() % 2 ? "\n" : "\r\n";
    std::string text = "c0";
    for (std::size_t j = 1; j < columns; ++j) ((text += separator) += "c") += std::to_string(j);
    Rows rows(1 + random() % 50, std::vector<double>(columns));
    for (auto& row : rows) {
      text += ending;
      for (std::size_t j = 0; j < columns; ++j) {
        row[j] = random_finite(random);
        const bool quoted = random() % 4 == 0;
        if (j > 0) text += separator;
        if (quoted) text += '"';
        text += shortest(row[j]);
        if (quoted) text += '"';
      }
    }
    const Rows back = read(text);
    REQUIRE(back.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        REQUIRE(std::bit_cast<std::uint64_t>(back[i][j]) ==
                std::bit_cast<std::uint64_t>(rows[i][j]));
      }
    }
  }
}

namespace {

// A row of bare numbers is read by another way than one with a quote (PlainRow and libcsv in
// table.cpp). These tables differ in nothing but the quotes around one cell a row.
struct Twins {
  std::string plain, quoted;
};

/// Any double, or a decimal of some digits, as they are written and a little beyond.
std::string random_number(std::mt19937_64& random) {
  if (random() % 2 == 0) return shortest(random_finite(random));
  const double size = std::pow(10.0, static_cast<double>(random() % 18));
  const double number = size * (static_cast<double>(random() >> 11) * 0x1p-52 - 1.0);
  std::string text = fmt::format("{:.{}f}", number, random() % 18);
  if (random() % 8 == 0 && text.find('.') == text.npos) text += '.';
  if (const auto zero = text.find("0."); zero < 2 && random() % 4 == 0) text.erase(zero, 1);
  return text;
}

Twins make_twins(std::mt19937_64& random, std::size_t rows) {
  const char separator = ",;\t"[random() % 3];
  const std::string ending = random() % 3 == 0 ? "\r\n" : random() % 8 == 0 ? "\r" : "\n";
  const bool has_words = random() % 2 == 0;
  Twins text;
  const auto add = [&](const std::string& both) {
    text.plain += both;
    text.quoted += both;
  };
  add(fmt::format("a{0}b{0}c{1}", separator, ending));
  for (std::size_t i = 0; i < rows; ++i) {
    if (random() % 20 == 0) add(random() % 2 == 0 ? ending : "  " + ending);
    const std::string number = random_number(random);
    const std::string sign = number[0] != '-' && random() % 4 == 0 ? "+" : "";
    text.plain += sign + number;
    text.quoted += '"' + sign + number + '"';
    add(separator + std::string(random() % 3, ' ') + shortest(static_cast<double>(random() % 100)));
    add(std::string(random() % 2, ' ') + separator);
    add((has_words ? std::string(random() % 40, 'w') : "0.5") + (i + 1 < rows ? ending : ""));
  }
  if (random() % 2 == 0) add(ending);
  return text;
}

std::string bits_of(const Rows& rows) {
  std::string bits;
  for (const auto& row : rows) {
    for (const double x : row) bits += fmt::format("{:x} ", std::bit_cast<std::uint64_t>(x));
    bits += '\n';
  }
  return bits;
}

/// Rows and message of a table whose third column is not looked at.
std::string outcome(const std::string& text) {
  const TemporaryFile file(text);
  Rows rows;
  std::string message;
  try {
    Table table(file.path(), {{"a"}, {"b"}});
    double u = 0.0;
    double y = 0.0;
    while (table.next({&u, 1}, {&y, 1})) rows.push_back({u, y});
    message = fmt::format("{} rows", table.row());
  } catch (const InputError& error) {
    message = std::string(error.what()).substr(file.path().size());
  }
  return bits_of(rows) + message;
}

}  // namespace

TEST_CASE("property: bare and quoted numbers read the same") {
  std::mt19937_64 random(31);
  for (int trial = 0; trial < 60; ++trial) {
    const Twins text = make_twins(random, 1 + random() % 30);
    REQUIRE(outcome(text.plain) == outcome(text.quoted));
  }
}

TEST_CASE("property: bare and quoted numbers read the same where blocks of the file end in them") {
  std::mt19937_64 random(32);
  for (int trial = 0; trial < 3; ++trial) {
    const Twins text = make_twins(random, 20'000);  // some 2^20 bytes: four blocks
    REQUIRE(outcome(text.plain) == outcome(text.quoted));
  }
}

TEST_CASE("property: a fault in a bare and in a quoted cell is told in the same words") {
  const std::string characters = "+-.eE09 xinfa_";
  std::mt19937_64 random(33);
  for (int trial = 0; trial < 200; ++trial) {
    std::string cell = shortest(static_cast<double>(random() % 1000) / 8.0);
    for (std::uint64_t i = 0, edits = 1 + random() % 3; i < edits; ++i) {
      cell.insert(random() % (cell.size() + 1), 1, characters[random() % characters.size()]);
    }
    // Blanks around a bare cell are no part of it, inside quotes they are.
    if (cell.front() == ' ' || cell.back() == ' ') continue;
    const std::string before = "a,b,c\n1,2,3\n";
    REQUIRE(outcome(before + cell + ",5,6\n") == outcome(before + '"' + cell + "\",5,6\n"));
  }
}

TEST_CASE("a row longer than a block of the file") {
  const std::string word(std::size_t{700} << 10, 'w');
  CHECK(outcome("a,b,c\n1,2," + word + "\n3,4," + word) == bits_of({{1, 2}, {3, 4}}) + "2 rows");
  const std::string message = outcome("a,b,c\n1,2," + word + "\n3,x," + word + "\n");
  CHECK_THAT(message, ContainsSubstring("row 2 (line 3), column 'b': 'x' is not a number"));
}

TEST_CASE("bare rows, quoted rows and blank lines count rows and lines alike") {
  const std::string message =
      outcome("a,b,c\r\n1,2,3\r\n\r\n\"1\",2,\"of\ntwo lines\"\r\n5,6,7\r\n\n8,,9\r\n");
  CHECK_THAT(message, ContainsSubstring("row 4 (line 8), column 'b': the cell is empty"));
}

TEST_CASE("property: a damaged table gives rows or one of our errors, never anything else") {
  const std::string sound =
      "\xEF\xBB\xBFx,\"the\n\"\"z\"\"\",y\r\n1.5,-2e-3,+3\r\n\n\"4\",5,6\n7,8,9e99\n";
  const std::string spice = std::string("\",;\t\r\n\0+-.eE09n \xFF\xEF", 19);
  std::mt19937_64 random(7);
  const TemporaryFile file("");
  int read_whole = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::string text = sound;
    for (std::uint64_t i = 0, edits = 1 + random() % 4; i < edits; ++i) {
      const std::size_t at = random() % text.size();
      const char c = random() % 2 ? spice[random() % spice.size()] : static_cast<char>(random());
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 5);
      else if (random() % 2)
        text.insert(at, 1, c);
      else
        text[at] = c;
      if (text.empty()) text += 'x';
    }
    file.write(text);
    try {
      Table table(file.path(), {});
      for (const auto& row : rows_of(table)) {
        for (const double number : row) REQUIRE(std::isfinite(number));
      }
      ++read_whole;
    } catch (const InputError& error) {
      const std::string message = error.what();
      REQUIRE(message.find_first_of(std::string("\n\r\0", 3)) == message.npos);
    } catch (const ParameterError&) {
    }
  }
  CHECK(read_whole > 30);  // else the damage is too heavy to reach the rows
}
