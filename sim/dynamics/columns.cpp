#include "core/random.hpp"
#include "sim/dynamics/integrator.hpp"

namespace springspice::dynamics {

Columns::Columns(const Integrator& integrator, std::uint64_t seed, std::uint64_t first_run,
                 std::uint64_t runs, Eigen::Index outputs)
    : own(Eigen::MatrixXd::Zero(integrator.rows(), static_cast<Eigen::Index>(runs) * outputs)),
      integrator_(&integrator),
      seed_(seed),
      first_run_(first_run),
      outputs_(outputs),
      four_(static_cast<std::size_t>(4 * integrator.sources() * own.cols())) {}

void Columns::set(Eigen::Index column, const Eigen::Ref<const Eigen::VectorXd>& theta) {
  integrator_->enter(theta, own.col(column));
}

void Columns::change(const Integrator& integrator, const Eigen::MatrixXd& theta) {
  if (integrator.sources() != integrator_->sources()) {
    // Streams are counted by sources: what was drawn ahead stands at other addresses.
    block_.reset();
    four_.resize(static_cast<std::size_t>(4 * integrator.sources() * count()));
  }
  integrator_ = &integrator;
  own.resize(integrator.rows(), count());
  integrator.enter(theta, own);
}

Eigen::Map<const Eigen::MatrixXd> Columns::normals() {
  const auto sources = static_cast<std::size_t>(integrator_->sources());
  const std::size_t a_step = sources * static_cast<std::size_t>(count());
  if (block_ != step_ / 4) {
    block_ = step_ / 4;
    for (Eigen::Index c = 0; c < count(); ++c) {
      const auto run = first_run_ + static_cast<std::uint64_t>(c / outputs_);
      const auto stream = static_cast<std::uint64_t>(c % outputs_) * sources;
      core::fill_normals({seed_, run + 1, stream, *block_}, sources,
                         four_.data() + static_cast<std::size_t>(c) * sources, a_step);
    }
  }
  return {four_.data() + (step_ % 4) * a_step, integrator_->sources(), count()};
}

}  // namespace springspice::dynamics
