#include "cli/deck_noise.hpp"

#include <cmath>

#include <fmt/format.h>

namespace springspice::cli {
namespace {

constexpr double kWantedBias = 0.01;
constexpr double kWorstBias = 0.1;
// Four steps a sample keep the backward Euler step at each breakpoint short.
constexpr double kFraction = 0.25;

// The mode that the samples serve worst: the fastest, with the friction of the slowest decay.
struct FastestMode {
  bool overdamped = false;
  double rate = 0.0;  ///< gamma, overdamped lambda
  double omega2 = 0.0;

  core::NoiseBias bias(double step) const {
    return overdamped ? core::compute_noise_bias(rate, step, kFraction * step)
                      : core::compute_noise_bias(rate, omega2, step, kFraction * step);
  }
  double choose(double bias) const {
    return overdamped ? core::choose_noise_step_overdamped(rate, bias, kFraction)
                      : core::choose_noise_step(rate, omega2, bias, kFraction);
  }
};

FastestMode find_fastest(const core::SecondOrderSystem& system, const core::TimeScales& scales) {
  FastestMode mode;
  mode.overdamped = system.dynamics == core::Dynamics::overdamped;
  if (mode.overdamped) {
    mode.rate = scales.fastest_rate;
  } else {
    const auto gamma = system.rayleigh_friction();
    mode.rate = gamma ? *gamma : 2.0 / scales.relaxation_time.value_or(0.0);
    mode.omega2 = scales.fastest_frequency * scales.fastest_frequency;
  }
  if (mode.rate > 0.0 && std::isfinite(mode.rate)) return mode;
  throw UsageError(
      "--deck-noise: without friction there is no noise, and no steady state whose bias would say "
      "how fine its samples must be; give --friction");
}

}  // namespace

DeckNoisePlan plan_deck_noise(const Options& options, const core::SecondOrderSystem& system,
                              const core::TimeScales& scales) {
  DeckNoisePlan plan;
  plan.kind = options.deck_noise;
  if (plan.kind == hw::DeckNoise::Kind::none) return plan;
  const FastestMode mode = find_fastest(system, scales);
  plan.step = options.noise_step ? *options.noise_step : mode.choose(kWantedBias);
  plan.max_step = kFraction * plan.step;
  plan.bias = mode.bias(plan.step);
  if (std::abs(plan.bias.total()) <= kWorstBias) return plan;
  throw UsageError(fmt::format(
      "--noise-step {} is too coarse for the fastest mode ({:.4g} rad per unit of time): its mean "
      "square would be off by {:.3g} %, and {:.0f} % is the limit; {:.4g} would do ({:.4g} for "
      "{:.0f} %)",
      plan.step, mode.overdamped ? mode.rate : std::sqrt(mode.omega2), 100.0 * plan.bias.total(),
      100.0 * kWorstBias, hw::round_down(mode.choose(kWorstBias)),
      hw::round_down(mode.choose(kWantedBias)), 100.0 * kWantedBias));
}

std::string describe_deck_noise(const DeckNoisePlan& plan, double time_scale_s) {
  if (plan.kind == hw::DeckNoise::Kind::none) return {};
  return fmt::format(
      "noise ({}) sampled every {:.4g} ({:.4g} s), simulator's steps up to {:.4g} s: the fastest "
      "mode's mean square is off by {:.2g} % (interpolation {:.2g} %, breakpoints {:.2g} %, "
      "trapezoidal steps {:.2g} %)",
      hw::to_string(plan.kind), plan.step, plan.step * time_scale_s, plan.max_step * time_scale_s,
      100.0 * plan.bias.total(), 100.0 * plan.bias.interpolation, 100.0 * plan.bias.breakpoints,
      100.0 * plan.bias.trapezoids);
}

}  // namespace springspice::cli
