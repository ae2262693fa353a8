// A page as one HTML file: no network, no script, pictures inline as SVG.
//
// The verdict first, then pictures, then tables, then the command that repeats the run. Light and
// dark by the reader's own setting, black on white in print; colours from Okabe and Ito's palette,
// which the colour-blind can tell apart, and a line style or mark of its own for each curve.
// Nothing is wider than the window, from 320 pixels on.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "report/page.hpp"

namespace springspice::report {

/// The SVG that a gnuplot script draws; none where there is no gnuplot, or it fails. The script
/// brings its data and sets its own terminal, but no output.
using Draw = std::function<std::optional<std::string>(const std::string& script)>;

/// @param draw without pictures the page says so, and shows their numbers as tables
std::string format_html(const Page& page, const std::string& version, const Draw& draw);

/// The gnuplot script of a figure, with its data; sets an SVG terminal.
std::string format_gnuplot(const Figure& figure);

}  // namespace springspice::report
