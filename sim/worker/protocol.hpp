// What the engine and its worker say to each other, on one stream socket.
//
//   engine -> worker   job;                after its finished, if the job repeats: again, ...
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

constexpr std::uint32_t version = 2;
constexpr int channel_fd = 3;  ///< the worker's end of the socket, right behind its stderr

enum class Kind : std::uint32_t {
  job,           ///< Job
  again,         ///< u64: Noise::run of the next run; the rest of the job stays
  hello,         ///< u32: version
  words,         ///< u8: is it from stderr; then one line that ngspice said
  plot,          ///< the plot asked for has begun
  missing,       ///< text: a wanted vector that the plot does not have; the worker has ended
  names,         ///< texts: all vectors of the circuit; the worker has ended
  rows_real,     ///< doubles: scale, one value a wanted vector; any number of rows
  rows_complex,  ///< doubles: scale, real and imaginary part a wanted vector
  progress,      ///< double: the time reached, where no rows say so
  unlisted,      ///< text: an external source of the deck that the job does not list; ended
  unheard,       ///< text: a listed source that ngspice never asked about; the worker has ended
  rejected,      ///< double: the time from which ngspice refused a step of the grid; ended
  gave_up,       ///< ngspice called its exit handler; the worker has ended
  finished,      ///< all is done, or as far as it went; a job that repeats can go on
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

struct Source {
  std::string name;  ///< lower case
  std::uint64_t stream = 0;
  double amplitude = 0.0;
};

/// What external sources carry; step 0: the deck has none.
struct Noise {
  std::uint64_t seed = 0;
  std::uint64_t run = 0;
  double step = 0.0;
  std::vector<Source> sources;
};

/// `frequencies` empty: one command. Else `command` takes each frequency twice (from, to) as its
/// last words; and all of them once for each of `drives`, where there are some.
struct Job {
  std::string command;  ///< "tran ...", "op", "ac lin 1" or "noise ... lin 1"
  std::string plot;     ///< how the plot's type begins: "tran", "op", "ac", "noise"
  bool names_only = false;
  bool only_last = false;
  bool repeats = false;
  Grid grid;
  Noise noise;
  std::vector<double> frequencies;
  std::vector<std::string> drives;  ///< sources that in turn have the ac magnitude 1
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

inline void put(std::string& out, const Noise& noise) {
  put(out, noise.seed);
  put(out, noise.run);
  put(out, noise.step);
  put(out, static_cast<std::uint32_t>(noise.sources.size()));
  for (const Source& source : noise.sources) {
    put(out, source.name);
    put(out, source.stream);
    put(out, source.amplitude);
  }
}

inline Noise read_noise(Reader& in) {
  Noise noise;
  noise.seed = in.number<std::uint64_t>();
  noise.run = in.number<std::uint64_t>();
  noise.step = in.number<double>();
  noise.sources.resize(in.number<std::uint32_t>());
  for (Source& source : noise.sources) {
    source.name = in.text();
    source.stream = in.number<std::uint64_t>();
    source.amplitude = in.number<double>();
  }
  return noise;
}

inline std::string encode(const Job& job) {
  std::string body;
  body.reserve(job.deck.size() + 4096);
  put(body, job.command);
  put(body, job.plot);
  for (const bool flag : {job.names_only, job.only_last, job.repeats}) {
    put(body, static_cast<std::uint8_t>(flag));
  }
  put(body, job.grid.step);
  put(body, job.grid.start_fraction);
  put(body, job.grid.start_steps);
  put(body, job.grid.points);
  put(body, job.noise);
  put(body, static_cast<std::uint32_t>(job.frequencies.size()));
  for (const double frequency : job.frequencies) put(body, frequency);
  for (const auto* names : {&job.drives, &job.wanted}) {
    put(body, static_cast<std::uint32_t>(names->size()));
    for (const std::string& name : *names) put(body, name);
  }
  put(body, job.deck);
  return body;
}

inline Job decode_job(std::string_view bytes) {
  Reader in(bytes);
  Job job;
  job.command = in.text();
  job.plot = in.text();
  for (bool* flag : {&job.names_only, &job.only_last, &job.repeats}) {
    *flag = in.number<std::uint8_t>() != 0;
  }
  job.grid.step = in.number<double>();
  job.grid.start_fraction = in.number<double>();
  job.grid.start_steps = in.number<std::uint32_t>();
  job.grid.points = in.number<std::uint64_t>();
  job.noise = read_noise(in);
  job.frequencies.resize(in.number<std::uint32_t>());
  for (double& frequency : job.frequencies) frequency = in.number<double>();
  for (auto* names : {&job.drives, &job.wanted}) {
    names->resize(in.number<std::uint32_t>());
    for (std::string& name : *names) name = in.text();
  }
  job.deck = in.text();
  return job;
}

}  // namespace springspice::sim::protocol
