#include "hw/compare_designs.hpp"

#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

netlist::Circuit make_board(double k01, double f1) {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, k01, 4.0), Eigen::Vector2d(1.0, f1));
  return hw::realize(system, hand_scaled(system, hw::Topology::opamp)).circuit;
}

}  // namespace

TEST_CASE("the same data change nothing") {
  const hw::DesignComparison same = hw::compare_designs(make_board(1.0, 2.0), make_board(1.0, 2.0));
  CHECK(same.changes.empty());
  CHECK(same.kept == make_board(1.0, 2.0).elements().size());
}

TEST_CASE("targets change the force's resistors alone") {
  const hw::DesignComparison targets =
      hw::compare_designs(make_board(1.0, 2.0), make_board(1.0, -4.0));
  REQUIRE(targets.changes.size() == 1);
  CHECK(targets.changes[0].part == "rf1");
  CHECK(targets.changes[0].group == "targets");
  // 1 V over 4 mA times |f|.
  CHECK(*targets.changes[0].before == Approx(125.0));
  CHECK(*targets.changes[0].after == Approx(62.5));
  CHECK(targets.changes[0].rewired == "refn s1 -> refp s1");
  CHECK_THAT(hw::format_comparison(targets),
             ContainsSubstring("rf1: 125 ohm -> 62.5 ohm, wired refn s1 -> refp s1"));
}

TEST_CASE("inputs change resistors of K, and may add or remove some") {
  const hw::DesignComparison inputs =
      hw::compare_designs(make_board(1.0, 2.0), make_board(0.0, 2.0));
  REQUIRE(inputs.changes.size() == 2);
  for (const hw::PartChange& change : inputs.changes) {
    CHECK(change.group == "inputs");
    CHECK(change.what == hw::PartChange::What::removed);
  }
  const hw::DesignComparison back = hw::compare_designs(make_board(0.0, 2.0), make_board(1.0, 2.0));
  CHECK(back.changes[0].what == hw::PartChange::What::added);
  CHECK_THAT(hw::format_comparison(back),
             ContainsSubstring("inputs: 0 changed, 2 added, 0 removed"));
}

TEST_CASE("groups follow from the names") {
  CHECK(hw::group_of("cm0__1") == "grid");
  CHECK(hw::group_of("RK0__1") == "inputs");
  CHECK(hw::group_of("raed1") == "targets");
  CHECK(hw::group_of("raend1") == "inputs");
  CHECK(hw::group_of("rbq1") == "read-outs");
  CHECK(hw::group_of("vrefp") == "fixed");
}
