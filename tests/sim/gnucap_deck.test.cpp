// What gnucap reads otherwise than ngspice, each held against a closed form or a replay by hand.
#include <cmath>

#include <Eigen/LU>

#include "netlist/error.hpp"
#include "netlist/parser.hpp"
#include "sim/gnucap/deck.hpp"
#include "tests/sim/gnucap.hpp"

using namespace springspice;
using namespace springspice::test;
using sim::GnucapDeck;
using sim::GnucapTransient;

namespace {

GnucapDeck read_deck(const std::string& cards) {
  return {netlist::parse_deck("deck\n" + cards + ".end\n", "test.cir"), 1e3};
}

struct Points {
  std::vector<double> time_s;
  std::vector<Eigen::VectorXd> values;
};

Points run(const GnucapDeck& deck, std::vector<std::string> nodes,
           std::optional<GnucapTransient> transient = {}) {
  Points points;
  sim::GnucapEngine engine;
  engine.run({deck, std::move(nodes), transient},
             [&](double time_s, std::span<const std::complex<double>> values) {
               Eigen::VectorXd row(values.size());
               for (Eigen::Index k = 0; k < row.size(); ++k) {
                 row(k) = values[static_cast<std::size_t>(k)].real();
               }
               points.time_s.push_back(time_s);
               points.values.push_back(row);
             });
  return points;
}

}  // namespace

TEST_CASE("gnucap's deck has short names, initial values on each part, and the options") {
  const GnucapDeck deck = read_deck(
      "c1 a x1.mid 1e-9\nr1 A 0 2.5\ni.x1 0 x1.mid dc 3\nl1 a 0 1e-3 ic=0.25\n"
      "c2 a 0 1e-9 ic=7\n.ic v(a)=1.5 v(x1.mid)=0.5\n");
  const std::vector<std::string> columns = {deck.node("X1.mid"), deck.node("a")};
  CHECK(deck.format(columns, GnucapTransient{1e-6, 1e-5}) ==
        "springspice\n"
        "l3 n1 0 0.001 ic=0.25\n"
        "c0 n1 n2 1e-09 ic=1\n"
        "r1 n1 0 2.5\n"
        "i2 0 n2 dc 3\n"
        "c4 n1 0 1e-09 ic=7\n"
        ".options numdgt=15 gmin=1e-30 noincmode nobypass trtol=1e12 reltol=1e-12\n"
        ".options method=trap short=1e-12\n"
        ".print tran v(n2) v(n1)\n"
        ".tran 0 1e-05 1e-06 uic basic trace=all\n"
        ".end\n");
  CHECK(deck.node("b").empty());
  CHECK(deck.node("0").empty());
}

TEST_CASE("the ideal op-amp stands with the transconductance that the deck gives it") {
  const std::string cards =
      ".subckt opamp_ideal inp inn out\ng1 0 out inp inn 1e9\n.ends\n"
      "vin in 0 dc 2\nra in s 1000\nrb s out 3000\nx1 0 s out opamp_ideal\n";
  const std::string text = read_deck(cards).format({}, {});
  CHECK_THAT(text, ContainsSubstring("g3 0 n3 0 n2 1e+09\n"));
}

TEST_CASE("what gnucap has no word for is refused by name") {
  CHECK_THROWS_WITH(read_deck("i1 0 a trnoise(1 1e-6 0 0)\nr1 a 0 1\n"),
                    ContainsSubstring("i1: gnucap is given constant sources alone"));
}

TEST_CASE("sources that float, and those that read a current, are told apart") {
  CHECK(!read_deck("v1 a 0 1\ne1 b 0 a 0 2\nr1 b a 1\n").has_floating_source());
  CHECK(read_deck("v1 a b 1\nr1 a 0 1\nr2 b 0 1\n").has_floating_source());
  CHECK(read_deck("v1 a 0 0\nf1 0 b v1 1\nr1 b a 1\n").has_floating_source());
}

TEST_CASE("gnucap's path of R, L, C and K is the replayed trapezoidal rule, to rounding") {
  if (!has_gnucap()) return;
  const double L1 = 1e-3, L2 = 2e-3, k = 0.35, C1 = 1e-6, C2 = 5e-7, R = 100.0;
  const GnucapDeck deck = read_deck(
      "c1 a 0 1e-6\nc2 b 0 5e-7\nr1 a 0 100\nr2 b 0 100\nl1 a 0 1e-3 ic=0.01\n"
      "l2 b 0 2e-3 ic=0.02\nk1 l1 l2 0.35\n.ic v(a)=1 v(b)=-0.5\n");
  const Points points = run(deck, {"a", "b"}, GnucapTransient{1e-5, 1e-3});
  REQUIRE(points.time_s.size() == 101);
  CHECK(points.time_s[0] == Approx(1e-7));
  CHECK(points.time_s.back() == Approx(1e-3));

  // C v' = -G v - i, L i' = v.
  const double M = k * std::sqrt(L1 * L2);
  Eigen::Matrix4d E = Eigen::Matrix4d::Zero();
  E.diagonal() << C1, C2, L1, L2;
  E(2, 3) = E(3, 2) = M;
  Eigen::Matrix4d A = Eigen::Matrix4d::Zero();
  A.topLeftCorner<2, 2>().diagonal().setConstant(-1.0 / R);
  A.topRightCorner<2, 2>() = -Eigen::Matrix2d::Identity();
  A.bottomLeftCorner<2, 2>() = Eigen::Matrix2d::Identity();
  Eigen::Vector4d y(1.0, -0.5, 0.01, 0.02);
  double time = 0.0;
  double worst = 0.0;
  for (std::size_t n = 0; n < points.time_s.size(); ++n) {
    const double h = points.time_s[n] - time;
    time = points.time_s[n];
    const Eigen::Vector4d rhs =
        n == 0 ? Eigen::Vector4d(E * y) : Eigen::Vector4d((E + h / 2 * A) * y);
    y = (E - (n == 0 ? h : h / 2) * A).partialPivLu().solve(rhs);
    worst = std::max(worst, (points.values[n] - y.head<2>()).cwiseAbs().maxCoeff());
  }
  CHECK(worst < 1e-12);  // of volts, over a hundred steps of 15 printed digits
}

TEST_CASE("gnucap's controlled sources: each kind, with its sign") {
  if (!has_gnucap()) return;
  const GnucapDeck deck = read_deck(
      "v1 a 0 5\nr1 a b 1000\nvm b c 0\nr2 c 0 4000\n"  // 1 mA through vm, 4 V at c
      "e1 e 0 a b 3\nr3 e 0 1000\n"
      "f1 0 f vm 2\nr4 f 0 1000\n"
      "g1 0 g a b 2e-3\nr5 g 0 1000\n"
      "h1 h 0 vm 500\nr6 h 0 1000\n");
  const Points points = run(deck, {"c", "e", "f", "g", "h"});
  REQUIRE(points.values.size() == 1);
  const Eigen::VectorXd expected = (Eigen::VectorXd(5) << 4.0, 3.0, 2.0, 2.0, 0.5).finished();
  // Volts of 5, with sources that float.
  CHECK((points.values[0] - expected).cwiseAbs().maxCoeff() < 5e-6);
}

TEST_CASE("a table of more columns than a line of gnucap's holds comes back whole") {
  if (!has_gnucap()) return;
  std::string cards;
  std::vector<std::string> nodes;
  for (int i = 0; i < 1200; ++i) {
    nodes.push_back("node_with_a_long_name_" + std::to_string(i));
    cards += "r" + std::to_string(i) + " " + nodes.back() + " 0 1000\ni" + std::to_string(i) +
             " 0 " + nodes.back() + " " + std::to_string(i) + "e-3\n";
  }
  std::reverse(nodes.begin(), nodes.end());
  nodes.push_back(nodes[0]);  // asked for twice
  const Points points = run(read_deck(cards), nodes);
  REQUIRE(points.values.size() == 1);
  for (int i = 0; i < 1200; ++i) CHECK(points.values[0](i) == Approx(1199 - i));
  CHECK(points.values[0](1200) == Approx(1199));
}
