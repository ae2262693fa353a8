// Writing a deck of a million elements.
#include <string>

#include "bench/measure.hpp"
#include <benchmark/benchmark.h>

#include "netlist/writer.hpp"

using namespace springspice;

namespace {

constexpr int kElements = 1'000'000;

// Resistors and capacitors in turn between nodes of a grid, values of all 17 digits, each with a
// comment as hw writes them.
netlist::Circuit make_circuit() {
  netlist::Circuit circuit;
  circuit.title = "a million elements";
  for (int i = 0; i < kElements; ++i) {
    const std::string number = std::to_string(i / 1000) + "_" + std::to_string(i % 1000);
    const double value = 1e3 + i / 3.0;
    netlist::Element element =
        i % 2 == 0 ? netlist::resistor("rk" + number, "x" + number, "v" + number, value)
                   : netlist::capacitor("cm" + number, "x" + number, "v" + number, 1e-9 * value);
    element.comment = "K, inputs";
    circuit.add(std::move(element));
  }
  return circuit;
}

void netlist_writer(benchmark::State& state) {
  const netlist::Circuit circuit = make_circuit();
  std::size_t bytes = 0;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    const std::string deck = netlist::format_deck(circuit);
    bytes = deck.size();
    benchmark::DoNotOptimize(deck.data());
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["elements"] = kElements;
}
BENCHMARK(netlist_writer)->Apply(bench::measure);

}  // namespace
