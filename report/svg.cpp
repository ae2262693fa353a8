#include "report/svg.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <vector>

#include "report/plot_style.hpp"
#include "report/text.hpp"
#include <fmt/format.h>

namespace springspice::report {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

/// What stands between two marks; empty where they are not there.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return {};
  const std::size_t end = text.find(after, begin + before.size());
  if (end == std::string::npos) return {};
  return text.substr(begin + before.size(), end - begin - before.size());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

/// "#0072b2" as gnuplot writes it: rgb(  0, 114, 178).
std::string as_rgb(std::string_view color) {
  const auto part = [&](std::size_t at) {
    return std::stoi(std::string(color.substr(at, 2)), nullptr, 16);
  };
  return fmt::format("rgb({:3}, {:3}, {:3})", part(1), part(3), part(5));
}

// One line with the mark of each number in it, without the marks that are never drawn.
std::string keep_used_marks(const std::string& definitions, const std::string& body) {
  const std::vector<std::string> lines = lines_of(definitions);
  const auto uses = [](const std::string& text, const std::string& id) {
    return text.find(fmt::format("'#{}'", id)) != std::string::npos;
  };
  std::string kept;
  // Later marks may be made of earlier ones.
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const std::string id = between(*line, " id='", "'");
    if (id.starts_with("gpPt") || id == "gpDot") {
      if (uses(body, id) || uses(kept, id)) kept = *line + "\n" + kept;
    }
  }
  return kept.empty() ? "" : "<defs>\n" + kept + "</defs>\n";
}

// Under a point with a bar gnuplot paints a white one, which a dark page would show.
bool is_white_mark(const std::string& line) {
  return line.starts_with("<use") && line.find("color='white'") != std::string::npos;
}

// gnuplot opens a group at each change of colour, and closes most of them with nothing in between.
std::string drop_what_is_not_seen(const std::string& body) {
  std::vector<std::string> kept;
  for (const std::string& line : lines_of(body)) {
    if (is_white_mark(line)) continue;
    const bool opened = !kept.empty() && kept.back().starts_with("<g") &&
                        kept.back().find("</g>") == std::string::npos && kept.back().ends_with('>');
    if (line == "</g>" && opened) {
      kept.pop_back();
    } else {
      kept.push_back(line);
    }
  }
  std::string text;
  for (const std::string& line : kept) text += line + "\n";
  return text;
}

void drop_titles(std::string& text) {
  for (std::size_t at = 0; (at = text.find("<title>", at)) != std::string::npos;) {
    const std::size_t end = text.find("</title>", at);
    if (end == std::string::npos) return;
    text.erase(at, end + 8 - at);
  }
}

void drop_ids(std::string& text) {
  constexpr std::string_view kId = " id=\"gnuplot_plot_";
  for (std::size_t at = 0; (at = text.find(kId, at)) != std::string::npos;) {
    text.erase(at, text.find('"', at + kId.size()) + 1 - at);
  }
}

void take_page_colors(std::string& text) {
  for (std::size_t k = 0; k < kPlotColors.size(); ++k) {
    replace_all(text, as_rgb(kPlotColors[k].light), fmt::format("var(--c{})", k));
  }
  replace_all(text, as_rgb(kGridLight), "var(--grid)");
  for (const char* black : {"rgb(0,0,0)", "rgb(  0,   0,   0)"}) {
    replace_all(text, black, "currentColor");
  }
  for (const char* property : {"fill", "stroke"}) {
    for (const char quote : {'"', '\''}) {
      replace_all(text, fmt::format("{0}={1}black{1}", property, quote),
                  fmt::format("{}=\"currentColor\"", property));
    }
  }
  for (const char* color : {" color=\"black\"", " color=\"white\"", " color=\"gray\""}) {
    replace_all(text, color, "");
  }
}

}  // namespace

std::optional<std::string> inline_svg(const std::string& svg, const std::string& prefix,
                                      const std::string& label) {
  const std::string box = between(svg, "viewBox=\"", "\"");
  const std::string definitions = between(svg, "<defs>", "</defs>");
  const std::size_t begin = svg.find("</defs>");
  const std::size_t end = svg.rfind("</svg>");
  if (box.empty() || begin == std::string::npos || end == std::string::npos) return std::nullopt;
  std::string body = svg.substr(begin + 7, end - begin - 7);
  drop_titles(body);
  drop_ids(body);
  body = drop_what_is_not_seen(body);
  std::string text = keep_used_marks(definitions, body) + "<g>\n" + body;
  take_page_colors(text);
  replace_all(text, " font-family=\"sans\"", "");
  replace_all(text, "xlink:href='#", "href='#" + prefix);
  replace_all(text, "xlink:href='data:", "href='data:");
  replace_all(text, " id='gp", " id='" + prefix + "gp");
  return fmt::format(
      "<svg class=\"plot\" viewBox=\"{}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", box,
      escape_html(label), text);
}

}  // namespace springspice::report
