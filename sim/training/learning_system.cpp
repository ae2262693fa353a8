#include "sim/training/learning_system.hpp"

#include "core/data_springs.hpp"
#include "core/fit.hpp"
#include "core/null_space.hpp"

namespace springspice::training {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

void append_block(const core::SparseMatrix& block, Eigen::Index offset, Triplets& entries) {
  for (Eigen::Index column = 0; column < block.outerSize(); ++column) {
    for (core::SparseMatrix::InnerIterator it(block, column); it; ++it) {
      if (it.value() == 0.0) continue;  // a data spring without stiffness
      entries.emplace_back(static_cast<int>(offset + it.row()), static_cast<int>(offset + it.col()),
                           it.value());
    }
  }
}

core::SparseMatrix from_triplets(const Triplets& entries, Eigen::Index size) {
  core::SparseMatrix matrix(size, size);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

// M, D, K_0 of one group: those of a model whose data springs have no stiffness.
core::SecondOrderSystem make_group(const InputGroup& group, const core::DataRows& data,
                                   core::Parameters parameters) {
  core::DataSprings one(group.grid, static_cast<std::size_t>(data.targets.cols()));
  std::vector<double> u;
  for (const core::Axis& axis : group.grid.axes()) u.push_back(axis.lower);
  one.add(u, data.target(0));
  parameters.spring = 0.0;
  return core::make_system(one, parameters);
}

Eigen::RowVectorXd pin_level(const core::DataRows& data, std::span<const int> rows,
                             const core::Parameters& parameters, std::size_t groups) {
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(data.targets.cols());
  if (parameters.pin_level) return mean.setConstant(*parameters.pin_level);
  for (const int row : rows) mean += data.targets.row(row);
  return mean / static_cast<double>(rows.size() * groups);
}

}  // namespace

LearningSystem make_learning_system(std::span<const InputGroup> groups, const core::DataRows& data,
                                    std::span<const int> rows, const core::Parameters& parameters) {
  core::check_parameters(parameters);
  LearningSystem out;
  out.spring = core::spring_stiffness(parameters, rows.size());
  out.friction = parameters.friction;
  Triplets mass, damping, stiffness;
  std::vector<double> noise;
  Eigen::Index size = 0;
  for (const InputGroup& group : groups) {
    const core::SecondOrderSystem part = make_group(group, data, parameters);
    append_block(part.M, size, mass);
    append_block(part.D, size, damping);
    append_block(part.K, size, stiffness);
    size += part.size();
    if (part.stick_mass) {
      noise.resize(static_cast<std::size_t>(size),
                   2.0 * parameters.friction * parameters.kT / *part.stick_mass);
    }
    out.rest.stick_mass = part.stick_mass;
    out.rest.shape = part.shape;
  }
  if (groups.size() > 1) out.rest.shape = {static_cast<int>(size)};
  out.rest.dynamics = parameters.dynamics;
  out.rest.kT = parameters.kT;
  out.rest.noise_model = parameters.noise_model;
  if (out.underdamped()) out.rest.M = from_triplets(mass, size);
  out.rest.D = from_triplets(damping, size);
  out.rest.K = from_triplets(stiffness, size);
  out.rest.f =
      (parameters.pin_spring * pin_level(data, rows, parameters, groups.size())).replicate(size, 1);
  if (out.underdamped() && parameters.noise_model == core::NoiseModel::diagonal) {
    out.velocity_noise = Eigen::Map<const Eigen::VectorXd>(noise.data(), size);
  }
  return out;
}

core::SecondOrderSystem join_all_springs(const LearningSystem& system, const SpringRows& rows) {
  core::SecondOrderSystem all = system.rest;
  all.K += sum_stiffness(rows, system.spring);
  all.f += sum_force(rows, system.spring);
  return all;
}

Eigen::MatrixXd solve_training_fit(const LearningSystem& system, const SpringRows& rows) {
  const core::SecondOrderSystem all = join_all_springs(system, rows);
  return core::solve_fit(all, core::find_null_space(all.K));
}

}  // namespace springspice::training
