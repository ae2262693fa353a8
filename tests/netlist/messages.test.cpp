// One deck for each mistake of a user, and the text that must tell him what it is and where.
#include "netlist/parser.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

struct Mistake {
  const char* deck;
  const char* text;
};

void check_all(const std::vector<Mistake>& mistakes) {
  for (const auto& [deck, text] : mistakes) {
    DYNAMIC_SECTION(text) {
      CHECK_THAT(message_of([deck = deck] { parse_deck(deck, "d"); }), ContainsSubstring(text));
    }
  }
}

}  // namespace

TEST_CASE("mistakes in elements") {
  check_all({
      {"t\nr1 a 0\n.end\n", "d:2:7: element 'r1' has no resistance; write a number"},
      {"t\nr1 a 0 noisy=0\n.end\n", "d:2:8: element 'r1' has no resistance"},
      {"t\nr1 a\n.end\n", "d:2:5: the card ends where node 2 of 2 of a resistor should be"},
      {"t\nr1 a = 1\n.end\n", "d:2:6: '=' stands where node 2 of 2"},
      {"t\nr1 a 0 abc\n.end\n", "d:2:8: the resistance should be here: 'abc' is not a number"},
      {"t\nr1 a 0 1,5\n.end\n",
       "d:2:8: the resistance should be here: '1,5' is not a number; write the decimal point"},
      {"t\nr1 a 0 4k7\n.end\n", "'4k7' is not a number; 'k7' is neither a suffix"},
      {"t\nr1 a 0\n+ 1e-310\n.end\n",
       "d:2:1: element 'r1': resistance is 1e-310; ngspice reads a number below 2.2e-308 as 0"},
      {"t\nr1 a 0 1 2\n.end\n",
       "d:2:10: '2' is not understood; after the resistance only noisy= and m= may follow"},
      {"t\nr1 a 0 1 tc1=2\n.end\n", "d:2:10: 'tc1'=2: the value depends on the temperature"},
      {"t\nr1 a 0 1 noisy 0\n.end\n", "d:2:16: '0' instead of '=' in noisy="},
      {"t\nc1 a 0 1 ic=\n.end\n", "d:2:13: the card ends where an initial value should be"},
      {"t\nc1 a 0 1 ic=1 ic=2\n.end\n", "d:2:15: a second 'ic'"},
      {"t\ng1 a 0 b 0 1 2\n.end\n",
       "d:2:14: '2' is not understood; the card of a transconductor ends"},
      {"t\nr1 a,b 0 1\n.end\n", "d:2:1: element 'r1': node 'a,b' holds ','"},
      {"t\nr1 a 0 1\nR1 b 0 1\n.end\n", "d:3:1: element 'R1': the name is taken"},
      {"t\nd1 a 0 nomodel\n.end\n", "d:2:1: element 'd1' is refused: a diode is not linear"},
      {"t\n?1 a 0 1\n.end\n", "d:2:1: no element begins like '?1'"},
      {"t\n(a)\n.end\n", "d:2:1: '(' stands where an element should be"},
      {"t\nr1 a 0 {gm}\n.end\n", "d:2:1: element 'r1': 'gm' is not known; give it with .param"},
      {"t\nr1 a 0 {gm\n.end\n", "d:2:8: '{' without '}'"},
      {"t\nv1 a 0\n.end\n", "d:2:7: the source has no value"},
      {"t\nv1 a 0 dc\n.end\n", "d:2:10: element 'v1' has no DC value"},
      {"t\nv1 a 0 1 2\n.end\n", "d:2:10: '2' follows the DC value"},
      {"t\nv1 a 0 ac\n.end\n", "d:2:10: the card ends where an ac magnitude should be"},
      {"t\nv1 a 0 ac 1 ac 2\n.end\n", "d:2:13: a second 'ac'"},
      {"t\nv1 a 0 sin(0 1 1k)\n.end\n", "d:2:8: 'sin': a source here is constant"},
      {"t\ni1 a 0 external\n.end\n", "time-dependent sources are not read"},
      {"t\nl1 a 0 1\nk1 l1 l9 0.5\n.end\n",
       "d:3:1: element 'k1' refers to 'l9', which is not there; name an inductor"},
      {"t\nl1 a 0 1\nl2 a 0 1\nk1 l1 l2 0.5\nk2 l2 l1 0.5\n.end\n",
       "d:5:1: element 'k2': 'l2' and 'l1' are coupled already"},
      {"t\nl1 a 0 1\nl2 a 0 1\nk1 l1 l2 2\n.end\n", "d:4:1: element 'k1': coupling factor is 2"},
      {"t\nf1 a 0 v9 1\n.end\n",
       "d:2:1: element 'f1' refers to 'v9', which is not there; name a voltage source"},
      {"t\nf1 a 0 r9 1\n.end\n", "d:2:1: element 'f1': refers to 'r9'"},
  });
}

TEST_CASE("mistakes with subcircuits") {
  check_all({
      {"t\nx1 a b part\n.end\n", "d:2:1: instance 'x1': no subcircuit 'part' is defined"},
      {"t\n.subckt part a\nr1 a 0 1\n.ends\nx1 a b part\n.end\n",
       "d:5:1: instance 'x1': 2 nodes given; 'part' has 1 pins"},
      {"t\n.subckt part a r=1\nr1 a 0 {r}\n.ends\nx1 a part q=1\n.end\n",
       "d:5:1: instance 'x1': unknown parameter 'q'; 'part' has only r"},
      {"t\nx1 part\n.end\n", "d:2:8: an instance has nodes and then the name"},
      {"t\n.subckt part a r=1\nr1 a 0 {r}\n.ends\nx1 a part r={q}\n.end\n",
       "d:5:1: element 'x1': 'q' is not known"},
      {"t\n.subckt part a\nr1 a 0 {r}\n.ends\n.end\n",
       "d:3:1: element 'r1': 'r' is not known; give it with .param, or as a parameter"},
      {"t\n.subckt part a r=1\nr1 a 0 {2*r+}\n.ends\n.end\n",
       "d:3:13: the resistance should be here: the expression's end where a number"},
      {"t\n.subckt part a a\nr1 a 0 1\n.ends\n.end\n",
       "d:2:1: subcircuit 'part': pin 'a' is given twice"},
      {"t\n.subckt part\nr1 a 0 1\n.ends\n.end\n", "d:2:1: subcircuit 'part': no pins"},
      {"t\n.subckt\n.ends\n.end\n", "d:2:8: the card ends where the subcircuit's name should be"},
      {"t\n.subckt part a sin=1\n.ends\n.end\n", "d:2:1: subcircuit 'part': parameter name 'sin' is kept by ngspice"},
      {"t\n.subckt part a\nr1 a 0 1e-310\n.ends\n.end\n",
       "d:3:1: element 'r1': resistance is 1e-310"},
      {"t\n.subckt part a\nr1 a 0 1\n.ends\n.subckt PART a\nr1 a 0 1\n.ends\n.end\n",
       "d:5:1: subcircuit 'PART': the name is taken"},
      {"t\n.subckt a b\nr1 b 0 1\n.end\n", "d:4:1: '.end' inside .subckt 'a'"},
      {"t\n.subckt a b\n.tran 1 2\n.ends\n.end\n", "d:3:1: '.tran' inside .subckt 'a'"},
      {"t\n.ends\n.end\n", "d:2:1: .ends without .subckt"},
      {"t\n.subckt a b\n.ends c\n.end\n", "d:3:7: .ends names 'c', but the open .subckt is 'a'"},
      {"t\n.subckt a b\nf1 b 0 v1 1\n.ends\nv1 q 0 1\n.end\n",
       "d:3:1: element 'f1' refers to 'v1', which is not there"},
  });
}

TEST_CASE("mistakes in dot cards") {
  check_all({
      {"t\n.control\nrun\n.end\n", "d:2:1: '.control' without '.endc'"},
      {"t\n.endc\n.end\n", "d:2:1: '.endc' is refused: no .control stands above it"},
      {"t\n.include x.lib\n.end\n", "d:2:1: '.include' is refused: a deck is one text"},
      {"t\n.LIB x\n.end\n", "d:2:1: '.LIB' is refused"},
      {"t\n.param\n.end\n", "d:2:7: .param without values"},
      {"t\n.param r=1 R=2\n.end\n", "d:2:12: parameter 'R' is given twice"},
      {"t\n.param r=q\n.end\n", "d:2:8: .param 'r': 'q' is not known here"},
      {"t\n.param a=b b={c} c=a+1\n.end\n", "'a' refers to itself (a -> b -> c -> a)"},
      {"t\n.param r={1/0}\n.end\n", "d:2:8: .param 'r': '1/0' is inf"},
      {"t\n.model d d\n.end\n", "d:2:1: '.model' is refused: models of devices"},
      {"t\n.foo tran v(a)\n.end\n", "d:2:1: '.foo' is not understood; known are .subckt"},
      {"t\n.ic\n.end\n", "d:2:4: .ic without values; write v(node)=number"},
      {"t\n.ic i(l1)=1\n.end\n", "d:2:5: 'i' instead of 'v' in v(node)=number"},
      {"t\n.ic v(a)\n.end\n", "d:2:9: the card's end instead of '='"},
      {"t\n.ic v(a)=x\n.end\n", "d:2:10: an initial voltage should be here: 'x' is not a number"},
      {"t\n.ic v(a,b)=1\n.end\n", "d:2:7: node 'a,b' holds ','"},
      {"t\n.ic v(a)=1 v(A)=2\n.end\n", "d:2:14: node 'A' has an initial voltage already"},
      {"t\n.tran 1u\n.end\n", "d:2:9: the card ends where the stop time should be"},
      {"t\n.tran 0 1\n.end\n", "d:2:7: the step is '0'; give a positive time"},
      {"t\n.tran 1 2 1\n.end\n", "d:2:11: the start time is '1'; only 0 is read"},
      {"t\n.tran 1 2 0 -1\n.end\n", "d:2:13: the longest step is '-1'"},
      {"t\n.tran 1 2 uic 3\n.end\n", "d:2:15: '3' is not understood; write .tran step stop"},
      {"t\n.tran 1 2\n.tran 1 2\n.end\n", "d:3:1: a second .tran"},
      {"t\n.options a=\n.end\n", "d:2:12: the card ends where the option's value should be"},
      {"t\n.options a b;c\n.options ?\n.end\n", "d:3:10: .options: '?' cannot be written"},
      {"t\n.save v(a) v()\n.end\n", "d:2:12: .save: 'v()' cannot be written there; write a vector"},
      {"t\n.save v(a\n.end\n", "d:2:10: the card ends where a node and ')' should be"},
  });
}

TEST_CASE("mistakes with lines") {
  check_all({
      {"", "d:1:1: the deck ends without .end"},
      {"t\nr1 a 0 1\n", "d:3:1: the deck ends without .end; it may be cut off"},
      {"t\n.end\nr1 a 0 1\n", "d:3:1: text after .end"},
      {"t\n.end now\n", "d:2:6: 'now' is not understood"},
      {"t\n+ r1 a 0 1\n.end\n", "d:2:1: a '+' line continues nothing"},
      {"t\n*#shell rm\n.end\n", "d:2:1: ngspice runs a comment that begins with '*#'"},
      {"R1 a 0 1k\n.end\n",
       "d:1:1: the title 'R1 a 0 1k' reads as an element, which ngspice would drop silently"},
      {"x1 a part\n.subckt part a\nr1 a 0 1\n.ends\n.end\n",
       "d:1:1: the title 'x1 a part' reads as an element"},
      {".tran 1 2\nr1 a 0 1k\n.end\n", "d:1:1: the title '.tran 1 2' begins with '.'"},
      {"*#echo\n.end\n", "d:1:1: the title '*#echo' makes ngspice run commands"},
      {"a\rb\n.end\n", "d:1:1: the title 'a?b' holds a line break"},
  });
}
