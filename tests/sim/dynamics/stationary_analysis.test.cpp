#include "sim/dynamics/stationary_analysis.hpp"

#include "tests/catch.hpp"
#include "tests/sim/dynamics/small_systems.hpp"

using namespace springspice;
using dynamics::StationaryAnalysis;
using small::kT;
using small::Prepared;

namespace {

StationaryAnalysis analyse(const Prepared& p) {
  return dynamics::analyse_stationary_state(p.system, p.null_space, p.modes);
}

}  // namespace

TEST_CASE("analysis: in equilibrium every degree of freedom has kT/2, modes or no modes") {
  for (const core::SecondOrderSystem& system :
       {small::general(), small::sticks(small::NoiseModel::fdt),
        small::general(small::Dynamics::overdamped)}) {
    const StationaryAnalysis analysis = analyse(Prepared(system));
    REQUIRE(analysis.obstacle.empty());
    const bool moving = system.dynamics == small::Dynamics::underdamped;
    CHECK(analysis.potential == Approx(1.5 * kT).epsilon(1e-12));
    CHECK(analysis.kinetic == Approx(moving ? 1.5 * kT : 0.0).epsilon(1e-12));
    REQUIRE(analysis.temperatures);
    const auto range = dynamics::find_range({*analysis.temperatures});
    // Lyapunov's equation where there are no modes: a condition below 1e3.
    CHECK(range.coldest == Approx(kT).epsilon(1e-11));
    CHECK(range.hottest == Approx(kT).epsilon(1e-11));
    CHECK(std::abs(analysis.temperatures->entropy_production.value()) < 1e-10);
  }
  // numpy's eigenvalues of A.
  CHECK(*analyse(Prepared(small::general())).relaxation_time ==
        Approx(6.30134324095222).epsilon(1e-12));
}

TEST_CASE("analysis: the paper's noise on two sticks is colder than kT and makes entropy") {
  const StationaryAnalysis analysis = analyse(Prepared(small::sticks(small::NoiseModel::diagonal)));
  REQUIRE(analysis.temperatures);
  // tr(M S') / (2 gamma nu) with S' = 2 gamma kT / M_s on each velocity: tr M / M_s / nu of kT.
  CHECK(analysis.kinetic == Approx(1.5 * kT * 4.0 / 9.0).epsilon(1e-12));
  CHECK(analysis.temperatures->mean == Approx(kT * 4.0 / 9.0).epsilon(1e-12));
  CHECK(*analysis.temperatures->entropy_production > 1e-3);
}

TEST_CASE("analysis: at kT = 0 there are times, but no temperatures") {
  for (const auto noise : {small::NoiseModel::fdt, small::NoiseModel::diagonal}) {
    Prepared warm(small::sticks(noise));
    Prepared cold = warm;
    cold.system.kT = 0.0;
    const StationaryAnalysis analysis = analyse(cold);
    CHECK(analysis.obstacle.empty());
    CHECK(!analysis.temperatures);
    CHECK(analysis.kinetic == 0.0);
    CHECK(*analysis.times.total == Approx(*analyse(warm).times.total).epsilon(1e-13));
  }
}

TEST_CASE("analysis: without a stationary state it says why") {
  CHECK_THAT(analyse(Prepared(small::oscillator(0.0, 4.0))).obstacle,
             ContainsSubstring("there is no stationary state: 1 mode without friction"));
}
