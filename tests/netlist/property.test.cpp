// Random circuits: text and circuit say the same, and so do the matrices of both.
#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/random_circuit.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::RandomCircuit;
using springspice::netlist::testing::same_meaning;

namespace {

bool identical(const Eigen::SparseMatrix<double>& a, const Eigen::SparseMatrix<double>& b) {
  if (a.rows() != b.rows() || a.nonZeros() != b.nonZeros()) return false;
  const auto same = [](const auto* p, const auto* q, Eigen::Index n) {
    return std::equal(p, p + n, q);
  };
  return same(a.outerIndexPtr(), b.outerIndexPtr(), a.outerSize() + 1) &&
         same(a.innerIndexPtr(), b.innerIndexPtr(), a.nonZeros()) &&
         same(a.valuePtr(), b.valuePtr(), a.nonZeros());
}

}  // namespace

TEST_CASE("format, parse, format gives the same bytes and the same circuit") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    const Circuit circuit = RandomCircuit(seed).make();
    const std::string text = format_deck(circuit);
    const Circuit parsed = parse_deck(text, "deck");
    CHECK(same_meaning(circuit, parsed));
    CHECK(format_deck(parsed) == text);
  }
}

TEST_CASE("the stamp of the text is the stamp of the circuit, to the bit") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const Circuit circuit = RandomCircuit(seed).make();
    const Circuit parsed = parse_deck(format_deck(circuit), "deck");
    const Descriptor a = stamp(flatten(circuit));
    const Descriptor b = stamp(flatten(parsed));
    CHECK(a.unknowns == b.unknowns);
    CHECK(a.initial == b.initial);
    CHECK(identical(a.E, b.E));
    CHECK(identical(a.A, b.A));
    CHECK(identical(a.E_abs, b.E_abs));
    CHECK(identical(a.A_abs, b.A_abs));
    CHECK(a.s == b.s);
    CHECK(a.s_abs == b.s_abs);
  }
}
