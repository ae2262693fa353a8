#include "sim/thermo/climb.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::thermo {

using Eigen::Index;

Climb::Climb(const Level& ground, const dynamics::StartSampler& start, std::uint64_t seed,
             RunRange runs)
    : seed_(seed), runs_(runs), kT_(ground.kT()) {
  const Index m = ground.system().outputs(), count = static_cast<Index>(runs.count);
  Eigen::MatrixXd one;
  for (Index r = 0; r < count; ++r) {
    start.draw(runs.first + static_cast<std::uint64_t>(r), one);
    if (r == 0) theta_.resize(one.rows(), m * count);
    theta_.middleCols(r * m, m) = one;
  }
  measure(ground);
  first_energy_ = energy_;
  work.setZero(count);
  heat.setZero(count);
  reduced.setZero(count);
}

void Climb::jump(const Level& level) {
  const Eigen::VectorXd below = energy_;
  const double kT_below = kT_;
  if (level.kicks()) level.kick(theta_.bottomRows(level.system().size()));
  kT_ = level.kT();
  measure(level);
  work += energy_ - below;
  reduced += energy_ / kT_ - below / kT_below;
}

void Climb::stay(const Level& level, const dynamics::Integrator& integrator) {
  if (!columns_) {
    columns_.emplace(integrator, seed_, runs_.first, runs_.count, level.system().outputs());
  }
  columns_->change(integrator, theta_);
  integrator.advance(*columns_, 1);
  columns_->read(theta_);
  const Eigen::VectorXd before = energy_;
  measure(level);
  heat += energy_ - before;
}

void Climb::measure(const Level& level) {
  energy_ = level.measure(theta_);
  if (energy_.allFinite()) return;
  Index run = 0;
  while (std::isfinite(energy_(run))) ++run;
  throw core::InputError(fmt::format(
      "run {}: the energy is no longer finite at lambda = {:.6g} of the protocol; scale the system "
      "so that its numbers stay below 1e150",
      runs_.first + static_cast<std::uint64_t>(run), level.lambda()));
}

}  // namespace springspice::thermo
