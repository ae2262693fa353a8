// What the engine and its worker say to each other, on one stream socket.
//
//   engine -> worker   one frame:  job
//   worker -> engine   hello, then any of words, plot, rows, ..., and last finished (or names)
//
// A frame is a Header and `size` bytes. Both ends are built from this file and run on one machine,
// so numbers travel as they lie in memory; `version` catches a worker left over from another build.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace springspice::sim::protocol {

constexpr std::uint32_t version = 1;
constexpr int channel_fd = 3;  ///< the worker's end of the socket, right behind its stderr

enum class Kind : std::uint32_t {
  job,           ///< Job
  hello,         ///< u32: version
  words,         ///< u8: is it from stderr; then one line that ngspice said
  plot,          ///< the plot asked for has begun
  missing,       ///< text: a wanted vector that the plot does not have; the worker has ended
  names,         ///< texts: all vectors of the circuit; the worker has ended
  rows_real,     ///< doubles: scale, one value a wanted vector; any number of rows
  rows_complex,  ///< doubles: scale, real and imaginary part a wanted vector
  rejected,      ///< double: the time from which ngspice refused a step of the grid; ended
  gave_up,       ///< ngspice called its exit handler; the worker has ended
  finished,      ///< the command has returned, or the grid's last point is out
};

struct Header {
  Kind kind;
  std::uint32_t size;
};

/// The grid of a transient; step 0: ngspice chooses its steps itself.
struct Grid {
  double step = 0.0;
  double start_fraction = 0.0;
  std::uint32_t start_steps = 0;
  std::uint64_t points = 0;  ///< the last point is points * step
};

struct Job {
  std::string command;  ///< "tran ...", "ac ..." or "op"
  std::string plot;     ///< how the plot's type begins: "tran", "ac", "op"
  bool names_only = false;
  Grid grid;
  std::vector<std::string> wanted;  ///< lower case; "node", or "element#branch" for a current
  std::string deck;
};

template <typename Number>
requires std::is_arithmetic_v<Number>
void put(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void put(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

inline void put_header(std::string& out, Kind kind, std::size_t size) {
  put(out, static_cast<std::uint32_t>(kind));
  put(out, static_cast<std::uint32_t>(size));
}

/// Reads what put() wrote.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  std::string_view rest() { return take(bytes_.size()); }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size())
      throw std::runtime_error("the worker's protocol: a frame is too short");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::string_view bytes_;
};

inline std::string encode(const Job& job) {
  std::string body;
  body.reserve(job.deck.size() + 4096);
  put(body, job.command);
  put(body, job.plot);
  put(body, static_cast<std::uint8_t>(job.names_only));
  put(body, job.grid.step);
  put(body, job.grid.start_fraction);
  put(body, job.grid.start_steps);
  put(body, job.grid.points);
  put(body, static_cast<std::uint32_t>(job.wanted.size()));
  for (const std::string& name : job.wanted) put(body, name);
  put(body, job.deck);
  return body;
}

inline Job decode_job(std::string_view bytes) {
  Reader in(bytes);
  Job job;
  job.command = in.text();
  job.plot = in.text();
  job.names_only = in.number<std::uint8_t>() != 0;
  job.grid.step = in.number<double>();
  job.grid.start_fraction = in.number<double>();
  job.grid.start_steps = in.number<std::uint32_t>();
  job.grid.points = in.number<std::uint64_t>();
  job.wanted.resize(in.number<std::uint32_t>());
  for (std::string& name : job.wanted) name = in.text();
  job.deck = in.text();
  return job;
}

}  // namespace springspice::sim::protocol
