// springspice-man-page FILE: writes springspice(1) from the texts of the program's help, so that
// the two cannot differ. Run by the build. Options that several commands share are told once.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help_texts.hpp"
#include "cli/options.hpp"

namespace springspice::cli {
namespace {

// ---- roff

std::string escape(std::string_view text) {
  std::string roff;
  for (const char c : text) {
    if (c == '-') {
      roff += "\\-";  // a plain one may be typeset as a hyphen, which nobody can copy
    } else if (c == '\\') {
      roff += "\\e";
    } else {
      roff += c;
    }
  }
  // At the beginning of a line these are requests.
  if (roff.starts_with('.') || roff.starts_with('\'')) roff.insert(0, "\\&");
  return roff;
}

std::string quote(std::string_view text) { return "\"" + escape(text) + "\""; }

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string paragraph(const std::vector<std::string>& lines) {
  std::string roff;
  for (const std::string& line : lines) roff += escape(line) + "\n";
  return roff;
}

// ---- the help's texts

// "name   what it is", two blanks or more between.
std::pair<std::string, std::string> split_entry(const std::string& line) {
  const std::size_t from = line.find_first_not_of(' ');
  const std::size_t gap = line.find("  ", from);
  if (from == std::string::npos || gap == std::string::npos) {
    throw std::runtime_error(
        fmt::format("the help's line '{}' is not a name, two blanks, and a text", line));
  }
  return {line.substr(from, gap - from), line.substr(line.find_first_not_of(' ', gap))};
}

// The help's block that begins so, without that beginning.
std::vector<std::string> overview_block(std::string_view beginning) {
  std::vector<std::string> block;
  for (const std::string& line : lines_of(kOverview)) {
    if (!block.empty() && line.empty()) break;
    if (!block.empty() || line.starts_with(beginning)) block.push_back(line);
  }
  if (block.empty()) {
    throw std::runtime_error(fmt::format("the help has no block '{}'", beginning));
  }
  block.front().erase(0, beginning.size());
  if (block.front().empty()) block.erase(block.begin());
  return block;
}

struct Usage {
  std::vector<std::string> synopsis, text;
};

// Lines of usage, an empty one, and a text.
Usage split_usage(const CommandHelp& command) {
  const std::vector<std::string> lines = lines_of(command.usage);
  const auto empty = std::find(lines.begin(), lines.end(), "");
  if (empty == lines.end()) {
    throw std::runtime_error(fmt::format("the help of {} has no text", command.name));
  }
  return {{lines.begin(), empty}, {empty + 1, lines.end()}};
}

// ---- options

std::string format_option(const ListedOption& option) {
  std::string roff = fmt::format(".TP\n\\fB\\-\\-{}\\fR", escape(option.name));
  if (option.takes_value) roff += " \\fIvalue\\fR";
  if (!option.standard.empty()) roff += fmt::format(" (={})", escape(option.standard));
  return roff + "\n" + escape(option.text) + "\n";
}

std::string format_options(const ListedGroup& group) {
  std::string roff;
  for (const ListedOption& option : group.options) roff += format_option(option);
  return roff;
}

using Groups = std::vector<ListedGroup>;

// What is told once: options that all commands have, and groups that several have.
class Shared {
 public:
  Shared() {
    std::map<std::string, std::size_t> count;
    for (const CommandHelp& command : command_help()) {
      for (const ListedGroup& group : list_options(command.name)) {
        for (const ListedOption& option : group.options) {
          if (++count[format_option(option)] == command_help().size()) {
            common_.options.push_back(option);
          }
        }
      }
    }
    for (const CommandHelp& command : command_help()) {
      for (const ListedGroup& group : groups_of(command.name)) {
        const std::string text = format_options(group);
        if (users_[text].empty()) order_.push_back(group);
        users_[text].emplace_back(command.name);
      }
    }
  }

  /// A command's groups, without what all commands have.
  Groups groups_of(const std::string& command) const {
    Groups groups;
    for (ListedGroup group : list_options(command)) {
      std::erase_if(group.options, [&](const ListedOption& option) { return is_common(option); });
      if (!group.options.empty()) groups.push_back(std::move(group));
    }
    return groups;
  }

  bool has(const ListedGroup& group) const { return users_.at(format_options(group)).size() > 1; }

  std::string format() const {
    std::string roff = "Of every command:\n" + format_options(common_);
    for (const ListedGroup& group : order_) {
      if (!has(group)) continue;
      const std::string text = format_options(group);
      roff += fmt::format(".SS {}\nOf {}.\n{}", quote(group.caption), join(users_.at(text)), text);
    }
    return roff;
  }

 private:
  bool is_common(const ListedOption& option) const {
    const std::string text = format_option(option);
    return std::any_of(common_.options.begin(), common_.options.end(),
                       [&](const ListedOption& common) { return format_option(common) == text; });
  }

  static std::string join(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
      text += fmt::format("\\fB{}\\fR", names[i]);
    }
    return text;
  }

  ListedGroup common_;
  std::map<std::string, std::vector<std::string>> users_;  // of a group's text
  Groups order_;
};

std::string format_command(const CommandHelp& command, const Shared& shared) {
  const Usage usage = split_usage(command);
  std::string roff = fmt::format(".SS {}\n", quote(command.name));
  roff += ".nf\n" + paragraph(usage.synopsis) + ".fi\n.PP\n" + paragraph(usage.text);
  std::string below, own;
  for (const ListedGroup& group : shared.groups_of(command.name)) {
    if (shared.has(group)) {
      below += fmt::format("{}\\(lq{}\\(rq", below.empty() ? "" : ", ", escape(group.caption));
    } else {
      own += format_options(group);
    }
  }
  if (!below.empty()) {
    roff += fmt::format(".PP\nOptions: {} (see OPTIONS){}\n", below, own.empty() ? "." : ", and:");
  }
  return roff + own;
}

// ---- the page

// What no help says, for the program does not ask for it.
constexpr const char* kFiles = R"(.SH FILES
.TP
\fINAME.cir\fR, \fINAME.json\fR
A netlist, and the manifest beside it: what each node and element means in the model.
.TP
\fI../share/springspice/profiles/\fR
The hardware profiles of \fBmap\fR, to copy and change, with their format in README.md; seen from
the program's folder.
.TP
\fI../libexec/springspice/springspice\-ngspice\fR
Runs ngspice in a process of its own; started by the program, not by hand.
.SH SEE ALSO
.BR ngspice (1),
.BR gnucap (1),
.BR gnuplot (1)
)";

std::string version() {
  const char* const words[] = {"springspice", "--version"};
  const std::string line = parse_command_line(2, words).text.value();
  return line.substr(0, line.find('\n'));
}

std::string format_page() {
  // "springspice: what it is."
  std::string title = lines_of(kOverview).front();
  title = title.substr(title.find(' ') + 1);
  if (title.ends_with('.')) title.pop_back();
  const Shared shared;
  // No date: the same program, the same page.
  std::string page = fmt::format(".TH SPRINGSPICE 1 \"\" {} \"User Commands\"\n", quote(version()));
  page += ".nh\n.ad l\n";  // no hyphens that are not the options' own
  page += fmt::format(".SH NAME\nspringspice \\- {}\n", escape(title));
  page +=
      ".SH SYNOPSIS\n\\fBspringspice\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n.br\n"
      "\\fBspringspice\\fR [\\fIcommand\\fR] \\fB\\-\\-help\\fR\n.br\n"
      "\\fBspringspice \\-\\-version\\fR\n";
  page += ".SH DESCRIPTION\n";
  for (const std::string& line : overview_block("Commands:")) {
    const auto [name, text] = split_entry(line);
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escape(name), escape(text));
  }
  page += ".SH COMMANDS\n";
  for (const CommandHelp& command : command_help()) page += format_command(command, shared);
  page += ".SH OPTIONS\n" + shared.format();
  page += ".SH EXIT STATUS\n" + paragraph(overview_block("Exit status: "));
  page += ".SH EXAMPLES\n";
  for (const std::string& line : overview_block("Start here:")) {
    const auto [example, text] = split_entry(line);
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", escape(example), escape(text));
  }
  return page + kFiles;
}

}  // namespace
}  // namespace springspice::cli

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: springspice-man-page FILE\n";
    return 2;
  }
  try {
    std::ofstream file(argv[1]);
    file << springspice::cli::format_page();
    file.close();
    if (!file) throw std::runtime_error(std::string("cannot write ") + argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "springspice-man-page: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
