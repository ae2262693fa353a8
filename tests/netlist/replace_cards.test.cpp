#include "netlist/parser.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

using Text = std::optional<std::string>;

const std::string kDeck =
    "r0 the title 0 1\n"
    "* r1 a comment\r\n"
    "\n"
    "R1 a 0 ; why\r\n"
    "* between\n"
    "+ 1k $ because\n"
    "\t.options x\n"
    "+ y\n"
    ".subckt part a\n"
    "r1 a 0 2\n"
    ".ends\n"
    "  x1 a {a;b} part\n"
    "* last\n"
    ".end";

}  // namespace

TEST_CASE("replace_cards shows each top-level element once, joined") {
  std::vector<std::string> seen;
  const auto out = replace_cards(kDeck, [&](std::string_view name, std::string_view card) {
    seen.push_back(std::string(name) + ": " + std::string(card));
    return Text();
  });
  CHECK(out == kDeck);
  CHECK(seen == std::vector<std::string>{"R1: R1 a 0  1k", "x1: x1 a {a;b} part"});
}

TEST_CASE("replace_cards changes a card's lines and no other byte") {
  const auto out = replace_cards(kDeck, [](std::string_view name, std::string_view) {
    return name == "R1" ? Text("r1 a 0 5") : Text();
  });
  std::string expected = kDeck;
  const std::string before = "R1 a 0 ; why\r\n* between\n+ 1k $ because\n";
  expected.replace(expected.find(before), before.size(), "r1 a 0 5\r\n* between\n");
  CHECK(out == expected);
}

TEST_CASE("a card at the very end keeps its missing newline") {
  const auto all = [](std::string_view, std::string_view) { return Text("r1 b 0 1"); };
  CHECK(replace_cards("t\nr1 a 0 1", all) == "t\nr1 b 0 1");
  CHECK(replace_cards("r1 a 0 1", all) == "r1 a 0 1");
  CHECK(replace_cards("", all).empty());
}

TEST_CASE("strip_waveforms leaves the dc value") {
  CHECK(strip_waveforms("t\nv1 a 0 dc 5 ac 1 pwl(0 0\n+ 1u 1)\nr1 a 0 1\n") ==
        "t\nv1 a 0 dc 5 ac 1\nr1 a 0 1\n");
  CHECK(strip_waveforms("t\nI1 0 a TRNOISE( 1m,1u,0,0 ) 5\n") == "t\nI1 0 a 5\n");
  CHECK(strip_waveforms("t\ni1 0 a ac 1 trnoise(1m 1u 0 0)\n") == "t\ni1 0 a dc 0 ac 1\n");
  CHECK(strip_waveforms("t\nv1 a 0 pwl(1u,3 2u,4)\n") == "t\nv1 a 0 dc 3\n");
}

TEST_CASE("strip_waveforms leaves every other card as it is") {
  for (const char* deck :
       {"t\nv1  a 0 dc 5 ; pwl(0 0)\n", "t\nr1 pwl trnoise 1\n", "t\nv1 pwl 0  5\n",
        "t\n.subckt p a\nv1 a 0 pwl(0 0)\n.ends\n", "t\nv1 a 0 pwl(0 0\n", "t\nv1 a 0 pwl 0 )\n"}) {
    CHECK(strip_waveforms(deck) == deck);
  }
}

TEST_CASE("the stripped deck is the deck without waveforms") {
  const std::string deck = "t\ni1 0 a dc 5 trnoise(1 1 0 0)\nv1 a b pwl(0 1 1 2)\n.end\n";
  Circuit stripped = parse_deck(strip_waveforms(deck), "stripped");
  const Circuit full = parse_deck(deck, "full");
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(stripped.elements()[i].value == full.elements()[i].value);
    CHECK_FALSE(stripped.elements()[i].waveform.has_value());
  }
}
