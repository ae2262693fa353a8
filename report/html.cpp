#include "report/html.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "report/drawing.hpp"
#include "report/plot_style.hpp"
#include "report/style.hpp"
#include "report/svg.hpp"
#include "report/text.hpp"
#include <fmt/format.h>

namespace springspice::report {
namespace {

// Tables with more columns become lists of cells on a narrow window.
// What a table shows of a curve that cannot be drawn.
constexpr std::size_t kRowsOfCurve = 20;
constexpr std::size_t kCellsOfField = 8;

std::string format_number(double value) {
  return std::isfinite(value) ? fmt::format("{:.5g}", value) : "\u2013";
}

std::string element(const char* name, const std::string& text, const char* css_class = "") {
  const std::string attribute = *css_class == '\0' ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<{0}{1}>{2}</{0}>\n", name, attribute, escape_html(text));
}

std::string optional_element(const char* name, const std::string& text,
                             const char* css_class = "") {
  return text.empty() ? "" : element(name, text, css_class);
}

// ---- tables ------------------------------------------------------------------------------------

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool looks_like_number(const std::string& cell) {
  if (cell == "-" || cell == "\u2013") return true;
  if (cell.empty() || cell.find_first_not_of("0123456789.eE+-% ") != std::string::npos)
    return false;
  return is_digit(cell.back()) || cell.back() == '%';
}

// Characters, for UTF-8 has one byte that begins each.
std::size_t count_characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Characters that stay on one line beside each other, in a window of 40rem and on paper; and what a
// telephone has room for: a table that is wider is set there row below row.
constexpr std::size_t kLine = 56;
constexpr std::size_t kNarrowLine = 40;

std::size_t measure_column(const Table& table, std::size_t column) {
  std::size_t width = count_characters(table.columns[column]);
  for (const auto& row : table.rows) width = std::max(width, count_characters(row[column]));
  return width;
}

bool is_wide(const Table& table) {
  constexpr std::size_t kGap = 2;
  std::size_t width = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) width += measure_column(table, c) + kGap;
  return width > kNarrowLine;
}

/// How the cells of each column are set: numbers to the right, short words on one line.
std::vector<std::string> choose_classes(const Table& table) {
  std::vector<std::pair<std::size_t, std::size_t>> widths;
  std::vector<std::string> classes(table.columns.size());
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    bool numbers = !table.rows.empty();
    for (const auto& row : table.rows) numbers = numbers && looks_like_number(row[c]);
    if (numbers) classes[c] = "number";
    widths.emplace_back(measure_column(table, c), c);
  }
  std::ranges::sort(widths);
  std::size_t taken = 0;
  for (const auto& [width, c] : widths) {
    taken += width;
    if (taken > kLine) break;
    classes[c] += classes[c].empty() ? "short" : " short";
  }
  for (std::string& word : classes) {
    if (!word.empty()) word = fmt::format(" class=\"{}\"", word);
  }
  return classes;
}

std::string format_table(const Table& table) {
  const std::size_t columns = table.columns.size();
  const std::vector<std::string> classes = choose_classes(table);
  std::string text = is_wide(table) ? "<table class=\"wide\">\n" : "<table>\n";
  text += optional_element("caption", table.title) + "<thead><tr>";
  for (std::size_t c = 0; c < columns; ++c) {
    text += fmt::format("<th scope=\"col\"{}>{}</th>", classes[c], escape_html(table.columns[c]));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t c = 0; c < columns; ++c) {
      text += fmt::format("<td{} data-column=\"{}\"><span>{}</span></td>", classes[c],
                          escape_html(table.columns[c]), escape_html(row[c]));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

// ---- a figure in numbers, where nothing draws ---------------------------------------------------

std::string more(std::size_t shown, std::size_t all) {
  return shown >= all ? "" : element("p", fmt::format("{} of {} rows", shown, all), "more");
}

std::string label_or(const std::string& label, const char* otherwise) {
  return label.empty() ? otherwise : label;
}

std::string tabulate(const Series& series, const Figure& figure) {
  Table table{series.name, {label_or(figure.x_label, "x")}, {}};
  const bool band = series.kind == Series::Kind::band;
  if (!band) table.columns.push_back(label_or(figure.y_label, "y"));
  if (!series.low.empty()) table.columns.insert(table.columns.end(), {"from", "to"});
  const std::size_t all = series.x.size();
  const std::size_t shown = std::min(all, kRowsOfCurve);
  for (std::size_t k = 0; k < shown; ++k) {
    // From the first to the last, evenly.
    const std::size_t i = shown == all ? k : k * (all - 1) / (shown - 1);
    std::vector<std::string>& row = table.rows.emplace_back();
    row.push_back(format_number(series.x[i]));
    if (!band) row.push_back(format_number(series.y[i]));
    if (series.low.empty()) continue;
    row.push_back(format_number(series.low[i]));
    row.push_back(format_number(series.high[i]));
  }
  return format_table(table) + more(shown, all);
}

std::string tabulate(const Field& field, const Figure& figure) {
  const auto places = [](std::size_t all) {
    std::vector<std::size_t> chosen;
    const std::size_t shown = std::min(all, kCellsOfField);
    for (std::size_t k = 0; k < shown; ++k) {
      chosen.push_back(shown == all ? k : k * (all - 1) / (shown - 1));
    }
    return chosen;
  };
  const std::vector<std::size_t> columns = places(field.x.size());
  Table table{field.label, {}, {}};
  table.columns.push_back(
      fmt::format("{} \\ {}", label_or(figure.y_label, "y"), label_or(figure.x_label, "x")));
  for (const std::size_t column : columns) table.columns.push_back(format_number(field.x[column]));
  for (const std::size_t row : places(field.y.size())) {
    std::vector<std::string>& line = table.rows.emplace_back();
    line.push_back(format_number(field.y[row]));
    for (const std::size_t column : columns) {
      line.push_back(format_number(field.value[row][column]));
    }
  }
  return format_table(table) + more(table.rows.size(), field.y.size());
}

std::string tabulate(const Figure& figure) {
  std::string text;
  if (figure.field) text += tabulate(*figure.field, figure);
  for (const Series& series : figure.series) text += tabulate(series, figure);
  return text;
}

// ---- figures -----------------------------------------------------------------------------------

// A picture of the curve's line or mark, as gnuplot draws it.
std::string format_swatch(const Series& series, const CurveStyle& style, bool over_field) {
  const std::string color = over_field ? "currentColor" : fmt::format("var(--c{})", style.color);
  std::string shape;
  switch (series.kind) {
    case Series::Kind::points:
      shape =
          fmt::format("<path transform=\"translate(17 7)\" d=\"{}\" fill=\"{}\" stroke=\"{}\"/>",
                      over_field ? kMarks[4].path : style.mark.path,
                      style.mark.filled && !over_field ? color : "none", color);
      break;
    case Series::Kind::band:
      shape = fmt::format("<path d=\"M1,1h32v12h-32z\" fill=\"{}\" fill-opacity=\"0.35\"/>", color);
      break;
    case Series::Kind::line:
    case Series::Kind::dashed:
    case Series::Kind::steps: {
      const std::string dashes =
          style.dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", style.dash);
      shape = fmt::format("<path d=\"M1,7h32\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>",
                          color, dashes);
    }
  }
  return fmt::format("<svg viewBox=\"0 0 34 14\" aria-hidden=\"true\">{}</svg>", shape);
}

std::string format_key(const Figure& figure) {
  const std::vector<CurveStyle> styles = choose_styles(figure.series);
  std::string items;
  for (std::size_t k = 0; k < styles.size(); ++k) {
    const Series& series = figure.series[k];
    if (series.name.empty()) continue;
    items += fmt::format("<li>{}<span>{}</span></li>\n",
                         format_swatch(series, styles[k], figure.field.has_value()),
                         escape_html(series.name));
  }
  return items.empty() ? "" : "<ul class=\"key\">\n" + items + "</ul>\n";
}

// Lengths from 0, or from the least decade on a logarithmic axis, where what is 0 has no bar.
std::string format_bars(const Bars& bars, const Figure& figure) {
  double largest = 0.0, least = std::numeric_limits<double>::infinity();
  for (const double value : bars.values) {
    if (!std::isfinite(value)) continue;
    largest = std::max(largest, std::abs(value));
    if (value != 0.0) least = std::min(least, std::abs(value));
  }
  constexpr double kMostDecades = 6.0;
  const double top = std::log10(largest);
  const double bottom = std::max(std::floor(std::log10(least) - 1e-9), top - kMostDecades);
  const auto share = [&](double value) {
    const double size = std::abs(value);
    if (!(size > 0.0) || !std::isfinite(value)) return 0.0;
    if (!figure.log_x) return size / largest;
    return std::max(0.0, (std::log10(size) - bottom) / (top - bottom));
  };
  std::string text = "<table class=\"bars\"><tbody>\n";
  for (std::size_t k = 0; k < bars.names.size(); ++k) {
    text += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"length\"><span class=\"bar\" "
        "style=\"width:{:.1f}%\"></span></td><td class=\"value\">{}</td></tr>\n",
        escape_html(bars.names[k]), 100.0 * share(bars.values[k]),
        escape_html(format_number(bars.values[k])));
  }
  text += "</tbody></table>\n";
  if (figure.log_x && largest > 0.0) {
    text += element(
        "p", fmt::format("Lengths are logarithmic, from {:.1g}.", std::pow(10.0, bottom)), "axis");
  }
  return text;
}

class Pictures {
 public:
  explicit Pictures(const Draw& draw) : draw_(draw) {}

  std::optional<std::string> draw(const Figure& figure) {
    ++number_;
    const std::string label =
        figure.caption.empty() ? figure.title : figure.title + ": " + figure.caption;
    std::optional<std::string> picture;
    if (draw_ && !missing_) {
      const std::optional<std::string> svg = draw_(format_gnuplot(figure));
      if (svg) picture = inline_svg(*svg, fmt::format("f{}-", number_), label);
    }
    // A program that fails once is not asked again: it might take a minute each time.
    missing_ = !picture;
    any_missing_ = any_missing_ || missing_;
    return picture;
  }
  bool any_missing() const { return any_missing_; }

 private:
  const Draw& draw_;
  int number_ = 0;
  bool missing_ = false, any_missing_ = false;
};

std::string format_picture(const Figure& figure, const std::string& picture) {
  return optional_element("p", figure.y_label, "axis") + picture +
         optional_element("p", figure.x_label, "axis along");
}

std::string format_figure(const Figure& figure, Pictures& pictures) {
  std::string text = "<figure>\n" + optional_element("h3", figure.title);
  std::string caption = figure.caption;
  if (figure.bars) {
    text += optional_element("p", figure.x_label, "axis") + format_bars(*figure.bars, figure);
  } else if (const std::optional<std::string> picture = pictures.draw(figure)) {
    text += format_picture(figure, *picture) + format_key(figure);
    if (figure.field && !figure.field->label.empty()) {
      text += element("p", "Colours: " + figure.field->label, "axis");
    }
    for (const std::string& note : prepare_drawing(figure).notes) {
      caption += (caption.empty() ? "" : " ") + note;
    }
  } else {
    text += tabulate(figure);
  }
  return text + optional_element("figcaption", caption) + "</figure>\n";
}

// ---- the page ----------------------------------------------------------------------------------

std::string format_section(const Section& section, Pictures& pictures) {
  std::string text =
      "<section>\n" + optional_element("h2", section.title) + optional_element("p", section.text);
  if (!section.figures.empty()) {
    text += "<div class=\"figures\">\n";
    for (const Figure& figure : section.figures) text += format_figure(figure, pictures);
    text += "</div>\n";
  }
  if (!section.tables.empty()) {
    text += "<div class=\"tables\">\n";
    for (const Table& table : section.tables) text += format_table(table);
    text += "</div>\n";
  }
  return text + "</section>\n";
}

std::string format_badge(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "<span class=\"badge pass\">\u2713 Pass</span>";
    case Verdict::fail:
      return "<span class=\"badge fail\">\u2717 Fail</span>";
    case Verdict::none:
      break;
  }
  return "<span class=\"badge none\">Result, nothing to pass or fail</span>";
}

std::string format_header(const Page& page) {
  return fmt::format("<header>\n{}{}<div class=\"verdict\">{}{}</div>\n</header>\n",
                     element("p", "springspice " + page.command, "kind"), element("h1", page.title),
                     format_badge(page.verdict), optional_element("p", page.summary));
}

// Neither scripts nor any other file may be loaded: what a name in the data says is text.
std::string format_head(const Page& page, const std::string& version) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"springspice {}\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "{}<style>\n{}</style>\n</head>\n",
      escape_html(version), element("title", page.title + " \u2013 springspice " + page.command),
      format_style());
}

}  // namespace

std::string format_html(const Page& page, const std::string& version, const Draw& draw) {
  Pictures pictures(draw);
  std::string sections;
  for (const Section& section : page.sections) sections += format_section(section, pictures);
  std::string text = format_head(page, version) + "<body>\n<main>\n" + format_header(page);
  if (pictures.any_missing()) {
    text +=
        element("p",
                "No gnuplot was found, or it could not draw these numbers: their numbers stand in "
                "tables instead. Install it (apt-get install gnuplot-nox) and make this page "
                "again with springspice report.",
                "notice");
  }
  text += sections + "<section>\n<h2>Run it again</h2>\n<pre><code>" +
          escape_html(quote_words(page.arguments)) + "</code></pre>\n</section>\n";
  text += element("footer", "Made by springspice " + version);
  return text + "</main>\n</body>\n</html>\n";
}

}  // namespace springspice::report
