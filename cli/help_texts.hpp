// What `springspice --help` and `springspice <command> --help` say above the lists of options.
#pragma once

#include <span>

namespace springspice::cli {

extern const char* const kOverview;

struct CommandHelp {
  const char* name;
  const char* usage;
};

/// In the order of the overview.
std::span<const CommandHelp> command_help();

}  // namespace springspice::cli
