#include "core/npy.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/table.hpp"

namespace springspice::core {
namespace {

// Numbers are copied byte by byte.
static_assert(std::endian::native == std::endian::little, ".npy data are little-endian");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPrefix = 10;  // magic, version, 2 bytes of length
constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kMostNumbers = 1'000'000'000;
// Real headers have a hundred bytes; a damaged length must not take the machine's memory.
constexpr std::uint64_t kLongestHeader = 1 << 20;
constexpr double kExactIntegers = 0x1p53;

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

class File {
 public:
  explicit File(const std::string& path)
      : name_(printable(path, path.size() * 4)),
        file_(std::fopen(path.c_str(), "rb"), &std::fclose) {
    if (!file_) fail_system(errno);
  }

  /// Up to `count` bytes: fewer at the end of the file. In pieces, because the header may promise
  /// more than the memory holds.
  std::string read(std::uint64_t count) {
    std::string bytes;
    while (bytes.size() < count) {
      const std::size_t before = bytes.size();
      const auto piece = static_cast<std::size_t>(
          std::min<std::uint64_t>(count - before, std::max<std::size_t>(before, 1 << 16)));
      bytes.resize(before + piece);
      const std::size_t got = std::fread(bytes.data() + before, 1, piece, file_.get());
      bytes.resize(before + got);
      if (std::ferror(file_.get()) != 0) fail_system(errno);
      if (got < piece) break;
    }
    return bytes;
  }

  [[noreturn]] void fail(const std::string& what) const { throw InputError(name_ + ": " + what); }

 private:
  [[noreturn]] void fail_system(int reason) const {
    throw InputError(fmt::format("cannot read {}: {}; give a NumPy .npy file", name_,
                                 std::generic_category().message(reason)));
  }

  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// The header is a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const File& file) : text_(text), file_(file) {}

  Header parse() {
    Header header;
    unsigned seen = 0;
    expect('{');
    while (!take('}')) {
      const std::string key = parse_string();
      expect(':');
      if (key == "descr") {
        header.descr = parse_type();
        seen |= 1U;
      } else if (key == "fortran_order") {
        header.fortran_order = parse_bool();
        seen |= 2U;
      } else if (key == "shape") {
        header.shape = parse_shape();
        seen |= 4U;
      } else {
        fail();
      }
      if (!take(',') && peek() != '}') fail();
    }
    if (seen != 7U) fail();
    return header;
  }

 private:
  [[noreturn]] void fail() const {
    file_.fail(fmt::format("'{}' is no header of a .npy file; save the array anew with numpy.save",
                           printable(text_, 200)));
  }

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail();
  }

  std::string parse_string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) fail();
    std::string found(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return found;
  }

  // A structured type is a list, which nothing here reads on.
  std::string parse_type() {
    if (peek() != '[') return parse_string();
    file_.fail("a structured array; save one field of it with numpy.save");
  }

  bool parse_bool() {
    peek();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return value;
    }
    fail();
  }

  std::vector<std::uint64_t> parse_shape() {
    std::vector<std::uint64_t> shape;
    expect('(');
    while (!take(')')) {
      peek();
      std::uint64_t side = 0;
      const char* const end = text_.data() + text_.size();
      const auto [stop, error] = std::from_chars(text_.data() + at_, end, side);
      if (error != std::errc()) fail();
      at_ = static_cast<std::size_t>(stop - text_.data());
      take('L');  // Python 2 wrote long integers so
      shape.push_back(side);
      if (!take(',') && peek() != ')') fail();
    }
    return shape;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  const File& file_;
};

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

Header read_header(File& file) {
  const std::string start = file.read(kMagic.size() + 2);
  if (!std::string_view(start).starts_with(kMagic)) {
    file.fail("no NumPy file (it does not begin as one); write it with numpy.save");
  }
  if (start.size() < kMagic.size() + 2) file.fail("the file ends within its header; save it anew");
  const int version = static_cast<unsigned char>(start[kMagic.size()]);
  if (version < 1 || version > 3) {
    file.fail(fmt::format("version {} of the .npy format; 1, 2 and 3 are read", version));
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::string length = file.read(length_bytes);
  const std::uint64_t bytes = little_endian(length);
  const std::string text = file.read(std::min(bytes, kLongestHeader));
  if (length.size() < length_bytes || text.size() < bytes) {
    file.fail("the file ends within its header; save it anew");
  }
  return HeaderParser(text, file).parse();
}

template <class Number>
double convert(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return static_cast<double>(number);
}

/// How to read a number of this type.
struct Type {
  const char* descr;
  std::size_t bytes;
  bool integer;
  double (*convert)(const char*);
};

constexpr Type kTypes[] = {
    {"<f8", 8, false, &convert<double>},       {"<f4", 4, false, &convert<float>},
    {"<i8", 8, true, &convert<std::int64_t>},  {"<i4", 4, true, &convert<std::int32_t>},
    {"<i2", 2, true, &convert<std::int16_t>},  {"|i1", 1, true, &convert<std::int8_t>},
    {"<u8", 8, true, &convert<std::uint64_t>}, {"<u4", 4, true, &convert<std::uint32_t>},
    {"<u2", 2, true, &convert<std::uint16_t>}, {"|u1", 1, true, &convert<std::uint8_t>}};

const Type& find_type(const std::string& descr, const File& file) {
  for (const Type& type : kTypes) {
    if (descr == type.descr) return type;
  }
  const char* what = "numbers of a type that is not read";
  if (descr.starts_with('>')) what = "big-endian numbers";
  if (descr.starts_with("|O")) what = "Python objects";
  file.fail(fmt::format("dtype '{}': {}; save it as float64: numpy.save(NAME, a.astype('<f8'))",
                        printable(descr), what));
}

std::string format_tuple(std::span<const std::uint64_t> shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

std::uint64_t count_numbers(const std::vector<std::uint64_t>& shape, const File& file) {
  if (shape.empty() || shape.size() > 3) {
    file.fail(fmt::format("shape {}: {} dimensions; one to three are read", format_tuple(shape),
                          shape.size()));
  }
  double product = 1.0;
  for (const std::uint64_t side : shape) product *= static_cast<double>(side);
  if (product > static_cast<double>(kMostNumbers) ||
      *std::ranges::max_element(shape) > kMostNumbers) {
    file.fail(fmt::format("shape {}: more than {} numbers; save a part of it", format_tuple(shape),
                          kMostNumbers));
  }
  return static_cast<std::uint64_t>(product);
}

std::string read_data(File& file, std::uint64_t bytes, const Header& header) {
  std::string data = file.read(bytes);
  if (data.size() < bytes) {
    file.fail(
        fmt::format("the data end after {} of the {} bytes that shape {} of '{}' needs; the "
                    "file is cut short, save it anew",
                    data.size(), bytes, format_tuple(header.shape), header.descr));
  }
  if (!file.read(1).empty()) {
    file.fail(fmt::format("bytes behind the {} that shape {} of '{}' needs; save the array anew",
                          bytes, format_tuple(header.shape), header.descr));
  }
  return data;
}

std::vector<double> convert_all(const std::string& data, const Type& type, const File& file) {
  std::vector<double> values(data.size() / type.bytes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = type.convert(data.data() + i * type.bytes);
    if (type.integer && std::abs(values[i]) >= kExactIntegers) {
      file.fail(
          fmt::format("integer {} of the data is {:.0f}, not below 2^53, and doubles round such "
                      "numbers; save it as float64",
                      i + 1, values[i]));
    }
  }
  return values;
}

// The first index is the fastest in the file.
std::vector<double> reverse_order(const std::vector<double>& values,
                                  const std::vector<std::uint64_t>& shape) {
  std::uint64_t sides[3] = {1, 1, 1};
  std::copy(shape.begin(), shape.end(), sides);
  std::vector<double> turned(values.size());
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < sides[0]; ++i) {
    for (std::uint64_t j = 0; j < sides[1]; ++j) {
      for (std::uint64_t k = 0; k < sides[2]; ++k) {
        turned[at++] = values[i + sides[0] * (j + sides[1] * k)];
      }
    }
  }
  return turned;
}

}  // namespace

std::string NpyArray::format_shape() const { return format_tuple(shape); }

Eigen::Map<const RowMajorMatrix> NpyArray::matrix(std::uint64_t k) const {
  const bool blocks = shape.size() == 3;
  assert(k < (blocks ? shape[0] : 1));
  const auto rows = static_cast<Eigen::Index>(shape[blocks ? 1 : 0]);
  const auto cols = shape.size() == 1 ? 1 : static_cast<Eigen::Index>(shape.back());
  return {values.data() + static_cast<Eigen::Index>(k) * rows * cols, rows, cols};
}

NpyArray read_npy(const std::string& path) {
  File file(path);
  const Header header = read_header(file);
  const Type& type = find_type(header.descr, file);
  const std::uint64_t count = count_numbers(header.shape, file);
  const std::string data = read_data(file, count * type.bytes, header);
  NpyArray array{header.shape, convert_all(data, type, file)};
  if (header.fortran_order && header.shape.size() > 1) {
    array.values = reverse_order(array.values, array.shape);
  }
  return array;
}

bool is_npy(const std::string& path) {
  // A look into a pipe would take its first bytes away from the reader that follows.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  char start[kMagic.size()];
  return file && std::fread(start, 1, sizeof start, file.get()) == sizeof start &&
         std::string_view(start, sizeof start) == kMagic;
}

std::string format_npy_header(std::span<const std::uint64_t> shape) {
  std::string text =
      fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}", format_tuple(shape));
  // Blanks and a line feed up to the next multiple, for readers that map the file into memory.
  const std::size_t whole = (kPrefix + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  text.resize(whole - kPrefix - 1, ' ');
  text += '\n';
  if (text.size() > 0xFFFF) {
    throw ParameterError(
        fmt::format("a shape of {} dimensions does not fit into a .npy header", shape.size()));
  }
  std::string header(kMagic);
  header +=
      {'\x01', '\x00', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
  return header + text;
}

}  // namespace springspice::core
