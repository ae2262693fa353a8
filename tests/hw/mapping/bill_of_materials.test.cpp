#include "hw/mapping/bill_of_materials.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "tests/catch.hpp"
#include "tests/hw/mapping/hand_mapping.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

const hw::BillRow* find_row(const std::vector<hw::BillRow>& bill, const std::string& reference) {
  for (const hw::BillRow& row : bill) {
    if (std::ranges::count(row.references, reference) > 0) return &row;
  }
  return nullptr;
}

std::size_t total(const std::vector<hw::BillRow>& bill) {
  std::size_t sum = 0;
  for (const hw::BillRow& row : bill) sum += row.quantity();
  return sum;
}

// Everything that is written into the deck, less what no board holds.
std::size_t count_components(const netlist::Design& design) {
  std::set<std::string> generators;
  for (const netlist::NoiseSource& source : design.noise) {
    for (const auto& entry : source.incidence) generators.insert(entry.where);
  }
  std::size_t count = 0;
  for (const netlist::Element& element : design.circuit.elements()) {
    const bool ammeter = element.kind == netlist::Kind::voltage && element.value == 0.0 &&
                         !generators.contains(element.name);
    if (element.kind != netlist::Kind::coupling && !ammeter) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("bill of materials: every component of every circuit is in it, once") {
  const core::SecondOrderSystem system = make_noisy();
  const auto [topology, coupling, name] = GENERATE(table<hw::Topology, hw::Coupling, const char*>(
      {{hw::Topology::opamp, hw::Coupling::automatic, "opamp-board"},
       {hw::Topology::gmc, hw::Coupling::automatic, "cmos-gmc"},
       {hw::Topology::rlc, hw::Coupling::direct, "bench-rlc"},
       {hw::Topology::rlc, hw::Coupling::gyrator, "bench-rlc"},
       {hw::Topology::rlc, hw::Coupling::transformer, "bench-rlc"},
       {hw::Topology::charge, hw::Coupling::automatic, "bench-rlc"}}));
  hw::Request request = hand_scaled(system, topology);
  request.coupling = coupling;
  const std::vector<hw::Query> queries = {{{{0, 0.5}, {1, 0.5}}}};
  if (topology != hw::Topology::charge) request.queries = queries;
  const hw::Profile profile = shipped_profile(name);
  const hw::Mapping mapping = map_as_computed(system, request);
  const std::vector<hw::BillRow> bill = hw::make_bill(mapping, profile);
  CAPTURE(mapping.design.realization);
  CHECK(total(bill) == count_components(mapping.design));
  std::set<std::string> references;
  for (const hw::BillRow& row : bill) {
    for (const std::string& reference : row.references) {
      CHECK(references.insert(reference).second);
      CHECK(mapping.design.circuit.find(reference) != nullptr);
    }
  }
}

TEST_CASE("bill of materials: parts without a term of the equations are bought too") {
  const core::SecondOrderSystem system = make_noisy();
  hw::Request request = hand_scaled(system, hw::Topology::rlc);
  const std::vector<hw::Query> queries = {{{{0, 0.5}, {1, 0.5}}}};
  request.queries = queries;
  const hw::Profile profile = shipped_profile("bench-rlc");
  const std::vector<hw::BillRow> bill = hw::make_bill(map_as_computed(system, request), profile);
  const hw::BillRow* capacitor = find_row(bill, "cq1");
  REQUIRE(capacitor != nullptr);
  CHECK(capacitor->kind == "capacitor");
  // The centre of the range, sqrt(100 pF 1 uF) = 10 nF, which is of the series.
  CHECK(capacitor->value == "10 nF");
  CHECK(capacitor->series == "E24");
}

TEST_CASE("bill of materials: what is alike is one row, a pair is two parts") {
  const core::SecondOrderSystem system = make_noisy();
  const hw::Profile profile = shipped_profile("opamp-board");
  hw::Mapping mapping = map_as_computed(system, hand_scaled(system, hw::Topology::opamp));
  const std::size_t before = total(hw::make_bill(mapping, profile));
  // As a mapped circuit is: the resistors of f two in series each, the inverters' with one value.
  netlist::Circuit joined;
  for (const netlist::Element& element : mapping.design.circuit.elements()) {
    netlist::Element first = element;
    if (element.name.starts_with("rf")) {
      joined.add(
          netlist::resistor(element.name + "b", "j" + element.name, element.nodes[1], 232.0));
      first = netlist::resistor(element.name + "a", element.nodes[0], "j" + element.name, 4.75e3);
    } else if (element.name.starts_with("ran") || element.name.starts_with("rbn")) {
      first.value = 30.1e3;
    }
    joined.add(first);
  }
  mapping.design.circuit = joined;
  const std::vector<hw::BillRow> bill = hw::make_bill(mapping, profile);
  CHECK(total(bill) == count_components(mapping.design));
  CHECK(total(bill) == before + 3);
  const hw::BillRow* larger = find_row(bill, "rf0a");
  const hw::BillRow* smaller = find_row(bill, "rf2b");
  REQUIRE(larger != nullptr);
  REQUIRE(smaller != nullptr);
  CHECK(larger->references == std::vector<std::string>{"rf0a", "rf1a", "rf2a"});
  CHECK(larger->value == "4.75 kohm");
  CHECK(smaller->value == "232 ohm");
  CHECK(find_row(bill, "rf0") == nullptr);
  // Three nodes, each with an inverter of two equal resistors, and three amplifiers.
  const hw::BillRow* inverter = find_row(bill, "ran0");
  REQUIRE(inverter != nullptr);
  CHECK(find_row(bill, "rbn2") == inverter);
  CHECK(inverter->value == "30.1 kohm");
  CHECK(inverter->tolerance == "1 %");
  CHECK(inverter->series == "E96");
  const hw::BillRow* amplifier = find_row(bill, "xv0");
  REQUIRE(amplifier != nullptr);
  CHECK(amplifier->value == "TL072");
  CHECK(amplifier->quantity() >= 9);
  std::set<std::tuple<std::string, double, std::string, std::string>> kinds;
  for (const hw::BillRow& row : bill) {
    CHECK(kinds.insert({row.kind, row.si, row.series, row.tolerance}).second);
  }
}

TEST_CASE("bill of materials: a value that the series lacks is not passed off as one of it") {
  const core::SecondOrderSystem system = make_noisy();
  const hw::Profile profile = shipped_profile("opamp-board");
  const hw::Mapping mapping = map_as_computed(system, hand_scaled(system, hw::Topology::opamp));
  const std::vector<hw::BillRow> bill = hw::make_bill(mapping, profile);
  // 1 kohm / K, of sums over data, and sqrt(1 kohm 1 Mohm).
  CHECK(find_row(bill, "rk0")->series == "not of E96");
  CHECK(find_row(bill, "ran0")->series == "not of E96");
}

TEST_CASE("bill of materials: as CSV") {
  const std::vector<hw::BillRow> rows = {
      {{"r1", "r2a"}, "4.7 kohm", "E96", "1 %", "resistor", 4700.0, "ohm"},
      {{"x1"}, "OPA, \"fast\"", "", "", "amplifier", 0.0, ""}};
  CHECK(hw::format_bill(rows) ==
        "reference,value,series,tolerance,quantity,kind,si_value,unit\n"
        "r1 r2a,4.7 kohm,E96,1 %,2,resistor,4700,ohm\n"
        "x1,\"OPA, \"\"fast\"\"\",,,1,amplifier,,\n");
}
