// Any bytes, read as a deck with its files: all that reads decks either works or throws
// NetlistError, within the limits that run.sh sets on time and memory.
//
// Parts of the input that a line "%%%%" separates are the deck and its files f1, f2, ...
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/source_text.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"

using namespace springspice::netlist;

namespace {

// A kilobyte can stand for millions of elements; these are enough to reach all of flatten().
constexpr FlattenLimits kLimits{.elements = 2000, .name_bytes = 1'000'000};
constexpr std::string_view kSeparator = "\n%%%%\n";

std::vector<std::string> parts_of(std::string_view input) {
  std::vector<std::string> out;
  while (true) {
    const auto end = input.find(kSeparator);
    out.emplace_back(input.substr(0, end));
    if (end == std::string_view::npos) return out;
    out.back() += '\n';
    input.remove_prefix(end + kSeparator.size());
  }
}

SourceText expand(const std::vector<std::string>& parts, Dialect dialect) {
  const auto read = [&](const std::string& path) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (path == "f" + std::to_string(i)) return parts[i];
    }
    throw NetlistError("no file " + path);
  };
  IncludeOptions options;
  options.dialect = dialect;
  options.most_bytes = 1'000'000;
  options.most_files = 100;
  try {
    return expand_includes(parts[0], "deck", read, options);
  } catch (const NetlistError&) {
    return {parts[0], {}};  // read on without the files
  }
}

void stamp_it(const Circuit& circuit) {
  try {
    stamp(flatten(circuit, kLimits));
  } catch (const NetlistError&) {
  }
}

// What is read is also written, if the writer can say it; what is written is read back the same.
void write_it(const Circuit& circuit) {
  std::string written;
  try {
    written = format_deck(circuit);
  } catch (const NetlistError&) {
    return;
  }
  const ReadOptions options{.keep_unknown = true};
  const std::string again = format_deck(parse_deck(written, "written", options));
  if (again != written) std::abort();
}

void change_text(const std::string& text) {
  if (replace_cards(text, [](auto, auto) { return std::nullopt; }) != text) std::abort();
  if (strip_analyses(text).size() > text.size()) std::abort();
  strip_waveforms(text);
}

void read_it(const SourceText& source, const ReadOptions& options) {
  Circuit circuit;
  try {
    circuit = parse_deck(source, options);
  } catch (const NetlistError&) {
    return;
  }
  stamp_it(circuit);
  write_it(circuit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> parts = parts_of(input);
  for (const Dialect dialect : {Dialect::ngspice, Dialect::xyce, Dialect::ltspice}) {
    const SourceText source = expand(parts, dialect);
    if (dialect == Dialect::ngspice) change_text(source.text);
    for (const bool keep_unknown : {false, true}) read_it(source, {dialect, keep_unknown});
  }
  return 0;
}
