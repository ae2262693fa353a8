// One path of white noise, sampled: the same for the circuit and for the model.
//
//     u_q(t) = a_q n_q(t),     n_q(k h) independent N(0, 1), linear in between, n_q(0) = 0
//
// exactly as ngspice's TRNOISE and PWL sources interpolate (TRNOISE too starts from 0). Its
// two-sided spectral density is a^2 h sinc^4(f h), so a source of white noise of two-sided density
// S (per unit time: <u(t) u(t')> = S delta(t - t')) has a = sqrt(S / h).
//
// A sample is a pure function of (seed, run, source, k) (core/random.hpp): the same numbers for any
// order of calls, any number of threads or processes, and after a restart. Paths of different
// seeds, runs or sources are independent.
#pragma once

#include <array>
#include <cstdint>

namespace springspice::core {

class NoisePath {
 public:
  /// @param step h, in any unit of time. @throws ParameterError where it is not finite and above 0
  /// @param run  numbers the members of an ensemble of one seed
  NoisePath(std::uint64_t seed, std::uint64_t run, double step);

  double step() const { return step_; }
  /// a = sqrt(density / step).
  double amplitude(double density) const;

  /// n_q(k h).
  double sample(std::uint64_t source, std::uint64_t k) const;
  /// n_q of k = 4 block to 4 block + 3, which come from one draw: a quarter of the work of four
  /// samples.
  std::array<double, 4> samples(std::uint64_t source, std::uint64_t block) const;
  /// n_q(t), t >= 0.
  double at(std::uint64_t source, double t) const;

 private:
  std::uint64_t seed_;
  std::uint64_t run_;
  double step_;
};

}  // namespace springspice::core
