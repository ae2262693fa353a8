// The files of a circuit: the deck, its manifest, and what lies beside them, as one set.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"

namespace springspice::cli {

/// The manifest of the deck that was written, with what --match-names of certify goes by.
std::string format_manifest(const Built& built);

/// options.out and options.manifest are opened at once, so that a name that cannot be written is
/// known before the work. A new deck with an old manifest would be a wrong pair: all are complete
/// before any is renamed.
class CircuitFiles {
 public:
  explicit CircuitFiles(const Options& options);

  void write(const Built& built);
  void commit();

  /// "my.cir, my.json, my.array.inc", for people.
  std::string list(const Built& built) const;

 private:
  std::string out_, manifest_name_;
  OutputFile deck_, manifest_;
  std::vector<std::unique_ptr<OutputFile>> beside_;
};

}  // namespace springspice::cli
