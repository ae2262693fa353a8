#include "cli/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/queries.hpp"
#include "core/error.hpp"
#include "core/fit.hpp"
#include "core/initial_state.hpp"
#include "hw/spu.hpp"
#include "hw/thermal.hpp"
#include "netlist/parser.hpp"
#include "sim/swing.hpp"

namespace springspice::cli {
namespace {

core::ModelRequest make_request(const Options& options, Progress& progress) {
  core::ModelRequest request;
  request.path = *options.data;
  request.columns = options.columns;
  request.sticks = options.sticks;
  request.bounds = options.bounds;
  request.parameters = options.parameters;
  request.literal_springs = options.literal_springs;
  request.on_progress = [&progress](std::size_t rows) { progress.count("rows", rows); };
  return request;
}

core::State make_initial(const Prepared& prepared, const Options& options) {
  if (options.x0 == "zero") return core::make_zero_state(prepared.system);
  if (options.x0 == "random") {
    std::vector<double> spread(static_cast<std::size_t>(prepared.system.outputs()), 1.0);
    for (std::size_t p = 0; prepared.model && p < spread.size(); ++p) {
      spread[p] = prepared.model->data.spread(p);
    }
    return core::make_random_state(prepared.system, spread, options.seed);
  }
  if (options.x0 == "stationary") {
    return core::draw_stationary_state(prepared.system, prepared.null_space, options.seed);
  }
  return core::read_state(prepared.system, options.x0);
}

// What errors of a fit are measured against: the range of the targets, of the fit where there are
// no targets; 1 where that is 0.
double choose_range(const Prepared& prepared, const sim::Analysis& analysis) {
  double range = prepared.model ? prepared.model->data.range()
                                : analysis.fit.maxCoeff() - analysis.fit.minCoeff();
  if (range == 0.0) range = analysis.fit.cwiseAbs().maxCoeff();
  return range > 0.0 ? range : 1.0;
}

// All of it but the design.
hw::Manifest make_manifest(const Prepared& prepared, const sim::Analysis& analysis,
                           const Times& times, const std::string& deck_name,
                           netlist::Dialect dialect) {
  hw::Manifest manifest;
  manifest.version = SPRINGSPICE_VERSION;
  manifest.deck = deck_name;
  manifest.dialect = netlist::to_string(dialect);
  manifest.system = prepared.system;
  manifest.initial = prepared.initial;
  manifest.range = choose_range(prepared, analysis);
  manifest.step = times.step;
  manifest.end = times.end;
  manifest.posterior_mean = prepared.posterior_mean;
  if (prepared.model) {
    manifest.source = hw::ModelSource{prepared.model->data.grid().axes(), prepared.model->targets,
                                      prepared.model->parameters};
  }
  return manifest;
}

// The circuit as text, with its noise where --deck-noise asks for it.
void write_deck(const Options& options, const std::string& deck_name, Built& built) {
  const netlist::Design& design = built.manifest.design;
  built.noise = plan_deck_noise(options, built.manifest.system, built.analysis.scales);
  const double tau = design.scales.time_s;
  hw::DeckNoise noise;
  noise.kind = built.noise.kind;
  noise.step_s = built.noise.step * tau;
  noise.max_step_s = built.noise.max_step * tau;
  noise.end_s = built.manifest.end * tau;
  noise.seed = options.seed;
  if (noise.kind == hw::DeckNoise::Kind::pwl) {
    noise.file =
        std::filesystem::path(noise_file_of(deck_name, options.dialect)).filename().string();
  }
  built.files = format_files(built.manifest, built.analysis, noise, options);
  if (noise.kind != hw::DeckNoise::Kind::none) built.manifest.deck_noise = noise;
}

}  // namespace

Times choose_times(const Options& options, const core::TimeScales& scales) {
  Times times;
  const double rate = scales.fastest_rate > 0.0 ? scales.fastest_rate : 1.0;
  times.step = options.dt.value_or(2.0 * std::numbers::pi / rate / 40.0);
  const double slowest = scales.slowest_frequency > 0.0 ? scales.slowest_frequency : rate;
  const double unit = scales.relaxation_time.value_or(2.0 * std::numbers::pi / slowest);
  times.end = options.t_end.value_or(20.0 * unit);
  return times;
}

// JSON holds nothing else, and a manifest must give back the column's name as it was.
void require_utf8(const std::vector<std::string>& names, const std::string& file) {
  for (const std::string& name : names) {
    try {
      (void)nlohmann::json(name).dump();
    } catch (const nlohmann::json::type_error&) {
      throw core::InputError(fmt::format(
          "{}: the column name '{}' is not UTF-8; save the table as UTF-8, or rename the column",
          core::printable(file, 200), core::printable(name)));
    }
  }
}

bool can_read_twice(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  // What is not there is another fault, which the reader tells.
  return path != "-" && (!std::filesystem::exists(status) || is_regular_file(status));
}

Prepared prepare(const Options& options, Progress& progress) {
  Prepared prepared;
  if (options.data) {
    prepared.model = core::read_model(make_request(options, progress));
    require_utf8(prepared.model->inputs, *options.data);
    require_utf8(prepared.model->targets, *options.data);
    prepared.system = prepared.model->system;
  } else {
    prepared.system = core::read_system(*options.system, options.parameters.dynamics);
    prepared.system.kT = options.parameters.kT;
    prepared.system.noise_model = options.parameters.noise_model;
  }
  if (options.topology == hw::Topology::spu && !options.explain) {
    hw::Posterior posterior = hw::make_posterior(prepared.system);
    prepared.system = std::move(posterior.sampler);
    prepared.posterior_mean = std::move(posterior.mean);
  }
  prepared.null_space = core::find_null_space(prepared.system.K);
  prepared.initial = make_initial(prepared, options);
  return prepared;
}

Asked ask(const Prepared& prepared, const Options& options, const sim::Analysis& analysis,
          const Times& times, const std::string& title) {
  sim::PeakSwing swing = sim::find_peak_swing(prepared.system, prepared.initial, analysis.fit,
                                              analysis.scales, times.end);
  sim::add_noise_swing(prepared.system, analysis.modes, swing);
  Asked asked;
  hw::Request& request = asked.request;
  request.topology = options.topology;
  request.coupling = options.coupling;
  request.coupling_factor = options.coupling_factor;
  request.range = options.range;
  request.scales = options.scales;
  request.swing = {swing.offset, swing.position, swing.velocity};
  request.initial = prepared.initial;
  request.title = title;
  request.step = times.step;
  request.end = times.end;
  request.literal = options.literal_springs;
  const bool wanted =
      hw::keeps_springs(options.topology) || options.literal_springs || options.explain;
  if (!prepared.model || !wanted) return asked;
  const core::Model& model = *prepared.model;
  asked.springs = core::make_springs(model.data, model.parameters);
  if (options.literal_springs) {
    std::erase_if(asked.springs,
                  [](const core::Spring& s) { return s.kind == core::Spring::Kind::data; });
    asked.springs.insert(asked.springs.begin(), model.literal.begin(), model.literal.end());
  }
  return asked;
}

Built build_mapped(const Prepared& prepared, const Options& options, const Times& times,
                   const core::SecondOrderSystem& system, netlist::Design design,
                   const std::string& deck_name) {
  Built built;
  built.analysis = sim::analyse(system);
  built.manifest = make_manifest(prepared, built.analysis, times, deck_name, options.dialect);
  built.manifest.ideal = std::exchange(built.manifest.system, system);
  built.manifest.design = std::move(design);
  write_deck(options, deck_name, built);
  return built;
}

Built build_circuit(const Prepared& prepared, const Options& options, const std::string& deck_name,
                    const std::optional<Eigen::VectorXd>& offset) {
  Built built;
  built.analysis = sim::analyse(prepared.system);
  const Times times = choose_times(options, built.analysis.scales);
  built.manifest = make_manifest(prepared, built.analysis, times, deck_name, options.dialect);
  Asked asked = ask(prepared, options, built.analysis, times, "springspice " + deck_name);
  hw::Request& request = asked.request;
  request.springs = asked.springs;
  if (offset) request.swing.offset = *offset;
  const Queries queries = read_queries(options, prepared.model);
  request.queries = queries.sums;
  built.queries = queries.sums.size();
  built.clamped_queries = queries.clamped;
  built.manifest.design = hw::realize(prepared.system, request);
  hw::add_own_noise(built.manifest.design, options.resistor_noise_K);
  write_deck(options, deck_name, built);
  return built;
}

netlist::SourceText Built::whole_deck() const {
  netlist::IncludeOptions include;
  include.dialect = netlist::parse_dialect(manifest.dialect).value_or(netlist::Dialect::ngspice);
  return netlist::expand_includes(
      files.deck, manifest.deck,
      [this](const std::string& name) {
        const auto file = std::ranges::find(files.beside, name, &DeckFile::name);
        return file == files.beside.end() ? std::string() : file->text;
      },
      include);
}

std::string describe_noise(const Built& built) {
  std::string text = hw::describe_thermal(
      hw::compute_thermal_report(built.manifest.design, built.manifest.system.kT));
  const std::string samples = describe_deck_noise(built.noise, built.manifest.design.scales.time_s);
  if (!text.empty() && !samples.empty()) text += "\n";
  return text + samples;
}

sim::Problem make_problem(const hw::Manifest& manifest, std::string deck,
                          const std::string& deck_name) {
  sim::Problem problem;
  problem.system = manifest.system;
  problem.initial = manifest.initial;
  problem.range = manifest.range;
  problem.step = manifest.step;
  problem.end = manifest.end;
  problem.design = manifest.design;
  problem.deck = std::move(deck);
  problem.deck_name = deck_name;
  return problem;
}

void print_remark(const std::string& text) {
  if (!text.empty()) fmt::print(stderr, "springspice: {}\n", text);
}

std::string describe_null_space(const core::SecondOrderSystem& system,
                                const core::NullSpace& null_space) {
  if (null_space.dimension() == 0) return {};
  return core::name_free_directions(system, null_space) +
         "; data do not hold them; --neighbor-spring 0.01 does, or fewer --sticks";
}

}  // namespace springspice::cli
