#include "sim/thermo/paper_barrier.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/modes.hpp"
#include "core/null_space.hpp"
#include "core/random.hpp"
#include "core/sparse_cholesky.hpp"
#include "sim/dynamics/euler_maruyama.hpp"
#include "sim/dynamics/force_noise.hpp"
#include "sim/dynamics/paths.hpp"
#include "sim/dynamics/stable_step.hpp"
#include "sim/dynamics/tally.hpp"
#include "sim/thermo/exponential_mean.hpp"

namespace springspice::thermo {
namespace {

using core::SecondOrderSystem;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;

// Far beyond what anyone waits for, and counted exactly.
constexpr double kMostSteps = 1e12;

void check_system_is_the_papers(const SecondOrderSystem& system) {
  const std::string who = "the published barrier is defined for ";
  if (system.dynamics == core::Dynamics::overdamped) {
    throw core::ParameterError(who + "sticks with mass; give --dynamics underdamped");
  }
  if (!system.stick_mass || !system.rayleigh_friction()) {
    throw core::ParameterError(
        who + "sticks of one mass with D = gamma M; matrices given by --system have none");
  }
  if (system.noise_model != core::NoiseModel::diagonal) {
    throw core::ParameterError(who + "equal noise on every velocity; give --noise-model diagonal");
  }
  if (!(system.kT > 0.0)) {
    throw core::ParameterError(
        fmt::format("{}thermal noise, and kT is {}; give --kT", who, system.kT));
  }
}

void check_settings(const PaperSettings& s) {
  if (s.runs < 2) {
    throw core::ParameterError(
        fmt::format("{} runs have no error bar; give two or more, the paper has 100", s.runs));
  }
  if (!(s.step > 0.0) || !std::isfinite(s.step)) {
    throw core::ParameterError(
        fmt::format("the step is {}; it must be finite and above 0", s.step));
  }
  if (!(s.t_end >= s.step) || !std::isfinite(s.t_end)) {
    throw core::ParameterError(fmt::format(
        "the time is {}; it must be finite and at least the step, {}", s.t_end, s.step));
  }
  if (!(s.t_end / s.step < kMostSteps)) {
    throw core::ParameterError(fmt::format("a time of {} in steps of {} are more than {:g} steps",
                                           s.t_end, s.step, kMostSteps));
  }
  if (!(s.low <= s.high) || !std::isfinite(s.high - s.low)) {
    throw core::ParameterError(fmt::format(
        "runs start in [{}, {}); give a lower end that is not above the upper one", s.low, s.high));
  }
}

void check_step(const SecondOrderSystem& system, double step) {
  const auto modes = core::compute_modes(system, core::find_null_space(system.K));
  const double bound =
      dynamics::largest_stable_step(dynamics::Scheme::euler_maruyama, system, modes);
  if (step < bound) return;
  if (bound == 0.0) {
    throw core::ParameterError(
        "a mode without friction grows under Euler's method at any step; give --friction above 0");
  }
  throw core::ParameterError(fmt::format(
      "the step {} is unstable: the largest stable one of Euler's method here is {:.6g}; give a "
      "smaller step, or weaker springs",
      step, bound));
}

// What one row is made of: all runs at one time.
struct Gathered {
  ExponentialMean exponential;  // of W / kT
  dynamics::Tally work, kinetic, remainder, loss;

  void add(double w, double kinetic_change, double error, double kT) {
    exponential.add(w / kT);
    work.add(w);
    kinetic.add(kinetic_change);
    remainder.add(w - kinetic_change);
    loss.add(error);
  }
};

// What all groups share.
struct Task {
  Task(const SecondOrderSystem& s, double constant, double unit, const PaperSettings& settings)
      : system(s),
        potential_constant(constant),
        loss_unit(unit),
        gamma(s.rayleigh_friction().value()),
        mass(s.stick_mass.value()),
        half_step(0.5 * settings.step),
        steps(static_cast<std::uint64_t>(std::llround(settings.t_end / settings.step))),
        rows(std::clamp<std::uint64_t>(settings.rows, 1, steps)),
        inertia(s.M, "M") {}

  std::uint64_t step_of(std::uint64_t row) const { return steps * row / rows; }

  const SecondOrderSystem& system;
  double potential_constant, loss_unit, gamma, mass, half_step;
  std::uint64_t steps, rows;
  core::SparseCholesky inertia;
};

class BarrierGroup : public dynamics::GroupObserver {
 public:
  BarrierGroup(const Task& task, std::uint64_t runs)
      : task_(task), runs_(static_cast<Index>(runs)) {
    const auto rows = static_cast<Index>(task.rows + 1);
    for (MatrixXd* table : {&work, &kinetic, &loss}) table->resize(rows, runs_);
    sum_.setZero(runs_);
  }

  void observe(std::uint64_t sample, const MatrixXd& theta) override {
    const RowVectorXd power = power_of(theta);
    if (sample > 0) sum_ += task_.half_step * (power + last_);
    last_ = power;
    if (sample == task_.step_of(next_row_)) keep_row(theta);
  }

  bool is_complete() const { return next_row_ == task_.rows + 1; }
  Index runs() const { return runs_; }

  MatrixXd work, kinetic, loss;  // a row each time, a column a run

 private:
  // Columns r m to r m + m - 1 belong to run r.
  RowVectorXd add_outputs(const RowVectorXd& columns) const {
    return columns.reshaped(task_.system.outputs(), runs_).colwise().sum();
  }

  // M_s a . v
  RowVectorXd power_of(const MatrixXd& theta) {
    const Index nu = task_.system.size();
    const auto v = theta.bottomRows(nu);
    acceleration_.noalias() = -(task_.system.K * theta.topRows(nu));
    dynamics::add_force(task_.system.f, acceleration_);
    task_.inertia.solve_in_place(acceleration_);
    acceleration_ -= task_.gamma * v;
    return task_.mass * add_outputs(acceleration_.cwiseProduct(v).colwise().sum());
  }

  void keep_row(const MatrixXd& theta) {
    const Index nu = task_.system.size();
    const auto row = static_cast<Index>(next_row_++);
    work.row(row) = sum_;
    kinetic.row(row) = 0.5 * task_.mass * add_outputs(theta.bottomRows(nu).colwise().squaredNorm());
    MatrixXd pull = task_.system.K * theta.topRows(nu);  // K x - 2 f
    dynamics::add_force(-2.0 * task_.system.f, pull);
    const RowVectorXd spring =
        add_outputs(pull.cwiseProduct(theta.topRows(nu)).colwise().sum()) / 2.0;
    loss.row(row) = (spring.array() + task_.potential_constant) / task_.loss_unit;
  }

  const Task& task_;
  Index runs_;
  std::uint64_t next_row_ = 0;
  MatrixXd acceleration_;
  RowVectorXd sum_, last_;
};

class BarrierObserver : public dynamics::PathObserver {
 public:
  explicit BarrierObserver(const Task& task) : task_(task), gathered_(task.rows + 1) {}

  std::unique_ptr<dynamics::GroupObserver> begin(std::uint64_t, std::uint64_t runs) override {
    return std::make_unique<BarrierGroup>(task_, runs);
  }

  void end(std::unique_ptr<dynamics::GroupObserver> finished) override {
    const auto& group = static_cast<const BarrierGroup&>(*finished);
    if (!group.is_complete()) return;
    for (Index run = 0; run < group.runs(); ++run) {
      for (std::size_t j = 0; j < gathered_.size(); ++j) {
        const auto row = static_cast<Index>(j);
        gathered_[j].add(group.work(row, run), group.kinetic(row, run) - group.kinetic(0, run),
                         group.loss(row, run), task_.system.kT);
      }
      work_.push_back(group.work(static_cast<Index>(task_.rows), run));
    }
  }

  PaperBarrier report(bool complete) && {
    PaperBarrier out{.rows = {}, .work = std::move(work_), .complete = complete};
    if (out.work.empty()) return out;
    for (std::uint64_t j = 0; j <= task_.rows; ++j) {
      out.rows.push_back(make_row(gathered_[j], task_.step_of(j)));
    }
    return out;
  }

 private:
  BarrierRow make_row(const Gathered& all, std::uint64_t step) const {
    const SecondOrderSystem& system = task_.system;
    const double time = 2.0 * task_.half_step * static_cast<double>(step);
    return {.time = time,
            .barrier = system.kT * all.exponential.log_mean(),
            .error = system.kT * all.exponential.error(),
            .mean_work = all.work.mean(),
            .work_error = all.remainder.standard_error(),
            .kinetic_change = all.kinetic.mean(),
            .bath = task_.gamma * static_cast<double>(system.f.size()) * system.kT * time,
            .loss = all.loss.mean()};
  }

  const Task& task_;
  std::vector<Gathered> gathered_;
  std::vector<double> work_;
};

// Domain 0 of the seed, which no noise source reaches: stream r is the start of run r.
void draw_start(const PaperSettings& settings, std::uint64_t run, MatrixXd& theta) {
  for (Index i = 0; i < theta.size(); ++i) {
    const double u = core::uniform(settings.seed, run, static_cast<std::uint64_t>(i));
    theta.data()[i] = settings.low + u * (settings.high - settings.low);
  }
}

}  // namespace

PaperBarrier compute_paper_barrier(const SecondOrderSystem& system, double potential_constant,
                                   double loss_unit, const PaperSettings& settings) {
  check_system_is_the_papers(system);
  check_settings(settings);
  check_step(system, settings.step);
  const Task task(system, potential_constant, loss_unit, settings);
  const dynamics::EulerMaruyama scheme(system, settings.step);
  const dynamics::PathPlan plan{.seed = settings.seed,
                                .runs = settings.runs,
                                .steps = task.steps,
                                .threads = settings.threads};
  const dynamics::PathHooks hooks{
      .start = [&](std::uint64_t run, MatrixXd& theta) { draw_start(settings, run, theta); },
      .on_progress = settings.on_progress,
      .stop = settings.stop};
  BarrierObserver observer(task);
  const std::array<dynamics::PathObserver*, 1> observers{&observer};
  const bool complete = dynamics::run_paths(scheme, system.outputs(), plan, hooks, observers);
  return std::move(observer).report(complete);
}

}  // namespace springspice::thermo
