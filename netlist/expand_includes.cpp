#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "netlist/circuit.hpp"
#include "netlist/element_rules.hpp"
#include "netlist/error.hpp"
#include "netlist/lines.hpp"
#include "netlist/source_text.hpp"

namespace springspice::netlist {
namespace {

// The words of an .include or .lib card; quotes are taken off.
std::vector<std::string_view> words_of(std::string_view line) {
  std::string_view rest = without_comment(line);
  std::vector<std::string_view> out;
  while (true) {
    const auto begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return out;
    rest.remove_prefix(begin);
    const bool quote = rest[0] == '"' || rest[0] == '\'';
    const std::size_t end = quote ? rest.find(rest[0], 1) : rest.find_first_of(" \t");
    out.push_back(rest.substr(quote ? 1 : 0, end == std::string_view::npos ? end : end - quote));
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + (quote ? 1 : 0));
  }
}

bool is_absolute(std::string_view path) {
  return path.starts_with('/') || path.starts_with('\\') || path.starts_with('~') ||
         path.find(':') != std::string_view::npos;
}

// One file that is being read: the deck, or one inside it.
struct Open {
  std::string path;     // what errors call it
  std::string folder;   // "" or "lib/"
  std::string section;  // of .lib, in lower case; empty: the whole file
};

class Expander {
 public:
  Expander(std::string_view name, const ReadFile& read, const IncludeOptions& options)
      : read_(read), options_(options) {
    chain_.push_back({std::string(name), {}, {}});
  }

  SourceText run(std::string_view text) {
    out_.origins.push_back({1, chain_[0].path, 1});
    append(take_line(text));
    expand(text, 2);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(int line, std::string_view text) const {
    throw NetlistError(fmt::format("{}:{}: {}", chain_.back().path, line, text));
  }

  void append(std::string_view line) {
    if (out_.text.size() + line.size() > options_.most_bytes) {
      throw NetlistError(fmt::format("{}: the deck with its files has more than {} bytes",
                                     chain_[0].path, options_.most_bytes));
    }
    out_.text += line;
    if (line.ends_with('\n')) ++line_;
  }

  // From here on, output lines are those of the innermost open file from `number` on.
  void resume(int number) { out_.origins.push_back({line_, chain_.back().path, number}); }

  // Lines of the innermost open file. Only the deck itself has a `.end`.
  void expand(std::string_view text, int first_line) {
    bool commands = false;  // inside .control, where nothing is followed
    for (int number = first_line; !text.empty(); ++number) {
      const auto line = take_line(text);
      const std::string word = dot_word(line);
      if (word == ".control" || word == ".endc") commands = word == ".control";
      if (commands || word.empty()) {
        append(line);
      } else if (begins_section(word, line)) {
        number += skip_section(text, number);
        resume(number + 1);
      } else if (word == ".include" || word == ".inc" || word == ".lib") {
        include(word, line, number);
        resume(number + 1);
      } else if (word == ".end" && chain_.size() > 1) {
        resume(number + 1);
      } else {
        append(line);
      }
    }
  }

  static std::string dot_word(std::string_view line) {
    const auto word = first_word(line);
    return word.starts_with('.') ? lower(word) : std::string();
  }

  bool begins_section(std::string_view word, std::string_view line) const {
    return word == ".lib" && options_.dialect != Dialect::ltspice && words_of(line).size() == 2;
  }

  // Takes the lines down to .endl from the text. Returns how many.
  int skip_section(std::string_view& text, int begin) const {
    for (int count = 1; !text.empty(); ++count) {
      if (dot_word(take_line(text)) == ".endl") return count;
    }
    fail(begin, ".lib begins a section that no .endl ends; to read a file write .include FILE, or "
                ".lib FILE SECTION");
  }

  // The lines between `.lib SECTION` and `.endl`, and the number of the first.
  std::pair<std::string_view, int> find_section(std::string_view text,
                                                const std::string& wanted) const {
    for (int number = 1; !text.empty(); ++number) {
      const auto line = take_line(text);
      if (dot_word(line) != ".lib") continue;
      const auto words = words_of(line);
      if (words.size() != 2 || lower(words[1]) != wanted) continue;
      const std::string_view all = text;
      skip_section(text, number);
      std::string_view section = all.substr(0, all.size() - text.size());
      section.remove_suffix(section.size() - last_line(section));
      return {section, number + 1};
    }
    fail(1, fmt::format("no section {} is here; it would begin with a line .lib {}", quoted(wanted),
                        wanted));
  }

  // Where the last line begins.
  static std::size_t last_line(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto end = text.rfind('\n');
    return end == std::string_view::npos ? 0 : end + 1;
  }

  void include(const std::string& word, std::string_view line, int number) {
    const auto words = words_of(line);
    const bool library = word == ".lib";
    const bool section = library && words.size() == 3;
    if (words.size() < 2 || words[1].empty()) {
      fail(number, fmt::format("{} without a file name; write {} FILE{}", word, word,
                               library ? " SECTION" : ""));
    }
    if (words.size() > 2 && !section) {
      fail(number, fmt::format("{} {}: give one file name, in quotes where it holds a blank", word,
                               quoted(words[1])));
    }
    Open next;
    next.path = path_of(words[1], word, number);
    next.folder = next.path.substr(0, next.path.rfind('/') + 1);
    if (section) next.section = lower(words[2]);
    check_chain(next, number);
    const std::string_view text = text_of_file(next.path, number);
    chain_.push_back(std::move(next));
    const auto [selected, first] = section ? find_section(text, chain_.back().section)
                                           : std::pair(text, 1);
    resume(first);
    expand(selected, first);
    if (!out_.text.ends_with('\n')) append("\n");
    chain_.pop_back();
  }

  // Relative to the deck's folder, without "." and "..".
  std::string path_of(std::string_view name, std::string_view word, int number) const {
    if (std::ranges::any_of(name, [](char c) { return c >= '\0' && c < ' '; })) {
      fail(number, fmt::format("{} {}: the name holds a control character", word, quoted(name)));
    }
    if (is_absolute(name)) {
      if (options_.allow_outside) return std::string(name);
      refuse_path(name, word, number);
    }
    std::vector<std::string_view> parts;
    const std::string whole = chain_.back().folder + std::string(name);
    for (std::string_view rest = whole; !rest.empty();) {
      const auto end = rest.find_first_of("/\\");
      const auto part = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (!parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else if (options_.allow_outside) {
        parts.push_back(part);
      } else {
        refuse_path(name, word, number);
      }
    }
    if (parts.empty()) refuse_path(name, word, number);
    std::string out = is_absolute(whole) ? "/" : "";
    for (const auto& part : parts) out += (out.empty() || out == "/" ? "" : "/") + std::string(part);
    return out;
  }

  // The deck may come from anywhere; it must not read a file elsewhere on the machine.
  [[noreturn]] void refuse_path(std::string_view name, std::string_view word, int number) const {
    fail(number, fmt::format("{} {}: the file must lie in the deck's folder or below; give its "
                             "path from there",
                             word, quoted(name)));
  }

  void check_chain(const Open& next, int number) const {
    std::string chain;
    bool circle = false;
    for (const auto& open : chain_) {
      chain += title_of(open) + " -> ";
      circle = circle || (open.path == next.path && open.section == next.section);
    }
    if (circle) {
      fail(number, fmt::format("{} includes itself ({}{}); break the circle", quoted(next.path),
                               chain, title_of(next)));
    }
    if (std::ssize(chain_) > options_.deepest) {
      fail(number, fmt::format("more than {} files inside one another ({}{}); join some",
                               options_.deepest, chain, title_of(next)));
    }
  }

  static std::string title_of(const Open& open) {
    return open.section.empty() ? open.path : open.path + " " + open.section;
  }

  // Read once, however often it is included.
  std::string_view text_of_file(const std::string& path, int number) {
    if (++files_ > options_.most_files) {
      fail(number, fmt::format("more than {} .include and .lib lines; join some files",
                               options_.most_files));
    }
    const auto known = texts_.find(path);
    if (known != texts_.end()) return known->second;
    return texts_.emplace(path, read_(path)).first->second;
  }

  const ReadFile& read_;
  const IncludeOptions& options_;
  SourceText out_;
  int line_ = 1;  // of the output's end
  int files_ = 0;
  std::vector<Open> chain_;
  std::unordered_map<std::string, std::string> texts_;
};

}  // namespace

SourceText expand_includes(std::string_view text, std::string_view name, const ReadFile& read,
                           const IncludeOptions& options) {
  return Expander(name, read, options).run(text);
}

}  // namespace springspice::netlist
