// The record of a run that --record asks for: what `springspice report` makes a page of.
#pragma once

#include <optional>

#include "report/page.hpp"

#include "cli/options.hpp"
#include "cli/output_file.hpp"

namespace springspice::cli {

/// Opened before the work, so that a name that cannot be written is known then.
class RecordOutput {
 public:
  explicit RecordOutput(const Options& options);

  /// Whether --record was given: what only a page shows need not be computed without it.
  explicit operator bool() const { return file_.has_value(); }

  /// Fills in the command and its arguments.
  void write(report::Page page);
  void commit();

 private:
  std::vector<std::string> arguments_;
  std::optional<OutputFile> file_;
};

}  // namespace springspice::cli
