#include "sim/thermo/protocol.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::thermo {
namespace {

using core::EnergySystem;
using core::InputError;
using core::ParameterError;
using core::SecondOrderSystem;

// Equal ends stay to the last bit: what does not change does no work, not even that of rounding.
// A sum of two products, so that entries of one sign keep all digits near both ends.
template <class Matrix>
Matrix blend(const Matrix& from, const Matrix& to, double lambda) {
  if ((to - from).norm() == 0.0) return from;
  return (1.0 - lambda) * from + lambda * to;
}

double blend(double from, double to, double lambda) {
  return from == to ? from : (1.0 - lambda) * from + lambda * to;
}

bool is_underdamped(const SecondOrderSystem& system) {
  return system.dynamics == core::Dynamics::underdamped;
}

void check_alike(const SecondOrderSystem& from, const SecondOrderSystem& to) {
  if (from.dynamics != to.dynamics) {
    throw ParameterError(
        fmt::format("the protocol begins {} and ends {}; give both ends the same dynamics",
                    core::to_string(from.dynamics), core::to_string(to.dynamics)));
  }
  if (from.size() != to.size() || from.shape != to.shape) {
    throw ParameterError(
        fmt::format("the protocol begins with {} coordinates and ends with {}, or on another grid; "
                    "give both ends the same sticks",
                    from.size(), to.size()));
  }
  if (from.outputs() != to.outputs()) {
    throw ParameterError(
        fmt::format("the protocol begins with {} outputs and ends with {}; give both ends the same "
                    "targets",
                    from.outputs(), to.outputs()));
  }
}

void check_noise(const SecondOrderSystem& system) {
  if (!is_underdamped(system) || system.noise_model == core::NoiseModel::fdt) return;
  throw ParameterError(
      "diagonal noise has no equilibrium, so neither a free energy nor an equality of work: give "
      "--noise-model fdt");
}

void check_times(const Protocol& protocol) {
  if (!std::isfinite(protocol.duration) || protocol.duration < 0.0) {
    throw ParameterError(fmt::format(
        "--duration is {}; it must be a finite time, 0 for a sudden change", protocol.duration));
  }
  if ((protocol.steps == 0) != (protocol.duration == 0.0)) {
    throw ParameterError(fmt::format(
        "a protocol of duration {} has {} steps; a sudden change has none, a ramp at least one",
        protocol.duration, protocol.steps));
  }
}

void check_ratio(const Protocol& protocol) {
  if (protocol.shape != Shape::geometric) return;
  if (std::isfinite(protocol.ratio) && protocol.ratio > 0.0) return;
  throw ParameterError(fmt::format(
      "--shape geometric: the ratio of the ends is {}; it must be a finite number above 0, so both "
      "ends of one sign: take --shape smooth where something is switched on from 0",
      protocol.ratio));
}

// Work is a difference of energies, and both of these are rounded.
void check_digits(const EnergySystem& end) {
  constexpr double kMostRounding = 0.01;  // of kT
  const double rounding = std::numeric_limits<double>::epsilon() * std::abs(end.constant);
  if (!(end.system.kT > 0.0) || rounding <= kMostRounding * end.system.kT) return;
  throw ParameterError(fmt::format(
      "kT is {:g}, and the springs hold an energy of {:g}, whose rounding alone is {:.2g} kT: no "
      "free energy can be told in units of kT; give springs and masses in the unit of kT (joules "
      "where it is --temperature-K), a higher temperature, or targets less their mean",
      end.system.kT, end.constant, rounding / end.system.kT));
}

core::FreeEnergy free_energy_of(const EnergySystem& end, core::Conjugate held, const char* which) {
  try {
    return core::compute_free_energy(end, held);
  } catch (const ParameterError& error) {
    throw ParameterError(fmt::format("the protocol's {}: {}", which, error.what()));
  } catch (const InputError& error) {
    throw InputError(fmt::format("the protocol's {}: {}", which, error.what()));
  }
}

}  // namespace

const char* to_string(Shape shape) {
  switch (shape) {
    case Shape::linear:
      return "linear";
    case Shape::smooth:
      return "smooth";
    case Shape::geometric:
      break;
  }
  return "geometric";
}

double Protocol::lambda(std::uint64_t step) const {
  const double s = (static_cast<double>(step) + 0.5) / static_cast<double>(steps);
  if (shape == Shape::smooth) return s * s * (3.0 - 2.0 * s);
  // k0 + lambda (k1 - k0) = k0 ratio^s.
  if (shape == Shape::geometric && ratio != 1.0) {
    return std::expm1(s * std::log(ratio)) / std::expm1(std::log(ratio));
  }
  return s;
}

EnergySystem interpolate(const Protocol& protocol, double lambda) {
  if (lambda == 0.0) return protocol.from;
  if (lambda == 1.0) return protocol.to;
  const SecondOrderSystem& from = protocol.from.system;
  const SecondOrderSystem& to = protocol.to.system;
  EnergySystem out;
  SecondOrderSystem& system = out.system;
  system.dynamics = from.dynamics;
  system.noise_model = from.noise_model;
  system.shape = from.shape;
  if (is_underdamped(from)) system.M = blend(from.M, to.M, lambda);
  system.D = blend(from.D, to.D, lambda);
  system.K = blend(from.K, to.K, lambda);
  system.f = blend(from.f, to.f, lambda);
  system.kT = blend(from.kT, to.kT, lambda);
  // M is made of sticks in between if it is at both ends.
  if (from.stick_mass && to.stick_mass) {
    system.stick_mass = blend(*from.stick_mass, *to.stick_mass, lambda);
  }
  out.constant = blend(protocol.from.constant, protocol.to.constant, lambda);
  return out;
}

Protocol reverse(const Protocol& protocol) {
  Protocol out = protocol;
  std::swap(out.from, out.to);
  out.ratio = 1.0 / protocol.ratio;
  return out;
}

void check_ends(const Protocol& protocol) {
  check_alike(protocol.from.system, protocol.to.system);
  check_times(protocol);
  check_ratio(protocol);
  check_digits(protocol.from);
  check_digits(protocol.to);
  compute_free_energy_change(protocol);
}

void check_protocol(const Protocol& protocol) {
  check_noise(protocol.from.system);
  check_noise(protocol.to.system);
  check_ends(protocol);
}

FreeEnergyChange compute_free_energy_change(const Protocol& protocol) {
  return {free_energy_of(protocol.from, protocol.held, "start"),
          free_energy_of(protocol.to, protocol.held, "end"), protocol.from.system.kT,
          protocol.to.system.kT};
}

}  // namespace springspice::thermo
