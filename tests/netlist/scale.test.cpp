// Work grows with the deck, not with its square. The limits are far above what is measured (some
// 0.1 s each) and far below what quadratic work would take (minutes).
#include <chrono>

#include "netlist/flatten.hpp"
#include "netlist/ideal.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"

using namespace springspice::netlist;

namespace {

template <class Step>
double seconds(const char* what, Step&& step) {
  const auto begin = std::chrono::steady_clock::now();
  step();
  const double out =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  CAPTURE(what, out);
  CHECK(out < 5.0);
  return out;
}

}  // namespace

TEST_CASE("64k elements") {
  Circuit circuit;
  circuit.define(ideal_gyrator());
  const auto node = [](int i) { return "n" + std::to_string(i); };
  seconds("add", [&] {
    for (int i = 0; i < 16000; ++i) {
      const std::string index = std::to_string(i);
      circuit.add(resistor("r" + index, node(i), node(i + 1), 1.0 + i));
      circuit.add(capacitor("c" + index, node(i), "0", 1e-9 / (1.0 + i)));
      circuit.add(inductor("l" + index, node(i), node(i + 2), 1e-3));
      circuit.add(
          instance("x" + index, {node(i), "0", node(i + 3), "0"}, "gyrator_ideal", {{"g", 1e-3}}));
      circuit.initial_voltages.push_back({node(i), 0.5});
    }
  });
  std::string text;
  Circuit parsed;
  FlatCircuit flat;
  Descriptor matrices;
  seconds("format", [&] { text = format_deck(circuit); });
  seconds("parse", [&] { parsed = parse_deck(text, "deck"); });
  seconds("flatten", [&] { flat = flatten(parsed); });
  seconds("stamp", [&] { matrices = stamp(flat); });
  seconds("strip", [&] { text = strip_analyses(text); });
  CHECK(parsed.elements().size() == 64000);
  CHECK(flat.elements.size() == 80000);
  CHECK(matrices.node_count == 16003);
  CHECK(matrices.A.rows() == 32003);
}
