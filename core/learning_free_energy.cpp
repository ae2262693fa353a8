#include "core/learning_free_energy.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/free_energy.hpp"

namespace springspice::core {

std::vector<TargetPrior> make_target_priors(const DataSprings& data, const Parameters& parameters) {
  const double k = spring_stiffness(parameters, data.count());
  const double nodes = static_cast<double>(data.grid().node_count());
  std::vector<TargetPrior> priors;
  for (std::size_t p = 0; p < data.outputs(); ++p) {
    const TargetSummary& target = data.targets()[p];
    // Rows of W sum to 1, so at the mean every data spring is stretched by its target's deviation;
    // springs between neighbours are not stretched at all.
    const double lift = parameters.pin_level.value_or(target.mean) - target.mean;
    priors.push_back(
        {target.mean, data.spread(p),
         0.5 * k * target.squares + 0.5 * parameters.pin_spring * nodes * lift * lift});
  }
  return priors;
}

Eigen::VectorXd learning_free_energy(const SecondOrderSystem& system,
                                     std::span<const TargetPrior> priors) {
  if (!(system.kT > 0.0)) {
    throw ParameterError("the free energy of learning is not defined: kT is 0; give --kT");
  }
  const Eigen::Index size = system.size();
  // Positions alone, counted from the targets' mean: there the pins pull nothing, and no large
  // energies cancel.
  EnergySystem pins;
  pins.system.dynamics = Dynamics::overdamped;
  pins.system.kT = system.kT;
  pins.system.shape = system.shape;
  pins.system.f.setZero(size, 1);
  pins.system.K.resize(size, size);
  EnergySystem learned = pins;
  Eigen::VectorXd difference(system.outputs());
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    const TargetPrior& prior = priors[static_cast<std::size_t>(p)];
    if (!(prior.spread > 0.0)) {
      throw ParameterError(fmt::format(
          "the free energy of learning is not defined: the targets of output {} do not vary", p));
    }
    pins.system.K.setIdentity();
    pins.system.K *= system.kT / (prior.spread * prior.spread);
    learned.system.K = pins.system.K + system.K;
    learned.system.f = system.f.col(p) - system.K * Eigen::VectorXd::Constant(size, prior.mean);
    learned.constant = prior.energy_at_mean;
    difference(p) = compute_free_energy(learned, Conjugate::momentum).total() -
                    compute_free_energy(pins, Conjugate::momentum).total();
  }
  return difference;
}

}  // namespace springspice::core
