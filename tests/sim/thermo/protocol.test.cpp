#include "sim/thermo/protocol.hpp"

#include <limits>
#include <numbers>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/sim/thermo/thermo_cases.hpp"

using namespace springspice;
using namespace springspice::test;
using core::Conjugate;

namespace {

double largest(const Eigen::MatrixXd& difference) { return difference.cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("lambda of each shape") {
  Protocol protocol;
  protocol.duration = 2.0;
  protocol.steps = 5;
  for (std::uint64_t j = 0; j < 5; ++j) {
    const double s = (static_cast<double>(j) + 0.5) / 5.0;
    protocol.shape = Shape::linear;
    CHECK(protocol.lambda(j) == Approx(s).epsilon(1e-15));
    protocol.shape = Shape::smooth;
    CHECK(protocol.lambda(j) == Approx(3 * s * s - 2 * s * s * s).epsilon(1e-14));
    protocol.shape = Shape::geometric;
    protocol.ratio = 1.0;
    CHECK(protocol.lambda(j) == Approx(s).epsilon(1e-15));
    // The stiffness from 2 to 2e6, and back, in equal factors.
    protocol.ratio = 1e6;
    CHECK(2.0 + protocol.lambda(j) * (2e6 - 2.0) == Approx(2.0 * std::pow(1e6, s)).epsilon(1e-9));
    protocol.ratio = 1e-6;
    CHECK(2e6 + protocol.lambda(j) * (2.0 - 2e6) == Approx(2e6 * std::pow(1e-6, s)).epsilon(1e-9));
  }
}

TEST_CASE("backwards, a protocol passes the same systems in the other order") {
  const Shape shape = GENERATE(Shape::linear, Shape::smooth, Shape::geometric);
  Parameters weak = make_parameters(), stiff = make_parameters();
  stiff.spring = 7 * weak.spring;
  stiff.mass = 3.0;
  Protocol forward = make_ramp(make_chain(2, weak), make_chain(2, stiff), 1.0, 4, shape);
  forward.ratio = 7.0;
  const Protocol backward = thermo::reverse(forward);
  CHECK(largest(backward.from.system.K - forward.to.system.K) == 0.0);
  for (std::uint64_t j = 0; j < 4; ++j) {
    const auto one = thermo::interpolate(forward, forward.lambda(j));
    const auto other = thermo::interpolate(backward, backward.lambda(3 - j));
    CHECK(largest(one.system.K - other.system.K) < 1e-14 * largest(one.system.K));
    CHECK(largest(one.system.M - other.system.M) < 1e-14 * largest(one.system.M));
    CHECK(one.constant == Approx(other.constant).epsilon(1e-14));
  }
}

TEST_CASE("between the ends lies the model of the parameters between") {
  Parameters a = make_parameters(), b = make_parameters(), between = make_parameters();
  b.spring = 2.3;
  b.mass = 4.0;
  b.kT = 0.9;
  between.spring = 0.75 * a.spring + 0.25 * b.spring;
  between.mass = 0.75 * a.mass + 0.25 * b.mass;
  between.kT = 0.75 * a.kT + 0.25 * b.kT;
  const Protocol protocol = make_ramp(make_chain(3, a, 1.0, 2), make_chain(3, b, 1.0, 2), 1.0, 1);
  const EnergySystem found = thermo::interpolate(protocol, 0.25);
  const EnergySystem wanted = make_chain(3, between, 1.0, 2);
  CHECK(largest(found.system.M - wanted.system.M) < 1e-15);
  CHECK(largest(found.system.D - wanted.system.D) < 1e-15);
  CHECK(largest(found.system.K - wanted.system.K) < 1e-14);
  CHECK(largest(found.system.f - wanted.system.f) < 1e-14);
  CHECK(found.system.kT == Approx(wanted.system.kT).epsilon(1e-15));
  CHECK(found.system.stick_mass.value() == Approx(between.mass).epsilon(1e-15));
  CHECK(found.constant == Approx(wanted.constant).epsilon(1e-14));
  CHECK(found.system.shape == wanted.system.shape);
}

TEST_CASE("what does not change stays to the last bit, and the ends are themselves") {
  Parameters hot = make_parameters();
  hot.kT = 1.7;
  const Protocol protocol =
      make_ramp(make_chain(3, make_parameters()), make_chain(3, hot), 1.0, 10, Shape::smooth);
  for (std::uint64_t j = 0; j < 10; ++j) {
    const EnergySystem at = thermo::interpolate(protocol, protocol.lambda(j));
    CHECK(largest(at.system.K - protocol.from.system.K) == 0.0);
    CHECK(largest(at.system.M - protocol.from.system.M) == 0.0);
    CHECK(largest(at.system.f - protocol.from.system.f) == 0.0);
    CHECK(at.constant == protocol.from.constant);
  }
  CHECK(thermo::interpolate(protocol, 0.0).system.kT == make_parameters().kT);
  CHECK(thermo::interpolate(protocol, 1.0).system.kT == 1.7);
}

TEST_CASE("changes of free energy in closed form") {
  const double kT = 0.5;
  SECTION("a factor of the mass, momenta and velocities held") {
    Parameters heavy = make_parameters();
    heavy.mass *= 3.0;
    Protocol protocol =
        make_quench(make_chain(4, make_parameters(), 1.0, 2), make_chain(4, heavy, 1.0, 2));
    // 5 nodes, 2 outputs.
    CHECK(thermo::compute_free_energy_change(protocol).energy() ==
          Approx(-0.5 * kT * 10 * std::log(3.0)).epsilon(1e-12));
    protocol.held = Conjugate::velocity;
    CHECK(thermo::compute_free_energy_change(protocol).energy() ==
          Approx(0.5 * kT * 10 * std::log(3.0)).epsilon(1e-12));
  }
  SECTION("a factor of the stiffness") {
    Parameters stiff = make_parameters();
    stiff.spring *= 5.0;
    const auto change = thermo::compute_free_energy_change(
        make_quench(make_chain(4, make_parameters()), make_chain(4, stiff)));
    CHECK(change.to.minimum == Approx(5.0 * change.from.minimum).epsilon(1e-12));
    CHECK(change.energy() ==
          Approx(4.0 * change.from.minimum + 0.5 * kT * 5 * std::log(5.0)).epsilon(1e-12));
    CHECK(change.reduced() == Approx(change.energy() / kT).epsilon(1e-12));
  }
  SECTION("the temperature: two squares a coordinate") {
    Parameters hot = make_parameters();
    hot.kT = 2.0;
    const auto change = thermo::compute_free_energy_change(
        make_quench(make_chain(4, make_parameters()), make_chain(4, hot)));
    CHECK(change.reduced() ==
          Approx(change.from.minimum * (1 / 2.0 - 1 / 0.5) - 5 * std::log(4.0)).epsilon(1e-12));
  }
}

namespace {

void refuse(const Protocol& protocol, const std::string& text) {
  CHECK_THROWS_AS(thermo::check_protocol(protocol), core::ParameterError);
  CHECK_THROWS_WITH(thermo::check_protocol(protocol), ContainsSubstring(text));
}

}  // namespace

TEST_CASE("mistake: a protocol whose ends do not fit, or that is none") {
  const EnergySystem chain = make_chain(2, make_parameters());
  Protocol protocol = make_ramp(chain, chain, 1.0, 10);
  CHECK_NOTHROW(thermo::check_protocol(protocol));

  SECTION("dynamics") {
    Parameters slow = make_parameters();
    slow.dynamics = core::Dynamics::overdamped;
    protocol.to = make_chain(2, slow);
    refuse(protocol, "begins underdamped and ends overdamped");
  }
  SECTION("sticks") {
    protocol.to = make_chain(3, make_parameters());
    refuse(protocol, "begins with 3 coordinates and ends with 4");
  }
  SECTION("outputs") {
    protocol.to = make_chain(2, make_parameters(), 1.0, 2);
    refuse(protocol, "begins with 1 outputs and ends with 2");
  }
  SECTION("diagonal noise") {
    protocol.from.system.noise_model = core::NoiseModel::diagonal;
    refuse(protocol, "diagonal noise has no equilibrium");
  }
  SECTION("duration") {
    protocol.duration = -1.0;
    refuse(protocol, "--duration is -1");
    protocol.duration = std::numeric_limits<double>::infinity();
    refuse(protocol, "--duration is inf");
  }
  SECTION("steps") {
    protocol.steps = 0;
    refuse(protocol, "of duration 1 has 0 steps");
    protocol.duration = 0.0;
    CHECK_NOTHROW(thermo::check_protocol(protocol));
    protocol.steps = 3;
    refuse(protocol, "of duration 0 has 3 steps");
  }
  SECTION("ratio") {
    protocol.shape = Shape::geometric;
    for (const double ratio : {0.0, -2.0, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
      protocol.ratio = ratio;
      refuse(protocol, "--shape geometric: the ratio of the ends is");
    }
  }
  SECTION("temperature") {
    protocol.to.system.kT = 0.0;
    refuse(protocol, "the protocol's end: a free energy is not defined: kT is 0; give --kT");
  }
  SECTION("free nodes") {
    Parameters loose = make_parameters();
    loose.spring = 0.0;
    protocol.from = make_chain(2, loose);
    CHECK_THROWS_AS(thermo::check_protocol(protocol), core::InputError);
    CHECK_THROWS_WITH(thermo::check_protocol(protocol),
                      ContainsSubstring("the protocol's start: ") &&
                          ContainsSubstring("3 of 3 directions are free (rank 0), over 3 nodes: "
                                            "0, 1, 2; --pin-spring holds them"));
  }
}
