// A deck and the files that it includes, as one text that knows where each line came from.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "netlist/dialect.hpp"

namespace springspice::netlist {

/// From line `line` of the text on, until the next origin, lines are those of `file` from
/// `file_line` on. Lines count from 1.
struct LineOrigin {
  int line = 1;
  std::string file;
  int file_line = 1;
};

struct SourceText {
  std::string text;
  std::vector<LineOrigin> origins;  ///< ascending; the first is {1, the deck, 1}
};

struct IncludeOptions {
  Dialect dialect = Dialect::ngspice;
  bool allow_outside = false;  ///< paths that leave the deck's folder: `..`, absolute, drives
  std::size_t most_bytes = 1'000'000'000;  ///< of the expanded text
  int most_files = 1000;                   ///< `.include` and `.lib` lines that are followed
  int deepest = 16;                        ///< files inside one another
};

/// Returns the text of a file, whose path is relative to the deck's folder, with '/' between its
/// parts, or throws. Symbolic links are its business.
using ReadFile = std::function<std::string(const std::string& path)>;

/// The deck with the texts of its files in their places, inside a .subckt too:
///
///   .include FILE, .inc FILE     quotes optional; FILE lies relative to the file that names it
///   .lib FILE SECTION            the lines between `.lib SECTION` and `.endl [SECTION]` of FILE
///   .lib FILE                    in LTspice's dialect: all of FILE
///
/// A file has no title line; a line `.end` in it is dropped. Sections that nobody asked for are
/// dropped, those of the deck itself too. Nothing is followed inside a `.control` block.
/// @param name what errors call the deck: "NAME:line: ..."; a file is called by its path
/// @throws NetlistError for a path that leaves the deck's folder (see IncludeOptions) or holds a
/// colon or a control character, a file or section that includes itself (with the chain), a section
/// that is not there or does not end, and for more than the options' limits.
SourceText expand_includes(std::string_view text, std::string_view name, const ReadFile& read,
                           const IncludeOptions& options = {});

}  // namespace springspice::netlist
