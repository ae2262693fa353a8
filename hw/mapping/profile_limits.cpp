#include "hw/mapping/profile_limits.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;

void check_topology(const Request& request, const Profile& profile) {
  std::string list;
  for (const Topology topology : profile.topologies) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", to_string(topology));
  }
  if (std::ranges::find(profile.topologies, request.topology) == profile.topologies.end()) {
    throw RealizationError(fmt::format("profile {} cannot be --realization {}; it can be: {}",
                                       profile.name, to_string(request.topology), list));
  }
  if (request.topology == Topology::charge) {
    throw RealizationError(
        "--realization charge has transformers and coupled coils, which are not bought by value; "
        "map --realization opamp, gmc, rlc with positive inductors, or spu");
  }
  const bool direct =
      request.coupling == Coupling::automatic || request.coupling == Coupling::direct;
  if (request.topology == Topology::rlc && !direct) {
    throw RealizationError(
        "a mapping of --realization rlc has its springs as inductors alone, --coupling direct: "
        "gyrators and transformers are not bought by value; leave --coupling out, or map "
        "--realization opamp or gmc");
  }
  if (request.literal) {
    throw RealizationError(
        "--springs literal makes parts of each data row, and a mapping has those of K and f; take "
        "--springs condensed");
  }
  const bool voltages = request.topology == Topology::opamp || request.topology == Topology::gmc;
  if (!request.queries.empty() && !voltages) {
    throw RealizationError(
        fmt::format("--query has no parts of its own in a mapping of --realization {}, whose "
                    "positions are no voltages; leave it out, or map --realization opamp or gmc",
                    to_string(request.topology)));
  }
}

bool are_neighbours(const std::vector<int>& a, const std::vector<int>& b) {
  int distance = 0;
  for (std::size_t k = 0; k < a.size(); ++k) distance += std::abs(a[k] - b[k]);
  return distance <= 1;
}

void check_neighbours(const core::SecondOrderSystem& system, const Profile& profile) {
  const std::pair<const char*, const SparseMatrix*> matrices[] = {
      {"M", &system.M}, {"D", &system.D}, {"K", &system.K}};
  for (const auto& [name, matrix] : matrices) {
    for (Eigen::Index j = 0; j < matrix->outerSize(); ++j) {
      for (SparseMatrix::InnerIterator it(*matrix, j); it; ++it) {
        const bool joined = it.value() != 0.0;
        if (!joined || are_neighbours(system.index(it.row()), system.index(it.col()))) continue;
        throw RealizationError(fmt::format(
            "profile {} joins neighbours on the grid alone, and {}({},{}) = {:.6g} joins two that "
            "are not; take one input column, or a profile without neighbours_only",
            profile.name, name, system.label(it.row()), system.label(it.col()), it.value()));
      }
    }
  }
}

}  // namespace

void check_profile_limits(const core::SecondOrderSystem& system, const Request& request,
                          const Profile& profile) {
  check_topology(request, profile);
  const auto nodes = static_cast<double>(system.size() * system.outputs());
  if (profile.most_nodes && nodes > profile.most_nodes->get()) {
    throw RealizationError(fmt::format(
        "profile {} holds {} coordinates ({}), and the model has {} over all outputs; take fewer "
        "--sticks or fewer --targets",
        profile.name, profile.most_nodes->get(), profile.most_nodes->key, nodes));
  }
  if (profile.neighbours_only) check_neighbours(system, profile);
  if (system.kT > 0.0 && system.noise_model == core::NoiseModel::diagonal) {
    throw RealizationError(
        "--noise-model diagonal refers to D = gamma M, which parts of a series keep only roughly; "
        "map with --noise-model fdt, which is the noise of the friction that the parts have");
  }
}

void check_most_parts(std::size_t parts, const Profile& profile) {
  if (!profile.most_parts || static_cast<double>(parts) <= profile.most_parts->get()) return;
  throw RealizationError(fmt::format(
      "profile {} holds {} parts ({}), and the circuit has {}; take fewer --sticks, or no pairs",
      profile.name, profile.most_parts->get(), profile.most_parts->key, parts));
}

}  // namespace springspice::hw
