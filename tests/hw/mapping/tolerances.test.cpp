// The list of tolerances: every part of the circuit once, halves of a pair each by itself.
#include "hw/mapping/tolerances.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/hw/mapping/hand_mapping.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

std::ptrdiff_t count(const std::vector<hw::PartTolerance>& list, const std::string& element) {
  return std::ranges::count(list, element, &hw::PartTolerance::element);
}

}  // namespace

TEST_CASE("every part has the tolerance of its class, the references their own") {
  hw::Profile profile = shipped_profile("opamp-board");
  hw::Mapping mapping =
      map_as_computed(make_noisy(), hand_scaled(make_noisy(), hw::Topology::opamp));
  const std::size_t parts = mapping.parts.size();
  std::vector<hw::PartTolerance> list = hw::list_tolerances(mapping, profile);
  REQUIRE(list.size() == parts + 2);
  for (const hw::PartTolerance& part : list) {
    const char kind = part.element.front();
    CHECK(part.fraction == (kind == 'c' ? 0.05 : kind == 'v' ? 0.002 : 0.01));
    CHECK(count(list, part.element) == 1);
  }
  // A pair varies as two parts; references without a tolerance are exact.
  mapping.parts.front().chosen.how = hw::Joined::How::series;
  profile.reference_tolerance = {};
  list = hw::list_tolerances(mapping, profile);
  CHECK(list.size() == parts + 1);
  const std::string name = mapping.parts.front().part.element;
  CHECK(count(list, name) == 0);
  CHECK(count(list, name + "a") == 1);
  CHECK(count(list, name + "b") == 1);
  profile.resistor->tolerance = {std::nullopt, "ask the maker", "resistor.tolerance"};
  CHECK_THROWS_WITH(hw::list_tolerances(mapping, profile), ContainsSubstring("resistor.tolerance"));
}
