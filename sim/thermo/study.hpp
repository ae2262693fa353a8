// A protocol, examined: what is known exactly, what trajectories both ways say, and whether the two
// agree.
//
// The limits are four standard errors: where the theory and the program hold, one statement in
// 16,000 lies beyond. An estimate from too few runs is no estimate, and is not compared. Which runs
// are enough for Jarzynski's is known exactly, without a look at the sample.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/thermo/work_estimators.hpp"
#include "sim/thermo/work_moments.hpp"
#include "sim/thermo/work_paths.hpp"
#include "sim/thermo/work_weights.hpp"

namespace springspice::thermo {

struct StudyRequest {
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;  ///< each way; 0: the exact part alone
  int threads = 1;
  std::optional<dynamics::Scheme> scheme;  ///< none: choose_scheme()
  double relaxation = 0.0;                 ///< of the forward moments, behind the protocol's end
  std::function<void(double)> on_progress;
  std::function<bool()> stop;
};

/// `value` standard errors, or `value` itself, against a limit.
struct Agreement {
  std::string name;
  double value = 0.0;
  double limit = 0.0;
  bool at_least = false;  ///< value >= limit passes, in place of value <= limit
  std::string detail;
  std::string obstacle;  ///< why there is nothing to compare; empty as a rule

  bool holds() const { return at_least ? value >= limit : value <= limit; }
};

struct Trajectories {
  dynamics::Scheme scheme = dynamics::Scheme::exact;
  WorkSamples forward, reverse;
  /// phi of the forward direction, all of them.
  Estimate jarzynski_forward, jarzynski_reverse, bennett;
  CrooksTest crooks;
};

struct Study {
  FreeEnergyChange exact;
  /// Forward, and backwards from the protocol's end; none for systems too large for dense moments.
  std::optional<WorkMoments> forward, reverse;
  /// Runs that Jarzynski's estimate takes in each direction (work_weights.hpp); none for systems
  /// too large to tell: their estimates are judged by the sample, and not compared.
  std::optional<double> needed_forward, needed_reverse;
  std::optional<Trajectories> trajectories;
  std::vector<Agreement> agreements;

  bool passed() const;
};

/// @throws core::ParameterError, core::InputError as check_protocol() and sample_work()
Study study_protocol(const Protocol& protocol, const StudyRequest& request);

}  // namespace springspice::thermo
