// Adjoint sensitivities against finite differences, and what they say of many draws.
#include "sim/tolerance/sensitivity.hpp"

#include <cmath>

#include "sim/tolerance/draw_modes.hpp"
#include "sim/tolerance/draws.hpp"
#include "tests/catch.hpp"
#include "tests/sim/tolerance/board.hpp"

using namespace springspice;
using namespace springspice::test;

TEST_CASE("sensitivity: derivatives of all positions by all parts, against central differences") {
  for (const Form& form : kForms) {
    INFO(form.name);
    const Board board(form, 5, 0.01, 2);
    const sim::ProbeMap probes = sim::map_probes(board.problem);
    const sim::VariedCircuit circuit(board.problem.design.circuit, board.request.spreads);
    sim::SettledCircuit settled(circuit, board.problem, probes,
                                sim::find_nominal_modes(board.problem.system).relaxation_time *
                                    board.problem.design.scales.time_s);
    const Eigen::Index nu = board.problem.system.size();
    for (Eigen::Index p = 0; p < 2; ++p) {
      Eigen::MatrixXd adjoint(nu, circuit.parts());
      settled.differentiate(p, [&](Eigen::Index first, const Eigen::MatrixXd& block) {
        adjoint.middleCols(first, block.cols()) = block;
      });
      Eigen::MatrixXd differences(nu, circuit.parts());
      // exp(+-h): the error is h^2/6 of the third derivative in ln p, some of the first; rounding
      // of 1e-13 (coupled coils 1e-11) is divided by 2h.
      constexpr double kStep = 3e-4;
      for (Eigen::Index q = 0; q < circuit.parts(); ++q) {
        Eigen::VectorXd multipliers = Eigen::VectorXd::Ones(circuit.parts());
        multipliers(q) = std::exp(kStep);
        const Eigen::VectorXd up = settled.solve(multipliers)->col(p);
        multipliers(q) = std::exp(-kStep);
        differences.col(q) = (up - settled.solve(multipliers)->col(p)) / (2.0 * kStep);
      }
      CHECK(differences.cwiseAbs().maxCoeff() > 0.01);
      CHECK((adjoint - differences).cwiseAbs().maxCoeff() <
            1e-6 * differences.cwiseAbs().maxCoeff());
    }
  }
}

TEST_CASE("sensitivity: the rms of the draws is what the sensitivities predict") {
  struct Case {
    const char* form;
    bool normal;
  };
  for (const auto& [form, normal] :
       {Case{"opamp", false}, Case{"opamp", true}, Case{"gmc", false}, Case{"rlc direct", true}}) {
    INFO(form << (normal ? " normal" : " uniform"));
    Board board(find_form(form), 5);
    board.spread_all(0.01, normal);
    constexpr double kDraws = 300.0;
    board.request.draws = 300;
    const sim::ToleranceReport report = sim::run_tolerance(board.request);
    // The nominal circuit is the fit, so that error and deviation agree.
    double mean = 0.0;
    double fourth = 0.0;
    for (const sim::Draw& draw : report.draws) {
      mean += draw.error * draw.error / kDraws;
      fourth += std::pow(draw.error, 4) / kDraws;
      CHECK(draw.deviation == Approx(draw.error).epsilon(1e-6));
    }
    CHECK(report.rms_deviation == Approx(std::sqrt(mean)).epsilon(1e-6));
    const double standard_error = std::sqrt((fourth - mean * mean) / kDraws);
    const double predicted = report.predicted_rms * report.predicted_rms;
    // z = 3 standard errors, and the second order: variances of 3e-5 of some ten parts, relative.
    CHECK(std::abs(mean - predicted) < 3.0 * standard_error + 1e-3 * predicted);
  }
}

TEST_CASE("sensitivity: parts come the worst first, and those that do not matter with zero") {
  const Board board(find_form("opamp"));
  const sim::ToleranceReport report = sim::run_tolerance(board.request);
  REQUIRE(report.worst.size() == board.request.spreads.size());
  double squares = 0.0;
  for (std::size_t k = 0; k < report.worst.size(); ++k) {
    if (k > 0) CHECK(report.worst[k].spread <= report.worst[k - 1].spread);
    squares += report.worst[k].spread * report.worst[k].spread;
    const char kind = report.worst[k].element[0];
    // x is where K x = f: only K and f count, no capacitor, no friction, no noise, and no inverter,
    // for springs pull at the inverter's output, which is what the probe reads.
    const bool moves =
        report.worst[k].element.starts_with("rk") || report.worst[k].element.starts_with("rf");
    if (kind == 'c') CHECK(report.worst[k].relative == 0.0);
    CHECK((report.worst[k].relative > 1e-6) == moves);
  }
  CHECK(report.predicted_rms == Approx(std::sqrt(squares)));
}
