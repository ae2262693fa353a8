// The choice of real values for all parts at given scales, judged by the exact error.
//
// A tie is a value that several parts share (mapped_system.hpp). Those of K and f decide the fit
// and are chosen together (snapping.hpp); those of M, D and the read-outs are each the nearest;
// those of integrators, and of parts of which only the ratio counts, are what the scales make of
// them (ScaleRegion and settle_common_values()).
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/prediction_error.hpp"
#include "hw/mapping/mapped_system.hpp"
#include "hw/mapping/scale_choice.hpp"
#include "hw/mapping/snapping.hpp"

namespace springspice::hw {

/// Values of all ties at some scales, and what they make of the fit.
struct Snapped {
  ScaleLogs scales = ScaleLogs::Zero();
  std::vector<Joined> chosen;  ///< one a tie
  /// Infinite where K' is not positive definite.
  double error = std::numeric_limits<double>::infinity();
  double rounded_error = std::numeric_limits<double>::infinity();
};

class ValueSearch {
 public:
  /// What is kept, and must outlive the search. @pre K of `shifted` is positive definite
  struct Input {
    const core::SecondOrderSystem& shifted;
    const ScaledParts& scaled;
    const Profile& profile;
    const core::PredictionError& error;
    bool pairs = false;
    int neighbours = 2;
    std::uint64_t seed = 1;
  };
  explicit ValueSearch(const Input& input);

  const std::vector<TiedParts>& ties() const { return ties_; }
  const Eigen::MatrixXd& fit() const { return fit_; }  ///< of the shifted system
  std::size_t variables() const { return searched_.size(); }

  double wanted(std::size_t tie, const ScaleLogs& y) const;
  /// The nearest single value.
  Joined round(std::size_t tie, const ScaleLogs& y) const;
  /// Factors of the coefficients of all parts.
  std::vector<double> factors(const Snapped& snapped) const;

  /// The scales nearby at which the values that all integrators share, and those of which only the
  /// ratio counts, are there: x' = v then holds with them exactly. None within the region's limits.
  std::optional<ScaleLogs> settle_common_values(const ScaleRegion& region, ScaleLogs y) const;
  /// "rx0 near 10 kohm, ...": those values at these scales.
  std::string describe_common_values(const ScaleLogs& y) const;

  /// Each value rounded.
  Snapped round_all(const ScaleLogs& y) const;
  /// A quick choice of single values, for telling good scales from bad ones; never above rounding.
  void search_briefly(Snapped& snapped) const;
  /// The choice, pairs too, from rounding on; never above what is there.
  void search_fully(Snapped& snapped) const;
  /// M, D and read-outs: each the nearest.
  void choose_nearest(Snapped& snapped) const;

 private:
  struct Candidates {
    SnapProblem problem;
    std::vector<std::vector<Joined>> values;  // one a variable
    SnapChoice rounded;
  };

  void add_change(const netlist::Part& part, SnapVariable& variable) const;
  Eigen::MatrixXd make_weight(const core::SparseMatrix& K) const;
  const ScaledPart& first_part(std::size_t tie) const;
  std::vector<Joined> list_values(std::size_t tie, const ScaleLogs& y, bool pairs,
                                  std::size_t count) const;
  Candidates make_candidates(const ScaleLogs& y, bool pairs) const;
  double exact_error(const Snapped& snapped) const;
  SnapChoice take_best(const Candidates& made, const std::vector<SnapChoice>& choices,
                       std::size_t count, SnapChoice best, Snapped& snapped) const;

  Input input_;
  std::vector<TiedParts> ties_;
  Eigen::MatrixXd fit_;
  SnapProblem problem_;                // without values
  std::vector<std::size_t> searched_;  // tie of each variable
};

}  // namespace springspice::hw
