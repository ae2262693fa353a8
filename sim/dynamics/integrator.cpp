#include "sim/dynamics/integrator.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/dynamics/baoab.hpp"
#include "sim/dynamics/euler_maruyama.hpp"
#include "sim/dynamics/exact_dense.hpp"
#include "sim/dynamics/exact_modal.hpp"
#include "sim/dynamics/midpoint.hpp"
#include "sim/dynamics/stable_step.hpp"

namespace springspice::dynamics {
const char* to_string(Scheme scheme) {
  switch (scheme) {
    case Scheme::exact:
      return "exact";
    case Scheme::midpoint:
      return "midpoint";
    case Scheme::baoab:
      return "baoab";
    case Scheme::euler_maruyama:
      break;
  }
  return "euler-maruyama";
}

std::unique_ptr<Integrator> make_integrator(Scheme scheme, const core::SecondOrderSystem& system,
                                            const std::optional<core::Modes>& modes, double h) {
  if (!std::isfinite(h) || h <= 0.0) {
    throw core::ParameterError(
        fmt::format("--dt is {}; a step must be a finite number above 0", h));
  }
  switch (scheme) {
    case Scheme::exact:
      if (modes && ExactModal::separates(system)) {
        return std::make_unique<ExactModal>(system, *modes, h);
      }
      return ExactDense::make(system, h);
    case Scheme::midpoint:
      return std::make_unique<Midpoint>(system, h);
    case Scheme::baoab: {
      auto made = std::make_unique<Baoab>(system, h);
      check_stable(scheme, system, modes, h);
      return made;
    }
    case Scheme::euler_maruyama:
      break;
  }
  check_stable(scheme, system, modes, h);
  return std::make_unique<EulerMaruyama>(system, h);
}

}  // namespace springspice::dynamics
