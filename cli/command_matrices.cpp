// `matrices`: the model as Matrix Market files and model.json.
#include <ostream>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "core/error.hpp"
#include "core/langevin.hpp"
#include "core/matrix_market.hpp"

namespace springspice::cli {
namespace {

template <typename Matrix>
void write_matrix(const std::string& folder, const char* name, const Matrix& matrix,
                  core::Symmetry symmetry) {
  OutputFile file(folder + "/" + name, "--out");
  if constexpr (std::is_same_v<Matrix, core::SparseMatrix>) {
    core::write_matrix_market(file.stream(), matrix, symmetry);
  } else {
    core::write_matrix_market(file.stream(), matrix);
  }
  file.commit();
}

// Row by row, so that memory stays O(cells): one pass to count the entries, one to write them.
void write_weights(const std::string& folder, const Options& options, const core::Model& model) {
  core::Table table(*options.data, options.columns);
  if (!table.rewindable()) {
    throw UsageError("--write-W reads the data again, which a pipe cannot; give a file");
  }
  std::vector<double> u(model.inputs.size());
  std::vector<double> y(model.targets.size());
  core::Stencil stencil;
  std::size_t entries = 0;
  while (table.next(u, y)) {
    model.data.grid().locate(u, stencil);
    for (const double weight : stencil.weights) entries += weight != 0.0 ? 1U : 0U;
  }
  table.rewind();
  OutputFile file(folder + "/W.mtx", "--out");
  file.write(fmt::format("%%MatrixMarket matrix coordinate real general\n{} {} {}\n",
                         model.data.count(), model.data.grid().node_count(), entries));
  while (table.next(u, y)) {
    model.data.grid().locate(u, stencil);
    for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
      if (stencil.weights[c] == 0.0) continue;
      file.write(fmt::format("{} {} {}\n", table.row(), stencil.nodes[c] + 1, stencil.weights[c]));
    }
  }
  file.commit();
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
  json["lagrangian"] = {{"x0", options.x0},
                        {"T", energies.kinetic},
                        {"U", energies.potential},
                        {"L", energies.lagrangian()}};
  return json;
}

}  // namespace

int run_matrices(const Options& options) {
  Progress progress;
  const Prepared prepared = prepare(options, progress);
  const core::SecondOrderSystem& system = prepared.system;
  const std::string& folder = *options.out;
  make_folder(folder);
  using core::Symmetry;
  if (system.dynamics == core::Dynamics::underdamped) {
    write_matrix(folder, "M.mtx", system.M, Symmetry::symmetric);
  }
  write_matrix(folder, "D.mtx", system.D, Symmetry::symmetric);
  write_matrix(folder, "K.mtx", system.K, Symmetry::symmetric);
  write_matrix(folder, "f.mtx", system.f, Symmetry::general);
  Json json = describe(prepared, options);
  json["files"] = {"D.mtx", "K.mtx", "f.mtx"};
  if (system.dynamics == core::Dynamics::underdamped)
    json["files"].insert(json["files"].begin(), "M.mtx");
  if (system.size() <= core::kLangevinLimit) {
    const core::LangevinSystem langevin = core::make_langevin(system);
    write_matrix(folder, "A.mtx", langevin.A, Symmetry::general);
    write_matrix(folder, "b.mtx", langevin.b, Symmetry::general);
    write_matrix(folder, "B.mtx", langevin.B, Symmetry::general);
    for (const char* name : {"A.mtx", "b.mtx", "B.mtx"}) json["files"].push_back(name);
  } else {
    print_remark(
        fmt::format("A, b and B are not written: M^-1 K is dense, {} x {} (limit: {} "
                    "coordinates); M, D, K and f say the same",
                    system.size(), system.size(), core::kLangevinLimit));
  }
  if (options.write_W) {
    if (!prepared.model) throw UsageError("--write-W needs --data: given matrices have no weights");
    write_weights(folder, options, *prepared.model);
    json["files"].push_back("W.mtx");
  }
  OutputFile model(folder + "/model.json", "--out");
  model.write(json.dump(2, ' ', true) + "\n");
  model.commit();
  write_json(options, json);
  print_remark(describe_null_space(system, prepared.null_space));
  print_text(options, fmt::format("{} coordinates, {} output{}, rank of K {}; T = {}, U = {} at x0 "
                                  "({})\nwrote {} files to {}\n",
                                  system.size(), system.outputs(), system.outputs() == 1 ? "" : "s",
                                  system.size() - prepared.null_space.dimension(),
                                  json["lagrangian"]["T"].get<double>(),
                                  json["lagrangian"]["U"].get<double>(), options.x0,
                                  json["files"].size() + 1, folder));
  return 0;
}

}  // namespace springspice::cli
