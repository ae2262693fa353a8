#include "hw/spu.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/fit.hpp"
#include "core/null_space.hpp"
#include "hw/error.hpp"
#include "hw/network.hpp"
#include "hw/ota_sum.hpp"
#include "hw/rlc_springs.hpp"
#include "hw/signs.hpp"

namespace springspice::hw {
namespace {

constexpr std::size_t kListed = 10;

core::SparseMatrix make_scalar_matrix(double value, Eigen::Index size) {
  core::SparseMatrix matrix(size, size);
  matrix.setIdentity();
  return value * matrix;
}

void check_cells(const core::SecondOrderSystem& system) {
  if (system.dynamics == core::Dynamics::overdamped) {
    throw RealizationError(
        "--realization spu has no overdamped form: its cells have inductors; take --realization "
        "opamp, or --dynamics underdamped");
  }
  if (system.size() > kSpuCells) {
    throw RealizationError(fmt::format(
        "--realization spu has {} cells, and the model has {} nodes an output; give fewer "
        "--sticks, or take --realization opamp, gmc or rlc, whose positions have the same "
        "covariance",
        kSpuCells, system.size()));
  }
  if (!(system.D.diagonal().sum() > 0.0)) {
    throw RealizationError(
        "--realization spu samples by the noise of its resistors, and there is no friction; give "
        "--friction above 0");
  }
}

void check_capacitors(const core::SecondOrderSystem& system) {
  const Colouring colouring = colour({&system.K});
  std::vector<std::string> faults;
  for (const SignConflict& conflict : colouring.conflicts) {
    faults.push_back(fmt::format("K({},{}) = {:.6g}", system.label(conflict.row),
                                 system.label(conflict.column), conflict.value));
  }
  if (faults.empty()) {
    for (const NegativeRow& row : find_negative_rows(apply_signs(system.K, colouring.signs))) {
      faults.push_back(
          fmt::format("row {} of S K S sums to {:.6g}", system.label(row.row), row.sum));
    }
  }
  if (faults.empty()) return;
  std::string list;
  for (std::size_t k = 0; k < std::min(kListed, faults.size()); ++k) {
    list += (k == 0 ? "" : ", ") + faults[k];
  }
  if (faults.size() > kListed) list += fmt::format(" and {} more", faults.size() - kListed);
  throw RealizationError(fmt::format(
      "--realization spu needs K as capacitors, all off-diagonals of S K S at most 0 and its row "
      "sums at least 0, but {} coupling{} fail{}: {}; take --realization rlc with gyrators, whose "
      "positions have the same covariance, or --realization opamp",
      faults.size(), faults.size() == 1 ? "" : "s", faults.size() == 1 ? "s" : "", list));
}

}  // namespace

Posterior make_posterior(const core::SecondOrderSystem& system) {
  check_cells(system);
  const core::NullSpace null_space = core::find_null_space(system.K);
  if (null_space.dimension() > 0) {
    throw RealizationError(fmt::format(
        "--realization spu samples N(K^-1 f, kT K^-1), and K is singular: {} free direction{}; "
        "give --neighbor-spring or --pin-spring, or fewer --sticks",
        null_space.dimension(), null_space.dimension() == 1 ? "" : "s"));
  }
  check_capacitors(system);
  const double gamma = system.D.diagonal().sum() / system.M.diagonal().sum();
  const double stiffness = system.K.diagonal().mean();
  Posterior posterior;
  core::SecondOrderSystem& sampler = posterior.sampler;
  sampler.M = system.K;
  sampler.D = make_scalar_matrix(gamma * stiffness, system.size());
  sampler.K = make_scalar_matrix(stiffness, system.size());
  sampler.f = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  sampler.kT = system.kT;
  sampler.shape = system.shape;
  posterior.mean = core::solve_fit(system, null_space);
  return posterior;
}

netlist::Design realize_spu(const core::SecondOrderSystem& system, const Request& request) {
  if (request.literal) {
    throw RealizationError(
        "--springs literal: spu sums the springs into the capacitors between its cells; take "
        "--realization opamp, gmc, charge, or rlc with gyrators");
  }
  Builder builder(system, request);
  const std::vector<int> signs = find_signs(system, "spu");
  const core::SparseMatrix K = apply_signs(system.K, signs);
  std::vector<ScaleGroup> groups = network_scale_groups(
      apply_signs(system.M, signs), apply_signs(system.D, signs), request.ranges());
  groups.push_back({-std::log(system.K.coeff(0, 0)), 1, 1, request.ranges().inductance_h});
  builder.set_scales(centre_groups(groups, request.scales));
  builder.design().circuit.options = {"noopac"};
  add_network(builder, signs);
  add_flux_probes(builder, signs);
  const double siemens = 1.0 / request.ranges().resistance_ohm.centre();
  for (Eigen::Index p = 0; p < system.outputs(); ++p) {
    builder.section("equal inductors");
    add_direct_inductors(builder, K, signs, p);
    builder.section_of_readouts(
        "the prediction's deviation from its mean, the sampled velocities'");
    for (std::size_t q = 0; q < request.queries.size(); ++q) {
      const std::string name = "q" + builder.query_label(q, p);
      add_ota_sum(builder, "x" + name, "v", name, request.queries[q].weights, signs, siemens, p,
                  static_cast<int>(q));
      add_ota_load(builder, "x" + name, name, siemens, "read-out");
      builder.add_readout(q, p, netlist::Probe::Kind::velocity);
    }
  }
  return builder.finish(
      "spu",
      "stochastic processing unit: capacitively coupled RLC cells that sample the fit's posterior\n"
      "M here is the stiffness K of the data (inputs), D and K are equal in all cells: the "
      "voltages\n"
      "v<i>, with their signs, have the covariance kT K^-1; the manifest has the mean to add");
}

}  // namespace springspice::hw
