// Results as text and as JSON.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli/options.hpp"
#include "core/model.hpp"
#include "sim/certify.hpp"

namespace springspice::cli {

/// Keys in the order in which they are set.
using Json = nlohmann::ordered_json;

/// {"springspice": version}
Json make_json();

/// A number, or null where it is NaN or infinite, which JSON has no word for.
Json number(double value);

/// Writes to the file or to standard output, where --json asks for it.
void write_json(const Options& options, const Json& json);

/// Standard output for people; silent where --json - or --out - takes standard output.
void print_text(const Options& options, const std::string& text);

/// The checks as a table: name, value, sense, limit, status, detail, and where limits come from.
std::string format_checks(const sim::Report& report);
Json checks_to_json(const sim::Report& report);

Json null_space_to_json(const core::SecondOrderSystem& system, const core::NullSpace& null_space);
Json grid_to_json(const core::Model& model);
Json parameters_to_json(const core::SecondOrderSystem& system, const Options& options);

/// A CSV cell: quoted where RFC 4180 asks for it.
std::string csv_cell(const std::string& text);

}  // namespace springspice::cli
