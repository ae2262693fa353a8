#include "netlist/parser.hpp"
#include "tests/catch.hpp"

using springspice::netlist::strip_analyses;

TEST_CASE("strip_analyses takes analyses away and keeps every other byte") {
  CHECK(strip_analyses(
            "title\nr1 a 0 1k ; .tran\n.ic v(a)=1\n.options noopac\n.tran 1u 1m uic\n.end\n") ==
        "title\nr1 a 0 1k ; .tran\n.ic v(a)=1\n.options noopac\n");
  CHECK(strip_analyses("t\r\n  .OP\r\nr1 a\t0  1k\r\n.End") == "t\r\nr1 a\t0  1k\r\n");
  CHECK(strip_analyses(
            "t\n.ac lin 1 1 1\n.noise v(a) v1 lin 1 1 1\n.dc v1 0 1 1\n.save all\nr1 a 0 1") ==
        "t\nr1 a 0 1");
}

TEST_CASE("continuation lines go with their card, comments stay") {
  CHECK(strip_analyses("t\n.save v(a)\n+ v(b)\n* why\n\n+ v(c)\nr1 a 0\n+ 1k\n.end\n") ==
        "t\n* why\n\nr1 a 0\n+ 1k\n");
}

TEST_CASE("the title stays whatever it says") {
  CHECK(strip_analyses(".end\nr1 a 0 1\n.end\n") == ".end\nr1 a 0 1\n");
  CHECK(strip_analyses("") == "");
}

TEST_CASE("cards that only begin alike stay") {
  CHECK(strip_analyses("t\n.ends\n.options x\n.dcx\n") == "t\n.ends\n.options x\n.dcx\n");
}
