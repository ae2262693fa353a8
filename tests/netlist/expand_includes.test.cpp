#include <map>

#include "netlist/parser.hpp"
#include "netlist/source_text.hpp"
#include "tests/catch.hpp"
#include "tests/netlist/message_of.hpp"

using namespace springspice::netlist;
using springspice::netlist::testing::message_of;

namespace {

using Files = std::map<std::string, std::string>;

SourceText expand(const std::string& deck, const Files& files, const IncludeOptions& options = {}) {
  return expand_includes(
      deck, "d",
      [&](const std::string& path) {
        const auto found = files.find(path);
        if (found == files.end()) throw NetlistError("no file " + path);
        return found->second;
      },
      options);
}

}  // namespace

TEST_CASE("the file stands in place of the line") {
  const Files files = {{"part.cir", "r1 a 0 1"}, {"my part.cir", "r3 a 0 1\n.end\n"}};
  CHECK(expand("t\n .Include part.cir ; why\nr2 a 0 1\n", files).text ==
        "t\nr1 a 0 1\nr2 a 0 1\n");
  CHECK(expand("t\r\n.inc \"my part.cir\"\r\n.end\r\n", files).text == "t\r\nr3 a 0 1\n.end\r\n");
  CHECK(expand(".include title\n* .include p\n.end\n", files).text ==
        ".include title\n* .include p\n.end\n");
  CHECK(expand("t\n.control\n.include x\n.endc\n", files).text ==
        "t\n.control\n.include x\n.endc\n");
}

TEST_CASE("files name files relative to themselves") {
  const Files files = {{"lib/a.cir", ".inc b.cir\n.inc ../c.cir\n.inc ./sub/../b.cir\n"},
                       {"lib/b.cir", "* b\n"},
                       {"c.cir", "* c\n"}};
  CHECK(expand("t\n.subckt p a\n.include lib/a.cir\n.ends\n", files).text ==
        "t\n.subckt p a\n* b\n* c\n* b\n.ends\n");
}

TEST_CASE("sections of libraries") {
  const Files files = {{"l.lib",
                        "* before\n.LIB tt\nr1 a 0 1\n.lib 'l.lib' common\n.endl tt\n.lib ff\nr1 a 0 "
                        "2\n.endl\n.lib common\nc1 a 0 1\n.endl common\n"}};
  CHECK(expand("t\n.lib l.lib TT\n", files).text == "t\nr1 a 0 1\nc1 a 0 1\n");
  CHECK(expand("t\n.lib \"l.lib\" ff\n", files).text == "t\nr1 a 0 2\n");
  CHECK(expand("t\n.include l.lib\n", files).text == "t\n* before\n");
  CHECK(expand("t\n.lib x\nr1 a 0 1\n.endl\nr2 a 0 1\n", files).text == "t\nr2 a 0 1\n");
  CHECK(expand("t\n.lib p.lib\n", {{"p.lib", "r1 a 0 1\n"}}, {.dialect = Dialect::ltspice}).text ==
        "t\nr1 a 0 1\n");
}

TEST_CASE("errors name the file and its line") {
  const Files files = {{"l.lib", "* one\n.lib s\nr1 a 0 1\nr2 a 0 x\n.endl\n"},
                       {"bad.cir", "r1 a 0 1\n+\n\nr2 a 0 1,5\n"}};
  const auto message = [&](const std::string& deck) {
    return message_of([&] { parse_deck(expand(deck, files)); });
  };
  CHECK_THAT(message("t\n.lib l.lib s\n.end\n"), ContainsSubstring("l.lib:4:8: the resistance"));
  CHECK_THAT(message("t\nr0 a 0 1\n.inc bad.cir\n.end\n"), ContainsSubstring("bad.cir:4:8: "));
  CHECK_THAT(message("t\n.lib l\n.endl\nr9 a 0\n.end\n"), ContainsSubstring("d:4:7: "));
  CHECK_THAT(message("t\n.inc bad.cir\n"), ContainsSubstring("bad.cir:4:8: "));
}

TEST_CASE("expand_includes refuses what could read elsewhere or never end") {
  const Files files = {{"x", "* x\n"},
                       {"a", ".inc b\n"},
                       {"b", "\n.inc a\n"},
                       {"s", ".lib s\n.lib s s\n.endl\n"},
                       {"open", ".lib s\n"},
                       {"sub/up", ".inc ../../x\n"}};
  const auto refuses = [&](const std::string& line, const std::string& text) {
    CHECK_THAT(message_of([&] { expand("t\n" + line + "\n", files); }), ContainsSubstring(text));
  };
  for (const char* file : {"../x", "/etc/passwd", "..", "c:x", "~/x", "..\\x", "s/../../x", "."}) {
    refuses(std::string(".include ") + file, "d:2: .include '");
    refuses(std::string(".lib ") + file + " s", "the file must lie in the deck's folder or below");
  }
  refuses(".inc sub/up", "sub/up:1: .inc '../../x': the file must lie");
  refuses(".include", "d:2: .include without a file name");
  refuses(".include ''", "without a file name");
  refuses(".include a b", "give one file name");
  refuses("\n.include a\x01", "d:3: .include 'a?': the name holds a control character");
  refuses(".include a", "b:2: 'a' includes itself (d -> a -> b -> a)");
  refuses(".lib s s", "s:2: 's' includes itself (d -> s s -> s s)");
  refuses(".lib x tt", "x:1: no section 'tt' is here");
  refuses(".lib open s", "open:1: .lib begins a section that no .endl ends");
  refuses(".lib section", "d:2: .lib begins a section that no .endl ends");
  refuses(".inc gone", "no file gone");
}

TEST_CASE("limits of inclusion") {
  Files files = {{"x", "* 45678\n"}};
  CHECK_THAT(message_of([&] { expand("t\n.inc x\n.inc x\n", files, {.most_files = 1}); }),
             ContainsSubstring("d:3: more than 1 .include and .lib lines"));
  CHECK_THAT(message_of([&] { expand("t\n.inc x\n.inc x\n", files, {.most_bytes = 17}); }),
             ContainsSubstring("d: the deck with its files has more than 17 bytes"));
  for (int i = 0; i < 20; ++i) {
    files[std::to_string(i)] = ".inc " + std::to_string(i + 1) + "\n";
  }
  CHECK_THAT(message_of([&] { expand("t\n.inc 0\n", files); }),
             ContainsSubstring("more than 16 files inside one another (d -> 0 -> 1"));
  CHECK(expand("t\n.inc ../y/x\n", {{"../y/x", "*\n"}}, {.allow_outside = true}).text == "t\n*\n");
}
