#include "sim/feedback.hpp"

#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using namespace springspice;

namespace {

std::string judge(const std::string& elements) {
  const std::string deck =
      "title\n.subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n" + elements + ".end\n";
  const netlist::FlatCircuit flat = netlist::flatten(netlist::parse_deck(deck, "deck"));
  return sim::find_positive_feedback(flat, netlist::stamp(flat));
}

}  // namespace

TEST_CASE("stages with negative feedback are all right") {
  CHECK(judge("x1 0 s o opamp_ideal\nr1 i s 1\nr2 o s 1\nv1 i 0 1\n").empty());
  CHECK(judge("x1 0 s o opamp_ideal\nr1 i s 1\nc2 o s 1\nv1 i 0 1\n").empty());
  CHECK(judge("x1 i o o opamp_ideal\nr1 o 0 1\nv1 i 0 1\n").empty());  // a follower
  // More comes back to the inverting input than to the other.
  CHECK(judge("x1 p s o opamp_ideal\nr1 i s 1\nr2 o s 1\nr3 p 0 1\nr4 o p 3\nv1 i 0 1\n").empty());
}

TEST_CASE("a stage with its inputs exchanged is told by name") {
  CHECK_THAT(judge("x1 s 0 o opamp_ideal\nr1 i s 1\nr2 o s 1\nv1 i 0 1\n"),
             ContainsSubstring("op-amp 'x1' comes back to its non-inverting input (0.5 of it"));
  CHECK_THAT(judge("x1 s 0 o opamp_ideal\nr1 i s 1\nc2 o s 1\nv1 i 0 1\n"),
             ContainsSubstring("exchange its inputs"));
  CHECK_THAT(judge("xgood 0 s o opamp_ideal\nr1 i s 1\nr2 o s 1\nv1 i 0 1\n"
                   "xbad t 0 q opamp_ideal\nr3 o t 1\nr4 q t 1\n"),
             ContainsSubstring("'xbad'"));
  CHECK_THAT(judge("x1 o i o opamp_ideal\nr1 o 0 1\nv1 i 0 1\n"), ContainsSubstring("'x1'"));
}

TEST_CASE("capacitors rule over resistors, and a longer way is not judged") {
  // Resistive feedback to +, capacitive to -: at high frequency it is negative.
  CHECK(judge("x1 p s o opamp_ideal\nc1 o s 1\nr1 i s 1\nr3 p 0 1\nc3 p 0 1\nr4 o p 1\nv1 i 0 1\n")
            .empty());
  CHECK(judge("x1 s 0 o opamp_ideal\nr1 i s 1\nr2 o m 1\nr3 m s 1\nv1 i 0 1\n").empty());
}
