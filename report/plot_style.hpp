// How each curve of a figure looks, in the picture and in its key. Not installed.
//
// Colours are those of Okabe and Ito, and a dash or mark of its own tells curves apart where
// colours do not. In SVG a colour is a variable of the page's style sheet, since one colour cannot
// be readable on white and on black; gnuplot draws with the light one, and svg.hpp replaces it.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "report/page.hpp"

namespace springspice::report {

struct PlotColor {
  std::string_view light, dark;  ///< "#0072b2"
};
inline constexpr std::array<PlotColor, 6> kPlotColors = {{{"#0072b2", "#56b4e9"},
                                                          {"#d55e00", "#ff8a3d"},
                                                          {"#009e73", "#2fc79b"},
                                                          {"#aa4488", "#e29ac6"},
                                                          {"#8a6d00", "#f0e442"},
                                                          {"#555555", "#bbbbbb"}}};
inline constexpr std::string_view kGridLight = "#d9dce0";
inline constexpr std::string_view kGridDark = "#3a3f46";

/// Lengths of line and blank, line widths; the first is solid.
inline constexpr std::array<std::string_view, 4> kSolidDashes = {"", "12,3", "12,3,2,3", "6,2"};
inline constexpr std::array<std::string_view, 4> kBrokenDashes = {"5,3", "2,2", "8,2,2,2", "3,5"};

/// gnuplot's number of a mark, and its outline around (0, 0) for the key.
struct Mark {
  int gnuplot = 7;
  std::string_view path;
  bool filled = true;
};
inline constexpr std::array<Mark, 6> kMarks = {{{7, "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z", true},
                                                {5, "M-4,-4h8v8h-8z", true},
                                                {9, "M0,-5L5,4H-5z", true},
                                                {13, "M0,-5L5,0L0,5L-5,0z", true},
                                                {6, "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z", false},
                                                {2, "M-4,-4L4,4M4,-4L-4,4", false}}};

struct CurveStyle {
  std::size_t color = 0;  ///< of kPlotColors
  std::string_view dash;
  Mark mark;
};

/// One for each curve. A curve without a name looks like the one before it.
std::vector<CurveStyle> choose_styles(const std::vector<Series>& series);

}  // namespace springspice::report
