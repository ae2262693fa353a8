// What people write in the dialects of ngspice, LTspice and Xyce.
#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

Circuit parse(const std::string& body, const ReadOptions& options = {}) {
  return parse_deck("title\n" + body + "\n.end\n", "d", options);
}

Element only(const std::string& card, Dialect dialect = Dialect::ngspice) {
  const Circuit circuit = parse(card, {.dialect = dialect});
  REQUIRE(circuit.elements().size() == 1);
  return circuit.elements()[0];
}

std::string refusal(const std::string& body, const ReadOptions& options = {}) {
  return message_of([&] { parse(body, options); });
}

double flat_value(const std::string& body, const std::string& name) {
  for (const auto& element : flatten(parse(body)).elements) {
    if (element.name == name) return element.value;
  }
  FAIL("no element " << name);
  return 0.0;
}

const std::string* text_of(const Waveform& waveform) {
  const auto* file = std::get_if<PiecewiseLinearFile>(&waveform);
  return file == nullptr ? nullptr : &file->file;
}

}  // namespace

TEST_CASE("values by name, parts in parallel") {
  CHECK(only("r1 a 0 R=1k").value == 1e3);
  CHECK(only("c1 a 0 c = 1n").value == 1e-9);
  CHECK(only("l1 a 0 L={1m}").value == 1e-3);
  CHECK(only("r1 a 0 1k m=4").value == 250.0);
  CHECK(only("c1 a 0 1n m=4").value == 4e-9);
  CHECK(flat_value("r1 a 0 {2*x} m={y}\n.param x=3 y=2", "r1") == 3.0);
  CHECK(only("r1 a 0 1k tc1=0 tc2=0").value == 1e3);
  CHECK(only("r1 a 0 1k tc=0 0").value == 1e3);
  CHECK(only("r1 a 0 0").value == 0.0);
  CHECK_THAT(refusal("r1 a 0 1k tc=0 1"), ContainsSubstring("d:2:11: 'tc'=1: the value depends"));
  CHECK_THAT(refusal("r1 a 0 1k ac=2"), ContainsSubstring("d:2:11: 'ac': a resistance of its own"));
  CHECK_THAT(refusal("r1 a 0 1k temp=50"), ContainsSubstring("'temp': parts at different"));
  CHECK_THAT(message_of([] { stamp(flatten(parse("r1 a 0 0"))); }),
             ContainsSubstring("element 'r1': a resistance of 0"));
}

TEST_CASE("sources by their waveforms") {
  CHECK(only("v1 a 0 pwl 0 2 1u 3 ac 1").ac->magnitude == 1.0);
  CHECK(only("v1 a 0 pwl 0 2 1u 3").value == 2.0);
  CHECK(only("v1 a 0 dc=4").value == 4.0);
  CHECK(*text_of(*only("v1 a 0 dc 1 PWL file=a.txt").waveform) == "a.txt");
  CHECK(*text_of(*only("v1 a 0 pwl(file=\"a b.txt\") dc 2").waveform) == "a b.txt");
  CHECK(*text_of(*only("v1 a 0 PWL FILE \"a.txt\"", Dialect::xyce).waveform) == "a.txt");
  CHECK(strip_waveforms("t\nv1 a 0 dc 1 pwl file=\"a\"\nv2 a 0 pwl 0 2 1 3 ac 1\n"
                        "v3 a 0 pwl({x} 'y z')\n") ==
        "t\nv1 a 0 dc 1\nv2 a 0 dc 2 ac 1\nv3 a 0 dc 'y z'\n");
  CHECK_THAT(refusal("e1 a 0 value={v(b)}"), ContainsSubstring("d:2:8: 'value': a behavioural"));
  CHECK_THAT(refusal("e1 a 0 poly(1) b 0 0 1"), ContainsSubstring("'poly': a behavioural source"));
}

TEST_CASE("parameters of the deck stand in any order") {
  CHECK(flat_value("r1 a 0 {r}\n.param r=2*b + 1 b='c**2'\n.param c=3", "r1") == 19.0);
  CHECK(flat_value("r1 a 0 'r'\n.csparam r=7", "r1") == 7.0);
  CHECK(flat_value(".param a=1==1 b=(a + 1)*2\nr1 a 0 {b}", "r1") == 4.0);
  CHECK(parse(".param v0=2\n.ic v(a)={v0/4}").initial_voltages[0].volt == 0.5);
  CHECK(only(".param v0=2\nv1 a 0 ac {v0}").ac->magnitude == 2.0);
  CHECK(only(".param v0=2\nc1 a 0 1 ic='v0'").initial == 2.0);
  CHECK_THAT(refusal("c1 a 0 1 ic={v0}\n.param v0=2"),
             ContainsSubstring("an expression of .param that stand above: 'v0' is not known"));
  std::string many = ".param";
  for (int i = 0; i <= 100'000; ++i) many += " p" + std::to_string(i) + "=" + std::to_string(i);
  CHECK_THAT(refusal(many), ContainsSubstring("more than 100000 parameters"));
  std::string chain = ".param p0=1\n";
  for (int i = 30'000; i > 0; --i) {
    chain += ".param p" + std::to_string(i) + "={p" + std::to_string(i - 1) + "+1}\n";
  }
  CHECK(flat_value(chain + "r1 a 0 {p30000}", "r1") == 30001.0);
}

TEST_CASE("scopes: arguments from outside, defaults and .param from inside") {
  const std::string part =
      ".param r=100 q=3\n.subckt part a r=1 s={r*2}\n.param t={s+q}\nr1 a 0 {r}\nr2 a 0 {s}\n"
      "r3 a 0 {t}\nx1 a inner w={t}\n.ends\n.subckt inner b w=0 r={r}\nr1 b 0 w\nr2 b 0 r\n.ends\n";
  CHECK(flat_value(part + "x1 n part", "x1.r2") == 2.0);
  CHECK(flat_value(part + "x1 n part r={r}", "x1.r1") == 100.0);
  CHECK(flat_value(part + "x1 n part r=5", "x1.r3") == 13.0);
  CHECK(flat_value(part + "x1 n part r=5", "x1.x1.r1") == 13.0);
  CHECK(flat_value(part + "x1 n part r=5", "x1.x1.r2") == 100.0);
  CHECK(flat_value(part + "x1 n part params: s=q*2", "x1.r2") == 6.0);
  CHECK_THAT(message_of([&] { flatten(parse(".subckt p a r\n.ends")); }),
             ContainsSubstring("(no error)"));  // r is a pin
  CHECK_THAT(message_of([&] { flatten(parse(".subckt p a r=1\nr1 a 0 {1/r}\n.ends\nx1 n p r=0")); }),
             ContainsSubstring("element 'x1.r1': '1/r': '1/r' is inf"));
}

TEST_CASE("definitions inside definitions mean the nearest") {
  const Circuit circuit = parse(
      ".subckt outer p\n.subckt leaf a\nr1 a 0 2\n.ends leaf\n.subckt mid a\nx1 a leaf\n.ends\n"
      "x1 p mid\nx2 p leaf\n.ends outer\n.subckt leaf a\nr1 a 0 1\n.ends\nx1 n outer\nx2 n leaf");
  const FlatCircuit flat = flatten(circuit);
  REQUIRE(flat.elements.size() == 3);
  CHECK(flat.elements[0].name == "x1.x1.x1.r1");
  CHECK(flat.elements[0].value == 2.0);
  CHECK(flat.elements[1].value == 2.0);
  CHECK(flat.elements[2].value == 1.0);
  CHECK(circuit.find_definition("outer.leaf") != nullptr);
  const std::string written = format_deck(circuit);
  CHECK(format_deck(parse_deck(written, "again")) == written);
  CHECK_THAT(refusal(".subckt a b\n.subckt c d\n.ends\nx1 b c\n.ends\nx1 n c"),
             ContainsSubstring("d:7:1: instance 'x1': no subcircuit 'c' is defined"));
  std::string deep;
  for (int i = 0; i < 101; ++i) deep += ".subckt s a\n";
  CHECK_THAT(refusal(deep), ContainsSubstring("d:102:1: more than 100 .subckt inside one another"));
}

TEST_CASE("what prints, measures or commands is dropped") {
  const std::string dropped =
      ".control\nrun\n.end\n* x\n.endc\n.print tran v(a)\n+ v(b)\n.meas tran m find v(a) at=1\n"
      ".nodeset v(a)=1\n.global 0\n.title other\n";
  CHECK(parse(dropped + "r1 a 0 1").elements().size() == 1);
  CHECK(strip_analyses("t\n.control\nrun\n.endc\n.print tran v(a)\n+ v(b)\nr1 a 0 1\n.measure x\n") ==
        "t\nr1 a 0 1\n");
  CHECK(replace_cards("t\n.control\nrun\n.endc\nr1 a 0 1\n", [](auto name, auto) {
          return name == "r1" ? std::optional<std::string>("r1 b 0 1") : std::nullopt;
        }) == "t\n.control\nrun\n.endc\nr1 b 0 1\n");
  CHECK(parse(".temp 50\nr1 a 0 1").options == std::vector<std::string>{"temp=50"});
  CHECK_THAT(refusal(".global vdd"), ContainsSubstring("d:2:9: .global 'vdd': only ground"));
}

TEST_CASE("LTspice's habits") {
  const auto lt = [](const std::string& body) { return parse(body, {.dialect = Dialect::ltspice}); };
  CHECK(only("R1 N001 0 4k7 tol=1 pwr=0.1", Dialect::ltspice).value == 4700.0);
  CHECK(only("R1 a 0 2meg2", Dialect::ltspice).value == 2.2e6);
  CHECK_FALSE(only("R1 a 0 1k noiseless", Dialect::ltspice).noisy);
  CHECK(only("C1 a 0 10\xc2\xb5 Rser=0 Rpar=0", Dialect::ltspice).value == 1e-5);
  CHECK(only("C1 a 0 10\xb5", Dialect::ltspice).value == 1e-5);
  CHECK(lt(".tran 1m\n.backanno").transient->stop_s == 1e-3);
  CHECK(lt(".tran 0 1m 0 1u uic").transient->step_s == 1e-6);
  CHECK_THAT(refusal("l1 a 0 1m Rser=2", {.dialect = Dialect::ltspice}),
             ContainsSubstring("'Rser'=2: write the series resistance as a resistor"));
  CHECK_THAT(refusal("r1 a 0 {2^2}", {.dialect = Dialect::ltspice}),
             ContainsSubstring("d:2:10: the resistance should be here: '^' is an exclusive or"));
  CHECK_THAT(refusal("c1 a 0 10\xc2\xb5"), ContainsSubstring("write the micro sign as u"));
}

TEST_CASE("Xyce's habits") {
  const ReadOptions xyce{.dialect = Dialect::xyce};
  const Circuit circuit = parse(
      ".global_param a=2\n.subckt s p n PARAMS: r=1k\nR1 p n {r*a}\n.ends\nX1 1 0 s PARAMS: r=2k\n"
      ".options timeint method=trap\n.tran 0 1m noop\n.print tran v(1)\n.preprocess replaceground "
      "true",
      xyce);
  CHECK(flatten(circuit).elements[0].value == 4000.0);
  CHECK(circuit.options.empty());
  CHECK(circuit.transient->use_initial);
  CHECK_THAT(refusal(".preprocess addresistors nodcpath 1g", xyce),
             ContainsSubstring("'.preprocess' is refused"));
}

TEST_CASE("devices are refused with the reason, or kept apart") {
  for (const char* card : {"a1 x", "b1 a 0 v=1", "d1 a 0 d", "j1 a b c j", "m1 a b c d m", "n1 a b",
                           "o1 a 0 b 0 o", "p1 a b", "q1 a b c q", "s1 a b c d s", "t1 a b c d",
                           "u1 a b c u", "w1 a b v w", "y1 a b", "z1 a b c z"}) {
    CHECK_THAT(refusal(card), ContainsSubstring("d:2:1: element '" + std::string(card, 2) +
                                                "' is refused: a"));
    const Circuit kept = parse(card, {.keep_unknown = true});
    CHECK(kept.elements().empty());
    REQUIRE(kept.foreign.size() == 1);
    CHECK(kept.foreign[0].name == std::string(card, 2));
    CHECK(kept.foreign[0].text == card);
  }
  CHECK_THAT(refusal(".model d d"), ContainsSubstring("'.model' is refused"));
}

TEST_CASE("a definition that holds a device is foreign as a whole, and so are its instances") {
  const std::string body =
      ".subckt amp a b\nr1 a b 1\n.func f(x) {x}\nq1 a b 0 npn\n.ends\n.subckt user a\n"
      "x1 a 0 amp\n.ends\n.subckt plain a\nr1 a 0 1\n.ends\nx1 n user\nx2 n plain\n.model npn npn";
  CHECK_THAT(refusal(body), ContainsSubstring("d:4:1: '.func' is refused"));
  const Circuit circuit = parse(body, {.keep_unknown = true});
  REQUIRE(circuit.definitions().size() == 1);
  CHECK(circuit.definitions()[0].name == "plain");
  CHECK(circuit.elements().size() == 1);
  REQUIRE(circuit.foreign.size() == 10);
  CHECK(circuit.foreign[0].name == ".subckt amp");
  CHECK(circuit.foreign[3].text == "q1 a b 0 npn");
  CHECK(circuit.foreign[8].text == "x1 n user");
  CHECK(circuit.foreign[9].name == ".model npn");
  const std::string written = format_deck(circuit);
  CHECK(format_deck(parse_deck(written, "again", {.keep_unknown = true})) == written);
}

TEST_CASE("a few lines that stand for too much work or text are refused") {
  std::string body = ".subckt s0 p\n.ends\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string below = "s" + std::to_string(i - 1);
    body += ".subckt s" + std::to_string(i) + " p\nx1 p " + below + "\nx2 p " + below + "\n.ends\n";
  }
  CHECK_THAT(message_of([&] { flatten(parse(body + "x1 n s60")); }),
             ContainsSubstring("more than 10000000 elements, instances and parameters"));
  const std::string name(900, 'n');
  body = ".subckt s p\nr" + name + " p 0 1\n.ends\n";
  for (int i = 0; i < 100; ++i) body += "x" + std::to_string(i) + " n s\n";
  CHECK_THAT(message_of([&] { flatten(parse(body), {.name_bytes = 50'000}); }),
             ContainsSubstring("the names in the flattened circuit take more than 50000 bytes"));
  CHECK_THAT(refusal("r" + std::string(1000, 'n') + " a 0 1"),
             ContainsSubstring("is longer than 1000 characters"));
}
