// gnuplot's SVG made part of a page. Not installed.
//
// gnuplot fixes the size in pixels, repeats ids in every picture, draws in black, and names its
// plots in tooltips. In a page a picture is as wide as its place, ids are its own, black is the
// colour of the text around it, curves have the page's colours, and empty groups are left out.
#pragma once

#include <optional>
#include <string>

namespace springspice::report {

/// @param prefix of ids, unlike that of every other picture of the page
/// @param label what a reader who cannot see the picture is told
/// @return none for text that is no SVG of gnuplot's
std::optional<std::string> inline_svg(const std::string& svg, const std::string& prefix,
                                      const std::string& label);

}  // namespace springspice::report
