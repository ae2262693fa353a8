#include "cli/circuit_files.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "hw/manifest.hpp"
#include "netlist/flatten.hpp"
#include "netlist/names.hpp"
#include "netlist/parser.hpp"

namespace springspice::cli {
namespace {

// What --match-names of certify goes by, from the deck as it will be read; a large one keeps none.
void keep_names(hw::Manifest& manifest, const Built& built) {
  if (manifest.design.circuit.elements().size() > netlist::kMostElementsToName) return;
  const auto dialect = netlist::parse_dialect(manifest.dialect);
  const netlist::FlatCircuit flat = netlist::flatten(
      netlist::parse_deck(built.whole_deck(), {dialect.value_or(netlist::Dialect::ngspice)}));
  if (flat.elements.size() > netlist::kMostElementsToName) return;  // a few instances may hold all
  manifest.names = netlist::colour_names(flat, netlist::names_of(manifest.design))
                       .value_or(std::vector<netlist::NameColour>());
}

}  // namespace

// The design of the manifest is the flat one; its noise acts on the parts of what was written.
std::string format_manifest(const Built& built) {
  hw::Manifest manifest = built.manifest;
  manifest.design.noise = built.files.noise;
  keep_names(manifest, built);
  return hw::format_manifest(manifest);
}

CircuitFiles::CircuitFiles(const Options& options)
    : out_(*options.out),
      manifest_name_(*options.manifest),
      deck_(*options.out),
      manifest_(*options.manifest) {}

void CircuitFiles::write(const Built& built) {
  for (const DeckFile& file : built.files.beside) {
    const auto path = std::filesystem::path(out_).replace_filename(file.name);
    beside_.push_back(std::make_unique<OutputFile>(path.string()));
    beside_.back()->write(file.text);
  }
  deck_.write(built.files.deck);
  manifest_.write(format_manifest(built));
  for (const auto& file : beside_) file->finish();
  deck_.finish();
  manifest_.finish();
}

void CircuitFiles::commit() {
  for (const auto& file : beside_) file->commit();
  deck_.commit();
  manifest_.commit();
}

std::string CircuitFiles::list(const Built& built) const {
  constexpr std::size_t kShown = 4;
  std::string text = fmt::format("{}, {}", out_, manifest_name_);
  const std::vector<DeckFile>& beside = built.files.beside;
  if (beside.size() > kShown) return fmt::format("{} and {} more", text, beside.size());
  for (const DeckFile& file : beside) text += ", " + file.name;
  return text;
}

}  // namespace springspice::cli
