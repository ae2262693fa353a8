// Protocols small enough for many runs, and what samples say of a mean.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include "core/lagrangian.hpp"
#include "sim/thermo/protocol.hpp"

namespace springspice::test {

using core::EnergySystem;
using core::Parameters;
using thermo::Protocol;
using thermo::Shape;

inline Parameters make_parameters() {
  Parameters parameters;
  parameters.spring = 0.3;
  parameters.kT = 0.5;
  return parameters;
}

/// A chain of sticks on [-1, 1]; 12 points of y = bend u^2, and in a second output, if any, u / 2.
inline EnergySystem make_chain(int sticks, const Parameters& parameters, double bend = 1.0,
                               std::size_t outputs = 1) {
  core::DataSprings data(core::Grid({{"u", sticks, -1.0, 1.0}}), outputs);
  for (int j = 0; j < 12; ++j) {
    const double u = -1.0 + (j + 0.5) / 6.0;
    const double y[] = {bend * u * u, 0.5 * u};
    data.add({&u, 1}, {y, outputs});
  }
  return {core::make_system(data, parameters), core::potential_constant(data, parameters)};
}

/// 2 x 1 sticks, 12 points of y = a b.
inline EnergySystem make_sheet(const Parameters& parameters) {
  core::DataSprings data(core::Grid({{"a", 2, 0.0, 1.0}, {"b", 1, 0.0, 1.0}}), 1);
  for (int j = 0; j < 12; ++j) {
    const double u[] = {std::fmod(0.618 * j, 1.0), (j + 0.5) / 12.0};
    const double y = u[0] * u[1];
    data.add(u, {&y, 1});
  }
  return {core::make_system(data, parameters), core::potential_constant(data, parameters)};
}

/// One coordinate. Energy k/2 x^2 - force x + constant.
inline EnergySystem make_oscillator(double mass, double gamma, double k, double force, double kT,
                                    double constant = 0.0) {
  EnergySystem out;
  const auto one = [](double value) {
    return core::SparseMatrix(Eigen::MatrixXd::Constant(1, 1, value).sparseView());
  };
  out.system.M = one(mass);
  out.system.D = one(gamma * mass);
  if (gamma == 0.0) out.system.D = core::SparseMatrix(1, 1);
  out.system.K = one(k);
  out.system.f = Eigen::MatrixXd::Constant(1, 1, force);
  out.system.kT = kT;
  out.system.shape = {1};
  out.constant = constant;
  return out;
}

inline Protocol make_quench(EnergySystem from, EnergySystem to) {
  Protocol protocol;
  protocol.from = std::move(from);
  protocol.to = std::move(to);
  protocol.steps = 0;
  return protocol;
}

inline Protocol make_ramp(EnergySystem from, EnergySystem to, double duration, std::uint64_t steps,
                          Shape shape = Shape::linear) {
  Protocol protocol = make_quench(std::move(from), std::move(to));
  protocol.duration = duration;
  protocol.steps = steps;
  protocol.shape = shape;
  return protocol;
}

/// A mean with its standard error, and the variance with its own.
struct SampleMean {
  double mean = 0.0, error = 0.0;
  double variance = 0.0, variance_error = 0.0;
};

inline SampleMean summarize(std::span<const double> values) {
  const Eigen::Map<const Eigen::ArrayXd> all(values.data(),
                                             static_cast<Eigen::Index>(values.size()));
  const double count = static_cast<double>(values.size());
  SampleMean out;
  out.mean = all.mean();
  const Eigen::ArrayXd squares = (all - out.mean).square();
  out.variance = squares.sum() / (count - 1.0);
  out.error = std::sqrt(out.variance / count);
  out.variance_error = std::sqrt((squares - squares.mean()).square().mean() / count);
  return out;
}

/// Of exp(phi - w), whose mean is 1 where phi is the exact reduced change of free energy.
inline SampleMean jarzynski_ratio(std::span<const double> reduced, double phi) {
  std::vector<double> ratios;
  for (const double w : reduced) ratios.push_back(std::exp(phi - w));
  return summarize(ratios);
}

}  // namespace springspice::test
