// The loop of the exact modal step, compiled for the vector instructions that the processor has.
#pragma once

#include <cstddef>

namespace springspice::dynamics {

/// Of one tile of modes, entry k for mode k. (q, p) are a mode's amplitude and its rate.
struct ModalCoefficients {
  const double* qq;  ///< C
  const double* qp;  ///< S
  const double* pq;  ///< -omega^2 S
  const double* pp;  ///< S'
  const double* q1;  ///< factor of the noise's covariance: q from the first normal,
  const double* p1;  ///< p from the first,
  const double* p2;  ///< and from the second
};

/// q, p <- [qq qp; pq pp] (q, p) + (force_q, force_p) + [q1 0; p1 p2] (first, second), `count`
/// modes. No two ranges overlap.
void make_modal_step(const ModalCoefficients& of, const double* force_q, const double* force_p,
                     const double* first, const double* second, double* q, double* p,
                     std::size_t count);

/// The same without noise.
void make_quiet_modal_step(const ModalCoefficients& of, const double* force_q,
                           const double* force_p, double* q, double* p, std::size_t count);

/// q <- qq q + force_q + q1 first: a mode without inertia.
void make_overdamped_step(const double* qq, const double* q1, const double* force_q,
                          const double* first, double* q, std::size_t count);

}  // namespace springspice::dynamics
