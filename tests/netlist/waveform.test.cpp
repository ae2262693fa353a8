// Sources that change with time: text and circuit say the same, and what cannot be carried is
// refused by name.
#include <cmath>
#include <limits>

#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

Element parse_one(const std::string& card) {
  return parse_deck("t\n" + card + "\n.end\n", "d").elements().front();
}

TransientNoise noise_of(const std::string& card) {
  return std::get<TransientNoise>(*parse_one(card).waveform);
}

PiecewiseLinear points_of(const std::string& card) {
  return std::get<PiecewiseLinear>(*parse_one(card).waveform);
}

Element source(Waveform waveform) {
  Element out = current_source("i1", "0", "a", 0.5);
  out.waveform = std::move(waveform);
  return out;
}

std::string add_message(Waveform waveform) {
  return message_of([&] {
    Circuit circuit;
    circuit.add(source(std::move(waveform)));
  });
}

}  // namespace

TEST_CASE("waveforms are written behind the dc and ac values") {
  Element noise = source(TransientNoise{1e-3, 1e-6});
  noise.ac = AcStimulus{1.0, 0.0};
  CHECK(format_element(noise) == "i1 0 a dc 0.5 ac 1 trnoise(0.001 1e-06 0 0)");
  CHECK(format_element(source(PiecewiseLinear{{0.0, 1e-6}, {0.0, 0.1}})) ==
        "i1 0 a dc 0.5 pwl(0 0 1e-06 0.1)");
}

TEST_CASE("a long pwl goes on in + lines and is read back") {
  PiecewiseLinear points;
  for (int i = 0; i < 1000; ++i) {
    points.time_s.push_back(i * 1e-6);
    points.value.push_back(std::sin(i));
  }
  Circuit circuit;
  circuit.add(source(points));
  const std::string text = format_deck(circuit);
  CHECK(text.find("\n+") != std::string::npos);
  const auto parsed = parse_deck(text, "d").elements()[0];
  CHECK(std::get<PiecewiseLinear>(*parsed.waveform).time_s == points.time_s);
  CHECK(std::get<PiecewiseLinear>(*parsed.waveform).value == points.value);
}

TEST_CASE("every usual spelling is read") {
  for (const char* card : {"i1 0 a dc 2 trnoise(1m 1u 0 0)", "I1 0 a DC 2 TRNOISE (1m 1u 0 0 )",
                           "i1 0 a 2 trnoise( 1m,1u,0,0 )", "i1 0 a trnoise(1m , 1u) dc 2",
                           "i1 0 a dc 2\n+ trnoise(1m\n+ 1u 0 0 0 0 0)"}) {
    CAPTURE(card);
    CHECK(parse_one(card).value == 2.0);
    CHECK(noise_of(card).amplitude == 1e-3);
    CHECK(noise_of(card).step_s == 1e-6);
  }
  for (const char* card : {"v1 a 0 dc 2 ac 1 pwl(1u 3 2u 4)", "V1 a 0 PWL ( 1u,3,2u,4 ) ac 1 DC 2",
                           "v1 a 0 2 ac 1 pwl(1u,3 2u,4)"}) {
    CAPTURE(card);
    CHECK(parse_one(card).value == 2.0);
    CHECK(parse_one(card).ac->magnitude == 1.0);
    CHECK(points_of(card).time_s == std::vector<double>{1e-6, 2e-6});
    CHECK(points_of(card).value == std::vector<double>{3.0, 4.0});
  }
}

TEST_CASE("without a dc value the source starts from the waveform's first value, as in ngspice") {
  CHECK(parse_one("i1 0 a trnoise(1 1u 0 0)").value == 0.0);
  CHECK(parse_one("v1 a 0 pwl(1u 3 2u 4)").value == 3.0);
}

TEST_CASE("the matrices know the dc value alone, and flattening keeps the waveform") {
  Circuit circuit;
  circuit.add(source(TransientNoise{1.0, 1e-6}));
  circuit.add(resistor("r1", "a", "0", 1.0));
  CHECK(stamp(flatten(circuit)).s[0] == 0.5);
  CHECK(flatten(circuit).elements[0].waveform.has_value());
}

TEST_CASE("waveforms that cannot be are refused when they are added") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THAT(add_message(TransientNoise{1.0, 0.0}),
             ContainsSubstring("element 'i1': noise step is 0 s; give a positive time"));
  CHECK_THAT(add_message(TransientNoise{1.0, nan}), ContainsSubstring("noise step is nan"));
  CHECK_THAT(add_message(TransientNoise{-1.0, 1.0}), ContainsSubstring("noise amplitude is -1"));
  CHECK_THAT(add_message(PiecewiseLinear{}), ContainsSubstring("pwl has 0 times and 0 values"));
  CHECK_THAT(add_message(PiecewiseLinear{{0.0, 1.0}, {1.0}}),
             ContainsSubstring("pwl has 2 times and 1 values"));
  CHECK_THAT(add_message(PiecewiseLinear{{0.0, 1.0, 1.0}, {1.0, 2.0, 3.0}}),
             ContainsSubstring("pwl point 3 is at 1 s, after one at 1 s; make the times ascend"));
  CHECK_THAT(add_message(PiecewiseLinear{{-1.0, 1.0}, {1.0, 2.0}}),
             ContainsSubstring("pwl point 1 is 1 at -1 s"));
  CHECK_THAT(add_message(PiecewiseLinear{{0.0}, {nan}}), ContainsSubstring("give finite numbers"));
  Element part = resistor("r1", "a", "0", 1.0);
  part.waveform = TransientNoise{1.0, 1.0};
  CHECK_THAT(message_of([&] { Circuit().add(part); }),
             ContainsSubstring("a resistor has no waveform; only a V or I source has"));
}

TEST_CASE("waveforms that are not read are refused by name and place") {
  const auto refuses = [](const std::string& card, const std::string& text) {
    CHECK_THAT(message_of([&] { parse_one(card); }), ContainsSubstring(text));
  };
  refuses("i1 0 a dc 0 trnoise(1 1u 1 1m)", "d:2:26: '1': 1/f noise is not read");
  refuses("i1 0 a dc 0 trnoise(1,1u,0,0,2)", "d:2:30: '2': random telegraph noise is not read");
  refuses("i1 0 a dc 0 trnoise(1)", "trnoise with 1 arguments; write trnoise(amplitude step 0 0)");
  refuses("i1 0 a dc 0 trnoise(1 0 0 0)", "noise step is 0 s");
  refuses("i1 0 a dc 0 trnoise(1 -1u 0 0)", "noise step is -1e-06 s");
  refuses("i1 0 a dc 0 trnoise 1 1u 0 0", "'trnoise' follows the DC value");
  refuses("i1 0 a trnoise 1 1u 0 0", "d:2:8: 'trnoise': put its numbers in parentheses");
  refuses("i1 0 a dc 0 trnoise(1 1u", "d:2:25: the card ends where a number or ')' should be");
  refuses("i1 0 a dc 0 pwl(0 0 1u)", "d:2:13: pwl with 3 numbers; write pairs");
  refuses("i1 0 a dc 0 pwl()", "pwl with 0 numbers");
  refuses("i1 0 a dc 0 pwl(0 0 x 1)", "d:2:21: a time of pwl should be here: 'x' is not a number");
  refuses("i1 0 a dc 0 pwl(1u 0 0 1)", "make the times ascend");
  refuses("i1 0 a dc 0 pwl(0 0) trnoise(1 1 0 0)", "d:2:22: a second waveform; give one");
  refuses("i1 0 a dc 0 pwl(0 0) r=0", "'r' follows the DC value");
  for (const char* name : {"sin", "PULSE", "exp", "sffm", "am", "trrandom"}) {
    refuses(std::string("v1 a 0 dc 0 ") + name + "(0 1 1k)",
            std::string("d:2:13: '") + name + "': a source here is constant");
  }
}
