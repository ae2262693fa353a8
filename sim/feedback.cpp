#include "sim/feedback.hpp"

#include <fmt/format.h>

namespace springspice::sim {
namespace {

double returned_share(const netlist::Descriptor& circuit, const std::string& input,
                      const std::string& output) {
  if (netlist::is_ground(input) || netlist::is_ground(output)) return 0.0;
  const Eigen::Index in = circuit.node(input);
  const Eigen::Index out = circuit.node(output);
  if (in == out) return 1.0;
  for (const Eigen::SparseMatrix<double>* matrix : {&circuit.E, &circuit.A}) {
    const double total = matrix->coeff(in, in);
    if (total > 0.0) return -matrix->coeff(in, out) / total;
  }
  return 0.0;
}

}  // namespace

std::string find_positive_feedback(const netlist::FlatCircuit& circuit,
                                   const netlist::Descriptor& descriptor) {
  for (const netlist::Element& element : circuit.elements) {
    if (element.kind != netlist::Kind::nullor) continue;
    const double positive = returned_share(descriptor, element.nodes[0], element.nodes[2]);
    const double negative = returned_share(descriptor, element.nodes[1], element.nodes[2]);
    if (positive <= negative) continue;
    return fmt::format(
        "the output of op-amp '{}' comes back to its non-inverting input ({:.3g} of it, {:.3g} to "
        "the inverting one), so a real one latches up; exchange its inputs",
        element.name, positive, negative);
  }
  return {};
}

}  // namespace springspice::sim
