#include "hw/explain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "hw/error.hpp"
#include "hw/signs.hpp"
#include "hw/spu.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using core::SparseMatrix;
using netlist::Element;
using netlist::Kind;

constexpr double kUsualCoupling = 0.99;

struct Form {
  const char* name;
  const char* options;
  const char* needs;
  Topology topology;
  Coupling coupling;
  bool coils;
};

constexpr Form kForms[] = {
    {"opamp", "--realization opamp", "negative K: from -x, which is there; M, D: an inverter each",
     Topology::opamp, Coupling::automatic, false},
    {"gmc", "--realization gmc", "K of either sign: a transconductor an entry", Topology::gmc,
     Coupling::automatic, false},
    {"rlc direct", "--realization rlc --coupling direct", "K as inductors between nodes",
     Topology::rlc, Coupling::direct, false},
    {"rlc gyrator", "--realization rlc --coupling gyrator",
     "a gyrator for each node of each spring", Topology::rlc, Coupling::gyrator, false},
    {"rlc transformer", "--realization rlc --coupling transformer",
     "a transformer for each node of each spring", Topology::rlc, Coupling::transformer, false},
    {"rlc coils", "--realization rlc --coupling transformer --coupling-factor",
     "coupled coils for each cell", Topology::rlc, Coupling::transformer, true},
    {"charge", "--realization charge", "F and G for each coupling; M_ij as coupled inductors",
     Topology::charge, Coupling::automatic, false},
    {"spu", "--realization spu", "K as capacitors between at most 8 cells", Topology::spu,
     Coupling::automatic, false},
};

MatrixReport report_matrix(const core::SecondOrderSystem& system, const char* name,
                           const SparseMatrix& matrix, const Colouring& colouring,
                           std::size_t number) {
  MatrixReport report;
  report.name = name;
  report.worst_row = std::numeric_limits<double>::infinity();
  const SparseMatrix flipped = apply_signs(matrix, colouring.signs);
  report.negative_rows = find_negative_rows(flipped).size();
  for (const SignConflict& conflict : colouring.conflicts) {
    if (conflict.matrix == number) ++report.conflicts;
  }
  for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
    double sum = 0.0;
    for (SparseMatrix::InnerIterator it(flipped, j); it; ++it) sum += it.value();
    for (SparseMatrix::InnerIterator it(matrix, j); it; ++it) {
      if (it.row() >= j || it.value() == 0.0) continue;
      ++report.couplings;
      if (it.value() < 0.0) ++report.negative;
    }
    const double diagonal = flipped.coeff(j, j);
    const double dominance = diagonal > 0.0 ? sum / diagonal : 0.0;
    if (dominance >= report.worst_row) continue;
    report.worst_row = dominance;
    report.worst_label = system.label(j);
  }
  return report;
}

std::vector<MatrixReport> report_matrices(const core::SecondOrderSystem& system) {
  std::vector<MatrixReport> reports;
  const bool moves = system.dynamics == core::Dynamics::underdamped;
  const Colouring inertia = moves ? colour({&system.M, &system.D}) : colour({&system.D});
  if (moves) reports.push_back(report_matrix(system, "M", system.M, inertia, 0));
  reports.push_back(report_matrix(system, "D", system.D, inertia, moves ? 1 : 0));
  reports.push_back(report_matrix(system, "K", system.K, colour({&system.K}), 0));
  return reports;
}

struct PartKind {
  std::string name, unit;
  std::optional<Interval> range;
  bool has_value = true;
};

PartKind kind_of(const Element& element, const PartRanges& ranges) {
  switch (element.kind) {
    case Kind::resistor:
      return {"R", "ohm", ranges.resistance_ohm};
    case Kind::capacitor:
      return {"C", "F", ranges.capacitance_f};
    case Kind::inductor:
      return {"L", "H", ranges.inductance_h};
    case Kind::coupling:
      return {"K", "", {}};
    case Kind::vccs:
      return {"G", "S", {}};
    case Kind::cccs:
      return {"F", "", {}};
    case Kind::ccvs:
      return {"H", "ohm", {}};
    case Kind::voltage:
      return {"V", "", {}, false};
    case Kind::current:
      return {"I", "A", {}, false};
    case Kind::instance:
      break;
    default:
      return {"other", "", {}, false};
  }
  const Interval conductance{1.0 / ranges.resistance_ohm.high, 1.0 / ranges.resistance_ohm.low};
  const std::string& definition = element.references[0];
  if (definition == "opamp_ideal") return {"op-amp", "", {}, false};
  if (definition == "ota_ideal") return {"OTA", "S", conductance};
  if (definition == "gyrator_ideal") return {"gyrator", "S", conductance};
  return {definition == "transformer_ideal" ? "transformer" : definition, "", {}};
}

std::vector<PartsReport> count_parts(const netlist::Circuit& circuit, Range range) {
  const PartRanges ranges = part_ranges(range);
  std::vector<PartsReport> reports;
  for (const Element& element : circuit.elements()) {
    const PartKind kind = kind_of(element, ranges);
    auto report = std::find_if(reports.begin(), reports.end(),
                               [&](const PartsReport& r) { return r.kind == kind.name; });
    if (report == reports.end()) {
      reports.push_back({kind.name, kind.unit, 0, 0.0, 0.0, 0});
      report = reports.end() - 1;
    }
    ++report->count;
    if (!kind.has_value) continue;
    const double value =
        std::abs(element.kind == Kind::instance ? element.parameters.at(0).value : element.value);
    report->low = report->count == 1 ? value : std::min(report->low, value);
    report->high = std::max(report->high, value);
    const bool inside = !kind.range || (value >= kind.range->low && value <= kind.range->high);
    if (!inside) ++report->outside;
  }
  return reports;
}

Request request_of(const Form& form, const Request& given) {
  Request request = given;
  request.topology = form.topology;
  request.coupling = form.coupling;
  request.literal = false;
  request.coupling_factor.reset();
  if (form.coils) request.coupling_factor = given.coupling_factor.value_or(kUsualCoupling);
  return request;
}

netlist::Design realize_form(const core::SecondOrderSystem& system, const Request& request) {
  if (request.topology != Topology::spu) return realize(system, request);
  // Its system and state are another's; scales for signals of size one.
  const Posterior posterior = make_posterior(system);
  Request sampling = request;
  sampling.springs = {};
  sampling.swing = {Eigen::VectorXd::Zero(system.outputs()), 1.0, 1.0};
  sampling.initial.x = Eigen::MatrixXd::Zero(system.size(), system.outputs());
  sampling.initial.v = sampling.initial.x;
  return realize(posterior.sampler, sampling);
}

FormReport report_form(const core::SecondOrderSystem& system, const Form& form,
                       const Request& given) {
  const Request request = request_of(form, given);
  FormReport report;
  report.name = form.name;
  report.options = form.options;
  if (form.coils) report.options += fmt::format(" {}", *request.coupling_factor);
  report.needs = form.needs;
  const bool overdamped = system.dynamics == core::Dynamics::overdamped;
  if (overdamped) {
    report.name += ", overdamped";
    report.options += " --dynamics overdamped";
    report.needs = "negative K or D: an inverter for each node that drives one";
  }
  try {
    const netlist::Design design = realize_form(system, request);
    report.nodes = design.circuit.nodes().size();
    report.parts = count_parts(design.circuit, given.range);
  } catch (const RealizationError& error) {
    report.obstacle = error.what();
  } catch (const core::InputError& error) {
    report.obstacle = error.what();
  }
  return report;
}

const FormReport* find_possible(const Explanation& explanation, const std::string& name) {
  for (const FormReport& form : explanation.forms) {
    if (form.name.starts_with(name) && form.possible()) return &form;
  }
  return nullptr;
}

void recommend(Explanation& explanation, Range range) {
  const FormReport* const direct = find_possible(explanation, "rlc direct");
  const FormReport* const gmc = find_possible(explanation, "gmc");
  const FormReport* const opamp = find_possible(explanation, "opamp");
  const FormReport* chosen = nullptr;
  if (direct != nullptr && direct->outside() == 0) {
    chosen = direct;
    explanation.reason =
        "K is a network of positive inductors, so nothing active is needed, and all values lie in "
        "the range";
  } else if (range == Range::chip && gmc != nullptr) {
    chosen = gmc;
    explanation.reason =
        "on a chip there are capacitors and transconductors; positions are voltages, and .op is "
        "the fit";
  } else if (opamp != nullptr) {
    chosen = opamp;
    explanation.reason = fmt::format(
        "every coupling is a positive R or C, positions are voltages and .op is the fit; {} "
        "op-amps, {} values outside the range{}",
        opamp->count("op-amp"), opamp->outside(),
        direct == nullptr ? "; inductors alone cannot carry K"
                          : fmt::format("; rlc direct has {} outside", direct->outside()));
  }
  if (chosen != nullptr) explanation.recommendation = chosen->options;
}

}  // namespace

std::size_t FormReport::count(const std::string& kind) const {
  for (const PartsReport& report : parts) {
    if (report.kind == kind) return report.count;
  }
  return 0;
}

std::size_t FormReport::outside() const {
  std::size_t sum = 0;
  for (const PartsReport& report : parts) sum += report.outside;
  return sum;
}

Explanation explain(const core::SecondOrderSystem& system, const Request& request) {
  Explanation explanation;
  explanation.matrices = report_matrices(system);
  for (const Form& form : kForms) {
    explanation.forms.push_back(report_form(system, form, request));
  }
  recommend(explanation, request.range);
  return explanation;
}

std::string format_explanation(const Explanation& explanation) {
  std::string text = fmt::format("{:<8}{:>10}{:>10}{:>12}{:>15}  {}\n", "matrix", "couplings",
                                 "negative", "no signs", "rows below 0", "least row sum/diagonal");
  for (const MatrixReport& m : explanation.matrices) {
    text += fmt::format("{:<8}{:>10}{:>10}{:>12}{:>15}  {:.4g} at {}\n", m.name, m.couplings,
                        m.negative, m.conflicts, m.negative_rows, m.worst_row, m.worst_label);
  }
  for (const FormReport& form : explanation.forms) {
    if (!form.possible()) {
      text += fmt::format("\n{}: not possible\n  {}\n", form.name, form.obstacle);
      continue;
    }
    text += fmt::format("\n{}: possible, {} nodes; {}\n", form.name, form.nodes, form.needs);
    for (const PartsReport& p : form.parts) {
      text += fmt::format("  {:>12} {:>8}", p.kind, p.count);
      if (p.high > 0.0) {
        text += fmt::format("  {} to {}, ratio {:.3g}", netlist::format_si(p.low, p.unit.c_str()),
                            netlist::format_si(p.high, p.unit.c_str()), p.high / p.low);
      }
      if (p.outside > 0) text += fmt::format(", {} outside the range", p.outside);
      text += '\n';
    }
  }
  if (explanation.recommendation.empty()) return text + "\nno realization can carry this system\n";
  return text + fmt::format("\ntake {}: {}\n", explanation.recommendation, explanation.reason);
}

}  // namespace springspice::hw
