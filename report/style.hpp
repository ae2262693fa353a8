// The page's style sheet. Not installed.
#pragma once

#include <string>

namespace springspice::report {

std::string format_style();

}  // namespace springspice::report
