// What a sampled noise, and ngspice's steps along it, do to the mean square of one mode.
//
//     q'' + gamma q' + omega2 q = xi        or        q' + rate q = xi
//
// with xi the linear interpolation of independent samples at every `step` (TRNOISE, PWL,
// core/noise_path.hpp), of two-sided spectrum S sinc^4(f step), in place of white noise S.
//
// Interpolation. The waveform's autocorrelation, averaged over its phase, is S times the cubic
// B-spline beta of support [-2 step, 2 step] and area 1 (triangle * triangle). So
//
//     <q^2> / <q^2>_white = integral beta(s) rho(s) ds,
//
// rho the mode's normalised stationary autocorrelation: a sum of exponentials exp(-s_i |s|), whose
// averages are J(x) = 2 (2/(3x) - 2/x^3 + (3 - 4 exp(-x) + exp(-2x)) / x^4) at x = s_i step.
//
// ngspice's steps. Every point of the waveform is a breakpoint, and the step after it, h1, is
// backward Euler; all others are trapezoidal. With h_max the largest step allowed,
//
//     h1 = min(2 h_last, 0.1 min(h_before, step)),    then each step doubles, up to h_max,
//
// h_last the step that ended at the breakpoint and h_before the one that would have been taken had
// it not stood in the way (dctran.c). Only where h_max <= step does h1 come near 0.1 h_max; else it
// wanders from 0.06 to 0.1 step. A backward Euler step divides the energy of an oscillation by
// 1 + omega2 h1^2, and a trapezoidal one of length h filters the noise by 1 - omega2 h^2 / 3.
//
// Measured in ngspice 39: ring-down of an undamped LC of omega = 1 beside a PWL source of zeros,
// method=trap, default tolerances; energy lost per unit of time, and <ln(1 + h1^2)> / step as here:
//
//     step  | h_max  | measured  | here
//     ------|--------|-----------|----------
//     0.628 | 0.0628 | 6.280e-5  | 6.280e-5
//     0.628 | 0.2    | 6.368e-4  | 6.368e-4
//     0.628 | 0.35   | 1.949e-3  | 1.949e-3
//     0.628 | 0.5    | 3.261e-3  | 3.256e-3
//     0.628 | 0.628  | 3.601e-3  | 3.46e-3
//     0.628 | 0.9    | 3.551e-3  | 3.46e-3
//     0.1   | 1      | 5.600e-4  | 5.32e-4
//
// With noise (Q = 30, 10 samples a period, against the exact answer to the same PWL; four runs of
// 500 periods) the mean energy was 0.880(7), 0.938(5), 0.9965(7) of it for h_max = 1, 0.5, 0.1
// steps. Tight tolerances (reltol, trtol) make ngspice's steps, and so the loss, smaller than said
// here. ngspice 39 sometimes loses the chain of a PWL's breakpoints (seen at step 0.628, h_max
// 0.25); then there is no backward Euler step, and no loss from it.
#pragma once

namespace springspice::core {

/// <q^2> and <q'^2> under interpolated noise, over those under white noise.
struct InterpolationRatio {
  double position = 1.0;  ///< meaningless where omega2 = 0: no stationary state
  double velocity = 1.0;
};

/// @throws ParameterError for gamma or step not above 0, omega2 < 0.
InterpolationRatio interpolation_ratio(double gamma, double omega2, double step);
/// The same for q' + rate q = xi: <q^2> alone. @throws ParameterError
double interpolation_ratio(double rate, double step);

/// Relative changes of the mean square; negative: it loses.
struct NoiseBias {
  double interpolation = 0.0;  ///< of q or q', whichever is changed more
  double breakpoints = 0.0;    ///< backward Euler steps: gamma / (gamma + <ln(1 + w^2 h1^2)>/step)
  double trapezoids = 0.0;     ///< all other steps, to leading order
  /// Of all three together.
  double total() const {
    return (1.0 + interpolation) * (1.0 + breakpoints) * (1.0 + trapezoids) - 1.0;
  }
};

/// @param max_step ngspice's longest step, the fourth number of `.tran`.
/// @throws ParameterError for gamma, step or max_step not above 0, omega2 < 0.
NoiseBias compute_noise_bias(double gamma, double omega2, double step, double max_step);
/// For q' + rate q = xi. Backward Euler relaxes it too slowly, by rate h1^2 / (2 step): a gain.
NoiseBias compute_noise_bias(double rate, double step, double max_step);

/// The longest step of the noise whose total bias is at most max_bias in size, with ngspice's
/// longest step this fraction of it; to 1e-6 of itself.
/// @throws ParameterError for gamma (rate) or fraction not above 0, omega2 < 0, max_bias outside
/// (0, 1).
double choose_noise_step(double gamma, double omega2, double max_bias, double fraction = 1.0);
double choose_noise_step_overdamped(double rate, double max_bias, double fraction = 1.0);

}  // namespace springspice::core
