// The springs-and-sticks model of a data set: from data springs and parameters to M, D, K, f.
//
// Mass. A rigid stick between nodes i and j, mass M_s, has T = M_s/8 (v_i + v_j)^2 (translation)
// + M_s/24 (v_j - v_i)^2 (rotation), so it adds M_s/3 to M_ii and M_jj and M_s/6 to M_ij and M_ji.
// An interior node of a chain has 2 M_s/3 on the diagonal. (Equations 12 to 15 of arXiv 2508.19015
// carry a sign slip, which would give 5 M_s/6, and lose dots; this follows the derivation.)
// As a sum of squares, M = sum over sticks of M_s/4 e+ e+^T + M_s/12 e- e-^T, e± = e_i ± e_j.
//
// Stiffness and force:  K = k W^T W + k2 sum over sticks of e- e-^T + k3 I,
//                       f^p = k W^T y^p + k3 level^p.
// Friction:             D = gamma M, or eta I where overdamped.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/data_springs.hpp"
#include "core/springs.hpp"
#include "core/system.hpp"

namespace springspice::core {

/// Parameters in model units. Which are legal: check_parameters().
struct Parameters {
  double mass = 1.0;      ///< M_s of one stick; with mass_is_total, M_s = mass / prod s_b
  double spring = 1.0;    ///< k of one data point; with spring_is_total, k = spring / N
  double friction = 1.0;  ///< gamma (1/time); overdamped: eta (mass/time)
  double kT = 0.0;
  bool mass_is_total = false;  ///< divides by the number of *cells*, as the authors' program does
  bool spring_is_total = false;
  double neighbor_spring = 0.0;     ///< k2
  double pin_spring = 0.0;          ///< k3
  std::optional<double> pin_level;  ///< default: the mean of each target
  Dynamics dynamics = Dynamics::underdamped;
  NoiseModel noise_model = NoiseModel::fdt;
};

/// @throws ParameterError for a negative, NaN or infinite parameter, for mass 0 when underdamped,
/// and for friction 0 when overdamped (names the option).
void check_parameters(const Parameters& parameters);

/// Boltzmann's constant, J/K, exact since 2019.
inline constexpr double kBoltzmann = 1.380649e-23;

/// The mass of one stick, the stiffness of one data spring.
double stick_mass(const Parameters& parameters, const Grid& grid);
double spring_stiffness(const Parameters& parameters, std::size_t points);

/// M, D, K, f of the model. Memory O(cells). @throws ParameterError, and InputError for no data.
SecondOrderSystem make_system(const DataSprings& data, const Parameters& parameters);

/// All springs of the model, data springs condensed; their sum is K.
std::vector<Spring> make_springs(const DataSprings& data, const Parameters& parameters);

/// U at x = 0: k/2 sum y^2 + k3/2 sum level^2 over outputs and nodes.
double potential_constant(const DataSprings& data, const Parameters& parameters);

/// The two ends of every stick of a grid with these numbers of nodes, in order of nodes and axes.
void for_each_stick(std::span<const int> shape, const std::function<void(int, int)>& visit);

}  // namespace springspice::core
