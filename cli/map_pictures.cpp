#include "cli/map_pictures.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "cli/map_numbers.hpp"

namespace springspice::cli {
namespace {

// Colours that the colour-blind tell apart (Okabe and Ito).
constexpr const char* kStyle =
    "set style line 1 lw 2 lc rgb \"#0072b2\"\n"
    "set style line 2 lw 2 lc rgb \"#d55e00\"\n"
    "set style line 3 lw 1.5 dt 2 lc rgb \"#404040\"\n"
    "set grid lc rgb \"#dddddd\"\n"
    "set tics nomirror\nset border 3\n";

// A string of gnuplot's in which nothing is special: in double quotes it would run `commands`.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    safe += c;
    if (c == '\'') safe += c;
  }
  return safe + "'";
}

// Position, ideal fit, mapped fit, band: one line a node.
std::string format_nodes(const NodeValues& nodes) {
  std::string text = "$nodes << EOD\n";
  for (std::size_t i = 0; i < nodes.at.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {}\n", nodes.at[i], nodes.ideal[i],
                   nodes.mapped[i], nodes.low[i], nodes.median[i], nodes.high[i]);
  }
  return text + "EOD\n";
}

Picture draw_line(const MapStudy& study) {
  const NodeValues nodes = list_nodes(study);
  std::string script = format_nodes(nodes) + kStyle;
  script += fmt::format(
      "set multiplot layout 2,1 title {}\nset autoscale xfix\nset lmargin 10\n"
      "set ylabel {} noenhanced\nset key outside top center horizontal\n"
      "plot $nodes using 1:4:6 with filledcurves fc rgb \"#f0c8a8\" title \"90 of 100 boards\", "
      "$nodes using 1:2 with lines ls 1 title \"ideal fit\", "
      "$nodes using 1:3 with points pt 7 ps 0.8 lc rgb \"#d55e00\" title \"mapped, nominal "
      "values\"\n"
      "set xlabel {} noenhanced\nset ylabel {} noenhanced\nset key outside top center horizontal\n"
      "plot $nodes using 1:($4-$2):($6-$2) with filledcurves fc rgb \"#f0c8a8\" title \"90 of 100 "
      "boards\", "
      "$nodes using 1:($5-$2) with lines ls 2 title \"median board\", "
      "$nodes using 1:($3-$2) with linespoints ls 1 pt 7 ps 0.8 title \"mapped, nominal values\", "
      "0 with lines ls 3 notitle\n"
      "unset multiplot\n",
      quoted("prediction of " + study.mapping.design.realization + " on " + study.profile.name),
      quoted(target_of(study)), quoted(nodes.axis), quoted("less the ideal fit"));
  return {"prediction.png", script, 900, 800};
}

Picture draw_plane(const MapStudy& study) {
  const core::Grid& grid = *grid_of(study);
  std::string script = "$nodes << EOD\n";
  for (int i = 0; i < grid.shape()[0]; ++i) {
    for (int j = 0; j < grid.shape()[1]; ++j) {
      const int node = i * grid.shape()[1] + j;
      fmt::format_to(std::back_inserter(script), "{} {} {} {} {}\n", grid.node_position(node)[0],
                     grid.node_position(node)[1], study.mapping.ideal_fit(node, 0),
                     study.mapping.mapped_fit(node, 0) - study.mapping.ideal_fit(node, 0),
                     (study.tolerance.high(node, 0) - study.tolerance.low(node, 0)) / 2);
    }
    script += "\n";
  }
  script += "EOD\n";
  script += fmt::format(
      "set multiplot layout 1,3 title {}\n"
      "set xlabel {} noenhanced\nset ylabel {} noenhanced\nset view map\nset pm3d map interpolate "
      "8,8\n"
      "set tics nomirror\nset colorbox horizontal user origin graph 0, graph -0.32 size graph 1, "
      "graph 0.04\nset bmargin 9\n"
      "set palette defined (0 \"#2040a0\", 0.5 \"#f0f0f0\", 1 \"#c03030\")\n"
      "set title {} noenhanced\nsplot $nodes using 1:2:3 notitle\n"
      "set title \"mapped less ideal\"\nsplot $nodes using 1:2:4 notitle\n"
      "set title \"half the band of 90 of 100 boards\"\n"
      "set palette defined (0 \"#f8f8f8\", 1 \"#d55e00\")\n"
      "splot $nodes using 1:2:5 notitle\nunset multiplot\n",
      quoted(study.mapping.design.realization + " on " + study.profile.name),
      quoted(grid.axes()[0].name), quoted(grid.axes()[1].name),
      quoted(target_of(study) + ", ideal fit"));
  return {"prediction.png", script, 1300, 470};
}

Picture draw_errors(const MapStudy& study) {
  const ErrorHistogram histogram = count_errors(study);
  std::string script = "$errors << EOD\n";
  for (std::size_t k = 0; k < histogram.boards.size(); ++k) {
    fmt::format_to(std::back_inserter(script), "{} {}\n",
                   (static_cast<double>(k) + 0.5) * histogram.width, histogram.boards[k]);
  }
  script += "EOD\n";
  script += kStyle;
  script += fmt::format(
      "w = {}\nset boxwidth w*0.9\nset style fill solid 0.7 noborder\nset xrange [0:*]\n"
      "set yrange [0:*]\nset title {} noenhanced\n"
      "set xlabel {} noenhanced\nset ylabel \"boards\"\nset key top right\n"
      "set arrow 1 from {},graph 0 to {},graph 1 nohead ls 2\n"
      "set arrow 2 from {},graph 0 to {},graph 1 nohead ls 3\n"
      "plot $errors using 1:2 with boxes lc rgb "
      "\"#0072b2\" title {}, "
      "NaN with lines ls 2 title \"nominal values\", NaN with lines ls 3 title \"limit\"\n",
      histogram.width,
      quoted(fmt::format("{} boards, yield {:.1f} %", study.tolerance.draws.size(),
                         100.0 * study.tolerance.yield)),
      quoted("rms prediction error, unit of " + target_of(study)), study.mapping.snap.joint,
      study.mapping.snap.joint, study.error_limit, study.error_limit,
      quoted("boards within tolerance"));
  return {"error.png", script, 800, 480};
}

Picture draw_budget(const MapStudy& study) {
  // A term of nothing has no logarithm: it is drawn at the left edge.
  double largest = 0.0;
  for (const sim::BudgetTerm& term : study.budget) {
    largest = std::max({largest, term.alone.value_or(0.0), term.together.value_or(0.0)});
  }
  const double least = largest > 0.0 ? largest * 1e-6 : 1e-12;
  std::string script = "$terms << EOD\n";
  int row = 0;
  for (const sim::BudgetTerm& term : study.budget) {
    fmt::format_to(std::back_inserter(script), "{} {} {} {}\n", row++, "\"" + term.name + "\"",
                   std::max(term.alone.value_or(0.0), least),
                   std::max(term.together.value_or(0.0), least));
  }
  script += "EOD\n";
  script += kStyle;
  script += fmt::format(
      "set style fill solid 0.85 noborder\nset logscale x\nset xrange [{}:{}]\n"
      "set yrange [{}:-0.8]\nset xlabel {} noenhanced\nset title \"error budget\"\n"
      "set key outside bottom center horizontal\nset format x \"%.0e\"\n"
      "plot $terms using ({}):1:({}):3:($1-0.32):($1):ytic(2) with boxxyerror lc rgb \"#0072b2\" "
      "title \"alone\", "
      "$terms using ({}):1:({}):4:($1):($1+0.32) with boxxyerror lc rgb \"#e69f00\" title \"with "
      "all above it\"\n",
      least, std::max(largest, least) * 2.0, static_cast<double>(row) - 0.2,
      quoted("rms change of the predictions, unit of " + target_of(study)), least, least, least,
      least);
  return {"budget.png", script, 900, 120 + 55 * std::max(row, 2)};
}

}  // namespace

std::vector<Picture> make_map_pictures(const MapStudy& study) {
  const core::Grid* grid = grid_of(study);
  const bool plane = grid != nullptr && grid->dimension() == 2;
  return {plane ? draw_plane(study) : draw_line(study), draw_errors(study), draw_budget(study)};
}

}  // namespace springspice::cli
