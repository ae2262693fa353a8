// Pictures by gnuplot, a program of its own.
#pragma once

#include <optional>
#include <string>

namespace springspice::cli {

/// The PNG that a script draws. The script brings its data (`$name << EOD`) and sets neither
/// terminal nor output.
/// @return none where there is no gnuplot in PATH, or it fails or takes more than a minute
std::optional<std::string> draw_png(const std::string& script, int width, int height);

/// The same for a script that sets its own terminal, SVG: the picture as text.
std::optional<std::string> draw_svg(const std::string& script);

}  // namespace springspice::cli
