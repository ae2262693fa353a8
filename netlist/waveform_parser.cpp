#include "netlist/waveform_parser.hpp"

#include <variant>
#include <vector>

#include <fmt/format.h>

#include "netlist/element_rules.hpp"

namespace springspice::netlist {
namespace {

// Cuts a word at its commas, which separate numbers there, as they do for ngspice.
void append_parts(Token rest, std::vector<Token>& out) {
  while (!rest.text.empty()) {
    const auto comma = is_group(rest.text) ? std::string_view::npos : rest.text.find(',');
    Token part = rest;
    part.text = rest.text.substr(0, comma);
    if (!part.text.empty()) out.push_back(part);
    const std::size_t used = comma == std::string_view::npos ? rest.text.size() : comma + 1;
    rest.text.remove_prefix(used);
    rest.column += static_cast<int>(used);
  }
}

// The words between the parentheses, or numbers without any.
std::vector<Token> arguments(CardCursor& cursor) {
  std::vector<Token> out;
  if (cursor.accept("(")) {
    while (!cursor.accept(")")) append_parts(cursor.word("a number or ')'"), out);
  } else {
    while (cursor.at_number()) append_parts(cursor.word("a number"), out);
  }
  return out;
}

// file=NAME, file "NAME", (file="NAME")
PiecewiseLinearFile read_file(CardCursor& cursor, bool parentheses) {
  cursor.accept("file");
  cursor.accept("=");
  PiecewiseLinearFile out{cursor.file("a file's name")};
  if (parentheses) cursor.expect(")", "pwl(file=...)");
  return out;
}

TransientNoise make_noise(const CardCursor& cursor, const Token& at,
                          const std::vector<Token>& words) {
  constexpr std::string_view kForm = "write trnoise(amplitude step 0 0)";
  if (words.size() < 2) {
    cursor.fail(at, fmt::format("trnoise with {} arguments; {}", words.size(), kForm));
  }
  TransientNoise out{cursor.number(words[0], "the noise amplitude"),
                     cursor.number(words[1], "the noise step")};
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (cursor.number(words[i], "0") == 0.0) continue;
    cursor.fail(words[i],
                fmt::format("{}: {} is not read, white noise alone is; {}", quoted(words[i].text),
                            i < 4 ? "1/f noise" : "random telegraph noise", kForm));
  }
  return out;
}

PiecewiseLinear make_points(const CardCursor& cursor, const Token& at,
                            const std::vector<Token>& words) {
  if (words.empty() || words.size() % 2 != 0) {
    cursor.fail(
        at, fmt::format("pwl with {} numbers; write pairs, pwl(t0 y0 t1 y1 ...)", words.size()));
  }
  PiecewiseLinear out;
  out.time_s.reserve(words.size() / 2);
  out.value.reserve(words.size() / 2);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    out.time_s.push_back(cursor.number(words[i], "a time of pwl"));
    out.value.push_back(cursor.number(words[i + 1], "a value of pwl"));
  }
  return out;
}

}  // namespace

bool is_waveform(const CardCursor& cursor) {
  return cursor.at_call() || lower(cursor.peek().text) == "pwl";
}

Waveform read_waveform(CardCursor& cursor) {
  const Token at = cursor.word("a waveform");
  const std::string name = lower(at.text);
  if (name == "trnoise") return make_noise(cursor, at, arguments(cursor));
  if (name != "pwl") refuse_waveform(cursor, at);
  if (lower(cursor.peek().text) == "file") return read_file(cursor, false);
  CardCursor inside = cursor;
  if (inside.accept("(") && lower(inside.peek().text) == "file") {
    cursor.accept("(");
    return read_file(cursor, true);
  }
  return make_points(cursor, at, arguments(cursor));
}

void refuse_waveform(const CardCursor& cursor, const Token& at) {
  if (lower(at.text) == "trnoise") {
    cursor.fail(at, fmt::format("{}: put its numbers in parentheses", quoted(at.text)));
  }
  cursor.fail(at, fmt::format("{}: a source here is constant (dc) with an ac amplitude and "
                              "perhaps trnoise(...) or pwl(...); other time-dependent sources are "
                              "not read",
                              quoted(at.text)));
}

double start_value(const Waveform& waveform) {
  const auto* points = std::get_if<PiecewiseLinear>(&waveform);
  return points == nullptr ? 0.0 : points->value.front();
}

}  // namespace springspice::netlist
