// Results as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "core/model.hpp"
#include "sim/certify.hpp"
#include "sim/dynamics/temperatures.hpp"

namespace springspice::cli {

/// Keys in the order in which they are set.
using Json = nlohmann::ordered_json;

/// {"springspice": version}
Json make_json();

/// A number, or null where it is NaN or infinite, which JSON has no word for.
Json number(double value);
Json number(const std::optional<double>& value);

/// JSON as text in ASCII, one value a line.
std::string format_json(const Json& json);

/// What --json asks for, if it does: opened before the work, so that a name that cannot be written
/// is known then.
class JsonOutput {
 public:
  explicit JsonOutput(const Options& options);
  void write(const Json& json);
  void commit();

 private:
  std::optional<OutputFile> file_;
};

/// Standard output for people; silent where an option takes standard output with `-`.
void print_text(const Options& options, const std::string& text);

/// "x2_3", "v0y2": a coordinate's name in tables; the quantity may be empty.
std::string coordinate_name(const core::SecondOrderSystem& system, std::string_view quantity,
                            Eigen::Index coordinate, Eigen::Index output);

/// A check's value, as tables show it; "-" where it did not run.
std::string format_value(const sim::Check& check);
/// The checks as a table: name, value, sense, limit, status, detail, and where limits come from.
std::string format_checks(const sim::Report& report);
/// "ngspice 39": the engines that ran, with their versions.
std::string describe_engines(const sim::Report& report);
/// What was run, and `verdict: pass` or `verdict: fail` as the last line.
std::string format_verdict(const sim::Report& report);
Json checks_to_json(const sim::Report& report);

/// The settled states of both engines side by side (the first coordinates), and how far they are
/// apart. @pre report.settled
std::string format_engines(const sim::Report& report, const core::SecondOrderSystem& system);
/// Keys: `names`, `versions`, `settled` (one nu x m table an engine), `difference` (of the range).
Json engines_to_json(const sim::Report& report);

/// The effective temperatures as a table (the first modes and nodes), their spread, the entropy
/// production, and whether this is equilibrium.
std::string format_audit(const sim::Audit& audit, const core::SecondOrderSystem& system);
/// How far the temperatures lie apart, the entropy production, and whether this is equilibrium.
/// @pre the audit has no obstacle
std::string judge_audit(const sim::Audit& audit, const core::SecondOrderSystem& system);
Json audit_to_json(const sim::Audit& audit, const core::SecondOrderSystem& system);

/// The tables of format_audit() and the lists of audit_to_json(), for temperatures of any origin.
std::string format_temperatures(const dynamics::Temperatures& temperatures,
                                const core::SecondOrderSystem& system);
Json temperatures_to_json(const dynamics::Temperatures& temperatures,
                          const core::SecondOrderSystem& system, std::size_t output);

Json null_space_to_json(const core::SecondOrderSystem& system, const core::NullSpace& null_space);
Json grid_to_json(const core::Model& model);
Json parameters_to_json(const core::SecondOrderSystem& system, const Options& options);

/// A CSV cell: quoted where RFC 4180 asks for it.
std::string csv_cell(const std::string& text);

}  // namespace springspice::cli
