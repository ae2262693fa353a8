#include "sim/tolerance/tolerance.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "sim/tolerance/draw_modes.hpp"
#include "sim/tolerance/draws.hpp"
#include "sim/tolerance/sensitivity.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

// Quantiles are those of the draws whose positions are kept: all, or as many as fit into 80 MB, but
// at least this many, which tell a quantile of 0.05 to a seventh of its probability.
constexpr std::uint64_t kKeptValues = 10'000'000;
constexpr std::uint64_t kLeastKept = 1000;

// Where the sorted values pass the share p of them, linear between two.
double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

void check_request(const ToleranceRequest& request) {
  check_spreads(request.spreads);
  const core::SecondOrderSystem& system = request.problem.system;
  if (request.draws == 0) throw core::ParameterError("0 draws are none; give 1 or more");
  if (request.threads < 1) {
    throw core::ParameterError(fmt::format("{} threads; give 1 or more", request.threads));
  }
  if (request.reference.rows() != system.size() || request.reference.cols() != system.outputs()) {
    throw core::ParameterError(fmt::format(
        "the reference is {} x {} and the system has {} coordinates and {} outputs",
        request.reference.rows(), request.reference.cols(), system.size(), system.outputs()));
  }
}

// All draws, by several threads: each takes the next one that nobody has.
class Lottery {
 public:
  Lottery(const ToleranceRequest& request, const VariedCircuit& circuit, const ProbeMap& probes,
          const NominalModes& nominal, const DrawModes& modes)
      : request_(request),
        circuit_(circuit),
        probes_(probes),
        nominal_(nominal),
        modes_(modes),
        draws_(request.draws) {
    const auto values = static_cast<std::uint64_t>(request.reference.size());
    kept_ = std::min(request.draws, std::max(kLeastKept, kKeptValues / values));
    positions_.resize(request.reference.size(), static_cast<Index>(kept_));
  }

  /// @param nominal_fit where the circuit without spread comes to rest
  void run(const MatrixXd& nominal_fit) {
    nominal_fit_ = nominal_fit;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < request_.threads; ++t) threads.emplace_back([this] { work(); });
    }
    if (error_) std::rethrow_exception(error_);
  }

  void write(ToleranceReport& report) {
    report.draws = std::move(draws_);
    std::uint64_t good = 0;
    std::uint64_t settled = 0;
    double squares = 0.0;
    for (const Draw& draw : report.draws) {
      good += draw.error <= request_.error_limit ? 1 : 0;
      if (!std::isfinite(draw.deviation)) {
        ++report.failed;
        continue;
      }
      squares += draw.deviation * draw.deviation;
      ++settled;
    }
    report.yield = static_cast<double>(good) / static_cast<double>(request_.draws);
    report.rms_deviation = settled > 0 ? std::sqrt(squares / static_cast<double>(settled))
                                       : std::numeric_limits<double>::infinity();
    for (MatrixXd* matrix : {&report.low, &report.median, &report.high}) {
      matrix->resize(request_.reference.rows(), request_.reference.cols());
    }
    std::vector<double> sorted;
    for (Index i = 0; i < positions_.rows(); ++i) {
      sorted.clear();
      for (Index d = 0; d < positions_.cols(); ++d) {
        if (!std::isnan(positions_(i, d))) sorted.push_back(positions_(i, d));
      }
      std::ranges::sort(sorted);
      report.low.reshaped()(i) = quantile(sorted, 0.05);
      report.median.reshaped()(i) = quantile(sorted, 0.5);
      report.high.reshaped()(i) = quantile(sorted, 0.95);
    }
  }

 private:
  void work() {
    try {
      const double relaxation_s = nominal_.relaxation_time * request_.problem.design.scales.time_s;
      SettledCircuit settled(circuit_, request_.problem, probes_, relaxation_s);
      for (;;) {
        const std::uint64_t draw = next_.fetch_add(1);
        if (draw >= request_.draws) return;
        run_one(settled, draw);
        tell_progress();
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!error_) error_ = std::current_exception();
      next_ = request_.draws;
    }
  }

  void run_one(SettledCircuit& settled, std::uint64_t number) {
    const Eigen::VectorXd multipliers = draw_multipliers(request_.spreads, request_.seed, number);
    const std::optional<MatrixXd> x = settled.solve(multipliers);
    const Motion motion = modes_.analyse(multipliers);
    const bool good = x && motion.stable;
    Draw& draw = draws_[number];
    draw.error =
        good ? request_.error(*x, request_.reference) : std::numeric_limits<double>::infinity();
    draw.deviation =
        good ? request_.error(*x, nominal_fit_) : std::numeric_limits<double>::infinity();
    draw.slowest_time = motion.slowest_time;
    draw.coldest = motion.coldest;
    draw.hottest = motion.hottest;
    if (number >= kept_) return;
    auto column = positions_.col(static_cast<Index>(number));
    if (good) {
      column = x->reshaped();
    } else {
      column.setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }

  void tell_progress() {
    if (!request_.on_progress) return;
    const std::scoped_lock lock(mutex_);
    ++done_;
    request_.on_progress(static_cast<double>(done_) / static_cast<double>(request_.draws));
  }

  const ToleranceRequest& request_;
  const VariedCircuit& circuit_;
  const ProbeMap& probes_;
  const NominalModes& nominal_;
  const DrawModes& modes_;
  MatrixXd nominal_fit_;
  std::vector<Draw> draws_;
  std::uint64_t kept_ = 0;
  MatrixXd positions_;  // by coordinate and output, a draw a column; NaN: failed
  std::atomic<std::uint64_t> next_ = 0;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::exception_ptr error_;
};

}  // namespace

ToleranceReport run_tolerance(const ToleranceRequest& request) {
  check_request(request);
  const ProbeMap probes = map_probes(request.problem);
  const VariedCircuit circuit(request.problem.design.circuit, request.spreads);
  const NominalModes nominal = find_nominal_modes(request.problem.system);
  const DrawModes modes(request, circuit, probes, nominal.modes);

  ToleranceReport report;
  SettledCircuit settled(circuit, request.problem, probes,
                         nominal.relaxation_time * request.problem.design.scales.time_s);
  const std::optional<MatrixXd> fit =
      settled.solve(Eigen::VectorXd::Ones(static_cast<Index>(request.spreads.size())));
  if (!fit) throw core::InputError("the circuit without spread has no settled state");

  Lottery lottery(request, circuit, probes, nominal, modes);
  lottery.run(*fit);
  lottery.write(report);
  report.temperatures_note = modes.note();

  report.worst = compute_sensitivities(request, circuit, settled);
  double squares = 0.0;
  for (const Sensitivity& part : report.worst) squares += part.spread * part.spread;
  report.predicted_rms = std::sqrt(squares);
  std::ranges::stable_sort(report.worst, std::greater<>{}, &Sensitivity::spread);
  return report;
}

netlist::Design draw_design(const ToleranceRequest& request, std::uint64_t draw) {
  check_spreads(request.spreads);
  const Eigen::VectorXd multipliers = draw_multipliers(request.spreads, request.seed, draw);
  netlist::Design design = request.problem.design;
  design.circuit = multiply_values(request.problem.design.circuit, request.spreads, multipliers);
  const std::vector<int> parts =
      find_johnson_parts(request.problem.design, request.spreads, request.noise);
  for (std::size_t q = 0; q < parts.size(); ++q) {
    if (parts[q] >= 0) design.noise[q].density /= multipliers(parts[q]);
  }
  return design;
}

}  // namespace springspice::sim
