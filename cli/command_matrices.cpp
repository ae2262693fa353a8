// `matrices`: the model as Matrix Market files and model.json.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_folder.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/matrix_market.hpp"

namespace springspice::cli {
namespace {

const std::vector<std::string> kFiles = {"M.mtx", "A.mtx", "b.mtx", "B.mtx", "W.mtx"};

template <typename Matrix>
void add_matrix(OutputFolder& folder, const char* name, const Matrix& matrix,
                core::Symmetry symmetry) {
  OutputFile& file = folder.add(name);
  if constexpr (std::is_same_v<Matrix, core::SparseMatrix>) {
    core::write_matrix_market(file.stream(), matrix, symmetry);
  } else {
    core::write_matrix_market(file.stream(), matrix);
  }
  file.finish();
}

// Row by row, so that memory stays O(cells): one pass to count the entries, one to write them.
void write_weights(OutputFolder& folder, const Options& options, const core::Model& model) {
  core::Table table(*options.data, options.columns);
  std::vector<double> u(model.inputs.size());
  std::vector<double> y(model.targets.size());
  core::Stencil stencil;
  std::size_t entries = 0;
  while (table.next(u, y)) {
    model.data.grid().locate(u, stencil);
    for (const double weight : stencil.weights) entries += weight != 0.0 ? 1U : 0U;
  }
  table.rewind();
  OutputFile& file = folder.add("W.mtx");
  file.write(fmt::format("%%MatrixMarket matrix coordinate real general\n{} {} {}\n",
                         model.data.count(), model.data.grid().node_count(), entries));
  while (table.next(u, y)) {
    model.data.grid().locate(u, stencil);
    for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
      if (stencil.weights[c] == 0.0) continue;
      file.write(fmt::format("{} {} {}\n", table.row(), stencil.nodes[c] + 1, stencil.weights[c]));
    }
  }
}

Json describe(const Prepared& prepared, const Options& options) {
  const core::SecondOrderSystem& system = prepared.system;
  Json json = make_json();
  if (prepared.model) {
    json["grid"] = grid_to_json(*prepared.model);
    json["points"] = prepared.model->data.count();
  }
  json["parameters"] = parameters_to_json(system, options);
  json["coordinates"] = system.size();
  json["outputs"] = system.outputs();
  json["null_space"] = null_space_to_json(system, prepared.null_space);
  const double constant =
      prepared.model ? core::potential_constant(prepared.model->data, prepared.model->parameters)
                     : 0.0;
  const core::Energies energies = core::compute_energies(system, prepared.initial, constant);
  // The file's name alone: the same model gives the same bytes wherever it lies.
  json["lagrangian"] = {{"x0", std::filesystem::path(options.x0).filename().string()},
                        {"T", energies.kinetic},
                        {"U", energies.potential},
                        {"L", energies.lagrangian()}};
  return json;
}

}  // namespace

int run_matrices(const Options& options) {
  if (options.write_W && !options.data) {
    throw UsageError("--write-W needs --data: given matrices have no weights");
  }
  if (options.write_W && !can_read_twice(*options.data)) {
    throw UsageError("--write-W reads the data again, which a pipe cannot; give a file");
  }
  Progress progress;
  const Prepared prepared = prepare(options, progress);
  const core::SecondOrderSystem& system = prepared.system;
  OutputFolder folder(*options.out);
  JsonOutput results(options);
  using core::Symmetry;
  if (system.dynamics == core::Dynamics::underdamped) {
    add_matrix(folder, "M.mtx", system.M, Symmetry::symmetric);
  }
  add_matrix(folder, "D.mtx", system.D, Symmetry::symmetric);
  add_matrix(folder, "K.mtx", system.K, Symmetry::symmetric);
  add_matrix(folder, "f.mtx", system.f, Symmetry::general);
  if (system.size() <= core::kLangevinLimit) {
    const core::LangevinSystem langevin = core::make_langevin(system);
    add_matrix(folder, "A.mtx", langevin.A, Symmetry::general);
    add_matrix(folder, "b.mtx", langevin.b, Symmetry::general);
    add_matrix(folder, "B.mtx", langevin.B, Symmetry::general);
  } else {
    print_remark(
        fmt::format("A, b and B are not written: M^-1 K is dense, {} x {} (limit: {} "
                    "coordinates); M, D, K and f say the same",
                    system.size(), system.size(), core::kLangevinLimit));
  }
  if (options.write_W) write_weights(folder, options, *prepared.model);
  Json json = describe(prepared, options);
  json["files"] = folder.names();
  folder.add("model.json").write(format_json(json));
  results.write(json);
  folder.commit(kFiles);
  results.commit();
  print_remark(describe_null_space(system, prepared.null_space));
  print_text(options, fmt::format("{} coordinates, {} output{}, rank of K {}; T = {}, U = {} at x0 "
                                  "({})\nwrote {} files to {}\n",
                                  system.size(), system.outputs(), system.outputs() == 1 ? "" : "s",
                                  system.size() - prepared.null_space.dimension(),
                                  json["lagrangian"]["T"].get<double>(),
                                  json["lagrangian"]["U"].get<double>(), options.x0,
                                  folder.names().size(), *options.out));
  return 0;
}

}  // namespace springspice::cli
