#include "core/langevin.hpp"

#include <cmath>

#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/lagrangian.hpp"
#include "core/springs.hpp"

namespace springspice::core {
namespace {

class NoiseBuilder {
 public:
  explicit NoiseBuilder(const SecondOrderSystem& system) : system_(system) {}

  void add(const std::vector<std::pair<int, double>>& incidence, double density, std::string name) {
    const int column = static_cast<int>(density_.size());
    for (const auto& [row, weight] : incidence) entries_.emplace_back(row, column, weight);
    density_.push_back(density);
    names_.push_back(std::move(name));
  }

  ForceNoise finish() {
    ForceNoise noise;
    noise.incidence.resize(system_.size(), static_cast<Eigen::Index>(density_.size()));
    noise.incidence.setFromTriplets(entries_.begin(), entries_.end());
    noise.density = Eigen::Map<const Eigen::VectorXd>(density_.data(),
                                                      static_cast<Eigen::Index>(density_.size()));
    noise.names = std::move(names_);
    return noise;
  }

 private:
  const SecondOrderSystem& system_;
  std::vector<Eigen::Triplet<double>> entries_;
  std::vector<double> density_;
  std::vector<std::string> names_;
};

bool is_diagonal(const SparseMatrix& matrix) {
  for (Eigen::Index column = 0; column < matrix.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator it(matrix, column); it; ++it) {
      if (it.row() != it.col() && it.value() != 0.0) return false;
    }
  }
  return true;
}

void add_stick_noise(const SecondOrderSystem& system, double gamma, NoiseBuilder& builder) {
  const double scale = 2.0 * system.kT * gamma * *system.stick_mass;
  for_each_stick(system.shape, [&](int i, int j) {
    const std::string ends = system.label(i) + " " + system.label(j);
    builder.add({{i, 1.0}, {j, 1.0}}, scale / 4.0, "translation " + ends);
    builder.add({{i, 1.0}, {j, -1.0}}, scale / 12.0, "rotation " + ends);
  });
}

void add_factored_noise(const SecondOrderSystem& system, NoiseBuilder& builder) {
  for (const Spring& term : factor_springs(system.D, 1)) {
    std::vector<std::pair<int, double>> incidence;
    for (std::size_t k = 0; k < term.nodes.size(); ++k) {
      incidence.emplace_back(term.nodes[k], term.turns[k]);
    }
    builder.add(incidence, 2.0 * system.kT * term.stiffness, "factor " + system.label(term.origin));
  }
}

// 2 gamma kT / M_s: density of `diagonal` noise on each velocity.
double velocity_noise_density(const SecondOrderSystem& system) {
  const std::optional<double> gamma = system.rayleigh_friction();
  if (!system.stick_mass || !gamma) {
    throw ParameterError(
        "--noise-model diagonal refers to the mass of a stick and to D = gamma M, which matrices "
        "given by --system do not have; write --noise-model fdt");
  }
  return 2.0 * *gamma * system.kT / *system.stick_mass;
}

void add_velocity_noise(const SecondOrderSystem& system, NoiseBuilder& builder) {
  const double density = velocity_noise_density(system);
  for (int i = 0; i < system.size(); ++i) {
    std::vector<std::pair<int, double>> incidence;
    for (SparseMatrix::InnerIterator it(system.M, i); it; ++it) {
      incidence.emplace_back(static_cast<int>(it.row()), it.value());
    }
    builder.add(incidence, density, "velocity " + system.label(i));
  }
}

// -G^-1 K as a sparse matrix without its exact zeros, shifted by (row, column) offsets.
void append_dense(const Eigen::MatrixXd& block, Eigen::Index row, Eigen::Index column,
                  std::vector<Eigen::Triplet<double>>& entries) {
  for (Eigen::Index j = 0; j < block.cols(); ++j) {
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      if (block(i, j) != 0.0) {
        entries.emplace_back(static_cast<int>(row + i), static_cast<int>(column + j), block(i, j));
      }
    }
  }
}

SparseMatrix from_triplets(const std::vector<Eigen::Triplet<double>>& entries, Eigen::Index rows,
                           Eigen::Index columns) {
  SparseMatrix matrix(rows, columns);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

}  // namespace

ForceNoise make_force_noise(const SecondOrderSystem& system) {
  NoiseBuilder builder(system);
  const std::optional<double> gamma = system.rayleigh_friction();
  const bool overdamped = system.dynamics == Dynamics::overdamped;
  if (!overdamped && system.noise_model == NoiseModel::diagonal) {
    add_velocity_noise(system, builder);
  } else if (!overdamped && system.stick_mass && gamma) {
    add_stick_noise(system, *gamma, builder);
  } else if (is_diagonal(system.D)) {
    for (int i = 0; i < system.size(); ++i) {
      builder.add({{i, 1.0}}, 2.0 * system.kT * system.D.coeff(i, i), "node " + system.label(i));
    }
  } else {
    add_factored_noise(system, builder);
  }
  return builder.finish();
}

SparseMatrix compute_force_noise_matrix(const SecondOrderSystem& system) {
  const bool diagonal =
      system.dynamics == Dynamics::underdamped && system.noise_model == NoiseModel::diagonal;
  if (!diagonal) return 2.0 * system.kT * system.D;
  return velocity_noise_density(system) * SparseMatrix(system.M * system.M);
}

LangevinSystem make_langevin(const SecondOrderSystem& system) {
  const Eigen::Index size = system.size();
  if (size > kLangevinLimit) {
    throw ParameterError(fmt::format(
        "{} coordinates: M^-1 K would have {} entries (limit: {} coordinates); work with M, D, K",
        size, size * size, kLangevinLimit));
  }
  const bool overdamped = system.dynamics == Dynamics::overdamped;
  const Eigen::SimplicialLLT<SparseMatrix> inertia(overdamped ? system.D : system.M);
  const ForceNoise noise = make_force_noise(system);
  const Eigen::VectorXd amplitude = noise.density.cwiseSqrt();
  const SparseMatrix H = noise.incidence * amplitude.asDiagonal();
  const Eigen::Index offset = overdamped ? 0 : size;
  const Eigen::Index total = size + offset;

  LangevinSystem langevin;
  std::vector<Eigen::Triplet<double>> drift;
  std::vector<Eigen::Triplet<double>> diffusion;
  append_dense(-inertia.solve(Eigen::MatrixXd(system.K)), offset, 0, drift);
  if (!overdamped) {
    for (int i = 0; i < size; ++i) drift.emplace_back(i, static_cast<int>(size) + i, 1.0);
    if (const std::optional<double> gamma = system.rayleigh_friction()) {
      // M^-1 D is gamma I without the rounding of a solve.
      append_dense(-*gamma * Eigen::MatrixXd::Identity(size, size), size, size, drift);
    } else {
      append_dense(-inertia.solve(Eigen::MatrixXd(system.D)), size, size, drift);
    }
  }
  if (system.noise_model == NoiseModel::diagonal && !overdamped) {
    // M^-1 times the columns of M: exactly the unit vectors.
    append_dense(Eigen::MatrixXd(amplitude.asDiagonal()), offset, 0, diffusion);
  } else {
    append_dense(inertia.solve(Eigen::MatrixXd(H)), offset, 0, diffusion);
  }
  langevin.A = from_triplets(drift, total, total);
  langevin.B = from_triplets(diffusion, total, H.cols());
  langevin.b = Eigen::MatrixXd::Zero(total, system.outputs());
  langevin.b.bottomRows(size) = inertia.solve(system.f);
  return langevin;
}

}  // namespace springspice::core
