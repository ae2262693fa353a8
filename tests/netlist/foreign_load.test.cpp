#include "netlist/foreign_load.hpp"

#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

std::string load_of(const std::string& card) {
  const FlatCircuit circuit =
      flatten(parse_deck("title\nr1 a 0 1\nv1 p 0 5\nv2 q p 1\nebuf out 0 a 0 1\n.end\n", "deck"));
  return find_load(circuit, {{"d1", card}});
}

}  // namespace

TEST_CASE("a foreign part hangs at sources, buffers and nodes of its own") {
  CHECK(find_load({}, {}).empty());
  for (const char* card :
       {"d1 p 0 dmod", "d1 q p dmod", "d1 OUT 0 dmod", "d1 mine 0 dmod", "b1 mine 0 v=v(out)*2"}) {
    CHECK(load_of(card).empty());
  }
}

TEST_CASE("a foreign part at a node of the circuit is named") {
  CHECK_THAT(load_of("d1 A 0 dmod"), ContainsSubstring("'d1' touches node 'a'"));
  CHECK_THAT(load_of("b1 mine 0 v=v(a)*2"), ContainsSubstring("`ebuf out 0 a 0 1`"));
}
