// What `cosim` and `certify` show: whether the circuit is the model, and both side by side.
//
//   motion        circuit and model over each other, and their difference against its limit
//   fit           what the circuit settles to, with the data (cli/pages/circuit_figures.hpp)
//   noise         spectra, and the temperature of each mode
//   poles         of the model
//   tables        every check with its limit, the circuit, scales, parameters
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/page.hpp"

#include "cli/pages/cosim_curves.hpp"
#include "cli/pages/data_sample.hpp"
#include "hw/manifest.hpp"
#include "sim/certify.hpp"

namespace springspice::cli {

struct CosimView {
  std::string subject;  ///< what the circuit was made from, or the deck: a name without folders
  const hw::Manifest& manifest;
  const sim::Analysis& analysis;
  const sim::Report& report;
  const CosimCurves& curves;
  std::optional<DataSample> data = {};  ///< none: none given, or not to be read again
  std::uint64_t seed = 1;
  std::vector<std::string> remarks = {};  ///< what else the command says beside the verdict
};

report::Page make_cosim_page(const CosimView& view);

}  // namespace springspice::cli
