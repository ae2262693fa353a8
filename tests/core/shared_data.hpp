// Measured data that tests may use where they are there: SPRINGSPICE_SHARED_DATA, else the folder
// shared/data beside the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

/// The file's path, or nothing.
inline std::string shared_data(const std::string& name) {
  const char* folder = std::getenv("SPRINGSPICE_SHARED_DATA");
  const std::filesystem::path path =
      (folder != nullptr ? std::filesystem::path(folder)
                         : std::filesystem::path(SPRINGSPICE_SOURCE_DIR) / "../shared/data") /
      name;
  return std::filesystem::exists(path) ? path.string() : std::string();
}
