#include "cli/pages/cosim_curves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "cli/results.hpp"

namespace springspice::cli {
namespace {

// Which coordinate moves most is known at the end. Of a large model, as many as memory bears are
// followed, those that start farthest from rest.
constexpr std::size_t kMostTracks = 256;
constexpr std::size_t kPositionsShown = 3;
constexpr std::size_t kVelocitiesShown = 2;

// Of one point alone; exactly what sim::Deviation takes the largest of.
double difference_at(const Eigen::MatrixXd& circuit, const Eigen::MatrixXd& model,
                     const Eigen::RowVectorXd& offset, sim::Deviation& whole) {
  sim::Deviation here;
  here.add(circuit, model, offset);
  whole.add(circuit, model, offset);
  return here.difference;
}

// A curve with gaps comes first: something is wrong there.
double move_of(const BoundedCurve& curve) {
  const double move = curve.move();
  return std::isnan(move) ? std::numeric_limits<double>::infinity() : move;
}

std::vector<CurvePoint> divide(std::vector<CurvePoint> points, double size) {
  for (CurvePoint& point : points) {
    if (point.y != 0.0) point.y /= size;
  }
  return points;
}

}  // namespace

CosimRecorder::CosimRecorder(const sim::Problem& problem, const sim::Analysis& analysis)
    : system_(problem.system),
      offset_(sim::position_offsets(problem)),
      deviation_(sim::make_path_deviation(problem, analysis.scales)) {
  choose_tracks(problem, analysis.fit);
}

void CosimRecorder::choose_tracks(const sim::Problem& problem, const Eigen::MatrixXd& fit) {
  const Eigen::MatrixXd& start = problem.initial.x;
  Eigen::MatrixXd way = Eigen::MatrixXd::Zero(start.rows(), start.cols());
  if (fit.rows() == start.rows() && fit.cols() == start.cols()) way = (fit - start).cwiseAbs();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(way.size()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](Eigen::Index c) { return way.reshaped()(c); });
  order.resize(std::min(order.size(), kMostTracks));
  for (const Eigen::Index c : order) {
    const Track track{c % start.rows(), c / start.rows(), BoundedCurve(), BoundedCurve()};
    positions_.push_back(track);
    if (system_.dynamics == core::Dynamics::underdamped) velocities_.push_back(track);
  }
}

void CosimRecorder::observe(sim::CertifyOptions& options) {
  options.on_path = [this, first = std::move(options.on_path)](
                        double time, const core::State& circuit, const core::State& model) {
    if (first) first(time, circuit, model);
    add_path(time, circuit, model);
  };
  options.on_spectrum = [this,
                         first = std::move(options.on_spectrum)](const sim::SpectrumRow& row) {
    if (first) first(row);
    add_spectrum(row);
  };
}

void CosimRecorder::add_path(double time, const core::State& circuit, const core::State& model) {
  for (Track& track : positions_) {
    track.circuit.add(time, circuit.x(track.coordinate, track.output));
    track.model.add(time, model.x(track.coordinate, track.output));
  }
  for (Track& track : velocities_) {
    track.circuit.add(time, circuit.v(track.coordinate, track.output));
    track.model.add(time, model.v(track.coordinate, track.output));
  }
  position_difference_.add(time, difference_at(circuit.x, model.x, offset_, deviation_.x));
  if (velocities_.empty()) return;
  const Eigen::RowVectorXd none = Eigen::RowVectorXd::Zero(offset_.size());
  velocity_difference_.add(time, difference_at(circuit.v, model.v, none, deviation_.v));
}

void CosimRecorder::add_spectrum(const sim::SpectrumRow& row) {
  if (spectra_.empty()) {
    for (const std::string& name : row.names)
      spectra_.push_back({name, BoundedCurve(), BoundedCurve()});
  }
  for (std::size_t r = 0; r < spectra_.size(); ++r) {
    const auto column = static_cast<Eigen::Index>(r);
    spectra_[r].circuit.add(row.omega, row.circuit(column));
    spectra_[r].model.add(row.omega, row.model(column));
  }
}

std::vector<CosimCurves::Pair> CosimRecorder::farthest(const std::vector<Track>& tracks,
                                                       const char* quantity,
                                                       std::size_t count) const {
  std::vector<const Track*> order;
  for (const Track& track : tracks) order.push_back(&track);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const Track* track) { return move_of(track->model); });
  std::vector<CosimCurves::Pair> pairs;
  for (std::size_t k = 0; k < std::min(count, order.size()); ++k) {
    pairs.push_back({coordinate_name(system_, quantity, order[k]->coordinate, order[k]->output),
                     order[k]->circuit.points(), order[k]->model.points()});
  }
  return pairs;
}

CosimCurves CosimRecorder::curves() const {
  CosimCurves curves;
  if (position_difference_.count() > 0) {
    curves.positions = farthest(positions_, "x", kPositionsShown);
    curves.velocities = farthest(velocities_, "v", kVelocitiesShown);
    curves.position_difference = divide(position_difference_.peaks(), deviation_.x.size);
    curves.velocity_difference = divide(velocity_difference_.peaks(), deviation_.v.size);
  }
  for (const Spectrum& spectrum : spectra_) {
    curves.spectra.push_back({spectrum.name, spectrum.circuit.points(), spectrum.model.points()});
  }
  return curves;
}

}  // namespace springspice::cli
