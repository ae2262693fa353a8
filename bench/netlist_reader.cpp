// Reading a deck of a million elements, and all the way to its matrices.
#include <string>

#include "bench/measure.hpp"
#include <benchmark/benchmark.h>

#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"

using namespace springspice;

namespace {

constexpr int kElements = 1'000'000;

// As hw writes them: resistors and capacitors in turn between the nodes of a grid, values of all 17
// digits, each with a comment.
std::string make_deck() {
  std::string out = "a million elements\n";
  for (int i = 0; i < kElements; ++i) {
    const auto name = [](int node) {
      return std::to_string(node / 1000) + "_" + std::to_string(node % 1000);
    };
    const std::string number = name(i / 2);
    out += i % 2 == 0
               ? "rk" + number + "__" + name(i / 2 + 1) + " x" + number + " v" + name(i / 2 + 1)
               : "cm" + number + " x" + number + " v" + number;
    out += ' ' + netlist::format_number((1e3 + i / 3.0) * (i % 2 == 0 ? 1.0 : 1e-12));
    out += " ; K, inputs\n";
  }
  return out + ".end\n";
}

void netlist_reader(benchmark::State& state) {
  const std::string deck = make_deck();
  netlist::Circuit circuit;
  for (auto iteration : state) {
    static_cast<void>(iteration);
    state.PauseTiming();
    circuit = {};  // giving memory back is no reading
    state.ResumeTiming();
    circuit = netlist::parse_deck(deck, "deck");
    benchmark::DoNotOptimize(circuit.elements().data());
  }
  state.counters["bytes"] = static_cast<double>(deck.size());
}
BENCHMARK(netlist_reader)->Apply(bench::measure);

void netlist_to_matrices(benchmark::State& state) {
  const std::string deck = make_deck();
  for (auto iteration : state) {
    static_cast<void>(iteration);
    const netlist::Descriptor matrices =
        netlist::stamp(netlist::flatten(netlist::parse_deck(deck, "deck")));
    benchmark::DoNotOptimize(matrices.A.nonZeros());
  }
  state.counters["elements"] = kElements;
}
BENCHMARK(netlist_to_matrices)->Apply(bench::measure);

}  // namespace
