#include "sim/dynamics/gap_cache.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::dynamics {

double check_gap(double before, double after) {
  const double gap = after - before;
  if (gap > 0.0 && std::isfinite(gap)) return gap;
  throw core::ParameterError(
      fmt::format("a time of {} follows one of {}; the times of a path must be finite and increase",
                  after, before));
}

}  // namespace springspice::dynamics
