#include "cli/output_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/table.hpp"

namespace springspice::cli {

OutputFolder::OutputFolder(const std::string& path, const std::string& option)
    : path_(path), option_(option) {
  make_folder(path, option);
}

OutputFile& OutputFolder::add(const std::string& name) {
  names_.push_back(name);
  files_.push_back(std::make_unique<OutputFile>(path_ + "/" + name, option_));
  return *files_.back();
}

void OutputFolder::commit(const std::vector<std::string>& known) {
  for (const std::string& name : known) {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
    std::error_code ignored;
    if (!std::filesystem::exists(path_ + "/" + name, ignored)) continue;
    throw OutputError(
        fmt::format("{0} {1}: it holds {2} of an earlier run, and this run has no {2}; remove that "
                    "file or choose another {0}",
                    option_, core::printable(path_, 200), name));
  }
  for (const auto& file : files_) file->finish();
  for (const auto& file : files_) file->commit();
}

}  // namespace springspice::cli
