// Tables that cannot be used, and parameters that make no sense: each with its message and status.
#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

namespace {

struct BadTable {
  const char* name;
  std::string text;
  std::vector<std::string> message;
};

std::string with_cell(const std::string& cell) { return "u,y\n0,1\n0.5," + cell + "\n1,2\n"; }

void check_bad_tables(const std::vector<BadTable>& tables) {
  for (const BadTable& table : tables) {
    INFO(table.name);
    const Folder folder;
    folder.put("a.csv", table.text);
    for (const char* command : {"fit", "cosim"}) {
      check_refused(folder, std::string(command) + " --data a.csv", 3, table.message);
    }
    check_refused(folder, "matrices --data a.csv --out m", 3, table.message);
    check_refused(folder, "netlist --data a.csv --out n.cir", 3, table.message);
  }
}

}  // namespace

TEST_CASE("mistake: a table without rows") {
  check_bad_tables({
      {"empty", "", {"a.csv is empty; give a header row"}},
      {"blank lines", "\n\r\n\n", {"a.csv is empty; give a header row"}},
      {"header only", "u,y\n", {"a.csv has a header but no data rows; add one row for each"}},
      {"no header",
       "0,1\n1,2\n",
       {"a.csv: header (line 1): the first row holds numbers ('0', '1')"}},
      {"one column", "y\n1\n2\n", {"1 column ('y') leaves none for the inputs; add a column"}},
  });
}

TEST_CASE("mistake: a ragged row") {
  check_bad_tables({
      {"too long",
       "u,y\n0,1\n1,x,3\n2,3\n",
       {"a.csv: row 2 (line 3) has 3 cells and the header has 2; give it as many"}},
      {"too short", "u,y\n0,1\n1\n", {"row 2 (line 3) has 1 cell and the header has 2"}},
      {"a separator too many", "u,y\n0,1,\n", {"it ends in a separator: remove that"}},
      {"a quote inside", "u,y\n0,1\"2\n", {"a quote inside the cell"}},
      {"an open quote", "u,y\n0,\"12\n", {"a quote is opened and never closed; close it"}},
      {"a NUL byte", std::string("u,y\n0,\0\n", 8), {"line 2 has a NUL byte; give a text file"}},
  });
}

TEST_CASE("mistake: a cell that is no finite number") {
  const std::string where = "a.csv: row 2 (line 3), column 'y': ";
  const std::string advice = "; correct the cell or remove the row";
  check_bad_tables({
      {"text", with_cell("n/a"), {where + "'n/a' is not a number" + advice}},
      {"hexadecimal", with_cell("0x10"), {where + "'0x10' is not a number" + advice}},
      {"unit", with_cell("5 V"), {where + "'5 V' is not a number" + advice}},
      {"nan", with_cell("nan"), {where + "'nan' is not finite" + advice}},
      {"NaN", with_cell("NaN"), {where + "'NaN' is not finite" + advice}},
      {"inf", with_cell("inf"), {where + "'inf' is not finite" + advice}},
      {"-inf", with_cell("-Infinity"), {where + "'-Infinity' is not finite" + advice}},
      {"huge", with_cell("1e999"), {where + "'1e999' is outside the range of double precision"}},
      {"empty", with_cell(""), {where + "the cell is empty; fill it or remove the row"}},
  });
}

TEST_CASE("mistake: decimal commas") {
  check_bad_tables({
      {"semicolons", "u;y\n0;1,5\n1;2,5\n", {"column 'y': '1,5' has a decimal comma; write 1.5"}},
      {"commas", "u,y\n0,5,1,5\n", {"its numbers seem to have decimal commas: write 1.5 for 1,5"}},
  });
}

TEST_CASE("mistake: columns that are there twice or have no extent") {
  check_bad_tables({
      {"twice", "u,u,y\n0,1,2\n", {"header (line 1): column 'u' is there twice; rename one"}},
      {"nameless", ",y\n0,1\n", {"column 1 has no name; name it, remove it, or choose"}},
      {"constant", "u,y\n1,2\n1,3\n", {"column 'u' is 1 in every row, so it has no extent"}},
  });
}

TEST_CASE("mistake: chosen columns") {
  const Folder folder;
  folder.put("a.csv", plane_table());
  check_refused(folder, "fit --data a.csv --inputs a,q --targets y", 2,
                {"there is no column 'q' to take as input; the columns are 'a', 'b', 'y', 'z'"});
  check_refused(folder, "fit --data a.csv --inputs a --targets t", 2,
                {"there is no column 't' to take as target"});
  check_refused(folder, "fit --data a.csv --inputs a,y --targets y", 2,
                {"column 'y' is chosen both as input and as target; choose it once"});
  check_refused(folder, "fit --data a.csv --inputs a,a --targets y", 2,
                {"column 'a' is chosen twice as input; choose it once"});
  check_refused(folder, "fit --data a.csv --inputs a, --targets y", 2,
                {"--inputs 'a,' has an empty name; write a,b"});
  check_refused(folder, {"fit", "--data", "a.csv", "--targets", ""}, 2,
                {"--targets '' has an empty name; write a,b"});
}

TEST_CASE("a byte-order mark, CRLF, and other separators are taken in stride") {
  const Folder folder;
  folder.put("plain.csv", "u,y\n0,1\n1,2\n0.5,4\n");
  const Result plain = run(folder, "fit --data plain.csv --sticks 2 --json -");
  REQUIRE(plain.status == 0);
  for (const char* text : {"\xEF\xBB\xBFu,y\n0,1\n1,2\n0.5,4\n", "u,y\r\n0,1\r\n1,2\r\n0.5,4\r\n",
                           "\xEF\xBB\xBFu;y\r\n0;1\r\n1;2\r\n0.5;4", "u\ty\n0\t1\n1\t2\n0.5\t4\n",
                           "u,y\r0,1\r1,2\r0.5,4\r", "\"u\",\"y\"\n\n 0 , 1 \n+1,2\n5e-1,4\n\n"}) {
    folder.put("a.csv", text);
    const Result result = run(folder, "fit --data a.csv --sticks 2 --json -");
    INFO(text << result.err);
    CHECK(result.status == 0);
    CHECK(result.out == plain.out);
  }
}

TEST_CASE("mistake: data that cannot be read") {
  const Folder folder;
  check_refused(folder, "fit --data none.csv", 3, {"cannot read none.csv: No such file"});
  check_refused(folder, "fit --data .", 3, {"cannot read .: Is a directory"});
  folder.put("a.csv", sine_table());
  check_refused(folder, "fit --data a.csv --query none.csv", 3, {"cannot read none.csv"});
}

TEST_CASE("mistake: more sticks than sense") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  folder.put("b.csv", plane_table());
  const std::string line = "fit --data a.csv --sticks ";
  check_refused(folder, line + "2147483647", 2,
                {"too many nodes", "axis 'u' has 2147483647 sticks", "give fewer in --sticks"});
  check_refused(folder, line + "2147483648", 2, {"--sticks 2147483648: too many sticks"});
  check_refused(folder, line + "99999999999999999999", 2, {"too many sticks; give fewer"});
  check_refused(folder, "fit --data b.csv --inputs a,b --targets y --sticks 46341x46341", 2,
                {"too many nodes", "give fewer in --sticks"});
  for (const char* sticks : {"0", "-1", "4x", "x", "8.5", "1e3", "4x4"}) {
    check_refused(folder, line + sticks, 2, {std::string("--sticks ") + sticks});
  }
}

TEST_CASE("mistake: parameters that are negative or not finite") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const std::string option : {"--mass", "--spring", "--friction", "--kT", "--temperature-K",
                                   "--neighbor-spring", "--pin-spring"}) {
    for (const std::string value : {"-1", "nan", "inf"}) {
      const std::vector<std::string> message = {option + " is " + value +
                                                "; it must be a finite number, 0 or more"};
      check_refused(folder, {"fit", "--data", "a.csv", option, value}, 2, message);
      check_refused(folder, {"fit", "--data", "a.csv", option + "=" + value}, 2, message);
    }
    for (const std::string value : {"abc", "1,5", "1e999"}) {
      check_refused(folder, {"fit", "--data", "a.csv", option, value}, 2,
                    {"the argument ('" + value + "') for option '" + option + "' is invalid",
                     "it must be a number, like 1 or 2.5e-3"});
    }
  }
  check_refused(folder, "fit --data a.csv --pin-level nan", 2, {"--pin-level is nan"});
}

TEST_CASE("mistake: no mass, or nothing that moves") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  check_refused(
      folder, "cosim --data a.csv --mass 0", 2,
      {"--mass is 0: without mass there is no acceleration; write --dynamics overdamped"});
  check_refused(folder, "cosim --data a.csv --dynamics overdamped --friction 0", 2,
                {"--friction is 0: overdamped dynamics divide by it"});
}

TEST_CASE("mistake: times, scales, and limits that are not above zero") {
  const Folder folder;
  folder.put("a.csv", sine_table());
  for (const std::string option : {"--dt", "--t-end", "--scale-time", "--scale-impedance",
                                   "--scale-position", "--scale-velocity", "--time-limit"}) {
    for (const std::string value : {"0", "-1", "nan"}) {
      check_refused(folder, {"cosim", "--data", "a.csv", option, value}, 2,
                    {option + " is " + value, "above 0"});
    }
  }
}

TEST_CASE("mistake: bounds") {
  const Folder folder;
  folder.put("a.csv", plane_table());
  const std::string line = "fit --data a.csv --inputs a,b --targets y --sticks 2 --bounds ";
  check_refused(folder, line + "0:1", 2, {"--bounds 0:1 has 1 pair", "there are 2 inputs"});
  check_refused(folder, line + "0:1,1:0", 2, {"axis 'b' has no extent: its bounds are 1:0"});
  check_refused(folder, line + "0:1,0:x", 2,
                {"--bounds: '0:x' is no pair of numbers; write lo:hi"});
  check_refused(folder, line + "0:1,nan:1", 2, {"'nan:1' is no pair of numbers"});
  check_refused(folder, line + "0:0.5,0:1", 3,
                {"column 'a'", "lies outside the bounds 0:0.5", "widen --bounds"});
  const Start piped{plane_table(), {}, {}};
  check_refused(folder, "fit --data - --inputs a,b --targets y", 2,
                {"data that can be read only once (a pipe) need --bounds lo:hi"}, piped);
}

TEST_CASE("fewer points than nodes: legal, with the null space and what to do") {
  const Folder folder;
  folder.put("a.csv", "u,y\n0,1\n1,2\n");
  for (const char* command : {"fit", "matrices --out m", "netlist --out n.cir", "cosim"}) {
    const Result result = run(folder, std::string(command) + " --data a.csv --sticks 3");
    INFO(command << result.err);
    CHECK(result.status == 0);
    CHECK_THAT(result.err, ContainsSubstring("K is singular: 2 of 4 directions are free (rank 2), "
                                             "over 2 nodes: 1, 2; data do not hold them; "
                                             "--neighbor-spring 0.01 does, or fewer --sticks"));
  }
  const Result cured = run(folder, "cosim --data a.csv --sticks 3 --neighbor-spring 0.01");
  CHECK(cured.status == 0);
  CHECK(cured.err.empty());
}
