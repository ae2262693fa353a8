#include "hw/explain.hpp"

#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

const hw::FormReport& form(const hw::Explanation& explanation, const std::string& name) {
  for (const hw::FormReport& report : explanation.forms) {
    if (report.name == name) return report;
  }
  throw std::out_of_range("no form " + name);
}

}  // namespace

TEST_CASE("explain counts signs, parts and obstacles of two coordinates") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, -0.2, 0.3),
                                 two_by_two(3.0, -1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  const hw::Explanation explanation = hw::explain(system, hand_scaled(system, hw::Topology::opamp));
  REQUIRE(explanation.matrices.size() == 3);
  CHECK(explanation.matrices[1].name == "D");
  CHECK(explanation.matrices[1].couplings == 1);
  CHECK(explanation.matrices[1].negative == 1);
  // M(0,1) > 0 asks for unlike signs, D(0,1) < 0 for like ones.
  CHECK(explanation.matrices[1].conflicts == 1);
  CHECK(explanation.matrices[2].worst_row == Approx(2.0 / 3.0));
  CHECK(explanation.matrices[2].worst_label == "0");
  const hw::FormReport& opamp = form(explanation, "opamp");
  CHECK(opamp.possible());
  // Three a node, and an inverter for each of two columns of D.
  CHECK(opamp.count("op-amp") == 8);
  CHECK_THAT(form(explanation, "gmc").obstacle, ContainsSubstring("has none"));
  CHECK(form(explanation, "charge").possible());
  CHECK(form(explanation, "spu").possible());
  CHECK(explanation.recommendation == "--realization opamp");
  CHECK_THAT(
      hw::format_explanation(explanation),
      ContainsSubstring("gmc: not possible") && ContainsSubstring("take --realization opamp"));
}

TEST_CASE("explain takes inductors where they carry K in range") {
  const auto system = make_given(two_by_two(2.0, 0.5, 1.0), two_by_two(1.0, 0.2, 0.3),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  hw::Request request = hand_scaled(system, hw::Topology::opamp);
  // 0.15 nF to 0.15 nF..., 10 uH and some, 10 kohm: all on a bench.
  request.scales = {1e-6, 3e3, 2.0, 4.0};
  const hw::Explanation explanation = hw::explain(system, request);
  CHECK(form(explanation, "rlc direct").outside() == 0);
  CHECK(explanation.recommendation == "--realization rlc --coupling direct");
  for (const hw::FormReport& report : explanation.forms) CHECK(report.obstacle.empty());
}

TEST_CASE("explain knows that only the op-amp board has an overdamped form") {
  const auto system = make_given(Eigen::MatrixXd(), two_by_two(1.0, 0.0, 1.0),
                                 two_by_two(3.0, 1.0, 4.0), Eigen::Vector2d(1.0, -2.0));
  const hw::Explanation explanation = hw::explain(system, hand_scaled(system, hw::Topology::opamp));
  for (const hw::FormReport& report : explanation.forms) {
    CHECK(report.possible() == report.name.starts_with("opamp"));
  }
  CHECK(explanation.recommendation == "--realization opamp --dynamics overdamped");
}
