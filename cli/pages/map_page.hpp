// What `map` shows of a board: what it will predict, and within what; what its errors are made of;
// what to order.
//
// The numbers are those of the pictures and the summary in the folder (cli/map_numbers.hpp).
#pragma once

#include <optional>

#include "report/page.hpp"

#include "cli/map_study.hpp"
#include "cli/pages/data_sample.hpp"

namespace springspice::cli {

/// @param data none: none given, or not to be read again
report::Page make_map_page(const MapStudy& study, const std::optional<DataSample>& data);

}  // namespace springspice::cli
