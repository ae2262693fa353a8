#include "sim/dynamics/observed_path.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/table.hpp"
#include "sim/dynamics/path_writer.hpp"

namespace springspice::dynamics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::size_t kListed = 30;

// Where a column of the table belongs.
struct Place {
  Index output;
  Index number;  // of (x, v) of that output
};

std::string list_names(const std::vector<std::string>& names) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(kListed, names.size()));
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + count, ", "));
  return names.size() <= kListed ? text
                                 : fmt::format("{} and {} more", text, names.size() - kListed);
}

class Columns {
 public:
  Columns(const std::string& file, const core::Table& table, const core::SecondOrderSystem& system)
      : system_(system) {
    const std::vector<std::string> names = make_layout(system, 1, 0).columns;
    std::unordered_map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < names.size(); ++i) known.emplace(names[i], i);
    for (std::size_t j = 0; j < table.inputs().size(); ++j) {
      const std::string& name = table.inputs()[j];
      if (name == "run") {
        run_ = j;
        continue;
      }
      const auto found = known.find(name);
      if (found == known.end()) {
        throw core::ParameterError(fmt::format(
            "{}: column '{}' is no coordinate of the system; those are t, run, {}",
            core::printable(file, file.size() * 4), core::printable(name), list_names(names)));
      }
      places_.emplace_back(j, place(found->second));
    }
    if (places_.empty()) {
      throw core::ParameterError(
          fmt::format("{}: no column is a coordinate of the system; give some of {}",
                      core::printable(file, file.size() * 4), list_names(names)));
    }
  }

  std::optional<std::size_t> run() const { return run_; }

  /// C and sigma of every output, and which rows of y each column of the table is.
  ObservedPath make_path(const std::vector<double>& times, const std::vector<double>& values,
                         double sigma) const {
    const Index n =
        system_.dynamics == core::Dynamics::overdamped ? system_.size() : 2 * system_.size();
    const auto count = static_cast<Index>(times.size());
    ObservedPath path;
    path.times = times;
    path.outputs.resize(static_cast<std::size_t>(system_.outputs()));
    for (std::size_t p = 0; p < path.outputs.size(); ++p) {
      std::vector<std::size_t> seen;
      for (std::size_t j = 0; j < places_.size(); ++j) {
        if (places_[j].second.output == static_cast<Index>(p)) seen.push_back(j);
      }
      const auto r = static_cast<Index>(seen.size());
      Observed& output = path.outputs[p];
      output.C = MatrixXd::Zero(r, n);
      output.y.resize(r, count);
      output.sigma = Eigen::VectorXd::Constant(r, sigma);
      for (Index i = 0; i < r; ++i) {
        const std::size_t column = seen[static_cast<std::size_t>(i)];
        output.C(i, places_[column].second.number) = 1.0;
        for (Index k = 0; k < count; ++k) {
          output.y(i, k) = values[static_cast<std::size_t>(k) * places_.size() + column];
        }
      }
    }
    return path;
  }

  void append(const std::vector<double>& row, std::vector<double>& values) const {
    for (const auto& [column, unused] : places_) values.push_back(row[column]);
  }

 private:
  // Columns are all positions, output by output, then all velocities.
  Place place(std::size_t column) const {
    const Index nu = system_.size();
    const Index block = static_cast<Index>(column) / nu;
    const Index moving = block / system_.outputs();
    return {block % system_.outputs(), moving * nu + static_cast<Index>(column) % nu};
  }

  const core::SecondOrderSystem& system_;
  std::optional<std::size_t> run_;
  std::vector<std::pair<std::size_t, Place>> places_;
};

}  // namespace

std::vector<ObservedPath> read_observed_paths(const std::string& file,
                                              const core::SecondOrderSystem& system, double sigma) {
  if (!(sigma >= 0.0 && std::isfinite(sigma))) {
    throw core::ParameterError(
        fmt::format("the error of measurement is {}; it must be a finite number from 0", sigma));
  }
  // The time is the target and all other columns are inputs: so none must be named in advance.
  core::Table table(file, {.inputs = {}, .targets = {"t"}, .no_targets = false});
  const Columns columns(file, table, system);
  std::vector<ObservedPath> paths;
  std::vector<double> times, values;
  std::vector<double> row(table.inputs().size());
  double time = 0.0, run = 0.0;
  const auto finish = [&] {
    if (!times.empty()) paths.push_back(columns.make_path(times, values, sigma));
    times.clear();
    values.clear();
  };
  while (table.next(row, {&time, 1})) {
    if (columns.run() && !times.empty() && row[*columns.run()] != run) finish();
    if (columns.run()) run = row[*columns.run()];
    if (!times.empty() && !(time > times.back())) {
      throw core::InputError(fmt::format(
          "{}: row {}: a time of {} follows one of {}; times must increase within a run",
          core::printable(file, file.size() * 4), table.row(), time, times.back()));
    }
    times.push_back(time);
    columns.append(row, values);
  }
  finish();
  return paths;
}

}  // namespace springspice::dynamics
