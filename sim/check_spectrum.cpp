// `spectrum`: the noise of the circuit, frequency by frequency, against the Langevin spectrum
//
//     S_x(w) = y^H S y,   (K - w^2 M + j w D) y = e_i,   S_v = w^2 S_x      (overdamped: K + j w D)
//
// with S the model's force noise; and its integral over all frequencies against the stationary
// variance (`variance`), on a grid that is exact for the model's poles (spectral_grid.hpp).
//
// The circuit's side comes by one of three ways, of which ngspice's own totals are none:
//   .noise        the sources are resistors: those are noisy, all others have `noisy=0`, and the
//                 temperature option says kT
//   reciprocity   the same where ngspice has no operating point to linearise about, and the network
//                 is too large for its rescue methods: a current into the probe, and the voltages
//                 over the resistors
//   drives        else: each source in turn has the AC amplitude 1, and the squares are added
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <map>
#include <numbers>

#include <fmt/format.h>

#include "core/langevin.hpp"
#include "core/stationary.hpp"
#include "netlist/writer.hpp"
#include "sim/dynamics/spectrum.hpp"
#include "sim/harness.hpp"
#include "sim/spectral_grid.hpp"
#include "sim/stamped.hpp"

namespace springspice::sim {
namespace {

using Complex = std::complex<double>;
using netlist::Element;
using netlist::Kind;
using netlist::NoiseSource;
using netlist::Probe;

// Points enough to see each resonance from both sides; the grid is exact from one a pole on.
constexpr double kPointsAPole = 4.0;
constexpr std::size_t kFewestPoints = 24;
constexpr std::size_t kFewestFrequencies = 8;
// ngspice's gmin and source stepping, which a circuit without an operating point goes through at
// each frequency, grow fast with its nodes.
constexpr std::size_t kMostNodesToRescue = 24;
// ngspice 39's own constant: 3.5e-7 below the exact one.
constexpr double kEngineBoltzmann = 1.38064852e-23;
constexpr double kZeroCelsius_K = 273.15;

// What is looked at: coordinates of the first output, one at the grid's corner and one inside.
struct Reading {
  Eigen::Index coordinate = 0;
  bool velocity = false;
  const Probe* probe = nullptr;
};

// @param all else the inner coordinate alone
std::vector<Reading> choose_readings(const Checker& checker, bool all) {
  std::vector<Reading> readings;
  std::vector<Eigen::Index> coordinates = {checker.problem.system.size() / 2};
  if (all && coordinates[0] != 0) coordinates.insert(coordinates.begin(), 0);
  for (const Eigen::Index c : coordinates) {
    const auto slot = static_cast<std::size_t>(c);
    readings.push_back({c, false, checker.probes.positions[slot]});
    if (checker.probes.velocities.empty()) continue;
    readings.push_back({c, true, checker.probes.velocities[slot]});
  }
  return readings;
}

// ---- the model's side

// Two-sided, a row a frequency, a column a reading.
Eigen::MatrixXd solve_model(const Checker& checker, const std::vector<SpectralPoint>& grid,
                            const std::vector<Reading>& readings) {
  std::vector<double> omega;
  for (const SpectralPoint& point : grid) omega.push_back(point.omega);
  std::vector<Eigen::Index> coordinates;
  for (const Reading& reading : readings) coordinates.push_back(reading.coordinate);
  Eigen::MatrixXd spectra =
      dynamics::compute_position_spectra(checker.problem.system, omega, coordinates);
  for (std::size_t r = 0; r < readings.size(); ++r) {
    if (!readings[r].velocity) continue;
    for (std::size_t f = 0; f < grid.size(); ++f) {
      spectra(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(r)) *= omega[f] * omega[f];
    }
  }
  return spectra;
}

// ---- the circuit's side

class CircuitSpectrum {
 public:
  CircuitSpectrum(Checker& checker, const std::vector<SpectralPoint>& grid,
                  const std::vector<Reading>& readings)
      : checker_(checker), readings_(readings), tau_(checker.problem.design.scales.time_s) {
    for (const SpectralPoint& point : grid) {
      frequencies_.push_back(point.omega / (2.0 * std::numbers::pi * tau_));
    }
    spectra_.resize(static_cast<Eigen::Index>(grid.size()),
                    static_cast<Eigen::Index>(readings.size()));
  }

  Eigen::MatrixXd run_noise();
  Eigen::MatrixXd run_reciprocal();
  Eigen::MatrixXd run_drives();

 private:
  double omega_s(std::size_t f) const { return 2.0 * std::numbers::pi * frequencies_[f]; }
  double& entry(std::size_t f, std::size_t r) {
    return spectra_(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(r));
  }
  // V^2/Hz (two-sided) of the probe's voltage -> model units squared times model time.
  double to_model(std::size_t f, const Reading& reading, double density) const {
    const double flux = reading.probe->quantity == Probe::Quantity::flux ? omega_s(f) : 1.0;
    return density * std::pow(reading.probe->gain / flux, 2) / tau_;
  }
  const Element& part(const NoiseSource& source) const {
    return *checker_.deck.find(source.incidence.front().where);
  }

  Checker& checker_;
  const std::vector<Reading>& readings_;
  double tau_;
  std::vector<double> frequencies_;
  Eigen::MatrixXd spectra_;
};

Eigen::MatrixXd CircuitSpectrum::run_noise() {
  const Problem& problem = checker_.problem;
  const double kelvin = problem.system.kT * problem.design.scales.energy_j / kEngineBoltzmann;
  // The option is in degrees Celsius: near 0 K its digits would be lost, and noise is proportional.
  const double set_kelvin = std::max(kelvin, kZeroCelsius_K);
  for (std::size_t r = 0; r < readings_.size(); ++r) {
    Harness harness(checker_);
    harness.silence_resistors();
    harness.add_options(
        fmt::format("temp={}", netlist::format_number(set_kelvin - kZeroCelsius_K)));
    const std::string source = harness.add_ac_current(checker_.probes.ports.front()->node, 1.0);
    std::size_t f = 0;
    checker_.run({harness.deck(), NoiseRun{readings_[r].probe->node, source, frequencies_}, {}},
                 [&](double, std::span<const Complex> values) {
                   const double one_sided = values[0].real() * kelvin / set_kelvin;
                   entry(f, r) = to_model(f, readings_[r], one_sided / 2.0);
                   ++f;
                 });
  }
  return spectra_;
}

Eigen::MatrixXd CircuitSpectrum::run_reciprocal() {
  const std::vector<NoiseSource>& sources = checker_.problem.design.noise;
  std::vector<std::string> nodes;
  std::map<std::string, std::size_t> column;
  const auto add = [&](const std::string& node) {
    if (netlist::is_ground(node) || !column.emplace(netlist::lower(node), nodes.size()).second) {
      return;
    }
    nodes.push_back(node);
  };
  for (const NoiseSource& source : sources) {
    for (const std::string& node : part(source).nodes) add(node);
  }
  for (std::size_t r = 0; r < readings_.size(); ++r) {
    Harness harness(checker_);
    harness.add_options("noopac");
    harness.add_ac_current(readings_[r].probe->node, 1.0);
    std::size_t f = 0;
    checker_.run({harness.deck(), AcRun{frequencies_, {}}, nodes},
                 [&](double, std::span<const Complex> values) {
                   const auto voltage = [&](const std::string& node) {
                     return netlist::is_ground(node) ? Complex(0.0)
                                                     : values[column.at(netlist::lower(node))];
                   };
                   double sum = 0.0;
                   for (const NoiseSource& source : sources) {
                     if (source.own) continue;
                     const std::vector<std::string>& ends = part(source).nodes;
                     sum += source.density * std::norm(voltage(ends[0]) - voltage(ends[1]));
                   }
                   entry(f, r) = to_model(f, readings_[r], sum);
                   ++f;
                 });
  }
  return spectra_;
}

Eigen::MatrixXd CircuitSpectrum::run_drives() {
  Harness harness(checker_);
  harness.add_options("noopac");
  const std::vector<Drive> drives = harness.add_drives();
  std::vector<std::string> names;
  for (const Drive& drive : drives) names.push_back(drive.name);
  std::vector<std::string> nodes;
  for (const Reading& reading : readings_) nodes.push_back(reading.probe->node);
  spectra_.setZero();
  // Responses of one source, which may act at several places.
  Eigen::MatrixXcd response = Eigen::MatrixXcd::Zero(spectra_.rows(), spectra_.cols());
  std::size_t point = 0;
  checker_.run(
      {harness.deck(), AcRun{frequencies_, names}, nodes},
      [&](double, std::span<const Complex> values) {
        const std::size_t d = point / frequencies_.size();
        const std::size_t f = point % frequencies_.size();
        ++point;
        for (std::size_t r = 0; r < readings_.size(); ++r) {
          Complex& sum = response(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(r));
          sum += drives[d].weight * values[r];
          const bool last = d + 1 == drives.size() || drives[d + 1].source != drives[d].source;
          if (!last) continue;
          const double density = checker_.problem.design.noise[drives[d].source].density;
          entry(f, r) += to_model(f, readings_[r], density * std::norm(sum));
          sum = 0.0;
        }
      });
  return spectra_;
}

// ---- which way, and how much of it

enum class Way { noise, reciprocity, drives };

// Resistors alone, each with the Johnson current of its own value at the model's temperature.
bool are_resistors(const Checker& checker) {
  const double kT_j = checker.problem.system.kT * checker.problem.design.scales.energy_j;
  for (const NoiseSource& source : checker.problem.design.noise) {
    if (source.own) continue;
    const Element* element = checker.deck.find(source.incidence.front().where);
    const bool one = source.incidence.size() == 1 && std::abs(source.incidence[0].weight) == 1.0;
    if (!one || element == nullptr || element->kind != Kind::resistor) return false;
    // Which resistors inside subcircuits are noisy is not for the harness to say.
    if (element->name.find('.') != std::string::npos) return false;
    if (std::abs(source.density * element->value / (2.0 * kT_j) - 1.0) > 1e-9) return false;
  }
  return true;
}

// Reciprocity exchanges probe and source, so a current into the probe's node must be a force: not
// where a node of its own shows the velocity.
bool is_read_where_driven(const Checker& checker) {
  for (std::size_t c = 0; c < checker.probes.ports.size(); ++c) {
    const std::string& node = checker.deck.coordinate_probe(static_cast<Eigen::Index>(c)).node;
    if (netlist::lower(node) != netlist::lower(checker.probes.ports[c]->node)) return false;
  }
  return true;
}

Way choose_way(const Checker& checker) {
  if (!are_resistors(checker)) return Way::drives;
  const bool has_point = checker.problem.design.has_operating_point;
  const bool small = checker.deck.circuit().nodes().size() <= kMostNodesToRescue;
  if (has_point || small) return Way::noise;
  return is_read_where_driven(checker) ? Way::reciprocity : Way::drives;
}

// How many solves ngspice does in about 20 s. Measured: gmc grids, which are dense in K, 0.13 ms at
// 50 nodes, 7 ms at 288, 60 ms at 512, 10 s at 2048; gyrator networks 2.5 ms at 892, 1.4 s at 6900;
// op-amp boards, whose noise is driven source by source, up to 5 ms at 170; three-dimensional grids
// of gmc 30 ms at 250.
double solve_budget(Way way, std::size_t nodes) {
  const double most = way == Way::noise ? 1500.0 : way == Way::drives ? 3000.0 : 6000.0;
  const auto n = static_cast<double>(nodes);
  return std::min(most, way == Way::reciprocity ? most * std::pow(100.0 / n, 1.2)
                                                : 2800.0 * std::pow(288.0 / n, 3.7));
}

const char* describe(Way way) {
  switch (way) {
    case Way::noise:
      return ".noise";
    case Way::reciprocity:
      return ".ac by reciprocity (no operating point for .noise)";
    case Way::drives:
      return ".ac, source by source";
  }
  return "";
}

std::size_t count_solves(const Checker& checker, Way way, std::size_t readings) {
  if (way != Way::drives) return readings;
  std::size_t drives = 0;
  for (const NoiseSource& source : checker.problem.design.noise) {
    if (!source.own) drives += source.incidence.size();
  }
  return drives;
}

// Far below and above all resonances too, where they have no weight in the integral.
constexpr std::size_t kFarPoints = 4;
constexpr double kFarRatio = 100.0;

void add_far_points(const core::TimeScales& scales, std::vector<SpectralPoint>& grid) {
  for (std::size_t j = 0; j < kFarPoints; ++j) {
    const double far = std::pow(kFarRatio, (static_cast<double>(j) + 1.0) / kFarPoints);
    if (scales.slowest_frequency > 0.0) grid.push_back({scales.slowest_frequency / far, 0.0});
    grid.push_back({scales.fastest_frequency * far, 0.0});
  }
  std::sort(grid.begin(), grid.end(),
            [](const SpectralPoint& a, const SpectralPoint& b) { return a.omega < b.omega; });
}

struct Plan {
  std::vector<SpectralPoint> grid;
  bool whole = true;  ///< the grid integrates; else it is a sample of it
};

Plan make_plan(const Checker& checker, double budget) {
  Plan plan;
  const core::SecondOrderSystem& system = checker.problem.system;
  if (checker.analysis.modes) {
    plan.grid =
        make_spectral_grid(*checker.analysis.modes, system.dynamics, kPointsAPole, kFewestPoints);
    // Fewer points a pole are as exact, down to one.
    for (const double a_pole : {2.0, 1.0}) {
      if (static_cast<double>(plan.grid.size()) <= budget) break;
      plan.grid =
          make_spectral_grid(*checker.analysis.modes, system.dynamics, a_pole, kFewestFrequencies);
    }
  } else {
    plan.whole = false;
    const core::TimeScales& scales = checker.analysis.scales;
    const double low = 0.1 * std::max(scales.slowest_frequency, 1e-3 * scales.fastest_rate);
    const double ratio = 10.0 * scales.fastest_rate / low;
    for (std::size_t j = 0; j < kFewestPoints; ++j) {
      const double share = (static_cast<double>(j) + 0.5) / static_cast<double>(kFewestPoints);
      plan.grid.push_back({low * std::pow(ratio, share), 0.0});
    }
  }
  const auto most = static_cast<std::size_t>(budget);
  if (plan.grid.size() > most) {
    plan.whole = false;
    std::vector<SpectralPoint> thinned;
    for (std::size_t j = 0; j < most; ++j) {
      thinned.push_back(plan.grid[(2 * j + 1) * plan.grid.size() / (2 * most)]);
    }
    plan.grid = std::move(thinned);
  }
  if (static_cast<double>(plan.grid.size() + 2 * kFarPoints) <= budget) {
    add_far_points(checker.analysis.scales, plan.grid);
  }
  return plan;
}

// ---- the integral

// Relative; a coordinate that no noise reaches has none in the circuit either. A NaN must not
// vanish in a comparison.
double compare(double circuit, double model) {
  const double error = circuit == model ? 0.0 : std::abs(circuit / model - 1.0);
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

std::string label(const Checker& checker, const Reading& reading) {
  return (reading.velocity ? "v" : "x") + checker.problem.system.label(reading.coordinate);
}

// The reading's stationary variance; none where it grows without bound.
std::optional<double> stationary_variance(const core::Modes& modes,
                                          const core::StationaryMoments& moments,
                                          const Reading& reading) {
  if (!reading.velocity && modes.free > 0) return std::nullopt;
  const Eigen::RowVectorXd row = modes.shapes.row(reading.coordinate);
  return row * (reading.velocity ? moments.vv : moments.qq) * row.transpose();
}

Check check_variance(const Checker& checker, const Plan& plan, const std::vector<Reading>& readings,
                     const Eigen::MatrixXd& circuit) {
  Check check;
  check.name = "variance";
  check.limit = 1e-3;
  check.origin =
      "rounding; the quadrature is exact for the model's poles; 1e-15 to 1e-13 has been measured";
  const core::SecondOrderSystem& system = checker.problem.system;
  if (!plan.whole) {
    check.detail = checker.analysis.modes
                       ? "too many frequencies and sources to cover the spectrum"
                       : "D is not gamma M: the poles that the grid needs are not known";
    return check;
  }
  const auto moments = core::solve_stationary(*checker.analysis.modes, system.dynamics,
                                              core::compute_force_noise_matrix(system));
  if (!moments) {
    check.detail = "without friction nothing is stationary";
    return check;
  }
  std::string worst;
  for (std::size_t r = 0; r < readings.size(); ++r) {
    const auto exact = stationary_variance(*checker.analysis.modes, *moments, readings[r]);
    if (!exact) continue;
    double integral = 0.0;
    for (std::size_t f = 0; f < plan.grid.size(); ++f) {
      integral += circuit(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(r)) *
                  plan.grid[f].weight / std::numbers::pi;
    }
    const double error = compare(integral, *exact);
    if (error < check.value) continue;
    check.value = error;
    worst = fmt::format("; {}: circuit {:.10g}, model {:.10g}", label(checker, readings[r]),
                        integral, *exact);
  }
  decide(check);
  check.detail = fmt::format("integral of the spectrum over these frequencies{}", worst);
  return check;
}

// ---- the comparison

Check compare_spectra(const Checker& checker, const Plan& plan,
                      const std::vector<Reading>& readings, const Eigen::MatrixXd& circuit,
                      const Eigen::MatrixXd& model, Way way) {
  Check check;
  check.name = "spectrum";
  check.limit = 1e-6;
  check.origin = "rounding of two solves; 1e-15 to 1e-12 has been measured";
  std::string names;
  std::string worst;
  for (std::size_t r = 0; r < readings.size(); ++r) {
    names += (r == 0 ? "" : " ") + label(checker, readings[r]);
    for (std::size_t f = 0; f < plan.grid.size(); ++f) {
      const auto row = static_cast<Eigen::Index>(f);
      const auto column = static_cast<Eigen::Index>(r);
      const double error = compare(circuit(row, column), model(row, column));
      if (error <= check.value) continue;
      check.value = error;
      worst = fmt::format("; worst {} at {:.5g} rad per unit time", label(checker, readings[r]),
                          plan.grid[f].omega);
    }
  }
  decide(check);
  check.detail = fmt::format(
      "{} at {} frequencies from {:.3g} to {:.3g} rad per unit time, by {}{}", names,
      plan.grid.size(), plan.grid.front().omega, plan.grid.back().omega, describe(way), worst);
  return check;
}

void tell(const Checker& checker, const Plan& plan, const std::vector<Reading>& readings,
          const Eigen::MatrixXd& circuit, const Eigen::MatrixXd& model) {
  if (!checker.on_spectrum) return;
  std::vector<std::string> names;
  for (const Reading& reading : readings) names.push_back(label(checker, reading));
  for (std::size_t f = 0; f < plan.grid.size(); ++f) {
    const auto row = static_cast<Eigen::Index>(f);
    checker.on_spectrum({plan.grid[f].omega, names, circuit.row(row), model.row(row)});
  }
}

}  // namespace

std::vector<Check> check_spectrum(Checker& checker) {
  Check spectrum;
  spectrum.name = "spectrum";
  spectrum.limit = 1e-6;
  Check variance;
  variance.name = "variance";
  variance.limit = 1e-3;
  const auto refuse = [&](const std::string& reason) {
    spectrum.detail = variance.detail = reason;
    return std::vector<Check>{spectrum, variance};
  };
  if (checker.problem.system.kT == 0.0) return refuse("there is no noise: kT is 0");
  if (checker.problem.system.D.norm() == 0.0) return refuse("there is no noise without friction");
  if (!checker.deck.noise().obstacle.empty()) return refuse(checker.deck.noise().obstacle);
  if (checker.problem.design.noise.empty()) return refuse("the manifest lists no noise source");
  const Way way = choose_way(checker);
  const std::size_t nodes = checker.deck.circuit().nodes().size();
  const double budget = solve_budget(way, nodes);
  const auto enough = [&](std::size_t looked_at, std::size_t frequencies) {
    return static_cast<double>(count_solves(checker, way, looked_at) * frequencies) <= budget;
  };
  // Where all cannot be covered, one coordinate is.
  std::vector<Reading> readings = choose_readings(checker, true);
  const bool all =
      enough(readings.size(), 2 * static_cast<std::size_t>(checker.problem.system.size()));
  if (!all) readings = choose_readings(checker, false);
  if (!enough(readings.size(), kFewestFrequencies)) {
    return refuse(fmt::format("{} nodes: ngspice takes seconds for each frequency", nodes));
  }
  const Plan plan =
      make_plan(checker, budget / static_cast<double>(count_solves(checker, way, readings.size())));
  const Eigen::MatrixXd model = solve_model(checker, plan.grid, readings);
  CircuitSpectrum runs(checker, plan.grid, readings);
  const Eigen::MatrixXd circuit = way == Way::noise         ? runs.run_noise()
                                  : way == Way::reciprocity ? runs.run_reciprocal()
                                                            : runs.run_drives();
  tell(checker, plan, readings, circuit, model);
  return {compare_spectra(checker, plan, readings, circuit, model, way),
          check_variance(checker, plan, readings, circuit)};
}

}  // namespace springspice::sim
