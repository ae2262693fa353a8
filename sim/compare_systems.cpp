// `model`: the manifest's matrices against those that the data give.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/check.hpp"

namespace springspice::sim {
namespace {

// The worst entry so far, relative to the larger of the two values.
struct WorstEntry {
  double value = 0.0;
  std::string where = "all equal";

  void compare(double given, double rebuilt, const char* name, const std::string& place) {
    const double scale = std::max(std::abs(given), std::abs(rebuilt));
    const double relative = given == rebuilt ? 0.0 : std::abs(given - rebuilt) / scale;
    if (relative <= value) return;
    value = relative;
    where =
        fmt::format("worst {}({}): manifest {:.17g}, data {:.17g}", name, place, given, rebuilt);
  }
};

void compare_matrix(const core::SecondOrderSystem& system, const core::SparseMatrix& given,
                    const core::SparseMatrix& rebuilt, const char* name, WorstEntry& worst) {
  for (const core::SparseMatrix* side : {&given, &rebuilt}) {
    for (Eigen::Index column = 0; column < side->outerSize(); ++column) {
      for (core::SparseMatrix::InnerIterator it(*side, column); it; ++it) {
        worst.compare(given.coeff(it.row(), it.col()), rebuilt.coeff(it.row(), it.col()), name,
                      system.label(it.row()) + "," + system.label(it.col()));
      }
    }
  }
}

}  // namespace

Check compare_systems(const core::SecondOrderSystem& given,
                      const core::SecondOrderSystem& rebuilt) {
  Check check;
  check.name = "model";
  check.limit = 1e-12;
  check.origin = "rounding of sums over the data";
  WorstEntry worst;
  if (given.dynamics == core::Dynamics::underdamped) {
    compare_matrix(given, given.M, rebuilt.M, "M", worst);
  }
  compare_matrix(given, given.D, rebuilt.D, "D", worst);
  compare_matrix(given, given.K, rebuilt.K, "K", worst);
  for (Eigen::Index p = 0; p < given.outputs(); ++p) {
    for (Eigen::Index i = 0; i < given.size(); ++i) {
      worst.compare(given.f(i, p), rebuilt.f(i, p), "f", given.label(i));
    }
  }
  check.value = worst.value;
  check.detail = "the manifest against the data; " + worst.where;
  decide(check);
  return check;
}

}  // namespace springspice::sim
