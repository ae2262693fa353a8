#include "sim/thermo/work_estimators.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "core/error.hpp"
#include "sim/thermo/exponential_mean.hpp"
#include "sim/thermo/pareto_tail.hpp"
#include "tests/catch.hpp"

using namespace springspice::thermo;
using springspice::core::ParameterError;

namespace {

using Work = std::vector<double>;

Work draw_gaussian(std::mt19937_64& random, std::size_t runs, double mean, double variance) {
  std::normal_distribution<double> normal(mean, std::sqrt(variance));
  Work out(runs);
  for (double& w : out) w = normal(random);
  return out;
}

// Gaussian work that obeys Crooks' theorem: P_F of mean phi + s2/2, P_R of mean -phi + s2/2, both
// of variance s2. exp(-w_F) then has the mean exp(-phi).
struct Pair {
  Work forward, reverse;
};
Pair draw_pair(std::mt19937_64& random, std::size_t forward, std::size_t reverse, double phi,
               double variance) {
  return {draw_gaussian(random, forward, variance / 2.0 + phi, variance),
          draw_gaussian(random, reverse, variance / 2.0 - phi, variance)};
}

// A quench of n modes from stiffness k0 to k0 / ratio: w = -(1 - 1/ratio) |x|^2 / 2, x ~ N(0, I).
Work draw_quench(std::mt19937_64& random, std::size_t runs, int modes, double ratio) {
  std::normal_distribution<double> normal;
  Work out(runs);
  for (double& w : out) {
    for (int i = 0; i < modes; ++i) w -= 0.5 * (1.0 - 1.0 / ratio) * std::pow(normal(random), 2);
  }
  return out;
}

// Of repeated estimates, how many lie beyond two of their error bars, and what they are on average.
struct Coverage {
  int samples = 0, beyond = 0;
  double sum = 0.0, squares = 0.0, variance = 0.0, bias = 0.0;

  void add(double off, double error, double predicted_bias = 0.0) {
    ++samples;
    beyond += std::abs(off) > 2.0 * error ? 1 : 0;
    sum += off;
    squares += off * off;
    variance += error * error;
    bias += predicted_bias;
  }
  double mean() const { return sum / samples; }
  double mean_error() const { return std::sqrt(squares) / samples; }
  double spread_over_error() const { return std::sqrt(squares / variance); }
};

// Beyond two standard deviations lie 4.55 % of a normal distribution: of n samples that is a
// binomial count, here within four of its standard deviations.
void check_two_sigma(const Coverage& coverage) {
  const double expected = 0.0455 * coverage.samples;
  CHECK(std::abs(coverage.beyond - expected) < 4.0 * std::sqrt(expected));
  // The spread of n normal numbers is known to 1/sqrt(2n).
  CHECK(coverage.spread_over_error() ==
        Approx(1.0).margin(4.0 / std::sqrt(2.0 * coverage.samples) + 0.02));
}

}  // namespace

TEST_CASE("Jarzynski: two values by hand, and works of any size") {
  const Work work{0.0, std::log(3.0)};
  const Estimate two = estimate_jarzynski(work, 0.0);
  // Weights 1 and 1/3: mean 2/3, deviation sqrt(2)/3.
  CHECK(two.value == Approx(-std::log(2.0 / 3.0)).epsilon(1e-15));
  CHECK(two.error == Approx(0.5).epsilon(1e-15));
  CHECK(two.bias == Approx(0.125).epsilon(1e-15));
  for (const double shift : {-1e6, 1e6}) {
    const Estimate far = estimate_jarzynski(Work{shift, shift + std::log(3.0)}, 0.0);
    // 1e6 has a spacing of 1e-10.
    CHECK(far.value - shift == Approx(two.value).margin(1e-9));
    CHECK(far.error == Approx(two.error).margin(1e-9));
  }
  // Falling works lower the top again and again.
  CHECK(estimate_jarzynski(Work{2.0, 1.0, 0.0}, 0.0).value ==
        Approx(-std::log((1.0 + std::exp(-1.0) + std::exp(-2.0)) / 3.0)).epsilon(1e-15));
}

TEST_CASE("Jarzynski: its error bar covers Gaussian work, and its bias is half its square") {
  std::mt19937_64 random(1);
  Coverage many, few;
  for (int i = 0; i < 1000; ++i) {
    const Estimate good = estimate_jarzynski(draw_gaussian(random, 1000, 0.25 + 7.0, 0.5), 0.0);
    many.add(good.value - 7.0, good.error);
  }
  check_two_sigma(many);
  const double runs = 40.0;
  for (int i = 0; i < 20000; ++i) {
    const Estimate poor = estimate_jarzynski(draw_gaussian(random, 40, 0.25, 0.5), 0.0);
    few.add(poor.value, poor.error, poor.bias);
  }
  // <-ln(1 + d)> to second order in 1/N, with d the error of the mean of exp(-w), whose relative
  // second and third moments are c2 and c3.
  const double e = std::exp(0.5), c2 = e - 1.0, c3 = e * e * e - 3.0 * e + 2.0;
  const double first = c2 / (2.0 * runs);
  const double second = (0.75 * c2 * c2 - c3 / 3.0) / (runs * runs);
  CHECK(few.mean() == Approx(first + second).margin(4.0 * few.mean_error()));
  CHECK(few.mean() > 5.0 * few.mean_error());
  // That it is estimated too low, by a relative (2 c3/c2 - 3 c2) / N = 7 %, and less in next order.
  CHECK(few.bias / few.samples == Approx(first).epsilon(0.1));
}

TEST_CASE("Jarzynski: few estimates pass and are far off, Gaussian work and quenches") {
  std::mt19937_64 random(2);
  const auto far_off = [&](auto&& draw, double phi) {
    int passed_and_off = 0;
    for (int i = 0; i < 100; ++i) {
      const Estimate estimate = estimate_jarzynski(draw(), 0.0);
      if (!estimate.obstacle.empty()) continue;
      passed_and_off += std::abs(estimate.value - phi) > 2.0 * estimate.error ? 1 : 0;
    }
    return passed_and_off;
  };
  // The header's rule says 6 %: of a hundred samples at most 6 + 4 sqrt(6).
  const int most = 15;
  for (const double variance : {1.0, 4.0, 12.0}) {
    CAPTURE(variance);
    CHECK(far_off([&] { return draw_gaussian(random, 1000, variance / 2.0, variance); }, 0.0) <=
          most);
  }
  for (const double ratio : {0.25, 1.5, 4.0, 10.0}) {
    CAPTURE(ratio);
    CHECK(far_off([&] { return draw_quench(random, 1000, 1, ratio); }, -0.5 * std::log(ratio)) <=
          most);
  }
}

TEST_CASE("Jarzynski says why an estimate means nothing, and what it would take") {
  std::mt19937_64 random(3);
  const Work easy = draw_gaussian(random, 1000, 0.25, 0.5);
  CHECK(estimate_jarzynski(easy, 0.0).obstacle.empty());
  CHECK(estimate_jarzynski(easy, needed_runs(0.25)).obstacle.empty());
  CHECK_THAT(estimate_jarzynski(easy, needed_runs(10.0)).obstacle,
             ContainsSubstring("1000 runs are too few") && ContainsSubstring("1 in 2.2e+04"));
  CHECK_THAT(estimate_jarzynski(draw_gaussian(random, 1000, 10.0, 20.0), 0.0).obstacle,
             ContainsSubstring("1000 runs are too few") && ContainsSubstring("give at least"));
  // exp(-w) as a Pareto distribution has it, of a shape with a mean and without a variance.
  Work heavy(20000);
  for (std::size_t i = 0; i < heavy.size(); ++i) {
    heavy[i] = 0.6 * std::log((static_cast<double>(i) + 0.5) / 20000.0);
  }
  CHECK_THAT(estimate_jarzynski(heavy, 0.0).obstacle, ContainsSubstring("heavy a tail (index 0.6"));
  const Estimate one = estimate_jarzynski(Work{1.5}, 0.0);
  CHECK(one.value == 1.5);
  CHECK(std::isinf(one.error));
  CHECK_THAT(one.obstacle, ContainsSubstring("too few"));
  CHECK_THROWS_AS(estimate_jarzynski({}, 0.0), ParameterError);
  CHECK_THROWS_WITH(estimate_jarzynski(Work{1.0, std::nan("")}, 0.0), ContainsSubstring("run 1"));
}

TEST_CASE("needed runs: e to the dissipated work, one at least") {
  CHECK(needed_runs(3.0) == Approx(std::exp(3.0)));
  CHECK(needed_runs(0.0) == 1.0);
  CHECK(needed_runs(-1e-12) == 1.0);
}

TEST_CASE("effective count: n equal weights count n, one large weight counts one") {
  ExponentialMean equal, single;
  for (int i = 0; i < 50; ++i) equal.add(3.0);
  CHECK(equal.effective_count() == 50.0);
  CHECK(equal.error() == 0.0);
  for (int i = 0; i < 50; ++i) single.add(i == 20 ? -1000.0 : 0.0);
  CHECK(single.effective_count() == Approx(1.0).epsilon(1e-14));
  CHECK(single.log_mean() == Approx(1000.0 - std::log(50.0)).epsilon(1e-15));
}

TEST_CASE("Pareto tail: the shape of known ones") {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> uniform;
  const auto fitted = [&](auto&& quantile) {
    std::vector<double> values(40000);
    for (double& value : values) value = quantile(uniform(random));
    return fit_pareto_tail(std::move(values));
  };
  // 600 values in the tail: a standard error of (1 + k) / sqrt(600) (Smith 1987), here times 4.
  for (const double k : {0.25, 0.75, 1.5}) {
    CHECK(fitted([&](double u) { return std::pow(1.0 - u, -k); }) ==
          Approx(k).margin(4.0 * (1.0 + k) / std::sqrt(600.0)));
  }
  CHECK(fitted([](double u) { return -std::log1p(-u); }) ==
        Approx(0.0).margin(4.0 / std::sqrt(600.0)));
  CHECK(fitted([](double u) { return u; }) == Approx(-1.0).margin(0.1));
  CHECK(fit_pareto_tail(std::vector<double>(1000, 2.0)) == 0.0);
  CHECK(fit_pareto_tail({1.0, 2.0, 3.0}) == 0.0);
}

TEST_CASE("Bennett: solves its own equation, and mirrors with the direction") {
  std::mt19937_64 random(5);
  for (const auto& [n_f, n_r] : {std::pair<std::size_t, std::size_t>{300, 300}, {1000, 10}}) {
    const Pair pair = draw_pair(random, n_f, n_r, 50.0, 4.0);
    const Estimate forward = estimate_bennett(pair.forward, pair.reverse);
    const Estimate reverse = estimate_bennett(pair.reverse, pair.forward);
    // 1e-13 of the width of the bracket, some 120.
    CHECK(forward.value == Approx(-reverse.value).margin(1e-11));
    CHECK(forward.error == Approx(reverse.error).epsilon(1e-9));
    // Bennett's own form, equation 12: sums of Fermi functions with C = phi + ln(n_R / n_F).
    const double C = forward.value + std::log(static_cast<double>(n_r) / static_cast<double>(n_f));
    double left = 0.0, right = 0.0;
    for (const double w : pair.forward) left += 1.0 / (1.0 + std::exp(w - C));
    for (const double w : pair.reverse) right += 1.0 / (1.0 + std::exp(w + C));
    CHECK(left == Approx(right).epsilon(1e-9));
  }
}

TEST_CASE("Bennett: its error bar covers Gaussian work, with equal and unequal numbers") {
  std::mt19937_64 random(6);
  for (const auto& [n_f, n_r] : {std::pair<std::size_t, std::size_t>{200, 200}, {400, 50}}) {
    for (const double variance : {1.0, 9.0}) {
      CAPTURE(n_f, n_r, variance);
      Coverage coverage;
      for (int i = 0; i < 400; ++i) {
        const Pair pair = draw_pair(random, n_f, n_r, -3.0, variance);
        const Estimate estimate = estimate_bennett(pair.forward, pair.reverse);
        coverage.add(estimate.value + 3.0, estimate.error);
        CHECK(estimate.obstacle.empty());
      }
      check_two_sigma(coverage);
    }
  }
}

TEST_CASE("Bennett: equal work, no overlap, and what is no sample") {
  const Work constant(20, 2.5), given_back(20, -2.5);
  const Estimate exact = estimate_bennett(constant, given_back);
  CHECK(exact.value == Approx(2.5).epsilon(1e-13));
  CHECK(exact.error < 1e-7);
  CHECK(exact.obstacle.empty());

  std::mt19937_64 random(7);
  const Pair apart = draw_pair(random, 50, 50, 0.0, 30.0);
  CHECK_THAT(estimate_bennett(apart.forward, apart.reverse).obstacle,
             ContainsSubstring("hardly overlap") && ContainsSubstring("forward and"));
  const Estimate hopeless = estimate_bennett(Work{1000.0, 1001.0}, Work{900.0, 901.0});
  CHECK_THAT(hopeless.obstacle, ContainsSubstring("slower ramp"));
  CHECK(std::isfinite(hopeless.value));
  CHECK(std::isinf(hopeless.error));

  CHECK_THROWS_WITH(estimate_bennett({}, constant), ContainsSubstring("no forward runs"));
  CHECK_THROWS_WITH(estimate_bennett(constant, {}), ContainsSubstring("no reverse runs"));
  CHECK_THROWS_WITH(estimate_bennett(constant, Work{INFINITY}), ContainsSubstring("reverse run 0"));
}

TEST_CASE("Crooks: slope 1 and crossing at phi, within error bars that cover") {
  std::mt19937_64 random(8);
  for (const auto& [n_f, n_r] : {std::pair<std::size_t, std::size_t>{200, 200}, {500, 60}}) {
    CAPTURE(n_f, n_r);
    Coverage slope, crossing;
    for (int i = 0; i < 300; ++i) {
      const Pair pair = draw_pair(random, n_f, n_r, 20.0, 3.0);
      const CrooksTest test = test_crooks(pair.forward, pair.reverse);
      slope.add(test.slope - 1.0, test.slope_error);
      crossing.add(test.crossing.value - 20.0, test.crossing.error);
      CHECK(test.obstacle.empty());
      CHECK(test.crossing.obstacle.empty());
    }
    check_two_sigma(slope);
    check_two_sigma(crossing);
  }
}

TEST_CASE("Crooks: the fit is the maximum of the likelihood") {
  std::mt19937_64 random(9);
  const Pair pair = draw_pair(random, 200, 80, 1.0, 2.0);
  const CrooksTest test = test_crooks(pair.forward, pair.reverse);
  // Its two derivatives: the forward runs counted, and their work.
  double count = 0.0, work = 0.0;
  const auto add = [&](double x, double forward) {
    const double odds = std::log(200.0 / 80.0) + test.slope * (x - test.crossing.value);
    const double residual = forward - 1.0 / (1.0 + std::exp(-odds));
    count += residual;
    work += residual * x;
  };
  for (const double w : pair.forward) add(w, 1.0);
  for (const double w : pair.reverse) add(-w, 0.0);
  CHECK(std::abs(count) < 1e-9);
  CHECK(std::abs(work) < 1e-9);
}

TEST_CASE("Crooks: sees work that breaks the theorem") {
  // A variance that is not twice the dissipated work: the slope is (m_F + m_R) / s2 = 1/2.
  std::mt19937_64 random(10);
  const Work forward = draw_gaussian(random, 1000, 1.0, 4.0);
  const Work reverse = draw_gaussian(random, 1000, 1.0, 4.0);
  const CrooksTest test = test_crooks(forward, reverse);
  CHECK(test.obstacle.empty());
  CHECK(std::abs(test.slope - 0.5) < 4.0 * test.slope_error);
  CHECK(std::abs(test.slope - 1.0) > 5.0 * test.slope_error);
}

TEST_CASE("Crooks: no overlap, equal work, and a slope that cannot be told") {
  CHECK_THAT(test_crooks(Work{5.0, 6.0}, Work{-1.0, -4.9}).obstacle,
             ContainsSubstring("do not overlap at all"));
  CHECK_THAT(test_crooks(Work{1.0, 2.0}, Work{-3.0, -4.0}).crossing.obstacle,
             ContainsSubstring("do not overlap at all"));
  CHECK_THAT(test_crooks(Work(5, 2.0), Work(5, -2.0)).obstacle, ContainsSubstring("the same work"));
  std::mt19937_64 random(11);
  const Pair narrow = draw_pair(random, 100, 100, 3.0, 1e-4);
  const CrooksTest test = test_crooks(narrow.forward, narrow.reverse);
  CHECK(test.obstacle.empty());
  CHECK(std::abs(test.slope - 1.0) < 4.0 * test.slope_error);
  CHECK_THAT(test.crossing.obstacle, ContainsSubstring("told from 0"));
  const Pair wide = draw_pair(random, 30, 30, 0.0, 15.0);
  CHECK_THAT(test_crooks(wide.forward, wide.reverse).obstacle, ContainsSubstring("overlap"));
}
