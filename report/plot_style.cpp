#include "report/plot_style.hpp"

namespace springspice::report {

std::vector<CurveStyle> choose_styles(const std::vector<Series>& series) {
  std::vector<CurveStyle> styles;
  std::size_t colors = 0, solid = 0, broken = 0, marks = 0;
  for (const Series& curve : series) {
    if (curve.name.empty() && !styles.empty()) {
      styles.push_back(styles.back());
      continue;
    }
    CurveStyle style;
    style.color = colors++ % kPlotColors.size();
    if (curve.kind == Series::Kind::dashed) {
      style.dash = kBrokenDashes[broken++ % kBrokenDashes.size()];
    } else if (curve.kind == Series::Kind::points) {
      style.mark = kMarks[marks++ % kMarks.size()];
    } else if (curve.kind != Series::Kind::band) {
      style.dash = kSolidDashes[solid++ % kSolidDashes.size()];
    }
    styles.push_back(style);
  }
  return styles;
}

}  // namespace springspice::report
