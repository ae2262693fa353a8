#include "cli/read_deck.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/pipeline.hpp"
#include "cli/read_file.hpp"
#include "core/error.hpp"
#include "netlist/dialect.hpp"
#include "netlist/parser.hpp"
#include "netlist/runnable.hpp"
#include "netlist/writer.hpp"

namespace springspice::cli {
namespace {

netlist::SourceText expand(const Options& options, const std::string& deck,
                           netlist::Dialect dialect) {
  const auto read_beside = [&](const std::string& file) {
    const auto path = (std::filesystem::path(options.deck).parent_path() / file).string();
    return read_file(path, "the deck includes it; put it there, or write deck and manifest anew");
  };
  netlist::IncludeOptions include;
  include.dialect = dialect;
  include.allow_outside = options.allow_outside;
  return netlist::expand_includes(deck, options.deck, read_beside, include);
}

}  // namespace

ReadDeck read_deck(const Options& options, const std::string& text,
                   const std::string& dialect_name) {
  const auto dialect = netlist::parse_dialect(dialect_name);
  if (!dialect) {
    throw core::InputError(
        fmt::format("{}: the dialect '{}' is not known; known are ngspice, xyce and ltspice",
                    core::printable(*options.manifest, 200), core::printable(dialect_name)));
  }
  netlist::SourceText source = expand(options, text, *dialect);
  ReadDeck deck;
  deck.circuit = netlist::parse_deck(source, {*dialect, options.pass_unknown});
  const bool as_it_is = *dialect == netlist::Dialect::ngspice && deck.circuit.foreign.empty();
  if (*dialect != netlist::Dialect::ngspice) {
    print_remark(fmt::format("{}: written in {}; ngspice runs the same circuit in its own words",
                             core::printable(options.deck, 200), dialect_name));
  }
  deck.text = as_it_is ? std::move(source.text)
                       : netlist::format_deck(netlist::make_runnable(deck.circuit));
  return deck;
}

}  // namespace springspice::cli
