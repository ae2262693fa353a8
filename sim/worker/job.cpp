#include "sim/worker/job.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace springspice::sim {

namespace {

void require(bool holds, const char* what, double value, const char* rule) {
  if (!holds)
    throw std::invalid_argument(fmt::format("{} is {}; it must be {}", what, value, rule));
}

void require_positive(double value, const char* what) {
  require(std::isfinite(value) && value > 0, what, value, "a positive number");
}

std::string lower_case(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

/// "I(L1)" -> "l1#branch", "V(x)" and "X" -> "x": ngspice's own names, in its lower case.
std::string vector_name(const std::string& asked) {
  const std::string name = lower_case(asked);
  const bool has_space = std::ranges::any_of(name, [](unsigned char c) { return c <= ' '; });
  if (name.empty() || has_space) {
    throw std::invalid_argument(fmt::format("'{}' is not a vector's name", asked));
  }
  if (!name.ends_with(')')) return name;
  if (name.starts_with("v(")) return name.substr(2, name.size() - 3);
  if (name.starts_with("i(")) return name.substr(2, name.size() - 3) + "#branch";
  return name;
}

/// A name as part of a command: those pass ngspice's shell, which expands `!`, `$` and more.
void require_plain(const std::string& name, const char* what) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_.-+#:").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return;
  throw std::invalid_argument(fmt::format(
      "{} is '{}'; a name in a command of ngspice has letters, digits and _ . - + # :", what,
      name));
}

std::string source_name(const std::string& asked, const char* what) {
  require_plain(asked, what);
  std::string name = lower_case(asked);
  if (name[0] == 'v' || name[0] == 'i') return name;
  throw std::invalid_argument(
      fmt::format("{} is '{}'; it must be an independent source (V or I)", what, asked));
}

double grid_points(const TransientRun& run) {
  return std::max(1.0, std::round(run.stop_s / run.grid->step_s));
}

double end_of(const TransientRun& run) {
  return run.grid ? grid_points(run) * run.grid->step_s : run.stop_s;
}

/// On a grid ngspice's own end lies half a step later (see order_step() in the worker).
double told_stop(const TransientRun& run) {
  return run.grid ? end_of(run) + run.grid->step_s / 2 : run.stop_s;
}

/// ngspice forgets a breakpoint that rounding put below the point that should meet it, and takes
/// one for met that lies up to 100 units in the last place (2e-14) above it.
constexpr double above_by_a_hair = 1.0 + 5e-15;

double told_step(const TransientRun& run) {
  if (!run.grid) return run.step_s;
  return run.grid->start_steps >= 2 ? start_breakpoint_s(*run.grid) * above_by_a_hair
                                    : run.grid->step_s;
}

void check(const TransientRun& run) {
  if (!run.grid) require_positive(run.step_s, "TransientRun::step_s");
  require_positive(run.stop_s, "TransientRun::stop_s");
  require(std::isfinite(run.max_step_s) && run.max_step_s >= 0, "TransientRun::max_step_s",
          run.max_step_s, "a positive number, or 0 to let ngspice choose");
  if (!run.grid) return;
  require_positive(run.grid->step_s, "StepGrid::step_s");
  require(grid_points(run) < 1e15, "the number of grid points", grid_points(run),
          "below 1e15, where k step_s is still exact enough to step by");
  require(run.grid->start_steps >= 0, "StepGrid::start_steps", run.grid->start_steps, "0 or more");
  if (run.grid->start_steps == 0) return;
  require_positive(run.grid->start_fraction, "StepGrid::start_fraction");
  require(run.grid->start_steps * run.grid->start_fraction < 1, "the length of StepGrid's start",
          run.grid->start_steps * run.grid->start_fraction, "below one step of the grid");
}

protocol::Noise make_noise(const ExternalNoise& noise) {
  require_positive(noise.step_s, "ExternalNoise::step_s");
  protocol::Noise out{noise.seed, noise.run, noise.step_s, {}};
  std::set<std::string> names;
  for (const ExternalSource& source : noise.sources) {
    require(std::isfinite(source.amplitude), "ExternalSource::amplitude", source.amplitude,
            "a finite number");
    const std::string name = lower_case(source.name);
    if (name.empty() || !names.insert(name).second) {
      throw std::invalid_argument(
          fmt::format("ExternalNoise::sources has {} '{}'; each source has one name of its own",
                      name.empty() ? "the empty name" : "twice the name", source.name));
    }
    out.sources.push_back({name, source.stream, source.amplitude});
  }
  return out;
}

void describe(const TransientRun& run, protocol::Job& job) {
  check(run);
  job.plot = "tran";
  job.command = fmt::format("tran {} {} 0", told_step(run), told_stop(run));
  if (run.max_step_s > 0) job.command += fmt::format(" {}", run.max_step_s);
  if (run.use_initial) job.command += " uic";
  if (run.grid) {
    job.grid = {run.grid->step_s, run.grid->start_fraction,
                static_cast<std::uint32_t>(run.grid->start_steps),
                static_cast<std::uint64_t>(grid_points(run))};
  }
  if (run.noise) job.noise = make_noise(*run.noise);
  job.only_last = run.only_last;
}

void check(const std::vector<double>& frequencies, const char* what) {
  if (frequencies.empty()) throw std::invalid_argument(fmt::format("{} is empty", what));
  for (const double frequency : frequencies) require_positive(frequency, what);
}

void describe(const AcRun& run, protocol::Job& job) {
  check(run.frequencies_hz, "AcRun::frequencies_hz");
  job.plot = "ac";
  job.command = "ac lin 1";
  job.frequencies = run.frequencies_hz;
  for (const std::string& drive : run.drives) {
    job.drives.push_back(source_name(drive, "AcRun::drives"));
  }
}

void describe(const NoiseRun& run, protocol::Job& job) {
  check(run.frequencies_hz, "NoiseRun::frequencies_hz");
  require_plain(noise_node(run), "NoiseRun::output");
  job.plot = "noise";
  job.command = fmt::format("noise v({}) {} lin 1", noise_node(run),
                            source_name(run.source, "NoiseRun::source"));
  job.frequencies = run.frequencies_hz;
  job.wanted = {"onoise_spectrum"};
}

void describe(const OperatingPointRun&, protocol::Job& job) {
  job.plot = "op";
  job.command = "op";
}

}  // namespace

std::string noise_node(const NoiseRun& run) { return vector_name(run.output); }

double end_of(const Run& run) {
  const auto* transient = std::get_if<TransientRun>(&run.analysis);
  return transient == nullptr ? 0.0 : end_of(*transient);
}

protocol::Job make_job(const Run& run) {
  protocol::Job job;
  std::visit([&](const auto& analysis) { describe(analysis, job); }, run.analysis);
  if (std::holds_alternative<NoiseRun>(run.analysis) && !run.vectors.empty()) {
    throw std::invalid_argument("Run::vectors must be empty for a NoiseRun, which has one result");
  }
  for (const std::string& name : run.vectors) job.wanted.push_back(vector_name(name));
  job.deck = run.deck;
  return job;
}

protocol::Job make_names_job(const std::string& deck) {
  protocol::Job job;
  job.plot = "tran";
  job.command = "tran 1 1 uic";
  job.names_only = true;
  job.deck = deck;
  return job;
}

}  // namespace springspice::sim
