// The commands. Each reads its options, calls the libraries, prints, and gives the exit status.
#pragma once

#include "cli/options.hpp"

namespace springspice::cli {

int run_matrices(const Options& options);
int run_fit(const Options& options);
int run_simulate(const Options& options);
int run_train(const Options& options);
int run_netlist(const Options& options);
int explain_netlist(const Options& options);  ///< run_netlist() of --explain
int update_netlist(const Options& options);   ///< run_netlist() of --update
int run_cosim(const Options& options);
int run_certify(const Options& options);
int run_map(const Options& options);
int run_thermo(const Options& options);
int run_readback(const Options& options);
int run_report(const Options& options);

}  // namespace springspice::cli
