#include "cli/read_file.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::cli {

std::string read_file(const std::string& path, const char* advice) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  file.peek();  // a folder opens like a file, and fails here
  std::ostringstream text;
  text << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    throw core::InputError(fmt::format("cannot read {}: {}; {}", core::printable(path, 200),
                                       std::generic_category().message(errno), advice));
  }
  return text.str();
}

}  // namespace springspice::cli
