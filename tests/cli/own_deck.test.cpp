// A deck of another hand: other names, other units, foreign parts, files elsewhere.
#include <filesystem>
#include <regex>

#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

namespace {

const std::string kData = "u,y\n0,0\n0.2,0.5\n0.4,0.8\n0.6,0.6\n0.8,0.1\n1,-0.4\n";

// The array of a three-node board, and a deck that wires it.
struct OwnDeck {
  Folder folder;
  std::string text;

  OwnDeck() {
    folder.put("a.csv", kData);
    REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --hierarchy subckt --out n.cir").status ==
            0);
    text = folder.text("n.cir");
    text = std::regex_replace(text, std::regex("xarray"), "xmine");
    for (const char* node : {"x0", "x1", "x2", "v0", "v1", "v2"}) {
      text = std::regex_replace(text, std::regex(std::string("\\b") + node + "\\b"),
                                std::string("my_") + node);
    }
    text = std::regex_replace(text, std::regex("\n\\.meas[^\n]*"), "");
  }

  Result certify(const std::string& deck, const std::string& options) {
    folder.put("own.cir", deck);
    return run(folder, "certify own.cir --manifest n.json " + options);
  }
  std::string with(const std::string& cards) const {
    return std::regex_replace(text, std::regex("\n\\.end\n"), "\n" + cards + "\n.end\n");
  }
};

}  // namespace

TEST_CASE("the array under other names passes with --match-names, and the names are said") {
  OwnDeck deck;
  Result result = deck.certify(deck.text, "");
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("--match-names"));
  result = deck.certify(deck.text, "--match-names --json r.json");
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("names: 6 of 9 differ"));
  CHECK_THAT(result.out, ContainsSubstring("x0 -> my_x0"));
  CHECK_THAT(deck.folder.text("r.json"), ContainsSubstring("\"x2\": \"my_x2\""));
  CHECK(deck.certify(deck.text, "--match-names --instance XMINE").status == 0);
  result = deck.certify(deck.text, "--match-names --instance xother");
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("no instance 'xother'"));
}

TEST_CASE("a wrong value inside the array is named with its instance") {
  OwnDeck deck;
  const std::string array = deck.folder.text("n.array.inc");
  deck.folder.put("n.array.inc",
                  std::regex_replace(array, std::regex("(\nrk0__1 \\S+ \\S+) \\S+"), "$1 12345"));
  const Result result = deck.certify(deck.text, "--match-names");
  CHECK(result.status == 1);
  CHECK_THAT(result.out, ContainsSubstring("xmine.rk0__1 is 12.35 kohm, expected"));
}

TEST_CASE("foreign parts pass behind a buffer, when asked, and are refused where they load") {
  OwnDeck deck;
  const std::string diode = "ebuf led 0 my_x2 0 1\nrled led anode 1k\nd1 anode 0 dm\n.model dm d";
  Result result = deck.certify(deck.with(diode), "--match-names");
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("'d1'"));
  CHECK_THAT(result.err, ContainsSubstring("diode"));
  result = deck.certify(deck.with(diode), "--match-names --pass-unknown");
  CHECK(result.status == 0);
  CHECK_THAT(result.err, ContainsSubstring("no part of what is certified"));
  result = deck.certify(deck.with("d1 s0 0 dm\n.model dm d"), "--match-names --pass-unknown");
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("'d1' touches node 's0'"));
}

TEST_CASE("ammeters, arithmetic and wires change nothing") {
  OwnDeck deck;
  std::string text = std::regex_replace(deck.text, std::regex("\nvrefp refp 0 dc 1"),
                                        "\n.param third={1/3}\nvrefp ref 0 DC {3*third}\nvam ref "
                                        "wire 0\nrwire wire refp 0");
  CHECK(text != deck.text);
  const Result result = deck.certify(text, "--match-names");
  INFO(result.out << result.err);
  CHECK(result.status == 0);
}

TEST_CASE("a file outside the deck's folder is read only when allowed") {
  OwnDeck deck;
  std::filesystem::create_directory(deck.folder / "sub");
  deck.folder.put("sub/own.cir", std::regex_replace(deck.text, std::regex("\"n.array.inc\""),
                                                    "\"../n.array.inc\""));
  check_refused(deck.folder, "certify sub/own.cir --manifest n.json --match-names", 3,
                {"own.cir:", "'../n.array.inc': the file must lie in the deck's folder or below"});
  CHECK(run(deck.folder, "certify sub/own.cir --manifest n.json --match-names --allow-outside")
            .status == 0);
}

TEST_CASE("other units pass when allowed, and the factors are said") {
  Folder folder;
  folder.put("a.csv", kData);
  REQUIRE(run(folder, "netlist --data a.csv --sticks 2 --realization gmc --out n.cir").status == 0);
  // Twice the time: every capacitor twice as large.
  folder.put("n.cir", std::regex_replace(folder.text("n.cir"),
                                         std::regex("\n(c\\S+ \\S+ \\S+) (\\S+)"), "\n$1 {2*$2}"));
  Result result = run(folder, "certify n.cir");
  CHECK(result.status == 1);
  CHECK_THAT(result.out, ContainsSubstring("(time x 2); --allow-rescale accepts that"));
  result = run(folder, "certify n.cir --allow-rescale --json r.json");
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("other units: time x 2"));
  CHECK_THAT(folder.text("r.json"), ContainsSubstring("\"rescaled\""));
}
