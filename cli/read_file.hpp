// A small file as one text.
#pragma once

#include <string>

namespace springspice::cli {

/// @param advice what to do where it cannot be read, the end of the message
/// @throws core::InputError
std::string read_file(const std::string& path, const char* advice);

}  // namespace springspice::cli
