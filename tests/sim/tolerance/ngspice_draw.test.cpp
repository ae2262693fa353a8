// The same draw by ngspice: an engine that knows nothing of how the numbers were found.
#include "tests/catch.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("ngspice draw: the same error by ngspice and by the matrices") {
  for (const Form& form : kForms) {
    INFO(form.name);
    Board board(form, 5, 0.05);
    board.request.draws = 4;
    const sim::ToleranceReport report = sim::run_tolerance(board.request);
    // The targets lie in [-1, 1]. Operating point: condition of K times rounding; transient: what
    // is left after 30 relaxation times and what its fluxes are integrated to.
    const double limit = board.problem.design.has_operating_point ? 1e-9 : 1e-6;
    for (const std::uint64_t draw : {std::uint64_t{0}, std::uint64_t{3}}) {
      const double error = sim::run_draw_in_ngspice(board.request, draw, {});
      CHECK(std::abs(error - report.draws[draw].error) < 2.0 * limit);
      CHECK(error > 1e-3);  // a draw, not the fit
    }
  }
}

TEST_CASE("ngspice draw: the design of a draw has its values, and its noise") {
  Board board(find_form("rlc direct"), 5, 0.05);
  board.request.noise = sim::NoiseOrigin::natural;
  const netlist::Design drawn = sim::draw_design(board.request, 2);
  const netlist::Design& nominal = board.problem.design;
  REQUIRE(drawn.noise.size() == nominal.noise.size());
  for (std::size_t q = 0; q < drawn.noise.size(); ++q) {
    const std::string& where = drawn.noise[q].incidence[0].where;
    const double ratio = drawn.circuit.find(where)->value / nominal.circuit.find(where)->value;
    CHECK(ratio != 1.0);
    CHECK(std::abs(ratio - 1.0) < 0.05);
    CHECK(drawn.noise[q].density * ratio == Approx(nominal.noise[q].density).epsilon(1e-14));
  }
  CHECK(drawn.probes.size() == nominal.probes.size());
  board.request.noise = sim::NoiseOrigin::injected;
  CHECK(sim::draw_design(board.request, 2).noise[0].density == nominal.noise[0].density);
}
