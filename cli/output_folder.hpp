// A folder of results: all its files are complete before the first takes its name, so that it never
// holds the M of one model and the K of another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/output_file.hpp"

namespace springspice::cli {

class OutputFolder {
 public:
  /// Makes it where it is not there. @param option named in messages
  /// @throws OutputError as make_folder()
  explicit OutputFolder(const std::string& path, const std::string& option = "--out");

  /// A file in it. @throws OutputError
  OutputFile& add(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }

  /// @param known all that this command may put there: one of an earlier run that this one does not
  /// replace would be read as part of this one. @throws OutputError for such a file, and for any
  /// text that could not be written
  void commit(const std::vector<std::string>& known);

 private:
  std::string path_, option_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<OutputFile>> files_;
};

}  // namespace springspice::cli
