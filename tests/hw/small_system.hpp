// Systems small enough to realize by hand, and looking up what became of them.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "core/data_springs.hpp"
#include "core/lagrangian.hpp"
#include "hw/error.hpp"
#include "hw/realization.hpp"

namespace springspice::test {

inline core::SecondOrderSystem make_given(const Eigen::MatrixXd& M, const Eigen::MatrixXd& D,
                                          const Eigen::MatrixXd& K, const Eigen::MatrixXd& f) {
  core::SecondOrderSystem system;
  system.dynamics = M.size() > 0 ? core::Dynamics::underdamped : core::Dynamics::overdamped;
  system.M = M.sparseView();
  system.D = D.sparseView();
  system.K = K.sparseView();
  system.f = f;
  system.shape = {static_cast<int>(K.rows())};
  return system;
}

inline Eigen::Matrix2d two_by_two(double a, double b, double d) {
  return (Eigen::Matrix2d() << a, b, b, d).finished();
}

/// tau = 1 ms, Z0 = 1 kohm, 2 V a unit of position, 4 V a unit of velocity: so C = 1 uF M, R =
/// 1 kohm / D, I0 = 4 mA, and a conductance from a position is 2 mS K. No offset, start at rest.
inline hw::Request hand_scaled(const core::SecondOrderSystem& system, hw::Topology topology) {
  hw::Request request;
  request.topology = topology;
  request.scales = {1e-3, 1e3, 2.0, 4.0};
  request.swing.offset = Eigen::VectorXd::Zero(system.outputs());
  request.initial.x = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  request.initial.v = Eigen::MatrixXd::Zero(overdamped ? 0 : system.size(), system.outputs());
  return request;
}

inline const netlist::Element& part(const netlist::Design& design, const std::string& name) {
  const netlist::Element* found = design.circuit.find(name);
  if (found == nullptr) throw std::out_of_range("no element " + name);
  return *found;
}

/// "r1 a b": name and nodes of an element.
inline std::string wiring(const netlist::Design& design, const std::string& name) {
  std::string text = name;
  for (const std::string& node : part(design, name).nodes) text += " " + node;
  return text;
}

inline double initial_voltage(const netlist::Design& design, const std::string& node) {
  for (const auto& initial : design.circuit.initial_voltages) {
    if (initial.node == node) return initial.volt;
  }
  throw std::out_of_range("no initial voltage of " + node);
}

struct Point {
  std::vector<double> u, y;
};
using Points = std::vector<Point>;

/// y = u^2 - 0.3 u (+ 1 for each further output), u the sum of the inputs, points all over.
inline Points parabola_points(std::size_t dimension, int count, std::size_t outputs = 1) {
  Points points;
  for (int j = 0; j < count; ++j) {
    Point point{std::vector<double>(dimension), std::vector<double>(outputs)};
    double sum = 0.0;
    for (std::size_t b = 0; b < dimension; ++b) {
      // The fractional parts of j times the golden ratio and its powers spread evenly.
      point.u[b] = std::fmod(j * std::pow(0.6180339887498949, static_cast<double>(b) + 1.0), 1.0);
      sum += point.u[b];
    }
    for (std::size_t p = 0; p < outputs; ++p) {
      point.y[p] = sum * sum - 0.3 * sum + static_cast<double>(p);
    }
    points.push_back(std::move(point));
  }
  return points;
}

/// The springs-and-sticks model of them on a grid with these sticks.
inline core::DataSprings parabola(const std::vector<int>& sticks, int points,
                                  std::size_t outputs = 1) {
  std::vector<core::Axis> axes;
  for (const int count : sticks) axes.push_back({"u", count, 0.0, 1.0});
  core::DataSprings data(core::Grid(axes), outputs);
  for (const Point& point : parabola_points(sticks.size(), points, outputs)) {
    data.add(point.u, point.y);
  }
  return data;
}

/// The message with which hw refuses, or "no refusal".
inline std::string refusal(const core::SecondOrderSystem& system, const hw::Request& request) {
  try {
    hw::realize(system, request);
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace springspice::test
