// A file with the given bytes, gone at the end of its scope.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view bytes, const std::string& name = "data.csv") {
    std::string folder = (std::filesystem::temp_directory_path() / "springspice-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    path_ = (folder_ / name).string();
    write(bytes);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// Replaces the file; who has it open keeps the old one.
  void write(std::string_view bytes) const {
    // ext4 waits for the disk when a file is cut to nothing and written again.
    std::filesystem::remove(path_);
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  const std::string& path() const { return path_; }
  std::string folder() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
  std::string path_;
};
