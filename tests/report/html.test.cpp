// The page as HTML: order, escaping, pictures and what stands in their place.
#include "report/html.hpp"

#include <algorithm>
#include <limits>

#include "tests/catch.hpp"
#include "tests/report/sample_page.hpp"

using namespace springspice::report;

namespace {

// As gnuplot writes it, with one mark and one empty group.
constexpr const char* kSvg = R"(<?xml version="1.0" encoding="utf-8"  standalone="no"?>
<svg 
 width="500" height="320"
 viewBox="0 0 500 320"
 xmlns="http://www.w3.org/2000/svg"
>
<title>Gnuplot</title>
<g id="gnuplot_canvas">
<defs>
	<circle id='gpDot' r='0.5' stroke-width='0.5' stroke='currentColor'/>
	<circle id='gpPt5' stroke-width='0.222' stroke='currentColor' cx='0' cy='0' r='1'/>
	<use xlink:href='#gpPt5' id='gpPt6' fill='currentColor' stroke='none'/>
</defs>
<g fill="none" color="black" stroke="currentColor">
</g>
	<g id="gnuplot_plot_1" ><title>gnuplot_plot_1</title>
<g fill="none" color="black" stroke="currentColor">
	<path stroke='rgb(  0, 114, 178)'  d='M1,1 L2,2'/>	<g fill="black" font-family="sans">
		<text>1.5</text>
	</g>
	<use xlink:href='#gpPt6' transform='translate(1,1) scale(2)' color='rgb(213,  94,   0)'/>
</g>
	</g>
</g>
</svg>
)";

std::string make(const Page& page) {
  return format_html(page, "0.1.0", [](const std::string&) { return std::string(kSvg); });
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t number = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++number;
  return number;
}

}  // namespace

TEST_CASE("the verdict comes first, then figures, tables, and the command") {
  const std::string html = make(sample_page());
  std::size_t last = 0;
  for (const char* part :
       {"<!DOCTYPE html>", "<html lang=\"en\">", "<meta charset=\"utf-8\">", "name=\"viewport\"",
        "<title>A page", "<h1>A page</h1>", "\u2713 Pass", "All is well.", "<h2>Section</h2>",
        "<figure>", "<h3>curves</h3>", "class=\"plot\"", "<caption>table</caption>",
        "springspice fit --data &#39;my table.csv&#39;", "</html>"}) {
    const std::size_t at = html.find(part);
    INFO(part);
    REQUIRE(at != std::string::npos);
    CHECK(at >= last);
    last = at;
  }
  CHECK(!has(html, "<script"));
  CHECK(!has(html, "http://"));
  CHECK(!has(html, "https://"));
}

TEST_CASE("each verdict is a word") {
  Page page = sample_page();
  page.verdict = Verdict::fail;
  CHECK(has(make(page), "\u2717 Fail"));
  page.verdict = Verdict::none;
  CHECK(has(make(page), "nothing to pass or fail"));
}

TEST_CASE("hostile names stay text wherever they stand") {
  const std::string hostile = "<script>alert(1)</script>\"' onload=x `ls`\n&amp;";
  Page page = sample_page();
  page.title = page.summary = page.command = hostile;
  page.arguments = {hostile};
  Section& section = page.sections[0];
  section.title = section.text = hostile;
  section.tables[0] = {hostile, {hostile, hostile}, {{hostile, hostile}}};
  for (Figure& figure : section.figures) {
    figure.title = figure.caption = figure.x_label = figure.y_label = hostile;
    for (Series& series : figure.series) series.name = hostile;
    if (figure.field) figure.field->label = hostile;
    if (figure.bars) figure.bars->names = {hostile, hostile};
  }
  for (const std::string& html : {make(page), format_html(page, "0.1.0", {})}) {
    CHECK(!has(html, "<script"));
    CHECK(!has(html, "\"' onload"));
    CHECK(has(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(has(html, "&amp;amp;"));
  }
}

TEST_CASE("pictures fill their place, with ids of their own and the page's colours") {
  const std::string html = make(sample_page());
  CHECK(has(html, "viewBox=\"0 0 500 320\" role=\"img\" aria-label=\"curves: a caption\""));
  CHECK(!has(html, "width=\"500\""));
  CHECK(count(html, "id='f1-gpPt6'") == 1);
  CHECK(count(html, "id='f2-gpPt6'") == 1);
  CHECK(count(html, "href='#f1-gpPt5'") == 1);
  CHECK(count(html, "href='#f1-gpPt6'") == 1);
  CHECK(!has(html, "gpDot"));
  CHECK(!has(html, "xlink"));
  CHECK(has(html, "stroke='var(--c0)'"));
  CHECK(has(html, "color='var(--c1)'"));
  CHECK(has(html, "fill=\"currentColor\""));
  CHECK(!has(html, "\"black\""));
  CHECK(!has(html, "gnuplot_plot_1"));
  CHECK(!has(html, "font-family=\"sans\""));
}

TEST_CASE("without gnuplot the page says so once, and has tables") {
  Page page = sample_page();
  Figure& figure = page.sections[0].figures[0];
  figure.series.push_back({"long", Series::Kind::line, {}, {}, {}, {}});
  for (int k = 0; k < 500; ++k) {
    figure.series.back().x.push_back(k);
    figure.series.back().y.push_back(k == 499 ? 0.25 : std::numeric_limits<double>::quiet_NaN());
  }
  int asked = 0;
  const std::string html = format_html(page, "0.1.0", [&](const std::string&) {
    ++asked;
    return std::optional<std::string>();
  });
  CHECK(asked == 1);  // not again for each figure
  CHECK(count(html, "class=\"notice\"") == 1);
  CHECK(has(html, "gnuplot-nox"));
  CHECK(!has(html, "class=\"plot\""));
  CHECK(has(html, "20 of 500 rows"));
  CHECK(has(html, "<span>499</span>"));
  CHECK(has(html, "<span>0.25</span>"));
  CHECK(has(html, "<caption>band</caption>"));
  CHECK(has(html, "<caption>value</caption>"));
}

TEST_CASE("what is no SVG is no picture") {
  const std::string html =
      format_html(sample_page(), "0.1.0", [](const std::string&) { return "no picture"; });
  CHECK(has(html, "class=\"notice\""));
  CHECK(!has(html, "no picture"));
}

TEST_CASE("bars are as long as their values, and on a logarithmic scale as their logarithms") {
  Page page = sample_page();
  Figure& figure = page.sections[0].figures[2];
  figure.bars = Bars{{"a", "b", "none"}, {10.0, 0.1, 0.0}};
  std::string html = make(page);
  CHECK(has(html, "style=\"width:100.0%\""));
  CHECK(has(html, "style=\"width:1.0%\""));
  CHECK(has(html, "style=\"width:0.0%\""));
  figure.bars->values = {10.0, 1.0, 0.0};
  figure.log_x = true;
  html = make(page);
  // From 1, the least decade: its bar would have no length, so the scale begins a decade below.
  CHECK(has(html, "style=\"width:100.0%\""));
  CHECK(has(html, "style=\"width:50.0%\""));
}
