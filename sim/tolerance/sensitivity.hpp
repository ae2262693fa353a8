// Which parts the predictions depend on most: adjoint sensitivities. Not installed.
#pragma once

#include <vector>

#include "sim/tolerance/settled_circuit.hpp"

namespace springspice::sim {

/// One for each spread, in their order. With G the Gram matrix of the prediction error and g_p the
/// derivative of the positions of output p with respect to ln(value),
///
///     relative = sqrt( 1/m sum_p g_p^T G g_p ),   spread = relative * standard deviation of the
///     part
std::vector<Sensitivity> compute_sensitivities(const ToleranceRequest& request,
                                               const VariedCircuit& circuit,
                                               SettledCircuit& settled);

}  // namespace springspice::sim
