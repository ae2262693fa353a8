// The numerical motion of a linear Langevin system, step by step: what all schemes share.
//
//     auto scheme = make_integrator(Scheme::exact, system, modes, h);      // what
//     Columns columns(*scheme, seed, first_run, runs, outputs);            // state
//     columns.set(c, theta0);                                              // for each column
//     scheme->advance(columns, 1000);                                      // how
//     columns.read(theta);
//
//   scheme          | order (weak) | stationary covariance | stable for    | cost of a step, a
//   column
//   ----------------|--------------|-----------------------|---------------|-------------------------
//   exact, modal    | exact        | exact                 | any h         | 2 nu normals, 7 nu
//                   |              |                       |               | multiply-adds
//   exact, dense    | exact        | exact                 | any h         | up to 2 nu normals,
//                   |              |                       |               | 8 nu^2 multiply-adds
//   midpoint        | 2            | exact                 | any h         | q normals, one solve
//   with
//                   |              |                       |               | the factors of
//                   |              |                       |               | M + h/2 D + h^2/4 K
//   baoab           | 2            | of x: exact; of v low | h < 2/omega   | q normals, two solves
//   with
//                   |              | by (h omega)^2/4      |               | the factors of M
//   euler-maruyama  | 1            | wrong by O(h)         | h < gamma/    | q normals, one solve
//   with
//                   |              |                       | omega^2 (*)   | the factors of M
//
// q is the number of noise sources (core/langevin.hpp). Without friction midpoint keeps the energy
// exactly, baoab keeps it within O(h^2) for ever; the exact ones keep it to rounding. (*) for modes
// below critical damping; see largest_stable_step().
//
// Noise is a pure function of (seed, run, output, source, step): domain run + 1, stream
// output q + source, index step / 4 of core/random.hpp. So a path does not depend on who computes
// it nor on how its steps are grouped. (How many columns are advanced together may change its last
// bits: products of matrices add in another order.)
//
// A scheme is immutable: any number of threads may advance columns of their own with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/modes.hpp"
#include "core/system.hpp"

namespace springspice::dynamics {

enum class Scheme { exact, midpoint, baoab, euler_maruyama };

/// "exact", "midpoint", "baoab", "euler-maruyama".
const char* to_string(Scheme scheme);

class Columns;

class Integrator {
 public:
  virtual ~Integrator() = default;

  virtual const char* name() const = 0;
  /// h, in model time.
  double step() const { return step_; }
  /// Normals that each column takes a step; 0 without noise.
  Eigen::Index sources() const { return sources_; }
  /// Values of a column in the scheme's own coordinates, and in the model's: theta = (x, v),
  /// overdamped x.
  Eigen::Index rows() const { return rows_; }
  Eigen::Index model_rows() const { return model_rows_; }

  virtual void advance(Columns& columns, std::uint64_t steps) const = 0;

  /// Model coordinates to the scheme's own, and back, all columns at once. Here they are the same.
  virtual void enter(const Eigen::Ref<const Eigen::MatrixXd>& theta,
                     Eigen::Ref<Eigen::MatrixXd> own) const {
    own = theta;
  }
  virtual void leave(const Eigen::MatrixXd& own, Eigen::MatrixXd& theta) const { theta = own; }

 protected:
  Integrator(double step, Eigen::Index sources, Eigen::Index rows, Eigen::Index model_rows)
      : step_(step), sources_(sources), rows_(rows), model_rows_(model_rows) {}

 private:
  double step_;
  Eigen::Index sources_, rows_, model_rows_;
};

/// The states of some runs, which one thread advances together: column r m + p is output p of run
/// first_run + r.
class Columns {
 public:
  Columns(const Integrator& integrator, std::uint64_t seed, std::uint64_t first_run,
          std::uint64_t runs, Eigen::Index outputs);

  Eigen::Index count() const { return own.cols(); }
  Eigen::Index outputs() const { return outputs_; }
  /// Steps made so far.
  std::uint64_t step() const { return step_; }

  void set(Eigen::Index column, const Eigen::Ref<const Eigen::VectorXd>& theta);
  /// theta, model_rows x count.
  void read(Eigen::MatrixXd& theta) const { integrator_->leave(own, theta); }
  /// Goes on from theta (model_rows x count) with another scheme or system: steps, and with them
  /// the addresses of the noise, count on.
  void change(const Integrator& integrator, const Eigen::MatrixXd& theta);

  // For the schemes:

  Eigen::MatrixXd own;  ///< states in the scheme's coordinates
  /// The normals of the step that comes next, sources x count.
  Eigen::Map<const Eigen::MatrixXd> normals();
  void made_a_step() { ++step_; }

 private:
  const Integrator* integrator_;
  std::uint64_t seed_, first_run_;
  Eigen::Index outputs_;
  std::uint64_t step_ = 0;
  std::vector<double> four_;  ///< normals of the steps 4 block to 4 block + 3
  std::optional<std::uint64_t> block_;
};

/// @param modes those of the system, where it has any: `exact` is modal then, unless the noise
/// couples the modes (`diagonal`)
/// @throws core::ParameterError for an h that is not finite and above 0; an h at which an explicit
/// scheme is unstable (gives the largest stable one); `exact` without modes above
/// kDenseLimit coordinates; `baoab` where overdamped or where D is not gamma M;
/// core::InputError where M (overdamped: D) is not positive definite.
std::unique_ptr<Integrator> make_integrator(Scheme scheme, const core::SecondOrderSystem& system,
                                            const std::optional<core::Modes>& modes, double h);

/// The largest system whose exact step is a dense matrix: that of 500 coordinates is found in about
/// half a minute.
inline constexpr Eigen::Index kDenseLimit = 500;

}  // namespace springspice::dynamics
