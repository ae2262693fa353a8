#include "netlist/names.hpp"

#include <fmt/format.h>

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

FlatCircuit flat(const std::string& cards) {
  return flatten(parse_deck("title\n" + cards + ".end\n", "deck"));
}

// A ladder of three equal cells between two equal ends: symmetric, so marks are needed.
const char* const kLadder =
    "c1 a 0 1\nc2 b 0 1\nc3 c 0 1\nl1 a b 2\nl2 b c 2\nga ia 0 a 0 1\ncia ia 0 1\ngc ic 0 c 0 1\n"
    "cic ic 0 1\n";
const char* const kRenamedLadder =
    "l9 q p 2\ncint2 m 0 1\nl8 r q 2\ncx 0 q 1\ncy p 0 1\ncz r 0 1\ngu n 0 r 0 1\ncint1 n 0 1\n"
    "gv m 0 p 0 1\n";

}  // namespace

TEST_CASE("names are found again in any order, with partners beside each other") {
  const auto colours = colour_names(flat(kLadder), {"a", "b", "c", "ia", "ic", "l1"});
  REQUIRE(colours);
  const auto names = match_names(flat(kRenamedLadder), *colours);
  REQUIRE(names.size() == 6);
  CHECK(names[1].to == "q");
  // Either end may be a; but ia is the integrator of the end that was taken, and l1 its inductor.
  const bool p_is_a = names[0].to == "p";
  CHECK(names[0].to == (p_is_a ? "p" : "r"));
  CHECK(names[2].to == (p_is_a ? "r" : "p"));
  CHECK(names[3].to == (p_is_a ? "m" : "n"));
  CHECK(names[4].to == (p_is_a ? "n" : "m"));
  CHECK(names[5].to == (p_is_a ? "l9" : "l8"));
}

TEST_CASE("a changed value or wire is no other name") {
  const auto colours = colour_names(flat(kLadder), {"a", "b", "c"});
  REQUIRE(colours);
  const std::string text = kRenamedLadder;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"cy p 0 1", "cy p 0 1.001"},
                                 {"cy p 0 1", "cy p q 1"},
                                 {"gu n 0 r 0 1", "gu n 0 0 r 1"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    try {
      (void)match_names(flat(changed), *colours);
      FAIL_CHECK(to);
    } catch (const NetlistError& error) {
      CHECK_THAT(error.what(), ContainsSubstring("nothing in the deck stands where 'a' stood"));
    }
  }
}

TEST_CASE("a name that is not there has no colour") {
  CHECK_FALSE(colour_names(flat(kLadder), {"a", "nowhere"}));
}

TEST_CASE("a design takes the new names") {
  Design design;
  design.probes.push_back({});
  design.probes[0].node = "A";
  design.ports.push_back({"b", 0, 0, 1.0});
  design.noise.push_back({"n", {{"l1", 1.0}, {"a", 1.0}}, 1.0, false});
  CHECK(names_of(design) == std::vector<std::string>{"A", "b", "l1"});
  rename(design, {{"a", "p"}, {"b", "a"}});
  CHECK(design.probes[0].node == "p");
  CHECK(design.ports[0].node == "a");
  CHECK(design.noise[0].incidence[1].where == "p");
  CHECK(design.noise[0].incidence[0].where == "l1");
}

TEST_CASE("an instance's pins tell the names of what it is wired to") {
  const std::string definition = ".subckt cell X v\nr1 x v 1\n.ends\n";
  const auto parse = [&](const std::string& cards) {
    return parse_deck("title\n" + definition + cards + ".end\n", "deck");
  };
  Design design;
  design.probes.resize(2);
  design.probes[0].node = "x";
  design.probes[1].node = "v";
  design.noise.push_back({"n", {{"xarray.r1", 1.0}, {"inoise", 1.0}}, 1.0, false});

  const auto names = match_pins(parse("xmine a b cell\nr2 a 0 1\n"), design, "");
  REQUIRE(names);
  rename(design, *names);
  CHECK(design.probes[0].node == "a");
  CHECK(design.probes[1].node == "b");
  CHECK(design.noise[0].incidence[0].where == "xmine.r1");
  CHECK(design.noise[0].incidence[1].where == "inoise");

  design.probes[0].node = "x";
  design.probes[1].node = "v";
  CHECK_FALSE(match_pins(parse("r2 a 0 1\n"), design, ""));
  const auto message_for = [&](const std::string& cards, const std::string& instance) {
    try {
      (void)match_pins(parse(cards), design, instance);
      return std::string();
    } catch (const NetlistError& error) {
      return std::string(error.what());
    }
  };
  const std::string two = "x1 a b cell\nx2 c d cell\n";
  CHECK_THAT(message_for(two, ""), ContainsSubstring("choose one with --instance"));
  CHECK((*match_pins(parse(two), design, "X2"))[0].to == "c");
  CHECK_THAT(message_for(two, "x3"), ContainsSubstring("no instance 'x3'"));
  design.probes[1].node = "w";
  CHECK_THAT(message_for(two, "x1"), ContainsSubstring("has no pin 'w'"));
}
