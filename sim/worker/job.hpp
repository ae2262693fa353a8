// From a Run to the worker's job: checks the numbers and names, and writes ngspice's command.
#pragma once

#include <string>

#include "sim/engine.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

/// @throws std::invalid_argument for numbers or names that are no run
protocol::Job make_job(const Run& run);

/// Starts no analysis: the worker leaves as soon as ngspice has named the plot's vectors, which a
/// `uic` transient does before it computes anything.
protocol::Job make_names_job(const std::string& deck);

/// The last point of a transient; 0 for other analyses.
double end_of(const Run& run);

/// The node as ngspice calls it.
std::string noise_node(const NoiseRun& run);

}  // namespace springspice::sim
