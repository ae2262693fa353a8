#include "sim/dynamics/mode_noise.hpp"

#include <algorithm>
#include <cmath>

#include "tests/catch.hpp"

using namespace springspice;

namespace {

struct Reference {
  double gamma, omega2, t;
  double qq, qv, vv;
};

// mpmath, at least 60 digits: the block exponential of Van Loan, density 1.
constexpr Reference kReferences[] = {
    {0.5, 4.0, 0.3, 0.007501265831748396899, 0.034367449595660664731, 0.23139525902506045602},
    {0.5, 4.0, 25.0, 0.2499991708538403912, 1.7681263215312138642e-7, 0.9999957748719782013},
    {0.5, 4.0, 1e-09, 3.3333333320833339538e-28, 4.9999999975000006169e-19,
     9.9999999950000006111e-10},
    {0.0, 4.0, 3.0, 0.39176790368751359286, 0.0097591275792192434591, 1.4329283852499456285},
    {0.0, 0.0, 2.0, 2.6666666666666666667, 2.0, 2.0},
    {3.0, 0.0, 0.1, 0.00026780086357120433104, 0.0037319552628105948272, 0.075198060650995597608},
    {3.0, 0.0, 50.0, 5.5, 0.055555555555555555556, 0.16666666666666666667},
    {4.0, 4.0, 0.7, 0.016579572391666164622, 0.01489846534317840218, 0.10888533340431723884},
    {4.0, 4.0, 1e-07, 3.3333323333334928808e-22, 4.9999980000003995474e-15,
     9.9999960000009328807e-8},
    {10.0, 25.0000001, 0.3, 0.0011536198362684188596, 0.0022404180698326232168,
     0.043776616442814916516},
    {10.0, 60.0, 0.1, 0.00015067542973898260111, 0.0016345688522114546293, 0.037825841576402267523},
    {100.0, 1.0, 0.01, 1.6808817695611935466e-7, 0.000019978164934159489138,
     0.0043232210066926718274},
    {100.0, 1.0, 3.0, 0.00028979243409391507686, 0.000047106786808903844838,
     0.0049995288850157004393},
    {10.0, 1e-12, 0.1, 0.00016809124072457801305, 0.0019978820044686338214,
     0.043233235838169263577},
    {2.0, 1000000.0, 0.4, 1.3756715454744284953e-7, 1.6263139880561519717e-7,
     0.1377680381311487535},
};

}  // namespace

TEST_CASE("the noise of a mode agrees with references in every regime") {
  for (const Reference& r : kReferences) {
    INFO("gamma " << r.gamma << ", omega^2 " << r.omega2 << ", t " << r.t);
    const dynamics::ModeCovariance c =
        dynamics::compute_mode_covariance(r.gamma, r.omega2, 3.0, r.t);
    // A rounding for each unit of 1/rate in t, or in the relaxation time where that is shorter.
    double memory = r.t;  // up to the relaxation time of the slow root
    if (r.gamma > 0.0 && r.omega2 > 0.0) {
      memory = std::min(r.t, std::max(4.0 / r.gamma, r.gamma / r.omega2));
    }
    const double units = (r.gamma + std::sqrt(r.omega2)) * memory;
    const double limit = 1e-14 * (1.0 + units);
    CHECK(c.qq == Approx(3.0 * r.qq).epsilon(limit));
    CHECK(c.vv == Approx(3.0 * r.vv).epsilon(limit));
    // The correlation of an oscillating mode may be next to nothing beside its parts.
    CHECK(std::abs(c.qv - 3.0 * r.qv) <= 3.0 * limit * std::sqrt(r.qq * r.vv));
  }
}

TEST_CASE("long after, a mode has the temperature of the bath; without noise, none") {
  // density 2 gamma kT at unit mass: <q'^2> = kT, <q^2> = kT / omega^2.
  const dynamics::ModeCovariance c = dynamics::compute_mode_covariance(0.5, 9.0, 0.7, 1e6);
  CHECK(c.vv == Approx(0.7).epsilon(1e-13));
  CHECK(c.qq == Approx(0.7 / 9.0).epsilon(1e-13));
  CHECK(std::abs(c.qv) < 1e-15);
  CHECK(dynamics::compute_mode_covariance(0.5, 9.0, 0.0, 1.0).vv == 0.0);
  CHECK(dynamics::compute_mode_covariance(0.5, 9.0, 1.0, 0.0).vv == 0.0);
}

TEST_CASE("the factor of a mode's noise gives its covariance back") {
  for (const double t : {1e-9, 0.1, 30.0}) {
    const dynamics::ModeCovariance c = dynamics::compute_mode_covariance(2.0, 5.0, 0.4, t);
    const dynamics::ModeNoise l = dynamics::factor_mode_noise(c);
    CHECK(l.position * l.position == Approx(c.qq).epsilon(1e-14));
    CHECK(l.position * l.cross == Approx(c.qv).epsilon(1e-14));
    CHECK(l.cross * l.cross + l.velocity * l.velocity == Approx(c.vv).epsilon(1e-14));
  }
  CHECK(dynamics::factor_mode_noise({}).velocity == 0.0);
}
