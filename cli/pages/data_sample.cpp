#include "cli/pages/data_sample.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "core/table.hpp"

namespace springspice::cli {
namespace {

using Eigen::Index;

// More cannot be told apart in a picture half a page wide.
constexpr std::size_t kMostRows = 1000;

// Ascending. A generator whose numbers the language fixes: a page is the same everywhere.
std::vector<std::size_t> draw_rows(std::size_t all) {
  const std::size_t count = std::min(all, kMostRows);
  std::mt19937_64 random(1);
  std::vector<std::size_t> rows;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t begin = k * all / count;
    const std::size_t size = (k + 1) * all / count - begin;
    rows.push_back(begin + random() % size);
  }
  return rows;
}

DataSample make_sample(const std::vector<std::string>& inputs,
                       const std::vector<std::string>& targets, std::size_t count,
                       std::size_t all) {
  DataSample sample;
  sample.all = all;
  sample.rows.input_names = inputs;
  sample.rows.target_names = targets;
  sample.rows.inputs.resize(static_cast<Index>(count), static_cast<Index>(inputs.size()));
  sample.rows.targets.resize(static_cast<Index>(count), static_cast<Index>(targets.size()));
  return sample;
}

}  // namespace

std::string DataSample::describe() const {
  const auto shown = static_cast<std::size_t>(rows.size());
  if (shown == all) return fmt::format("{} points", all);
  return fmt::format("{} of {} points, drawn at random", shown, all);
}

DataSample read_sample(const std::string& path, const std::vector<std::string>& inputs,
                       const std::vector<std::string>& targets, std::size_t all) {
  const std::vector<std::size_t> drawn = draw_rows(all);
  DataSample sample = make_sample(inputs, targets, drawn.size(), all);
  core::Table table(path, {inputs, targets, false});
  std::vector<double> u(inputs.size()), y(targets.size());
  std::size_t taken = 0;
  while (taken < drawn.size() && table.next(u, y)) {
    if (table.row() - 1 != drawn[taken]) continue;
    const auto row = static_cast<Index>(taken++);
    sample.rows.inputs.row(row) = Eigen::RowVectorXd::Map(u.data(), sample.rows.inputs.cols());
    sample.rows.targets.row(row) = Eigen::RowVectorXd::Map(y.data(), sample.rows.targets.cols());
  }
  // A file that has become shorter since.
  sample.rows.inputs.conservativeResize(static_cast<Index>(taken), Eigen::NoChange);
  sample.rows.targets.conservativeResize(static_cast<Index>(taken), Eigen::NoChange);
  return sample;
}

DataSample take_sample(const core::DataRows& rows) {
  const std::vector<std::size_t> drawn = draw_rows(static_cast<std::size_t>(rows.size()));
  DataSample sample = make_sample(rows.input_names, rows.target_names, drawn.size(),
                                  static_cast<std::size_t>(rows.size()));
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    const auto from = static_cast<Index>(drawn[k]);
    sample.rows.inputs.row(static_cast<Index>(k)) = rows.inputs.row(from);
    sample.rows.targets.row(static_cast<Index>(k)) = rows.targets.row(from);
  }
  return sample;
}

}  // namespace springspice::cli
