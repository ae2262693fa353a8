#include "sim/results/raw_header.hpp"

#include <charconv>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"
#include "netlist/circuit.hpp"

namespace springspice::sim {
namespace {

constexpr std::string_view kBlanks = " \t\r";
// Each needs a few bytes in the header; more is no header.
constexpr std::uint64_t kMostVariables = 10'000'000;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

class Reader {
 public:
  Reader(LineSource& source, const std::string& path) : source_(source), path_(path) {}

  std::optional<RawHeader> read() {
    std::string line;
    bool any = false;
    while (source_.next(line)) {
      const std::string_view text = trimmed(line);
      if (text.empty()) continue;
      any = true;
      if (text == "Binary:" || text == "Values:") {
        header_.binary = text == "Binary:";
        check();
        return header_;
      }
      take(text);
    }
    if (!any) return std::nullopt;
    fail("the header has no end; a line 'Binary:' or 'Values:' must come");
  }

 private:
  void take(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view key = text.substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : trimmed(text.substr(colon + 1));
    if (in_variables_ && text[0] >= '0' && text[0] <= '9') return take_variable(text);
    if (key == "Title") header_.title = value;
    if (key == "Plotname") header_.plot = value;
    if (key == "Flags") header_.flags = " " + netlist::lower(value) + " ";
    if (key == "Command") header_.command = value;
    if (key == "No. Variables") header_.variables = read_count(key, value);
    if (key == "No. Points") header_.points = read_count(key, value);
    if (key == "Offset") header_.offset_s = core::parse_number(value).value;
    if (key == "Variables") {
      in_variables_ = true;
      if (!value.empty()) take_variable(value);  // some stand on the same line
    }
  }

  // "1  v(x0)  voltage": a name may hold no blank.
  void take_variable(std::string_view text) {
    const auto blank = text.find_first_of(kBlanks);
    const std::string_view rest =
        blank == std::string_view::npos ? std::string_view() : trimmed(text.substr(blank));
    header_.names.emplace_back(rest.substr(0, rest.find_first_of(kBlanks)));
  }

  std::uint64_t read_count(std::string_view key, std::string_view value) {
    std::uint64_t count = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error != std::errc() || stop != value.data() + value.size()) {
      fail(fmt::format("'{}' is '{}', which is no number", key, core::printable(value)));
    }
    return count;
  }

  void check() {
    if (header_.variables > kMostVariables || header_.names.size() != header_.variables ||
        header_.variables == 0) {
      fail(fmt::format("the header lists {} variables and says that there are {}",
                       header_.names.size(), header_.variables));
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw core::InputError(fmt::format("{}: line {}: {}; is the file damaged?",
                                       core::printable(path_, 200), source_.line(), what));
  }

  LineSource& source_;
  const std::string& path_;
  RawHeader header_;
  bool in_variables_ = false;
};

}  // namespace

std::optional<RawHeader> read_raw_header(LineSource& source, const std::string& path) {
  return Reader(source, path).read();
}

}  // namespace springspice::sim
