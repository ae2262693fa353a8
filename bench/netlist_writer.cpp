// Writing decks: a circuit of a million elements as text.
#include <string>

#include "bench/measure.hpp"
#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/writer.hpp"

using namespace springspice;

namespace {

constexpr int kRows = 1000;
constexpr int kElements = 1'000'000;

/// Resistors and capacitors between neighbours, named and commented as realizations do.
netlist::Circuit make_circuit(bool comments) {
  netlist::Circuit circuit;
  circuit.title = "a million elements";
  for (int n = 0; n < kElements; ++n) {
    const int i = n / kRows;
    const int j = n % kRows;
    const double value = 1.0 / (0.1 + 0.6180339887498949 * n);
    const std::string a = fmt::format("x{}_{}", i, j);
    const std::string b = fmt::format("x{}_{}", i, j + 1);
    const std::string name = fmt::format("{}_{}__{}_{}", i, j, i, j + 1);
    netlist::Element element = n % 2 == 0 ? netlist::resistor("rk" + name, a, b, 1e6 * value)
                                          : netlist::capacitor("cm" + name, a, b, 1e-6 * value);
    if (comments) {
      element.comment = fmt::format("{:.4g}, K({}_{},{}_{}) = {:.6g}, inputs", value, i, j, i,
                                    j + 1, 2.0 * value);
      if (n % 4 == 0) element.heading = fmt::format("node {}_{}", i, j);
    }
    circuit.add(std::move(element));
  }
  return circuit;
}

void format_deck(benchmark::State& state, bool comments) {
  const netlist::Circuit circuit = make_circuit(comments);
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

void deck_with_comments(benchmark::State& state) { format_deck(state, true); }
void deck_bare(benchmark::State& state) { format_deck(state, false); }

BENCHMARK(deck_with_comments)->Unit(benchmark::kMillisecond)->Apply(bench::measure);
BENCHMARK(deck_bare)->Unit(benchmark::kMillisecond)->Apply(bench::measure);

}  // namespace
