#include "cli/queries.hpp"

#include "core/table.hpp"

namespace springspice::cli {
namespace {

// Less is rounding of a row that lies on a face: a resistor of 1e19 ohm would stand for it.
constexpr double kLeastWeight = 1e-14;

}  // namespace

Queries read_queries(const Options& options, const std::optional<core::Model>& model) {
  Queries queries;
  if (!options.query || !model) return queries;
  core::Table table(*options.query, {model->inputs, {}, true});
  std::vector<double> u(model->inputs.size());
  core::Stencil stencil;
  while (table.next(u, {})) {
    model->data.grid().locate(u, stencil);
    if (stencil.clamped) ++queries.clamped;
    hw::Query query;
    for (std::size_t c = 0; c < stencil.nodes.size(); ++c) {
      if (stencil.weights[c] < kLeastWeight) continue;
      query.weights.emplace_back(stencil.nodes[c], stencil.weights[c]);
    }
    queries.sums.push_back(std::move(query));
  }
  return queries;
}

}  // namespace springspice::cli
