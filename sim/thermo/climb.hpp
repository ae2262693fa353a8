// Some runs on their way up the staircase, which one thread takes along together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <Eigen/Core>

#include "sim/dynamics/integrator.hpp"
#include "sim/dynamics/start_sampler.hpp"
#include "sim/thermo/staircase.hpp"

namespace springspice::thermo {

/// Runs first ... first + count - 1.
struct RunRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

class Climb {
 public:
  /// At the start of the protocol, in equilibrium. @param ground level 0
  Climb(const Level& ground, const dynamics::StartSampler& start, std::uint64_t seed,
        RunRange runs);

  /// Onto the next level: work.
  void jump(const Level& level);
  /// A step of the level's integrator: heat.
  void stay(const Level& level, const dynamics::Integrator& integrator);

  /// What the runs have had so far.
  Eigen::VectorXd work, heat, reduced;
  Eigen::VectorXd energy_change() const { return energy_ - first_energy_; }

 private:
  void measure(const Level& level);

  std::uint64_t seed_;
  RunRange runs_;
  double kT_;
  Eigen::MatrixXd theta_;
  Eigen::VectorXd energy_, first_energy_;
  std::optional<dynamics::Columns> columns_;
};

}  // namespace springspice::thermo
