#include "report/style.hpp"

#include "report/plot_style.hpp"
#include <fmt/format.h>

namespace springspice::report {
namespace {

// Text on its ground: at least 7 to 1, quiet text and badges 4.5 to 1.
constexpr const char* kLight =
    "--ground:#ffffff;--raised:#f5f6f8;--ink:#1b1f24;--quiet:#57606a;--rule:#d9dce0;"
    "--pass:#116329;--pass-ground:#dafbe1;--fail:#a40e26;--fail-ground:#ffebe9;";
constexpr const char* kDark =
    "--ground:#14171a;--raised:#1e2327;--ink:#e9ecef;--quiet:#a3abb4;--rule:#3a3f46;"
    "--pass:#7ee2a0;--pass-ground:#12361f;--fail:#ffa8a0;--fail-ground:#4a1416;";

constexpr const char* kRules = R"(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
 font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
 overflow-wrap:anywhere}
main{max-width:73rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .5rem;padding-top:1.25rem;
 border-top:1px solid var(--rule)}
h3{font-size:1rem;line-height:1.35;margin:0}
p{margin:.5rem 0;max-width:48rem;white-space:pre-line}
.kind{color:var(--quiet);margin:0 0 .25rem;font-size:.9rem}
.verdict{display:flex;flex-wrap:wrap;align-items:baseline;gap:.5rem .9rem;margin:0}
.verdict p{margin:0;flex:1 1 18rem}
.badge{display:inline-block;padding:.15rem .7rem;border-radius:.4rem;border:1px solid currentColor;
 font-weight:700;white-space:nowrap}
.pass{color:var(--pass);background:var(--pass-ground)}
.fail{color:var(--fail);background:var(--fail-ground)}
.none{color:var(--quiet);background:var(--raised)}
.notice{border-left:4px solid var(--quiet);background:var(--raised);padding:.6rem .9rem;margin:1.25rem 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));
 gap:1.5rem 2rem;margin:1.25rem 0}
.figures>:only-child{max-width:46rem}
figure{margin:0;min-width:0}
.axis{color:var(--quiet);font-size:.85rem;line-height:1.3;margin:.35rem 0 .1rem}
.along{text-align:center;margin:.1rem 0 .35rem}
.plot{display:block;width:100%;height:auto;overflow:visible;color:var(--ink)}
.plot text{font-family:inherit}
.plot image{image-rendering:pixelated}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:.25rem 0;padding:0;
 font-size:.85rem;line-height:1.35}
.key li{display:flex;align-items:center;gap:.45rem;min-width:0;unicode-bidi:isolate}
.key svg{flex:none;width:34px;height:14px;color:var(--ink)}
.key span{min-width:0}
figcaption{color:var(--quiet);font-size:.9rem;line-height:1.45;margin-top:.35rem}
.tables{display:flex;flex-direction:column;align-items:flex-start;gap:1.25rem;margin:1.25rem 0}
table{border-collapse:collapse;font-size:.9rem;line-height:1.4;max-width:100%;
 font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.35rem;font-size:1rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--rule)}
th{color:var(--quiet);font-weight:600}
.number{text-align:right}
.more{color:var(--quiet)}
.bars{width:100%}
.bars th{font-weight:400;color:var(--ink);width:34%}
.bars td.value{text-align:right;white-space:nowrap;width:1%;padding-left:.6rem;padding-right:0}
.bars td.length{padding-right:0}
.bar{display:block;height:1rem;margin-top:.15rem;background:var(--c0);border-radius:2px;min-width:1px}
pre{background:var(--raised);border:1px solid var(--rule);border-radius:.4rem;padding:.75rem .9rem;
 margin:.75rem 0;font:.9rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
 white-space:pre-wrap;overflow-wrap:anywhere}
footer{color:var(--quiet);font-size:.85rem;margin-top:2rem}
.tables .short{white-space:nowrap}
@media screen and (max-width:40rem){
 main{padding:1.25rem 1rem 2rem}
 h1{font-size:1.4rem}
 .wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 .wide,.wide tbody,.wide tr,.wide td,.wide caption{display:block;width:100%}
 .wide tr{padding:.4rem 0;border-bottom:1px solid var(--rule)}
 .wide td{display:flex;gap:1rem;justify-content:space-between;text-align:right;border:0;padding:.1rem 0}
 .wide td::before{content:attr(data-column);color:var(--quiet);text-align:left;flex:0 1 45%}
 .wide td span{min-width:0}
 .tables .wide .short{white-space:normal}
}
@media print{
 body{font-size:10.5pt}
 main{max-width:none;padding:0}
 .figures{grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
 figure,tr,pre,.notice{break-inside:avoid}
 h1,h2,h3,caption{break-after:avoid}
 .badge,.bar,.plot,.key svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
)";

std::string format_colors(bool dark) {
  std::string text = dark ? kDark : kLight;
  for (std::size_t k = 0; k < kPlotColors.size(); ++k) {
    text += fmt::format("--c{}:{};", k, dark ? kPlotColors[k].dark : kPlotColors[k].light);
  }
  return text + fmt::format("--grid:{};", dark ? kGridDark : kGridLight);
}

}  // namespace

// Dark on a screen alone: paper is white.
std::string format_style() {
  return fmt::format(
      ":root{{color-scheme:light dark;{}}}\n@media screen and (prefers-color-scheme:dark){{"
      ":root{{{}}}}}{}",
      format_colors(false), format_colors(true), kRules);
}

}  // namespace springspice::report
