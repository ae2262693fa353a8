#include "core/system_distance.hpp"

namespace springspice::core {
namespace {

double relative(double difference, double size) {
  return difference == 0.0 ? 0.0 : difference / size;
}

double relative(const SparseMatrix& from, const SparseMatrix& to) {
  const SparseMatrix difference = to - from;
  return relative(difference.norm(), from.norm());
}

}  // namespace

SystemDistance measure_distance(const SecondOrderSystem& from, const SecondOrderSystem& to) {
  return {.M = from.dynamics == Dynamics::underdamped ? relative(from.M, to.M) : 0.0,
          .D = relative(from.D, to.D),
          .K = relative(from.K, to.K),
          .f = relative((to.f - from.f).norm(), from.f.norm())};
}

}  // namespace springspice::core
