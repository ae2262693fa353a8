#include "sim/dynamics/exact_modal.hpp"

#include <algorithm>
#include <cmath>

#include "sim/dynamics/modal_step.hpp"
#include "sim/dynamics/mode_noise.hpp"
#include "sim/dynamics/mode_response.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;

// Modes whose coefficients stay in the nearest cache while all columns take their step.
constexpr Index kTile = 128;

Index rows_of(const core::SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::overdamped ? system.size() : 2 * system.size();
}

bool is_noisy(const core::SecondOrderSystem& system, const core::Modes& modes) {
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  return system.kT > 0.0 && (overdamped || modes.friction > 0.0);
}

}  // namespace

bool ExactModal::separates(const core::SecondOrderSystem& system) {
  return system.kT == 0.0 || system.noise_model == core::NoiseModel::fdt;
}

ExactModal::ExactModal(const core::SecondOrderSystem& system, const core::Modes& modes, double h)
    : Integrator(h, is_noisy(system, modes) ? rows_of(system) : 0, rows_of(system),
                 rows_of(system)),
      overdamped_(system.dynamics == core::Dynamics::overdamped),
      shapes_(modes.shapes),
      inverse_(modes.shapes.transpose() * (overdamped_ ? system.D : system.M)) {
  const Index nu = system.size();
  for (Eigen::ArrayXd* array : {&qq_, &qp_, &pq_, &pp_, &q1_, &p1_, &p2_}) array->setZero(nu);
  if (overdamped_) {
    set_overdamped(system, modes);
  } else {
    set_underdamped(system, modes);
  }
}

void ExactModal::set_underdamped(const core::SecondOrderSystem& system, const core::Modes& modes) {
  const Index nu = system.size();
  Eigen::ArrayXd from_force(nu), rate_from_force(nu);
  for (Index k = 0; k < nu; ++k) {
    const double omega2 = modes.stiffness(k);
    const ModeResponse r = compute_mode_response(modes.friction, omega2, step());
    qq_(k) = r.hold;
    qp_(k) = r.kick;
    pq_(k) = -omega2 * r.kick;
    pp_(k) = r.kick_rate;
    from_force(k) = r.force;
    rate_from_force(k) = r.kick;
    const double density = sources() > 0 ? 2.0 * modes.friction * system.kT : 0.0;
    const ModeNoise noise =
        factor_mode_noise(compute_mode_covariance(modes.friction, omega2, density, step()));
    q1_(k) = noise.position;
    p1_(k) = noise.cross;
    p2_(k) = noise.velocity;
  }
  const Eigen::MatrixXd force = shapes_.transpose() * system.f;
  force_q_ = from_force.matrix().asDiagonal() * force;
  force_p_ = rate_from_force.matrix().asDiagonal() * force;
}

void ExactModal::set_overdamped(const core::SecondOrderSystem& system, const core::Modes& modes) {
  const double h = step();
  const Index nu = system.size();
  Eigen::ArrayXd from_force(nu);
  for (Index k = 0; k < nu; ++k) {
    const double lambda = modes.stiffness(k);
    qq_(k) = std::exp(-lambda * h);
    from_force(k) = h * decay_mean(lambda * h);
    q1_(k) = std::sqrt(2.0 * system.kT * h * decay_mean(2.0 * lambda * h));
  }
  force_q_ = from_force.matrix().asDiagonal() * (shapes_.transpose() * system.f);
}

void ExactModal::enter(const Eigen::Ref<const Eigen::MatrixXd>& theta,
                       Eigen::Ref<Eigen::MatrixXd> own) const {
  const Index nu = shapes_.rows();
  own.topRows(nu).noalias() = inverse_ * theta.topRows(nu);
  if (!overdamped_) own.bottomRows(nu).noalias() = inverse_ * theta.bottomRows(nu);
}

void ExactModal::leave(const Eigen::MatrixXd& own, Eigen::MatrixXd& theta) const {
  const Index nu = shapes_.rows();
  theta.resize(own.rows(), own.cols());
  theta.topRows(nu).noalias() = shapes_ * own.topRows(nu);
  if (!overdamped_) theta.bottomRows(nu).noalias() = shapes_ * own.bottomRows(nu);
}

void ExactModal::advance(Columns& columns, std::uint64_t steps) const {
  for (std::uint64_t done = 0; done < steps; ++done) {
    for (Index begin = 0; begin < shapes_.rows(); begin += kTile) {
      step_tile(columns, begin, std::min(kTile, shapes_.rows() - begin));
    }
    columns.made_a_step();
  }
}

void ExactModal::step_tile(Columns& columns, Index begin, Index count) const {
  const Index nu = shapes_.rows();
  const ModalCoefficients of{&qq_(begin), &qp_(begin), &pq_(begin), &pp_(begin),
                             &q1_(begin), &p1_(begin), &p2_(begin)};
  const auto modes = static_cast<std::size_t>(count);
  const bool noisy = sources() > 0;
  const double* const normals = columns.normals().data();
  for (Index c = 0; c < columns.count(); ++c) {
    const Index output = c % columns.outputs();
    double* const q = &columns.own(begin, c);
    const double* const first = normals + c * sources() + begin;
    const double* const force = &force_q_(begin, output);
    if (overdamped_) {
      // Without noise the factors are 0, and any finite number may stand for the normals.
      make_overdamped_step(&qq_(begin), &q1_(begin), force, noisy ? first : &qq_(begin), q, modes);
    } else if (noisy) {
      make_modal_step(of, force, &force_p_(begin, output), first, first + nu, q, q + nu, modes);
    } else {
      make_quiet_modal_step(of, force, &force_p_(begin, output), q, q + nu, modes);
    }
  }
}

}  // namespace springspice::dynamics
