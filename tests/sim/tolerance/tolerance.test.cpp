// The whole Monte Carlo: threads, quantiles, yield, failed draws, and requests that are refused.
#include "sim/tolerance/tolerance.hpp"

#include <cmath>

#include "core/error.hpp"
#include "netlist/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/one_mass.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

bool equal_bits(const sim::ToleranceReport& a, const sim::ToleranceReport& b) {
  bool equal = a.low == b.low && a.median == b.median && a.high == b.high && a.yield == b.yield &&
               a.predicted_rms == b.predicted_rms && a.draws.size() == b.draws.size();
  for (std::size_t d = 0; equal && d < a.draws.size(); ++d) {
    equal = a.draws[d].error == b.draws[d].error &&
            a.draws[d].slowest_time == b.draws[d].slowest_time &&
            a.draws[d].coldest == b.draws[d].coldest && a.draws[d].hottest == b.draws[d].hottest;
  }
  return equal;
}

// One mass whose stiffness is the difference of two transconductors, 3 and 2.9 with 5 %: half of
// the draws push instead of pull.
sim::Problem pulled_and_pushed() {
  sim::Problem problem = noisy_mass();
  netlist::Circuit& circuit = problem.design.circuit;
  problem.system.K = one_by_one(0.1);
  circuit.add(netlist::capacitor("cm", "v", "0", 2.0));
  circuit.add(netlist::resistor("rd", "v", "0", 2.0));
  circuit.add(netlist::transconductor("gk", "v", "0", "x", "0", 3.0));
  circuit.add(netlist::transconductor("gn", "0", "v", "x", "0", 2.9));
  circuit.add(netlist::current_source("if", "0", "v", 0.1));
  circuit.add(netlist::transconductor("gx", "0", "x", "v", "0", 1.0));
  circuit.add(netlist::capacitor("cx", "x", "0", 1.0));
  return problem;
}

}  // namespace

TEST_CASE("tolerance: the same bits for any number of threads") {
  for (const char* name : {"opamp", "rlc direct"}) {
    Board board(find_form(name), 8, 0.1, 2);
    board.request.draws = 40;
    const sim::ToleranceReport one = sim::run_tolerance(board.request);
    for (const int threads : {2, 5}) {
      board.request.threads = threads;
      CHECK(equal_bits(one, sim::run_tolerance(board.request)));
    }
    board.request.seed = 2;
    CHECK(!equal_bits(one, sim::run_tolerance(board.request)));
  }
}

TEST_CASE("tolerance: a divider's quantiles and yield in closed form") {
  // x = f / K with K = 3 m and f = 6: x = 2 / m, m uniform in [0.9, 1.1].
  sim::Problem problem = one_mass();
  netlist::Circuit& circuit = problem.design.circuit;
  circuit.add(netlist::capacitor("cm", "v", "0", 2.0));
  circuit.add(netlist::resistor("rd", "v", "0", 2.0));
  circuit.add(netlist::transconductor("gk", "v", "0", "x", "0", 3.0));
  circuit.add(netlist::current_source("if", "0", "v", 6.0));
  circuit.add(netlist::transconductor("gx", "0", "x", "v", "0", 1.0));
  circuit.add(netlist::capacitor("cx", "x", "0", 1.0));
  sim::ToleranceRequest request{.problem = problem,
                                .spreads = {{"gk", 0.1}},
                                .error = core::make_prediction_error(1),
                                .reference = Eigen::MatrixXd::Constant(1, 1, 2.0)};
  request.draws = 4000;
  request.error_limit = 0.1;
  double last = 0.0;
  request.on_progress = [&](double fraction) {
    CHECK(fraction > last);
    last = fraction;
  };
  const sim::ToleranceReport report = sim::run_tolerance(request);
  CHECK(last == 1.0);
  // Quantile p of m errs by sqrt(p (1 - p) / draws) of the width 0.2; four standard errors of x.
  const double wide = 4.0 * 2.0 * 0.2 * 0.5 / std::sqrt(4000.0);
  CHECK(std::abs(report.median(0, 0) - 2.0) < wide);
  CHECK(std::abs(report.low(0, 0) - 2.0 / 1.09) < wide);
  CHECK(std::abs(report.high(0, 0) - 2.0 / 0.91) < wide);
  // |2/m - 2| <= 0.1: m in [2/2.1, 2/1.9].
  const double share = (2.0 / 1.9 - 2.0 / 2.1) / 0.2;
  CHECK(std::abs(report.yield - share) < 4.0 * std::sqrt(share * (1.0 - share) / 4000.0));
  // dx/dln K = -x.
  CHECK(report.worst[0].relative == Approx(2.0).epsilon(1e-13));
  CHECK(report.worst[0].spread == Approx(0.2 / std::sqrt(3.0)).epsilon(1e-13));
  CHECK(report.temperatures_note == "1 modes, exact; no temperatures: kT is 0");
  CHECK(report.draws[0].hottest == 0.0);
}

TEST_CASE("tolerance: draws that run away are failed draws") {
  const sim::Problem problem = pulled_and_pushed();
  sim::ToleranceRequest request{.problem = problem,
                                .spreads = {{"gk", 0.05}, {"gn", 0.05}},
                                .error = core::make_prediction_error(1),
                                .reference = Eigen::MatrixXd::Constant(1, 1, 1.0)};
  request.draws = 400;
  request.error_limit = 1e300;
  const sim::ToleranceReport report = sim::run_tolerance(request);
  std::size_t failed = 0;
  for (const sim::Draw& draw : report.draws) {
    if (std::isfinite(draw.error)) continue;
    ++failed;
    CHECK(std::isinf(draw.slowest_time));
  }
  // K = 0.1 + 0.15 u - 0.145 u' < 0: 20 to 25 % of the draws.
  CHECK(failed > 40);
  CHECK(failed < 200);
  CHECK(report.failed == failed);
  CHECK(report.yield == Approx(1.0 - static_cast<double>(failed) / 400.0));
  CHECK(std::isfinite(report.rms_deviation));
  CHECK(report.median.allFinite());
}

TEST_CASE(
    "tolerance: a deviation is from the circuit without spread, an error from the reference") {
  Board board(find_form("gmc"), 3, 0.0);
  board.request.reference.array() += 0.5;
  const sim::ToleranceReport report = sim::run_tolerance(board.request);
  CHECK(report.draws[0].error == Approx(0.5).epsilon(1e-12));
  CHECK(report.draws[0].deviation < 1e-12);
  CHECK(report.predicted_rms == 0.0);
}

TEST_CASE("tolerance: requests that cannot be met say why") {
  Board board(find_form("gmc"), 3);
  const auto refuse = [&](const char* text) {
    CHECK_THROWS_WITH(sim::run_tolerance(board.request), ContainsSubstring(text));
  };
  board.request.spreads.push_back({"r_none", 0.01});
  refuse("part 'r_none', which the circuit does not have");
  CHECK_THROWS_AS(sim::run_tolerance(board.request), netlist::NetlistError);
  board.request.spreads.back() = {"xx0", 1.0};
  refuse("part 'xx0' has the tolerance 1");
  CHECK_THROWS_AS(sim::run_tolerance(board.request), core::ParameterError);
  CHECK_THROWS_WITH(sim::draw_design(board.request, 0), ContainsSubstring("part 'xx0'"));
  board.request.spreads.pop_back();
  board.request.draws = 0;
  refuse("0 draws are none");
  board.request.draws = 1;
  board.request.threads = 0;
  refuse("0 threads");
  board.request.threads = 1;
  board.request.reference = Eigen::MatrixXd::Zero(2, 1);
  refuse("the reference is 2 x 1");
}
