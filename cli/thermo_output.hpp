// What `thermo` found, as text, JSON and CSV.
#pragma once

#include <string>

#include "cli/results.hpp"
#include "cli/thermo_protocol.hpp"
#include "sim/thermo/paper_barrier.hpp"
#include "sim/thermo/study.hpp"

namespace springspice::cli {

/// Free energies, work and dissipation, the estimates beside the exact value, the verdict.
std::string format_study(const Options& options, const thermo::Protocol& protocol,
                         const thermo::Study& study);
/// How many comparisons could not be made; empty where all were.
std::string describe_missing(const thermo::Study& study);
/// Keys: `protocol`, `exact` (`from`, `to`, `difference`, `difference_kT`, `reduced`), `moments`,
/// `trajectories` (`estimates`, `crooks`), `checks`, `verdict`.
Json study_to_json(const Options& options, const thermo::Protocol& protocol,
                   const thermo::Study& study);

/// One line a time: "time,lambda,work,reduced_work,heat,energy,entropy,entropy_change,
/// entropy_production,entropy_flux".
std::string format_moments_csv(const thermo::WorkMoments& moments);
/// One line a path: "direction,run,work,heat,reduced_work".
std::string format_work_csv(const thermo::Trajectories& trajectories);

/// The entropy of a system that is driven out of equilibrium by its own noise, along its way.
std::string format_entropy(const thermo::WorkMoments& moments);
Json entropy_to_json(const thermo::WorkMoments& moments);

/// The published estimator, with what it consists of.
struct PaperOutput {
  const thermo::PaperBarrier& barrier;
  const core::SecondOrderSystem& system;
  double friction = 0.0;  ///< gamma
  double mean_loss_second_half = 0.0;
};
std::string format_paper(const PaperOutput& paper);
/// Empty, or why the estimate means nothing with these paths.
std::string describe_reliability(const thermo::PaperBarrier& barrier, double kT);
/// What separates it from a free energy, in words.
const char* explain_paper();
/// Keys: `barrier` (`value`, `value_kT`, `error_kT`, `mean_work_kT`, `kinetic_change_kT`,
/// `bath_kT`, `loss`, `mean_loss_second_half`), `runs`, `explanation`.
Json paper_to_json(const PaperOutput& paper);
std::string format_paper_csv(const thermo::PaperBarrier& barrier, double kT);

}  // namespace springspice::cli
