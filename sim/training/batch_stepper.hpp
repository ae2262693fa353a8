// Moves the state over the time of one batch, in which the springs of that batch alone pull
// (learning_system.hpp). Two kinds:
//
//   make_euler_stepper   explicit Euler-Maruyama, as the authors' program: order 1, cost of a step
//                        2 b (c + nu) flops (b rows of c corners), plus its normals where kT > 0
//       x1 = x0 + h v0,  v1 = v0 + h (R^-1 (f_b - K_b x0) - gamma v0) + noise;
//       overdamped  x1 = x0 + h R^-1 (f_b - K_b x0) + noise
//       noise: sqrt(2 kT gamma h) L^-T xi (fdt), sqrt(2 gamma kT h / M_s) xi (diagonal),
//       sqrt(2 kT h) L^-T xi (overdamped)
//   make_exact_stepper   the exact propagator, mean and covariance, of any batch time. Its cost is,
//       once a batch, the eigenvectors of a b x b matrix (batch_modes.hpp); with neighbour or pin
//       springs, or b >= nu, those of nu x nu; with `diagonal` noise at kT > 0, which does not fall
//       apart in the modes, the moments of the whole system (core/moments.hpp): small systems only
//
// The outputs are independent copies: each has noise of its own. No step is refused here except by
// largest_stable_step(): a caller asks first.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/system.hpp"
#include "sim/training/batch_noise.hpp"
#include "sim/training/learning_system.hpp"

namespace springspice::training {

/// The rows that pull, and where the batch stands in the training.
struct Batch {
  std::span<const int> rows;
  std::uint64_t number = 0;  ///< since the start of the training, for the noise
};

class BatchStepper {
 public:
  BatchStepper() = default;
  BatchStepper(const BatchStepper&) = delete;
  BatchStepper& operator=(const BatchStepper&) = delete;
  virtual ~BatchStepper() = default;

  virtual void advance(const Batch& batch, core::State& state) = 0;

  /// Infinity where every step is stable; where `step` is stable, any number from `step` up.
  virtual double largest_stable_step(const Batch& batch, double step) = 0;
};

/// What both kinds need. The system and the rows must outlive the stepper.
struct StepperRequest {
  const LearningSystem& system;
  const SpringRows& rows;
  std::size_t batch;  ///< rows of the largest batch
  double time;        ///< of a batch
  BatchNoise noise;
};

std::unique_ptr<BatchStepper> make_euler_stepper(const StepperRequest& request, std::int64_t steps);

/// The largest system that `diagonal` noise is exact for.
inline constexpr Eigen::Index kExactDiagonalLimit = 200;

/// @throws core::ParameterError above that limit, and above core::kModesLimit nodes where all modes
/// of each batch are needed
std::unique_ptr<BatchStepper> make_exact_stepper(const StepperRequest& request);

}  // namespace springspice::training
