// The page of `thermo`: distributions of work both ways, what happens along time, the estimates
// beside the exact value; and that of the published estimator.
#pragma once

#include "report/page.hpp"

#include "cli/thermo_output.hpp"

namespace springspice::cli {

report::Page make_thermo_page(const Options& options, const thermo::Protocol& protocol,
                              const thermo::Study& study);
/// Of a system that its own noise keeps out of equilibrium.
report::Page make_entropy_page(const thermo::WorkMoments& moments);
report::Page make_paper_page(const PaperOutput& paper);

}  // namespace springspice::cli
