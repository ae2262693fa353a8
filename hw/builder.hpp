// What all realizations share: names, scaled values, probes, comments.
#pragma once

#include <string>
#include <utility>

#include "hw/realization.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {

/// One circuit in the making. Values come in model units and leave in SI.
class Builder {
 public:
  Builder(const core::SecondOrderSystem& system, const Request& request);

  const core::SecondOrderSystem& system() const { return system_; }
  const Request& request() const { return request_; }
  netlist::Design& design() { return design_; }

  Eigen::Index size() const { return system_.size(); }
  Eigen::Index outputs() const { return system_.outputs(); }

  /// "2_3", with several outputs "2_3y1"; and of an entry "2_3__2_4y1" (the diagonal: "2_3y1").
  std::string label(Eigen::Index i, Eigen::Index output) const;
  std::string label(Eigen::Index i, Eigen::Index j, Eigen::Index output) const;
  /// "K(2_3,2_4) = 0.5": how a comment names a model value.
  std::string entry(const char* matrix, Eigen::Index i, Eigen::Index j, double value) const;

  /// f - K offset, and x0 - offset: force and start in the coordinates that the circuit holds.
  const Eigen::MatrixXd& force() const { return force_; }
  const Eigen::MatrixXd& initial_position() const { return initial_position_; }

  /// Sets the scales; voltage_v of velocity (overdamped: of position).
  void set_scales(const TimeAndImpedance& chosen);
  double position_scale() const { return position_scale_; }
  double velocity_scale() const { return velocity_scale_; }
  double tau() const { return design_.scales.time_s; }
  double impedance() const { return design_.scales.impedance_ohm; }
  /// Ampere of one unit of force.
  double current_scale() const { return design_.scales.voltage_v / impedance(); }

  /// Starts a section: the heading goes above the next element that is added.
  void section(std::string heading) { heading_ = std::move(heading); }
  /// Adds an element with "SI value, model value" as its comment.
  void add(netlist::Element element, const std::string& meaning);
  /// The same of a part that stands for a term of the equations; its element is filled in.
  void add(netlist::Element element, const std::string& meaning, netlist::Part part);

  /// Adds a subcircuit's definition, once.
  void define(netlist::Subcircuit definition);

  void add_initial(const std::string& node, double volt);
  void add_position_probe(const std::string& node, netlist::Probe::Quantity quantity,
                          Eigen::Index i, Eigen::Index output, double gain);
  void add_velocity_probe(const std::string& node, Eigen::Index i, Eigen::Index output,
                          double gain);
  void add_port(const std::string& node, Eigen::Index i, Eigen::Index output, double gain);

  /// "1", with several outputs "1y2": node q1 shows query 0.
  std::string query_label(std::size_t query, Eigen::Index output) const;
  /// The heading above the read-outs.
  /// @param how the sum is made
  void section_of_readouts(const std::string& how);
  /// Lists node q1 as what shows position_scale() times the query's sum of positions less its
  /// offset (velocity_scale() times that of velocities), and gives it that initial value.
  void add_readout(std::size_t query, Eigen::Index output,
                   netlist::Probe::Kind kind = netlist::Probe::Kind::position);

  /// The Johnson current of one resistor, 2 kT/R two-sided, with kT in the circuit's energy; none
  /// at kT = 0.
  void add_johnson_noise(const std::string& resistor, double ohm);

  /// Title, heading, `.tran`, the definitions used.
  netlist::Design finish(const std::string& realization, const std::string& what);

 private:
  const core::SecondOrderSystem& system_;
  const Request& request_;
  netlist::Design design_;
  Eigen::MatrixXd force_, initial_position_;
  double position_scale_ = 1.0;
  double velocity_scale_ = 1.0;
  std::string heading_;
};

/// A part that stands for the entry (row, column) of its matrix.
netlist::Part make_entry(netlist::Part::Role role, Eigen::Index row, Eigen::Index column,
                         Eigen::Index output, double coefficient);
/// A part between two coordinates (i == j: from one to ground): coefficient l l^T with
/// l = s_i e_i - s_j e_j.
netlist::Part make_branch(netlist::Part::Role role, Eigen::Index i, Eigen::Index j,
                          Eigen::Index output, double coefficient, const std::vector<int>& signs);
/// A part that is a spring's stiffness: coefficient l l^T with the spring's turns as l.
netlist::Part make_spring_part(const core::Spring& spring, Eigen::Index number,
                               Eigen::Index output);

using netlist::format_si;

netlist::Design realize_opamp(const core::SecondOrderSystem& system, const Request& request);
netlist::Design realize_overdamped_opamp(const core::SecondOrderSystem& system,
                                         const Request& request);
netlist::Design realize_gmc(const core::SecondOrderSystem& system, const Request& request);
netlist::Design realize_rlc(const core::SecondOrderSystem& system, const Request& request);
netlist::Design realize_charge(const core::SecondOrderSystem& system, const Request& request);
netlist::Design realize_spu(const core::SecondOrderSystem& sampler, const Request& request);

}  // namespace springspice::hw
