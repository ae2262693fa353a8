#include "sim/thermo/work_paths.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/modes.hpp"
#include "core/sparse_cholesky.hpp"
#include "sim/thermo/climb.hpp"
#include "sim/thermo/deal.hpp"

namespace springspice::thermo {
namespace {

using Clock = std::chrono::steady_clock;

// Coordinates up to which an exact step, dense in its change from level to level, costs less than
// a midpoint step with its sparse factors: 45 of a chain, 55 of a sheet (bench/work_paths.cpp).
constexpr Eigen::Index kFewCoordinates = 48;
// Values of the runs that climb together, so that they and the normals of four steps stay in the
// second-level cache; and groups enough for any number of threads to share.
constexpr std::uint64_t kGroupValues = 4096;
constexpr std::uint64_t kLargestGroup = 256;
constexpr std::uint64_t kLeastGroups = 32;
// What a stage takes, however small: its matrices' own bookkeeping.
constexpr std::uint64_t kStageBytes = 8192;
// A number of a sparse matrix or factor with its index; what else a run keeps beside its state.
constexpr std::uint64_t kSparseEntryBytes = 16;
constexpr std::uint64_t kCopiesOfState = 8;

struct Stage {
  Level level;
  std::unique_ptr<dynamics::Integrator> integrator;  ///< none on the first and the last level
};

Stage make_stage(const Protocol& protocol, dynamics::Scheme scheme, std::uint64_t number) {
  Stage stage{Level(protocol, number), nullptr};
  if (number == 0 || number > protocol.steps) return stage;
  const core::SecondOrderSystem& system = stage.level.system();
  // Both ends are held, so everything in between is: no null space to be looked for.
  std::optional<core::Modes> modes;
  if (scheme == dynamics::Scheme::exact) modes = core::compute_modes(system, core::NullSpace{});
  stage.integrator = dynamics::make_integrator(
      scheme, system, modes, protocol.duration / static_cast<double>(protocol.steps));
  return stage;
}

// From above, roughly.
std::uint64_t bytes_of_stage(const Protocol& protocol, dynamics::Scheme scheme) {
  const core::SecondOrderSystem system = interpolate(protocol, 0.5).system;
  const auto nu = static_cast<std::uint64_t>(system.size());
  auto entries = static_cast<std::uint64_t>(
      4 * (system.M.nonZeros() + system.D.nonZeros() + system.K.nonZeros()));
  if (scheme == dynamics::Scheme::exact) {
    // F and L, 2 nu x 2 nu each.
    return kStageBytes + 8 * nu * nu * sizeof(double) + entries * kSparseEntryBytes;
  }
  core::SparseMatrix implicit = system.D + system.K;
  if (system.dynamics == core::Dynamics::underdamped) implicit += system.M;
  // The factor of the step, and that of a mass that changes.
  const core::SparseCholesky factor(implicit, "M + D + K");
  entries += 2 * static_cast<std::uint64_t>(factor.factor_entries());
  return kStageBytes + entries * kSparseEntryBytes;
}

class Sampling {
 public:
  Sampling(const Protocol& protocol, const WorkPlan& plan)
      : protocol_(protocol),
        plan_(plan),
        caller_(std::this_thread::get_id()),
        ground_(protocol, 0),
        start_(dynamics::make_boltzmann_start(protocol.from.system, core::NullSpace{}, plan.seed)) {
    const core::SecondOrderSystem& system = protocol.from.system;
    const auto values = static_cast<std::uint64_t>(2 * system.size() * system.outputs());
    const std::uint64_t fitting =
        std::clamp<std::uint64_t>(kGroupValues / values, 1, kLargestGroup);
    group_ = std::clamp<std::uint64_t>((plan.runs + kLeastGroups - 1) / kLeastGroups, 1, fitting);
    groups_ = (plan.runs + group_ - 1) / group_;
    share_memory(values);
    climbs_.resize(groups_);
    done_.assign(groups_, 0);
    for (Eigen::VectorXd* all : {&work_, &heat_, &reduced_, &change_}) {
      all->resize(static_cast<Eigen::Index>(plan.runs));
    }
  }

  WorkSamples run() {
    bool complete = true;
    for (std::uint64_t first = 0; complete && first < groups_; first += wave_) {
      complete = climb(first, std::min(wave_, groups_ - first));
    }
    return collect(complete);
  }

 private:
  // All stages at once and any number of runs, where the stages fit; else half of the memory each.
  void share_memory(std::uint64_t values) {
    const std::uint64_t levels = count_levels(protocol_) - 1;  // above the ground
    const std::uint64_t bytes = bytes_of_stage(protocol_, plan_.scheme);
    flight_ = std::clamp<std::uint64_t>(plan_.memory_bytes / 2 / bytes, 1, levels);
    if (plan_.memory_bytes / bytes >= levels) flight_ = levels;
    const std::uint64_t state = group_ * values * sizeof(double) * kCopiesOfState;
    wave_ = flight_ == levels ? std::max<std::uint64_t>(1, groups_)
                              : std::max<std::uint64_t>(1, plan_.memory_bytes / 2 / state);
  }

  // These groups, from the start to the end; false where stopped.
  bool climb(std::uint64_t first_group, std::uint64_t count) {
    const std::uint64_t top = count_levels(protocol_);
    for (std::uint64_t level = 1; level < top; level += flight_) {
      if (!build(level, std::min(flight_, top - level))) return false;
      const bool all = deal(count, plan_.threads, [&](std::uint64_t i) {
        return take_along(first_group + i, level == 1, level + stages_.size() == top);
      });
      if (!all) return false;
    }
    return true;
  }

  bool build(std::uint64_t first_level, std::uint64_t count) {
    if (first_level == built_ && stages_.size() == count) return true;
    stages_.clear();
    stages_.resize(count);
    built_ = first_level;
    return deal(count, plan_.threads, [&](std::uint64_t i) {
      stages_[i].emplace(make_stage(protocol_, plan_.scheme, first_level + i));
      return !stopped();
    });
  }

  bool take_along(std::uint64_t group, bool begins, bool ends) {
    const RunRange runs{group * group_, std::min(group_, plan_.runs - group * group_)};
    std::unique_ptr<Climb>& climb = climbs_[group];
    if (begins) climb = std::make_unique<Climb>(ground_, *start_, plan_.seed, runs);
    for (const std::optional<Stage>& stage : stages_) {
      if (stopped()) return false;
      climb->jump(stage->level);
      if (stage->integrator) climb->stay(stage->level, *stage->integrator);
      steps_done_ += runs.count;
      report();
    }
    if (ends) {
      keep(runs, *climb);
      climb.reset();
      done_[group] = 1;
    }
    return true;
  }

  void keep(RunRange runs, const Climb& climb) {
    const auto first = static_cast<Eigen::Index>(runs.first);
    const auto count = static_cast<Eigen::Index>(runs.count);
    work_.segment(first, count) = climb.work;
    heat_.segment(first, count) = climb.heat;
    reduced_.segment(first, count) = climb.reduced;
    change_.segment(first, count) = climb.energy_change();
  }

  WorkSamples collect(bool complete) const {
    WorkSamples out;
    out.complete = complete;
    for (std::uint64_t group = 0; group < groups_; ++group) {
      if (done_[group] == 0) continue;
      const std::uint64_t end = std::min(plan_.runs, (group + 1) * group_);
      for (auto run = static_cast<Eigen::Index>(group * group_);
           run < static_cast<Eigen::Index>(end); ++run) {
        out.work.push_back(work_(run));
        out.heat.push_back(heat_(run));
        out.reduced.push_back(reduced_(run));
        out.energy_change.push_back(change_(run));
      }
    }
    return out;
  }

  bool stopped() { return plan_.stop && plan_.stop(); }

  // A few times a second, from the calling thread.
  void report() {
    if (!plan_.on_progress || std::this_thread::get_id() != caller_) return;
    const Clock::time_point now = Clock::now();
    if (now - last_report_ < std::chrono::milliseconds(100)) return;
    last_report_ = now;
    plan_.on_progress(
        static_cast<double>(steps_done_) /
        (static_cast<double>(plan_.runs) * static_cast<double>(count_levels(protocol_) - 1)));
  }

  const Protocol& protocol_;
  const WorkPlan& plan_;
  const std::thread::id caller_;
  const Level ground_;
  const std::unique_ptr<dynamics::StartSampler> start_;
  std::uint64_t group_ = 1, groups_ = 0;  ///< runs that climb together; how many such groups
  std::uint64_t flight_ = 1, wave_ = 1;   ///< levels that exist, groups under way at a time

  std::vector<std::optional<Stage>> stages_;
  std::uint64_t built_ = 0;  ///< the level of the first of them
  std::vector<std::unique_ptr<Climb>> climbs_;
  std::vector<char> done_;
  Eigen::VectorXd work_, heat_, reduced_, change_;
  std::atomic<std::uint64_t> steps_done_ = 0;
  Clock::time_point last_report_;
};

}  // namespace

WorkSamples sample_work(const Protocol& protocol, const WorkPlan& plan) {
  using dynamics::Scheme;
  check_protocol(protocol);
  if (plan.scheme != Scheme::exact && plan.scheme != Scheme::midpoint) {
    throw core::ParameterError(
        fmt::format("--integrator {}: its steps do not leave Boltzmann's distribution as it is, "
                    "and work would be counted wrong; give exact or midpoint",
                    dynamics::to_string(plan.scheme)));
  }
  const Eigen::Index nu = protocol.from.system.size();
  if (plan.scheme == Scheme::exact && nu > dynamics::kDenseLimit) {
    throw core::ParameterError(fmt::format(
        "--integrator exact: a step between two levels is dense, which is done for {} coordinates "
        "at most, and the system has {}; give --integrator midpoint, for which Jarzynski's "
        "equality is exact too",
        dynamics::kDenseLimit, nu));
  }
  return Sampling(protocol, plan).run();
}

dynamics::Scheme choose_scheme(const Protocol& protocol) {
  return protocol.from.system.size() <= kFewCoordinates ? dynamics::Scheme::exact
                                                        : dynamics::Scheme::midpoint;
}

}  // namespace springspice::thermo
