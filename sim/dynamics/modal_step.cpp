#include "sim/dynamics/modal_step.hpp"

// A copy of each loop for AVX2; without fused operations, so both give the same bits. Sanitizers do
// not run before the loader has chosen the copy.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define SPRINGSPICE_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SPRINGSPICE_CLONES
#endif

namespace springspice::dynamics {

SPRINGSPICE_CLONES
void make_modal_step(const ModalCoefficients& of, const double* force_q, const double* force_p,
                     const double* first, const double* second, double* q, double* p,
                     std::size_t count) {
  const ModalCoefficients c = of;
#pragma GCC ivdep
  for (std::size_t k = 0; k < count; ++k) {
    const double q0 = q[k], p0 = p[k];
    q[k] = c.qq[k] * q0 + c.qp[k] * p0 + force_q[k] + c.q1[k] * first[k];
    p[k] = c.pq[k] * q0 + c.pp[k] * p0 + force_p[k] + c.p1[k] * first[k] + c.p2[k] * second[k];
  }
}

SPRINGSPICE_CLONES
void make_quiet_modal_step(const ModalCoefficients& of, const double* force_q,
                           const double* force_p, double* q, double* p, std::size_t count) {
  const ModalCoefficients c = of;
#pragma GCC ivdep
  for (std::size_t k = 0; k < count; ++k) {
    const double q0 = q[k], p0 = p[k];
    q[k] = c.qq[k] * q0 + c.qp[k] * p0 + force_q[k];
    p[k] = c.pq[k] * q0 + c.pp[k] * p0 + force_p[k];
  }
}

SPRINGSPICE_CLONES
void make_overdamped_step(const double* qq, const double* q1, const double* force_q,
                          const double* first, double* q, std::size_t count) {
#pragma GCC ivdep
  for (std::size_t k = 0; k < count; ++k) q[k] = qq[k] * q[k] + force_q[k] + q1[k] * first[k];
}

}  // namespace springspice::dynamics
