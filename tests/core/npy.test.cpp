#include "core/npy.hpp"

#include <bit>
#include <cstring>

#include "core/error.hpp"
#include "tests/catch.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice::core;

namespace {

template <class Number>
std::string bytes_of(std::initializer_list<Number> numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), std::data(numbers), bytes.size());
  return bytes;
}

// A file by hand, its header as long as its text: readers may not count on the alignment.
std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string file = "\x93NUMPY";
  file += {version, '\0', static_cast<char>(dictionary.size() + 1), '\0'};
  if (version > 1) file += std::string(2, '\0');
  return file + dictionary + "\n" + data;
}

std::string header(const std::string& type, const std::string& order, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

NpyArray read(const std::string& bytes) {
  const TemporaryFile file(bytes, "a.npy");
  return read_npy(file.path());
}

std::string message_of(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const std::string kSix = bytes_of<double>({1.5, -2.0, 0.25, 3.0, 1e300, 5e-324});

}  // namespace

TEST_CASE("npy: the header is the one that numpy.save writes") {
  const std::uint64_t shape[] = {3, 2};
  CHECK(format_npy_header(shape) == std::string("\x93NUMPY\x01\x00v\x00", 10) +
                                        header("<f8", "False", "(3, 2)") + std::string(58, ' ') +
                                        "\n");
  const std::uint64_t line[] = {12};
  CHECK_THAT(format_npy_header(line), ContainsSubstring("'shape': (12,), }"));
  for (std::uint64_t side = 1; side != 0; side *= 10) {
    const std::uint64_t long_shape[] = {side, side, side};
    CHECK(format_npy_header(long_shape).size() % 64 == 0);
    if (side > 1'000'000'000'000'000'000U) break;
  }
}

TEST_CASE("npy: what is written is read back") {
  const std::uint64_t shape[] = {3, 2};
  const NpyArray array = read(format_npy_header(shape) + kSix);
  CHECK(array.shape == std::vector<std::uint64_t>{3, 2});
  CHECK(array.format_shape() == "(3, 2)");
  CHECK(array.matrix()(0, 1) == -2.0);
  CHECK(array.matrix()(2, 0) == 1e300);
  CHECK(array.matrix()(2, 1) == 5e-324);
}

TEST_CASE("npy: Fortran order, versions 2 and 3, one and three dimensions") {
  for (const char version : {'\1', '\2', '\3'}) {
    const NpyArray array = read(npy(header("<f8", "True", "(3, 2)"), kSix, version));
    CHECK(array.matrix()(1, 0) == -2.0);
    CHECK(array.matrix()(0, 1) == 3.0);
    CHECK(array.values[1] == 3.0);
  }
  CHECK(read(npy(header("<f8", "False", "(6,)"), kSix)).matrix()(4, 0) == 1e300);
  CHECK(read(npy(header("<f8", "True", "(6L,)"), kSix)).matrix()(4, 0) == 1e300);
  const NpyArray blocks = read(npy(header("<f8", "False", "(3, 1, 2)"), kSix));
  CHECK(blocks.matrix(1)(0, 1) == 3.0);
  CHECK(blocks.matrix(2)(0, 0) == 1e300);
  // Index (i, j, k) lies at i + 3 (j + k).
  CHECK(read(npy(header("<f8", "True", "(3, 1, 2)"), kSix)).matrix(1)(0, 1) == 1e300);
  CHECK(read(npy(header("<f8", "False", "(0, 4)"), "")).values.empty());
  // The keys may come in any order and quotes.
  CHECK(read(npy(R"({"shape":(2,3),"descr":"<f8","fortran_order":False})", kSix)).matrix()(1, 2) ==
        5e-324);
}

TEST_CASE("npy: float32 and integers become doubles, exactly") {
  CHECK(read(npy(header("<f4", "False", "(2,)"), bytes_of<float>({0.1F, -2.5F}))).values ==
        std::vector<double>{static_cast<double>(0.1F), -2.5});
  CHECK(read(npy(header("<i8", "False", "(2,)"), bytes_of<std::int64_t>({-7, 1L << 52}))).values ==
        std::vector<double>{-7.0, 0x1p52});
  CHECK(read(npy(header("<i4", "False", "(1,)"), bytes_of<std::int32_t>({-70000}))).values[0] ==
        -70000.0);
  CHECK(read(npy(header("<i2", "False", "(1,)"), bytes_of<std::int16_t>({-300}))).values[0] ==
        -300.0);
  CHECK(read(npy(header("|i1", "False", "(1,)"), "\xFE")).values[0] == -2.0);
  CHECK(read(npy(header("|u1", "False", "(1,)"), "\xFE")).values[0] == 254.0);
  CHECK(read(npy(header("<u2", "False", "(1,)"), "\xFF\xFE")).values[0] == 65279.0);
  CHECK(read(npy(header("<u4", "False", "(1,)"), "\xFF\xFF\xFF\xFF")).values[0] == 4294967295.0);
  CHECK_THAT(message_of(npy(header("<u8", "False", "(1,)"), std::string(8, '\xFF'))),
             ContainsSubstring("integer 1 of the data is 18446744073709551616, not below 2^53"));
}

TEST_CASE("npy mistake: another type") {
  CHECK_THAT(message_of(npy(header(">f8", "False", "(6,)"), kSix)),
             ContainsSubstring("a.npy: dtype '>f8': big-endian numbers; save it as float64"));
  CHECK_THAT(message_of(npy(header("|O", "False", "(6,)"), kSix)),
             ContainsSubstring("dtype '|O': Python objects"));
  CHECK_THAT(message_of(npy(header("<c16", "False", "(3,)"), kSix)),
             ContainsSubstring("dtype '<c16': numbers of a type that is not read"));
  CHECK_THAT(
      message_of(npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (6,), }", kSix)),
      ContainsSubstring("a.npy: a structured array; save one field of it"));
}

TEST_CASE("npy mistake: data that are no array, cut short, or too long") {
  CHECK_THAT(message_of("x0,x1\n1,2\n"), ContainsSubstring("a.npy: no NumPy file"));
  CHECK_THAT(message_of(""), ContainsSubstring("no NumPy file"));
  CHECK_THAT(message_of("\x93NUMPY"), ContainsSubstring("ends within its header"));
  CHECK_THAT(message_of(npy("", kSix, 9)), ContainsSubstring("version 9 of the .npy format"));
  const std::string whole = npy(header("<f8", "False", "(3, 2)"), kSix);
  CHECK_THAT(message_of(whole.substr(0, 40)), ContainsSubstring("ends within its header"));
  CHECK_THAT(message_of(whole.substr(0, whole.size() - 1)),
             ContainsSubstring("end after 47 of the 48 bytes that shape (3, 2) of '<f8' needs"));
  CHECK_THAT(message_of(whole + "x"), ContainsSubstring("bytes behind the 48 that shape (3, 2)"));
  CHECK_THAT(message_of(npy(header("<f8", "False", "(1, 2, 3, 1)"), kSix)),
             ContainsSubstring("shape (1, 2, 3, 1): 4 dimensions"));
  CHECK_THAT(message_of(npy(header("<f8", "False", "()"), kSix)),
             ContainsSubstring("shape (): 0 dimensions"));
  // A slip in the shape must not take the machine's memory, nor overflow.
  CHECK_THAT(message_of(npy(header("<f8", "False", "(4294967296, 4294967296)"), kSix)),
             ContainsSubstring("more than 1000000000 numbers"));
  CHECK_THAT(message_of(npy(header("<f8", "False", "(900000000,)"), kSix)),
             ContainsSubstring("end after 48 of the 7200000000 bytes"));
  CHECK_THROWS_WITH(read_npy("no/such.npy"), ContainsSubstring("cannot read no/such.npy"));
  CHECK_THROWS_AS(read_npy("/tmp"), InputError);
}

TEST_CASE("npy mistake: a header that is no dictionary of the three keys") {
  for (const char* text :
       {"", "{", "{}", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (6,}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 6}",
        "{'descr': '<f8', 'descr': '<f8', 'descr': '<f8'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (6,), 'more': '1'}",
        "{'descr: ", "{'descr': '<f8' 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}"}) {
    INFO(text);
    CHECK_THAT(message_of(npy(text, kSix)), ContainsSubstring("is no header of a .npy file"));
  }
}

TEST_CASE(
    "npy: every single damaged byte of a header is an error or another array, never a crash") {
  const std::string whole = npy(header("<f8", "False", "(3, 2)"), kSix);
  const TemporaryFile file(whole, "a.npy");
  for (std::size_t at = 0; at < whole.size() - kSix.size(); ++at) {
    for (const char damage : {'\0', '9', '\xFF'}) {
      std::string damaged = whole;
      damaged[at] = damage;
      file.write(damaged);
      try {
        const NpyArray array = read_npy(file.path());
        CHECK(array.values.size() == 6);
      } catch (const InputError&) {
      }
    }
  }
}
