#include "sim/training/batch_noise.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace springspice::training {
namespace {

constexpr std::uint64_t kDomain = 0x7472'6169'6e00'0000;

}  // namespace

void BatchNoise::fill(std::uint64_t output, std::uint64_t batch, std::uint64_t first_step,
                      Eigen::Ref<Eigen::MatrixXd> values) {
  const Eigen::Index size = values.rows(), steps = values.cols();
  const Eigen::Index streams = (size + 3) / 4;
  const Eigen::Index all = streams * steps;
  drawn_.resize(static_cast<std::size_t>(4 * all));
  core::fill_normals(
      {seed_, kDomain + first_ + output, first_step * static_cast<std::uint64_t>(streams), batch},
      static_cast<std::size_t>(all), drawn_.data(), static_cast<std::size_t>(all));
  for (Eigen::Index n = 0; n < steps; ++n) {
    for (Eigen::Index word = 0; word * streams < size; ++word) {
      const double* from = &drawn_[static_cast<std::size_t>(word * all + n * streams)];
      std::copy_n(from, std::min(streams, size - word * streams), &values(word * streams, n));
    }
  }
}

}  // namespace springspice::training
