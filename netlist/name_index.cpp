#include "netlist/name_index.hpp"

#include <algorithm>
#include <utility>

namespace springspice::netlist {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

// FNV-1a of 64 bits, its ends mixed: names of a grid differ in few digits.
std::uint32_t NameIndex::hash(std::string_view name) {
  std::uint64_t out = 14695981039346656037ULL;
  for (const char c : name) {
    out = (out ^ static_cast<unsigned char>(lower(c))) * 1099511628211ULL;
  }
  out ^= out >> 32;
  out *= 0x9e3779b97f4a7c15ULL;
  return static_cast<std::uint32_t>(out >> 32);
}

bool NameIndex::same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char p, char q) { return lower(p) == lower(q); });
}

void NameIndex::grow() {
  constexpr std::size_t kFewest = 16;
  std::vector<Slot> old(std::max(kFewest, 2 * slots_.size()));
  std::swap(old, slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.next == 0) continue;
    std::size_t i = slot.hash & mask;
    while (slots_[i].next != 0) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

}  // namespace springspice::netlist
