// `report`: a run that --record kept, as one HTML page.
#include "report/html.hpp"
#include "report/record.hpp"
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/gnuplot.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/read_file.hpp"
#include "cli/results.hpp"
#include "core/table.hpp"

namespace springspice::cli {

int run_report(const Options& options) {
  OutputFile file(*options.out);
  const std::string text = read_file(options.record, "give a file that --record wrote");
  const report::Page page = report::parse_record(text, core::printable(options.record, 200));
  bool failed = false;
  const report::Draw draw = [&failed](const std::string& script) {
    std::optional<std::string> svg = draw_svg(script);
    failed = failed || !svg;
    return svg;
  };
  const std::string html = report::format_html(page, SPRINGSPICE_VERSION, draw);
  file.write(html);
  file.commit();
  if (failed) {
    print_remark(
        "no gnuplot, or it failed: the page has tables in place of pictures (apt-get install "
        "gnuplot-nox)");
  }
  print_text(options,
             fmt::format("{}: {} bytes\n", core::printable(*options.out, 200), html.size()));
  return 0;
}

}  // namespace springspice::cli
