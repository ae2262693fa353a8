// Tables that certified circuits are made of.
#pragma once

#include <string>

#include "tests/conformance/certified_case.hpp"
#include "tests/core/temporary_file.hpp"

namespace springspice::test {

/// Type K thermocouple, NIST ITS-90: emf in mV at t in degC.
double thermocouple_mV(double t);

/// Temperature against emf.
std::string thermocouple_data();

/// `points` points, uniform in the unit cube of d inputs, with m targets of that size.
std::string scattered_data(int d, int m, int points);

/// The corners of the unit cube belong to the data, so the bounds are those of the cube.
cli::Options scattered_options(const TemporaryFile& file, int d, const std::string& sticks, int m);

}  // namespace springspice::test
