#include "hw/mapping/mapping.hpp"

#include <map>
#include <set>

#include <Eigen/LU>

#include "core/lagrangian.hpp"
#include "core/model.hpp"
#include "core/sparse_cholesky.hpp"
#include "tests/catch.hpp"
#include "tests/core/shared_data.hpp"
#include "tests/hw/mapping/small_profile.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using namespace springspice::test;

namespace {

struct Case {
  core::SecondOrderSystem system;
  hw::MapRequest request;
};

// Starts at x = 0, so the swing reaches from there to the fit.
Case make_case(const core::SecondOrderSystem& system, const core::PredictionError& error,
               hw::Topology topology = hw::Topology::opamp) {
  Case made{system, {}};
  const Eigen::MatrixXd fit = core::SparseCholesky(made.system.K).solve(made.system.f);
  hw::Request& request = made.request.request;
  request.topology = topology;
  request.swing.offset = Eigen::VectorXd::Zero(fit.cols());
  request.swing.position = fit.cwiseAbs().maxCoeff();
  request.swing.velocity = fit.cwiseAbs().maxCoeff();
  request.initial.x = Eigen::MatrixXd::Zero(fit.rows(), fit.cols());
  request.initial.v = Eigen::MatrixXd::Zero(made.system.M.rows(), fit.cols());
  made.request.error = error;
  return made;
}

Case make_case(const core::DataSprings& data, core::Parameters parameters = {},
               hw::Topology topology = hw::Topology::opamp) {
  return make_case(core::make_system(data, parameters), core::make_prediction_error(data),
                   topology);
}

hw::Mapping map_case(const Case& made, const hw::Profile& profile) {
  return hw::map_system(made.system, profile, made.request);
}

std::string why_not(const Case& made, const hw::Profile& profile) {
  try {
    map_case(made, profile);
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

double value_in(const hw::Mapping& mapping, const hw::MappedPart& part) {
  const netlist::Element& element = *mapping.design.circuit.find(part.part.element);
  return std::abs(part.kind == netlist::Kind::instance ? element.parameters.front().value
                                                       : element.value);
}

bool is_symmetric(const core::SparseMatrix& matrix) {
  return (Eigen::MatrixXd(matrix) - Eigen::MatrixXd(matrix).transpose()).isZero(0.0);
}

}  // namespace

TEST_CASE("every value is in its series and range, and tied values are equal") {
  for (const auto topology : {hw::Topology::opamp, hw::Topology::gmc}) {
    const hw::Profile profile = topology == hw::Topology::opamp ? board_profile() : chip_profile();
    const Case made = make_case(parabola({6}, 60, 2), {}, topology);
    const hw::Mapping mapping = map_case(made, profile);
    std::map<std::tuple<netlist::Part::Role, int, int>, std::set<double>> values;
    for (const hw::MappedPart& part : mapping.parts) {
      const hw::PartClass& parts = part.kind == netlist::Kind::resistor    ? *profile.resistor
                                   : part.kind == netlist::Kind::capacitor ? *profile.capacitor
                                   : part.kind == netlist::Kind::current   ? *profile.current_source
                                                                         : *profile.transconductor;
      INFO(part.part.element);
      CHECK(value_in(mapping, part) == part.chosen.value);
      CHECK(parts.series.nearest(part.chosen.value, parts.range()) == part.chosen.value);
      CHECK_THAT(part.rounded / part.wanted, WithinAbs(1.0, 0.06));  // E24's widest gap, halved
      if (part.part.role == netlist::Part::Role::force) continue;
      values[{part.part.role, std::min(part.part.row, part.part.column),
              std::max(part.part.row, part.part.column)}]
          .insert(part.chosen.value);
    }
    for (const auto& [key, chosen] : values) {
      // An integrator's resistor (transconductor) and capacitor are two values.
      const bool rate = std::get<0>(key) == netlist::Part::Role::rate;
      CHECK(chosen.size() == (rate ? 2U : 1U));
    }
    CHECK(is_symmetric(mapping.system.M));
    CHECK(is_symmetric(mapping.system.D));
    CHECK(is_symmetric(mapping.system.K));
    CHECK((mapping.system.K * mapping.mapped_fit - mapping.system.f).cwiseAbs().maxCoeff() < 1e-9);
    CHECK_THAT(made.request.error(mapping.mapped_fit, mapping.ideal_fit),
               WithinRel(mapping.snap.joint, 1e-6));
  }
}

TEST_CASE("the joint choice is never worse than rounding, and on average far better") {
  double gain = 0.0;
  for (int points = 40; points < 44; ++points) {
    core::Parameters parameters;
    parameters.neighbor_spring = 0.05 * (points - 39);
    const hw::Mapping mapping =
        map_case(make_case(parabola({5}, points), parameters), board_profile());
    CHECK(mapping.snap.joint <= mapping.snap.rounded);
    gain += std::log(mapping.snap.gain()) / 4.0;
  }
  CHECK(std::exp(gain) > 5.0);
}

TEST_CASE("two coordinates: no choice of the nearest values is better by the exact error") {
  const Case made = make_case(parabola({1}, 20));
  const hw::Mapping mapping = map_case(made, board_profile());
  const hw::Profile profile = board_profile();
  // Of one line: K(0,0), K(0,1), K(1,1), f(0), f(1), four values each.
  std::vector<const hw::MappedPart*> parts;
  std::vector<std::vector<double>> factors;
  for (const hw::MappedPart& part : mapping.parts) {
    const bool stiffness =
        part.part.role == netlist::Part::Role::stiffness && part.part.row <= part.part.column;
    if (!stiffness && part.part.role != netlist::Part::Role::force) continue;
    parts.push_back(&part);
    factors.emplace_back();
    for (const double ohm :
         profile.resistor->series.near(part.wanted, profile.resistor->range(), 2)) {
      factors.back().push_back(part.wanted / ohm);
    }
  }
  REQUIRE(parts.size() == 5);
  double best = 1e300;
  std::vector<std::size_t> choice(5, 0);
  for (bool more = true; more;) {
    Eigen::Matrix2d K = Eigen::Matrix2d::Zero();
    Eigen::Vector2d f = Eigen::Vector2d::Zero();
    for (std::size_t q = 0; q < 5; ++q) {
      const double value = parts[q]->part.coefficient * factors[q][choice[q]];
      const int i = parts[q]->part.row;
      const int j = parts[q]->part.column;
      if (parts[q]->part.role == netlist::Part::Role::force) {
        f(i) = value;
      } else {
        K(i, j) = K(j, i) = value;
      }
    }
    best = std::min(best, made.request.error(K.inverse() * f, mapping.ideal_fit));
    more = false;
    for (std::size_t q = 0; q < 5 && !more; ++q) {
      choice[q] = (choice[q] + 1) % factors[q].size();
      more = choice[q] != 0;
    }
  }
  CHECK(mapping.snap.joint <= best * (1.0 + 1e-9));
}

TEST_CASE("pairs come nearer than single parts, and are two elements of the deck") {
  Case made = make_case(parabola({4}, 40));
  const hw::Mapping single = map_case(made, board_profile());
  made.request.pairs = true;
  const hw::Mapping pairs = map_case(made, board_profile());
  CHECK(pairs.snap.joint < 0.1 * single.snap.joint);
  std::size_t split = 0;
  for (const hw::MappedPart& part : pairs.parts) {
    if (part.chosen.how == hw::Joined::How::single) continue;
    ++split;
    INFO(part.part.element);
    CHECK(pairs.design.circuit.find(part.part.element) == nullptr);
    for (std::size_t h = 0; h < 2; ++h) {
      const netlist::Element* half =
          pairs.design.circuit.find(part.part.element + (h == 0 ? "a" : "b"));
      REQUIRE(half != nullptr);
      CHECK(half->value == part.chosen.values[h]);
      CHECK_THAT(half->comment, ContainsSubstring(part.part.element));
    }
  }
  CHECK(split > 10U);
}

TEST_CASE("a mapping is a function of its request") {
  const Case made = make_case(parabola({4}, 40));
  const hw::Mapping first = map_case(made, board_profile());
  const hw::Mapping second = map_case(made, board_profile());
  CHECK(first.snap.joint == second.snap.joint);
  for (std::size_t q = 0; q < first.parts.size(); ++q) {
    CHECK(first.parts[q].chosen.value == second.parts[q].chosen.value);
  }
}

TEST_CASE("scales that are given are kept") {
  Case made = make_case(parabola({4}, 40));
  made.request.request.scales.time_s = 2e-3;
  made.request.request.scales.impedance_ohm = 30e3;
  const hw::Mapping mapping = map_case(made, board_profile());
  CHECK_THAT(mapping.design.scales.time_s, WithinRel(2e-3, 1e-12));
  CHECK_THAT(mapping.design.scales.impedance_ohm, WithinRel(30e3, 1e-12));
  made.request.request.scales.impedance_ohm = 50e6;
  CHECK_THAT(why_not(made, board_profile()), ContainsSubstring("--scale-impedance"));
}

TEST_CASE("voltages stay within the profile's swing, and are not a quarter of what fits") {
  const hw::Mapping mapping = map_case(make_case(parabola({4}, 40)), board_profile());
  CHECK(mapping.scales.swing_v == 10.0);
  CHECK(mapping.scales.position_v <= 10.0 * (1.0 + 1e-9));
  CHECK(mapping.scales.velocity_v <= 10.0 * (1.0 + 1e-9));
  CHECK(mapping.scales.position_v > 0.1);
}

TEST_CASE("a range that cannot hold the circuit: which values, which limits, by what factor") {
  Eigen::Matrix2d K;
  K << 2.0, 1e-5, 1e-5, 2.0;
  Case made = make_case(parabola({1}, 20));
  made.system.K = K.sparseView();
  const std::string text = why_not(made, board_profile());
  CHECK_THAT(text, ContainsSubstring("profile test-board"));
  CHECK_THAT(text, ContainsSubstring("K(0,1) = 1e-05"));
  CHECK_THAT(text, ContainsSubstring("at most 1 Mohm (resistor.high)"));
  CHECK_THAT(text, ContainsSubstring("= 2) is at least 1 kohm (resistor.low)"));
  // 2e5 : 1 where there are 1e3 : 1.
  CHECK_THAT(text, ContainsSubstring("by a factor of 200:"));
}

TEST_CASE("what a profile cannot be is refused with what to do") {
  const Case made = make_case(parabola({4}, 40));
  hw::Profile small = board_profile();
  small.most_nodes = figure(3, "most_nodes");
  CHECK_THAT(why_not(made, small), ContainsSubstring("holds 3 coordinates (most_nodes)"));
  small.most_nodes.reset();
  small.most_parts = figure(10, "most_parts");
  CHECK_THAT(why_not(made, small), ContainsSubstring("holds 10 parts (most_parts)"));
  CHECK_THAT(why_not(made, chip_profile()), ContainsSubstring("cannot be --realization opamp"));

  core::Parameters stiff;
  stiff.neighbor_spring = 0.5;
  hw::Profile neighbours = board_profile();
  neighbours.neighbours_only = true;
  CHECK(why_not(make_case(parabola({3}, 40), stiff), neighbours) == "no refusal");
  CHECK_THAT(why_not(make_case(parabola({2, 2}, 40), stiff), neighbours),
             ContainsSubstring("joins neighbours on the grid alone"));

  hw::Profile open = board_profile();
  open.swing_v.value.reset();
  CHECK_THAT(why_not(made, open), ContainsSubstring("swing_v"));

  Case literal = made;
  literal.request.request.literal = true;
  CHECK_THAT(why_not(literal, board_profile()), ContainsSubstring("--springs condensed"));
  Case free = make_case(parabola({4}, 40));
  free.system.K = core::SparseMatrix(5, 5);
  CHECK_THAT(why_not(free, board_profile()), ContainsSubstring("singular (5 free directions)"));
}

TEST_CASE("series without a value that integrators can share are refused") {
  hw::Profile profile = board_profile();
  profile.capacitor->series = hw::Series::list({1e-9, 2e-9, 4e-9});
  profile.resistor->series = hw::Series::list({10e3});
  Case made = make_case(parabola({1}, 20));
  made.request.request.scales = {1e-3, 20e3, 1.2345, 2.3456};
  CHECK(why_not(made, profile) != "no refusal");
}

TEST_CASE("read-outs show the weights of the parts that they have") {
  Case made = make_case(parabola({3}, 40));
  const std::vector<hw::Query> queries = {{{{0, 0.3}, {1, 0.7}}}, {{{2, 0.123}, {3, 0.877}}}};
  made.request.request.queries = queries;
  const hw::Mapping mapping = map_case(made, board_profile());
  REQUIRE(mapping.design.readouts.size() == 2);
  for (std::size_t k = 0; k < 2; ++k) {
    const auto& weights = mapping.design.readouts[k].weights;
    for (std::size_t c = 0; c < 2; ++c) {
      CHECK_THAT(weights[c].second, WithinRel(queries[k].weights[c].second, 0.02));
    }
  }
  CHECK(mapping.request.queries.empty());
}

TEST_CASE("the thermocouple on a board: at least three times better than rounding") {
  const std::string path = shared_data("type_k_thermocouple.csv");
  if (path.empty()) return;
  core::ModelRequest model_request;
  model_request.path = path;
  const core::Model model = core::read_model(model_request);
  hw::Profile profile = hw::parse_profile(*hw::find_shipped_profile("opamp-board"), "opamp-board");
  const hw::Mapping single =
      map_case(make_case(model.system, core::make_prediction_error(model.data)), profile);
  CHECK(single.snap.gain() > 3.0);
}
