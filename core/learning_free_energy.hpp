// The free energy of learning: the least work that switching the springs on takes.
//
// Before, each output p knows only the targets' mean mu and spread sigma: every coordinate hangs on
// a pin of stiffness kappa = kT / sigma^2 at mu, so that it fluctuates as the targets do. Then all
// springs of the system are switched on beside the pins. With U the energy of the springs,
//
//     F = -kT ln integral exp(-(U + kappa/2 |x - mu|^2) / kT) dx,
//     dF = min_x (U + kappa/2 |x - mu|^2) + kT/2 ln det(1 + K / kappa)
//        = U(mu) - 1/2 g^T (K + kappa)^-1 g + kT/2 ln det(1 + K / kappa),    g = f - K mu
//
// A finite number even where K is singular. Work done in a finite time is more (Jarzynski 1997).
#pragma once

#include <span>
#include <vector>

#include "core/lagrangian.hpp"

namespace springspice::core {

/// What an output's targets are before anything is learned. Model units.
struct TargetPrior {
  double mean = 0.0;
  double spread = 0.0;          ///< standard deviation
  double energy_at_mean = 0.0;  ///< U where every coordinate is the mean
};

/// One for each output.
std::vector<TargetPrior> make_target_priors(const DataSprings& data, const Parameters& parameters);

/// dF, one value an output.
/// @throws ParameterError where kT is 0 or an output has no spread: the pins would be infinitely
/// weak or stiff; InputError for a K that is not positive semidefinite
/// @pre one prior for each output
Eigen::VectorXd learning_free_energy(const SecondOrderSystem& system,
                                     std::span<const TargetPrior> priors);

}  // namespace springspice::core
