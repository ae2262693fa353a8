// A case for certification, made by the same calls as the program makes, and what came of it.
#pragma once

#include <string>

#include "cli/pipeline.hpp"
#include "sim/certify.hpp"

namespace springspice::test {

/// Options -> model -> circuit -> problem.
struct CertifiedCase {
  explicit CertifiedCase(const cli::Options& options);
  /// The same with the start that `change` leaves.
  CertifiedCase(const cli::Options& options, const std::function<void(core::State&)>& change);

  sim::Problem problem() const { return problem(built.files.deck); }
  sim::Problem problem(std::string deck) const;

  cli::Prepared prepared;
  cli::Built built;
};

/// Options that read this file, with these numbers of sticks.
cli::Options options_for(const std::string& path, const std::string& sticks,
                         hw::Topology topology = hw::Topology::opamp);

const sim::Check& find_check(const sim::Report& report, const std::string& name);

/// One line a report: the seven values ("n/a" where a check does not apply), size and time.
std::string report_heading();
std::string report_line(const std::string& name, const sim::Report& report);
/// What failed, for a test's message; empty if nothing did.
std::string describe_failures(const sim::Report& report);

}  // namespace springspice::test
