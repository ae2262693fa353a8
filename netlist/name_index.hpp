// Positions of names, which are compared without regard to case. The names themselves stay where
// they are: a million of them take 16 MB here and no allocation each, a fifth of the time and
// memory of a map of strings. Not for users of the library; circuit.hpp holds two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace springspice::netlist {

class NameIndex {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// The position under which this name was inserted, or kNone.
  /// @param name_at(position) is a name that was inserted
  template <class NameAt>
  std::size_t find(std::string_view name, NameAt&& name_at) const {
    if (slots_.empty()) return kNone;
    const Slot& slot = slots_[probe(name, hash(name), name_at)];
    return slot.next == 0 ? kNone : slot.next - 1;
  }

  /// Makes room for this many names at once.
  void reserve(std::size_t names) {
    while (2 * (names + 1) > slots_.size()) grow();
  }

  /// kNone if the name is new, and now has this position (below 2^32 - 1); else the position that
  /// it has already.
  template <class NameAt>
  std::size_t insert(std::string_view name, std::size_t position, NameAt&& name_at) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    const std::uint32_t hashed = hash(name);
    Slot& slot = slots_[probe(name, hashed, name_at)];
    if (slot.next != 0) return slot.next - 1;
    slot = {hashed, static_cast<std::uint32_t>(position + 1)};
    ++size_;
    return kNone;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t next = 0;  // position + 1; 0: free
  };

  // The name's slot, or the free one where it belongs.
  template <class NameAt>
  std::size_t probe(std::string_view name, std::uint32_t hashed, NameAt&& name_at) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hashed & mask;
    while (slots_[i].next != 0 &&
           (slots_[i].hash != hashed || !same_name(name_at(slots_[i].next - 1), name))) {
      i = (i + 1) & mask;
    }
    return i;
  }

  static std::uint32_t hash(std::string_view name);
  static bool same_name(std::string_view a, std::string_view b);
  void grow();

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace springspice::netlist
