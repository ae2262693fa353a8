// The text before the numbers of a raw file.
//
//     Title: ...            Plotname: Transient Analysis     Flags: real
//     No. Variables: 3      No. Points: 101                  Variables:
//         0  time  time
//         1  v(x0) voltage
//     Binary:               (or `Values:`)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/results/line_source.hpp"

namespace springspice::sim {

struct RawHeader {
  std::string title;
  std::string plot;
  std::string flags;    ///< in lower case, a blank before and behind each word
  std::string command;  ///< LTspice names itself here
  std::uint64_t variables = 0;
  std::uint64_t points = 0;
  double offset_s = 0.0;
  std::vector<std::string> names;
  bool binary = false;

  bool has_flag(const std::string& flag) const {
    return flags.find(" " + flag + " ") != std::string::npos;
  }
};

/// The next header; none at the end of the file. The source is then at the first number.
/// @throws core::InputError
std::optional<RawHeader> read_raw_header(LineSource& source, const std::string& path);

}  // namespace springspice::sim
