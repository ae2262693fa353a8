// Where each run of an ensemble starts.
//
//   zero        x = 0 at rest
//   given       one state for all runs
//   random      x independent N(0, 1) times the targets' spread, at rest
//   stationary  theta ~ N(mean, Theta) of the stationary state (stationary_state.hpp); fdt noise by
//               sparse Cholesky, x = K^-1 f + sqrt(kT) P^T L^-T n, v likewise from M; else by a
//               factor of Theta
//
// What run r draws is a pure function of (seed, r): the streams above 2^62 of its domain r + 1
// (core/random.hpp), which no noise source reaches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/null_space.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

/// @return theta of a state, model_rows x m
Eigen::MatrixXd stack_state(const core::State& state);

class StartSampler {
 public:
  virtual ~StartSampler() = default;
  /// theta at t = 0 of a run, model_rows x m. From any thread.
  virtual void draw(std::uint64_t run, Eigen::MatrixXd& theta) const = 0;
};

std::unique_ptr<StartSampler> make_given_start(const core::State& state);
/// @param spread standard deviation of each output's target
std::unique_ptr<StartSampler> make_random_start(const core::SecondOrderSystem& system,
                                                std::span<const double> spread, std::uint64_t seed);
/// Boltzmann's distribution at the system's kT, whatever brakes: `stationary` of fdt noise, and
/// legal without friction. @throws core::InputError for a K or M that is not positive definite
/// @pre kT > 0
std::unique_ptr<StartSampler> make_boltzmann_start(const core::SecondOrderSystem& system,
                                                   const core::NullSpace& null_space,
                                                   std::uint64_t seed);
/// @throws core::ParameterError where there is no stationary state (says why), or where it can only
/// be had dense and the system is too large for that
std::unique_ptr<StartSampler> make_stationary_start(const core::SecondOrderSystem& system,
                                                    const core::NullSpace& null_space,
                                                    const std::optional<core::Modes>& modes,
                                                    std::uint64_t seed);

}  // namespace springspice::dynamics
