// A page as a file: JSON, `"springspice": version`, `"record": 1`, then the page's fields under
// their own names; numbers that are not finite are null.
#pragma once

#include <stdexcept>
#include <string>

#include "report/page.hpp"

namespace springspice::report {

/// The format that this program reads and writes. It changes when a field changes its meaning.
inline constexpr int kRecordFormat = 1;

/// Text that is not UTF-8 loses the bytes that are none.
/// @throws PageError for a page whose sizes do not fit
std::string format_record(const Page& page, const std::string& version);

/// A record that cannot be read: what, where in the file, what to do.
class RecordError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// @param name of the file, for messages
/// @throws RecordError for text that is not JSON (line, column), is no record (e.g. the results of
/// --json: says what to run), is of another format (gives both, and the version that wrote it), or
/// lacks a field (names it), and for curves whose sizes do not fit
Page parse_record(const std::string& text, const std::string& name);

}  // namespace springspice::report
