// Damaged decks: they parse, or they throw NetlistError; nothing else may happen.
#include <random>

#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/parser.hpp"
#include "netlist/stamp.hpp"
#include "netlist/writer.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/random_circuit.hpp"

using namespace springspice::netlist;

namespace {

// True if it parses. What parses must also be written, and read back as the same.
bool survives(const std::string& text) {
  Circuit circuit;
  try {
    circuit = parse_deck(text, "deck");
    stamp(flatten(circuit));
  } catch (const NetlistError&) {
    return false;
  }
  const std::string written = format_deck(circuit);
  CHECK(format_deck(parse_deck(written, "again")) == written);
  return true;
}

std::string good_deck(std::uint64_t seed) {
  return format_deck(springspice::netlist::testing::RandomCircuit(seed).make());
}

std::vector<std::string> good_decks() {
  std::vector<std::string> out;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) out.push_back(good_deck(seed));
  return out;
}

}  // namespace

TEST_CASE("every truncation of a deck parses or throws NetlistError") {
  const std::string deck = good_deck(7);
  for (std::size_t n = 0; n < deck.size(); ++n) {
    // Only the deck without its last newline is still whole.
    CHECK(survives(deck.substr(0, n)) == (n + 1 == deck.size()));
  }
}

TEST_CASE("every mutation of a deck parses or throws NetlistError") {
  constexpr std::string_view kBytes = "\n\r\t \0+*.;$={}(),'\"#-0159aceimkrvxEX\x80\xff";
  constexpr std::string_view kBits =
      "=\n+ {p1} .ends .subckt .ic v( 1e999 -0 {} () ; * *# x1 ic= ac dc pwl( trnoise(,";
  const auto decks = good_decks();
  std::mt19937_64 engine(2);
  int parsed = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    std::string deck = decks[i % decks.size()];
    for (std::uint64_t j = engine() % 3 + 1; j > 0; --j) {
      const auto at = static_cast<std::size_t>(engine() % deck.size());
      switch (engine() % 4) {
        case 0:
          deck[at] = kBytes[engine() % kBytes.size()];
          break;
        case 1:
          deck.erase(at, engine() % 5 + 1);
          break;
        case 2:
          deck.insert(at, kBits.substr(engine() % kBits.size(), engine() % 6));
          break;
        default:
          deck.insert(at, deck.substr(engine() % deck.size(), engine() % 20));
          break;
      }
    }
    if (survives(deck)) ++parsed;
  }
  INFO(parsed);
  // Both sides are met: the test would say nothing if all decks failed at their first line.
  CHECK(parsed > 100);
  CHECK(parsed < 1900);
}

TEST_CASE("random bytes throw NetlistError") {
  std::mt19937_64 engine(3);
  for (int i = 0; i < 2000; ++i) {
    std::string deck(engine() % 200, ' ');
    for (char& c : deck) c = static_cast<char>(engine());
    CHECK_FALSE(survives(deck));
  }
}

TEST_CASE("what changes a deck's text takes any bytes") {
  const auto decks = good_decks();
  std::mt19937_64 engine(4);
  for (std::size_t i = 0; i < 2000; ++i) {
    std::string deck = decks[i % decks.size()];
    deck.resize(engine() % deck.size());
    for (std::uint64_t j = engine() % 20; j > 0 && !deck.empty(); --j) {
      deck[static_cast<std::size_t>(engine() % deck.size())] = static_cast<char>(engine());
    }
    CHECK(strip_analyses(deck).size() <= deck.size());
    CHECK(replace_cards(deck, [](auto, auto) { return std::nullopt; }) == deck);
    strip_waveforms(deck);
  }
}
