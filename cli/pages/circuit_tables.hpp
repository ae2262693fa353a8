// Tables and sentences that the pages about circuits share: `cosim`, `certify` and `map`.
#pragma once

#include <string>

#include "report/page.hpp"

#include "netlist/design.hpp"
#include "sim/certify.hpp"

namespace springspice::cli {

/// A row a check: name, value, sense and limit, status, what it was, where the limit comes from.
report::Table make_checks_table(const sim::Report& report);

/// "All 8 checks that apply passed; 1 does not apply: ensemble.", or what failed and by how much.
std::string summarize_checks(const sim::Report& report);

/// What one unit of the model is in the circuit.
report::Table make_scales_table(const netlist::Design& design, core::Dynamics dynamics);

}  // namespace springspice::cli
