#include "netlist/foreign_load.hpp"

#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

// a is certified; b hangs at it; out is a buffer's output, with a resistor to k.
std::string load_of(const std::string& card, const std::string& more = "") {
  const FlatCircuit circuit = flatten(
      parse_deck("title\nr1 a 0 1\nr2 a b 1\nv1 p 0 5\nv2 q p 1\nebuf out 0 a 0 1\nrk out k 1\n" +
                     more + ".end\n",
                 "deck"));
  return find_load(circuit, {{"d1", card}}, {"a"});
}

}  // namespace

TEST_CASE("a foreign part hangs at sources, behind buffers and at nodes of its own") {
  CHECK(find_load({}, {}, {}).empty());
  for (const char* card : {"d1 p 0 dmod", "d1 q p dmod", "d1 OUT 0 dmod", "d1 mine 0 dmod",
                           "d1 k 0 dmod", "b1 mine 0 v=v(out)*2"}) {
    INFO(card);
    CHECK(load_of(card).empty());
  }
}

TEST_CASE("a foreign part that changes a certified node is named") {
  CHECK_THAT(load_of("d1 A 0 dmod"), ContainsSubstring("'d1' touches node 'a'"));
  CHECK_THAT(load_of("d1 0 B dmod"), ContainsSubstring("changes node 'a'"));
  CHECK_THAT(load_of("b1 mine 0 v=v(b)*2"), ContainsSubstring("`ebuf out 0 b 0 1`"));
}

TEST_CASE("what a foreign part does comes back through controlled sources") {
  for (const char* back :
       {"g1 a 0 k 0 1\n", "e1 m 0 k 0 1\nr9 m a 1\n", "vs k2 0 0\nr9 k k2 1\nf1 a 0 vs 1\n",
        "vs k2 0 0\nr9 k k2 1\nh1 m 0 vs 1\nr8 m a 1\n",
        ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e12\n.ends\nx1 k 0 m opamp_ideal\n"
        "r9 m a 1\n"}) {
    INFO(back);
    CHECK_THAT(load_of("d1 k 0 dmod", back), ContainsSubstring("'d1' touches node 'k'"));
  }
  // An input takes nothing from where it reads.
  CHECK(load_of("d1 k 0 dmod", "g1 k 0 a 0 1\n").empty());
}
