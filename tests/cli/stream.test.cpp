// Ten million rows through a pipe: memory O(cells).
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace springspice::test;

namespace {

// Instrumented programs are several times as slow.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
constexpr int kRows = 10'000'000;
#else
constexpr int kRows = 1'000'000;
#endif

/// Writes rows `a,b,y` of the unit square until the end or until nobody reads.
void write_rows(int file) {
  std::array<char, 1 << 16> buffer{};
  char* const last = buffer.data() + buffer.size() - 64;
  char* at = buffer.data();
  const auto flush = [&] {
    for (const char* from = buffer.data(); from < at;) {
      const ssize_t count = ::write(file, from, static_cast<std::size_t>(at - from));
      if (count <= 0) return false;
      from += count;
    }
    at = buffer.data();
    return true;
  };
  for (const char c : std::string_view("a,b,y\n")) *at++ = c;
  std::uint64_t state = 1;
  for (int i = 0; i < kRows; ++i) {
    // Knuth's multiplier for a 64-bit linear congruential generator; its high bits are good.
    state = state * 6364136223846793005U + 1442695040888963407U;
    const unsigned a = static_cast<unsigned>(state >> 33) % 1'000'000U;
    const unsigned b = static_cast<unsigned>(state >> 43) % 1'000'000U;
    for (const unsigned value : {a, b, (a + 2 * b) / 3}) {
      const char digits[] = {'0', '.'};
      at = std::copy(std::begin(digits), std::end(digits), at);
      for (unsigned place = 100'000; place > 0; place /= 10) {
        *at++ = static_cast<char>('0' + value / place % 10);
      }
      *at++ = ',';
    }
    at[-1] = '\n';
    if (at > last && !flush()) return;
  }
  flush();
}

}  // namespace

TEST_CASE("ten million rows through a pipe stay below 200 MB") {
  const Folder folder;
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    ::close(ends[0]);
    write_rows(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  Process process(folder,
                  split_words("matrices --data - --bounds 0:1,0:1 --sticks 16 --out m --json -"),
                  {{}, ends[0], {}});
  ::close(ends[0]);
  const Result result = process.wait();
  ::waitpid(writer, nullptr, 0);
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(nlohmann::json::parse(result.out)["points"] == kRows);
  std::printf("%d rows: %.1f MB, %.1f s\n", kRows, result.peak_mb, result.wall_s);
  CHECK(result.peak_mb < 200.0);
  CHECK(result.wall_s < 240.0);
}
