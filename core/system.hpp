// A linear second-order Langevin system, in model units.
//
//     underdamped:  M x'' + D x' + K x = f + F(t)          overdamped:  D x' + K x = f + F(t)
//
// with one right-hand side, so one independent copy of the system, for each output.
//
//   symbol | shape   | unit         | meaning
//   -------|---------|--------------|---------------------------------------------------------
//   M      | nu x nu | mass         | symmetric positive definite; empty when overdamped
//   D      | nu x nu | mass/time    | symmetric positive semidefinite (definite when overdamped)
//   K      | nu x nu | force/length | symmetric
//   f      | nu x m  | force        | one column an output
//   kT     | 1       | energy       | thermal energy
//
// F is Gaussian white noise, <F(t) F(t')^T> = S delta(t - t') (S two-sided, per unit time):
//   fdt       S = 2 kT D: the fluctuation-dissipation theorem; Boltzmann's distribution
//   diagonal  S = M (2 D_s kT / M_s^2) M with D_s = gamma M_s: independent noise of density
//             2 gamma kT / M_s on each velocity, as in arXiv 2508.19015. With a non-diagonal M it
//             breaks the theorem (design: modes at different temperatures).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace springspice::core {

using SparseMatrix = Eigen::SparseMatrix<double>;

enum class Dynamics { underdamped, overdamped };
enum class NoiseModel { fdt, diagonal };

const char* to_string(Dynamics dynamics);
const char* to_string(NoiseModel model);

struct SecondOrderSystem {
  Dynamics dynamics = Dynamics::underdamped;
  SparseMatrix M, D, K;
  Eigen::MatrixXd f;
  double kT = 0.0;
  NoiseModel noise_model = NoiseModel::fdt;
  /// M_s, which `diagonal` noise refers to; none where the matrices were given.
  std::optional<double> stick_mass;
  /// Numbers of coordinates along each axis; {nu} where there is no grid. Labels follow from it.
  std::vector<int> shape;

  Eigen::Index size() const { return K.rows(); }
  Eigen::Index outputs() const { return f.cols(); }

  /// gamma where D = gamma M entry by entry (to 1e-14 relative), 0 where D = 0; none otherwise.
  std::optional<double> rayleigh_friction() const;

  /// The coordinate's indices along each axis, counted from 0.
  std::vector<int> index(Eigen::Index coordinate) const;
  /// The same joined by '_': "2_3".
  std::string label(Eigen::Index coordinate) const;
};

/// @throws InputError for matrices that do not fit together, an entry that is not finite, M, D or K
/// that is not symmetric (names the entry), M that is not positive definite (overdamped: D), D that
/// is not positive semidefinite.
void check_system(const SecondOrderSystem& system);

/// Position and velocity of every coordinate and output, nu x m each. Overdamped: v is 0 x m.
struct State {
  Eigen::MatrixXd x, v;
};

/// T = 1/2 v^T M v, U = 1/2 x^T K x - f^T x + constant, L = T - U, summed over the outputs.
struct Energies {
  double kinetic = 0.0;
  double potential = 0.0;
  double lagrangian() const { return kinetic - potential; }
};

/// @param potential_constant what U is at K x = f = 0, e.g. k/2 sum y^2 of the data.
Energies compute_energies(const SecondOrderSystem& system, const State& state,
                          double potential_constant);

/// Reads M.mtx, D.mtx, K.mtx and f.mtx of a folder (M.mtx only when underdamped), checked.
/// @throws InputError
SecondOrderSystem read_system(const std::string& folder, Dynamics dynamics);

}  // namespace springspice::core
