#include "cli/pages/circuit_sample.hpp"

#include <fmt/format.h>

#include "cli/pipeline.hpp"

namespace springspice::cli {
namespace {

void keep_every_second(std::vector<std::vector<double>>& rows) {
  for (std::size_t k = 1; 2 * k < rows.size(); ++k) rows[k] = std::move(rows[2 * k]);
  rows.resize((rows.size() + 1) / 2);
}

}  // namespace

std::string CircuitSample::describe() const {
  if (every == 1) return fmt::format("{} data point{}", total, total == 1 ? "" : "s");
  return fmt::format("one of every {} of {} data points", every, total);
}

std::optional<CircuitSample> sample_circuit_data(const std::string& path, const core::ColumnChoice& columns,
                                      std::size_t most) {
  if (!can_read_twice(path)) return std::nullopt;
  core::Table table(path, columns);
  std::vector<double> u(table.inputs().size());
  std::vector<double> y(table.targets().size());
  CircuitSample sample;
  for (; table.next(u, y); ++sample.total) {
    if (sample.total % sample.every != 0) continue;
    if (sample.inputs.size() == most) {
      keep_every_second(sample.inputs);
      keep_every_second(sample.targets);
      sample.every *= 2;
      if (sample.total % sample.every != 0) continue;
    }
    sample.inputs.push_back(u);
    sample.targets.push_back(y);
  }
  return sample;
}

}  // namespace springspice::cli
