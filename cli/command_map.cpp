// `map`: a folder with everything that a board needs, and what to expect of it.
#include <fmt/format.h>

#include "cli/circuit_files.hpp"
#include "cli/commands.hpp"
#include "cli/gnuplot.hpp"
#include "cli/map_pictures.hpp"
#include "cli/map_study.hpp"
#include "cli/map_summary.hpp"
#include "cli/output_folder.hpp"
#include "cli/pages/map_page.hpp"
#include "cli/predictions.hpp"
#include "cli/record.hpp"
#include "cli/results.hpp"

namespace springspice::cli {
namespace {

// All that the folder may hold.
const std::vector<std::string> kFiles = {
    "board.cir", "board.json", "board_real.cir", "board_vendor.cir", "bom.csv",    "parts.csv",
    "draws.csv", "band.csv",   "prediction.png", "error.png",        "budget.png", "summary.md"};

std::vector<std::string> draw_pictures(const MapStudy& study, OutputFolder& folder) {
  std::vector<std::string> drawn;
  for (const Picture& picture : make_map_pictures(study)) {
    const auto png = draw_png(picture.script, picture.width, picture.height);
    if (!png) continue;
    folder.add(picture.name).write(*png);
    drawn.push_back(picture.name);
  }
  return drawn;
}

void write_folder(const MapStudy& study, OutputFolder& folder) {
  folder.add("board.cir").write(study.built.files.deck);
  folder.add("board.json").write(format_manifest(study.built));
  folder.add("board_real.cir").write(study.real_deck);
  if (study.vendor) {
    for (const DeckFile* file : {&study.vendor->deck, &study.vendor->model}) {
      folder.add(file->name).write(file->text);
    }
  }
  folder.add("bom.csv").write(hw::format_bill(study.bill));
  folder.add("parts.csv").write(format_parts(study));
  folder.add("draws.csv").write(format_draws(study));
  folder.add("band.csv").write(format_band(study));
  const std::vector<std::string> pictures = draw_pictures(study, folder);
  folder.add("summary.md").write(format_map_summary(study, pictures));
}

// The data's rows once more, for the pictures.
std::optional<DataSample> sample_rows(const Options& options, const MapStudy& study) {
  if (!study.prepared.model) return std::nullopt;
  return read_sample(*options.data, {study.prepared.model->inputs, study.prepared.model->targets});
}

}  // namespace

int run_map(const Options& options) {
  Progress progress;
  OutputFolder folder(*options.out);
  JsonOutput results(options);
  RecordOutput record(options);
  const MapStudy study = study_map(options, progress);
  remark_clamped(study.built.clamped_queries, study.built.queries, "queries");
  write_folder(study, folder);
  results.write(map_to_json(study));
  if (record) record.write(make_map_page(study, sample_rows(options, study)));
  folder.commit(kFiles);
  results.commit();
  record.commit();
  print_text(options, format_map_overview(study) +
                          fmt::format("wrote {} files to {}\nverdict: {}\n", folder.names().size(),
                                      *options.out, study.passed() ? "pass" : "fail"));
  return study.passed() ? 0 : 1;
}

}  // namespace springspice::cli
