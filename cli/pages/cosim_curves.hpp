// What a page shows of a certification while it runs: curves of bounded length, from the hooks that
// it has (sim/certify.hpp). No run is stored.
//
//   CosimRecorder recorder(problem, analysis);
//   recorder.observe(options);                     // beside hooks that are set already
//   sim::certify(problem, analysis, options);
//   recorder.curves()
#pragma once

#include <string>
#include <vector>

#include "cli/pages/bounded_curve.hpp"
#include "sim/certify.hpp"
#include "sim/transient_comparison.hpp"

namespace springspice::cli {

struct CosimCurves {
  struct Pair {
    std::string name;
    std::vector<CurvePoint> circuit, model;
  };
  /// Over model time; those that move most, the farthest first.
  std::vector<Pair> positions, velocities;
  /// Over model time: of all coordinates the largest |circuit - model|, of the largest excursion,
  /// as the check `path` takes it: the highest of both curves is that check's value.
  std::vector<CurvePoint> position_difference, velocity_difference;
  /// Over omega: two-sided densities.
  std::vector<Pair> spectra;
};

class CosimRecorder {
 public:
  CosimRecorder(const sim::Problem& problem, const sim::Analysis& analysis);

  /// Hears what the hooks of `options` hear, after them. @pre outlives their use
  void observe(sim::CertifyOptions& options);

  CosimCurves curves() const;

 private:
  struct Track {
    Eigen::Index coordinate = 0, output = 0;
    BoundedCurve circuit, model;
  };
  struct Spectrum {
    std::string name;
    BoundedCurve circuit, model;
  };
  void choose_tracks(const sim::Problem& problem, const Eigen::MatrixXd& fit);
  void add_path(double time, const core::State& circuit, const core::State& model);
  void add_spectrum(const sim::SpectrumRow& row);
  std::vector<CosimCurves::Pair> farthest(const std::vector<Track>& tracks, const char* quantity,
                                          std::size_t count) const;

  const core::SecondOrderSystem& system_;
  Eigen::RowVectorXd offset_;
  sim::PathDeviation deviation_;  ///< of the whole run
  std::vector<Track> positions_, velocities_;
  BoundedCurve position_difference_, velocity_difference_;
  std::vector<Spectrum> spectra_;
};

}  // namespace springspice::cli
