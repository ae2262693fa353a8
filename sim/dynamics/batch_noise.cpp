#include "sim/dynamics/batch_noise.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace springspice::dynamics {
namespace {

constexpr std::uint64_t kDomain = 0x7472'6169'6e00'0000;

}  // namespace

void BatchNoise::fill(std::uint64_t output, std::uint64_t batch, std::uint64_t first_step,
                      Eigen::Ref<Eigen::MatrixXd> values) const {
  const Eigen::Index size = values.rows();
  const auto draws = static_cast<std::uint64_t>((size + 3) / 4);
  for (Eigen::Index n = 0; n < values.cols(); ++n) {
    core::Counter at{seed_, kDomain + first_ + output, batch,
                     (first_step + static_cast<std::uint64_t>(n)) * draws};
    for (Eigen::Index i = 0; i < size; i += 4, ++at.index) {
      const auto four = core::normals(at);
      std::copy_n(four.begin(), std::min<Eigen::Index>(4, size - i), &values(i, n));
    }
  }
}

}  // namespace springspice::dynamics
