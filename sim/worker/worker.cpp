// springspice-ngspice: the one program that loads libngspice. It takes one job from its parent,
// runs it, streams what comes out, and ends, or waits for the word to run it again. It judges
// nothing: what ngspice's words mean is the parent's business (sim/ngspice_words.cpp).
//
// It leaves through _exit everywhere, because ngspice's own exit handlers are not to be trusted.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <ngspice/sharedspice.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/worker/noise_sources.hpp"
#include "sim/worker/protocol.hpp"

namespace {

namespace protocol = springspice::sim::protocol;
using protocol::Kind;
using springspice::sim::NoiseSources;

[[noreturn]] void leave() { ::_exit(EXIT_SUCCESS); }

// ---- the channel to the parent

/// Rows are gathered into frames: one call into the kernel a row would cost more than the row.
class Channel {
 public:
  void send(Kind kind, std::string_view body) {
    flush();
    std::string frame;
    protocol::put_header(frame, kind, body.size());
    frame.append(body);
    write(frame);
  }
  [[noreturn]] void send_and_leave(Kind kind, std::string_view body) {
    send(kind, body);
    leave();
  }

  /// Room for the numbers of one row.
  double* begin_row(std::size_t numbers) {
    row_.resize(numbers);
    return row_.data();
  }
  void end_row(Kind kind) {
    rows_kind_ = kind;
    rows_.append(reinterpret_cast<const char*>(row_.data()), row_.size() * sizeof(double));
    // Slow circuits show their progress, fast ones fill the buffer.
    if (!holds_rows_ && (rows_.size() >= 65536 || is_late())) flush();
  }
  /// Rows wait, whatever else is sent: a later one may take their place.
  void hold_rows() { holds_rows_ = true; }
  void drop_rows() { rows_.clear(); }
  void release_rows() {
    holds_rows_ = false;
    flush();
  }
  void show_progress(double time) {
    if (!is_late()) return;
    std::string body;
    protocol::put(body, time);
    send(Kind::progress, body);
  }

  /// A frame of this kind; the parent sends no other ones.
  static std::string receive(Kind kind) {
    const std::string frame = receive(sizeof(protocol::Header));
    protocol::Reader header(frame);
    if (static_cast<Kind>(header.number<std::uint32_t>()) != kind) ::_exit(2);
    return receive(header.number<std::uint32_t>());
  }

 private:
  static std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t have = 0; have < size;) {
      const ssize_t got = ::recv(protocol::channel_fd, bytes.data() + have, size - have, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) leave();  // the parent is gone
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }
  /// In ms, good to 4 ms or so; ten times as fast as a clock that is better.
  static std::int64_t now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return 1000 * static_cast<std::int64_t>(now.tv_sec) + now.tv_nsec / 1'000'000;
  }
  bool is_late() const { return now_ms() - flushed_ms_ >= 45; }
  void flush() {
    flushed_ms_ = now_ms();
    if (rows_.empty() || holds_rows_) return;
    std::string header;
    protocol::put_header(header, rows_kind_, rows_.size());
    write(header);
    write(rows_);
    rows_.clear();
  }
  static void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(protocol::channel_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) leave();  // the parent is gone
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::vector<double> row_;
  std::string rows_;
  Kind rows_kind_ = Kind::rows_real;
  bool holds_rows_ = false;
  std::int64_t flushed_ms_ = now_ms();
};

// ---- ngspice's callbacks; it hands back the Session as `user`

struct Session {
  protocol::Job job;
  Channel channel;
  std::optional<NoiseSources> noise;
  bool has_noise = false;   ///< the run is one whose external sources must be listed
  bool is_complex = false;  ///< so are its rows
  bool running = false;     ///< our own command runs, not one of the deck's
  bool streaming = false;   ///< the plot that now fills is the one asked for
  bool has_plot = false;    ///< the columns are known: they are the same in all plots of a job
  int scale = -1;           ///< column of the time or frequency; an operating point has none
  std::vector<int> columns;
  std::uint64_t rows = 0;        ///< in the plot that now fills
  std::uint64_t grid_steps = 0;  ///< steps already ordered
  std::optional<double> rejected_at;
  /// From the second solve of a sweep on, words wait here for the solve to fail: ngspice says the
  /// same at each.
  bool holds_words = false;
  std::vector<std::string> held_words;
};

Session& session(void* user) { return *static_cast<Session*>(user); }

[[noreturn]] void finish_and_leave(Session& self) {
  self.channel.release_rows();
  self.channel.send_and_leave(Kind::finished, {});
}

/// "V(1)" (so ngspice calls a node whose name begins with a digit) or "X.Y" -> "1", "x.y".
std::string vector_key(std::string_view name) {
  std::string key(name);
  std::ranges::transform(key, key.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (key.starts_with("v(") && key.ends_with(")")) key = key.substr(2, key.size() - 3);
  return key;
}

int on_words(char* text, int, void* user) noexcept {
  // Each line comes as "stdout ..." or "stderr ...".
  std::string_view line(text);
  const bool is_error = line.starts_with("stderr ");
  if (is_error || line.starts_with("stdout ")) line.remove_prefix(7);
  std::string body(1, static_cast<char>(is_error));
  body.append(line);
  Session& self = session(user);
  if (self.holds_words) {
    self.held_words.push_back(std::move(body));
  } else {
    self.channel.send(Kind::words, body);
  }
  return 0;
}

void send_held_words(Session& self) {
  for (const std::string& body : self.held_words) self.channel.send(Kind::words, body);
  self.held_words.clear();
}

int on_exit(int, NG_BOOL, NG_BOOL, int, void* user) noexcept {
  // The manual asks the caller to unload the library now: its state is undefined.
  send_held_words(session(user));
  session(user).channel.send_and_leave(Kind::gave_up, {});
}

void send_names(Session& self, const vecinfoall& plot) {
  std::string body;
  for (int i = plot.veccount - 1; i >= 0; --i) {  // ngspice lists the last one first
    const std::string name = vector_key(plot.vecs[i]->vecname);
    if (name != "time") protocol::put(body, name);
  }
  self.channel.send_and_leave(Kind::names, body);
}

void find_columns(Session& self, const vecinfoall& plot) {
  std::unordered_map<std::string, int> column;
  for (int i = 0; i < plot.veccount; ++i) column[vector_key(plot.vecs[i]->vecname)] = i;
  const auto scale = column.find(self.job.plot == "tran" ? "time" : "frequency");
  self.scale = self.job.plot == "op" || scale == column.end() ? -1 : scale->second;
  self.columns.clear();
  for (const std::string& name : self.job.wanted) {
    const auto found = column.find(name);
    if (found == column.end()) self.channel.send_and_leave(Kind::missing, name);
    self.columns.push_back(found->second);
  }
}

int on_plot(vecinfoall* plot, int, void* user) noexcept {
  Session& self = session(user);
  // `.options keepopinfo` makes an AC run fill an operating point's plot first.
  const std::string_view type(plot->type);
  self.streaming = self.running && type.starts_with(self.job.plot);
  self.rows = 0;
  if (!self.streaming) return 0;
  if (self.job.names_only) send_names(self, *plot);
  if (self.has_plot) return 0;
  self.has_plot = true;
  find_columns(self, *plot);
  self.channel.send(Kind::plot, type);
  return 0;
}

/// Is this row to be sent? A grid says which one is the last; without one, each may be.
bool is_wanted(Session& self, double time) {
  const protocol::Grid& grid = self.job.grid;
  const std::uint64_t last = grid.start_steps + grid.points;
  if (grid.step > 0 && self.rows > last) return false;
  if (!self.job.only_last) return true;
  if (grid.step > 0 && self.rows == last) return true;
  self.channel.drop_rows();
  self.channel.show_progress(time);
  return grid.step == 0;
}

void check_first_row(Session& self) {
  const std::string* unheard = self.noise ? self.noise->unheard() : nullptr;
  if (unheard != nullptr) self.channel.send_and_leave(Kind::unheard, *unheard);
}

int on_row(vecvaluesall* row, int, int, void* user) noexcept {
  Session& self = session(user);
  if (!self.streaming) return 0;
  if (self.rejected_at) {
    std::string body;
    protocol::put(body, *self.rejected_at);
    self.channel.send_and_leave(Kind::rejected, body);
  }
  if (self.rows++ == 0) check_first_row(self);
  const double scale = self.scale < 0 ? 0.0 : row->vecsa[self.scale]->creal;
  if (!is_wanted(self, scale)) return 0;
  const std::size_t parts = self.is_complex ? 2 : 1;
  double* out = self.channel.begin_row(1 + parts * self.columns.size());
  *out++ = scale;
  for (const int column : self.columns) {
    const vecvalues& value = *row->vecsa[column];
    *out++ = value.creal;
    if (self.is_complex) *out++ = value.cimag;
  }
  self.channel.end_row(self.is_complex ? Kind::rows_complex : Kind::rows_real);
  return 0;
}

/// The value of an external source. Only a transient has noise; elsewhere the value is 0, as the
/// path's is at t = 0.
int on_source(double* value, double time, char* name, int, void* user) noexcept {
  Session& self = session(user);
  *value = 0.0;
  if (!self.running || !self.has_noise) return 0;
  if (self.noise && self.noise->value(name, time, *value)) return 0;
  self.channel.send_and_leave(Kind::unlisted, name);
}

/// Orders the coming step of a grid. ngspice calls it at loc 0 once for each accepted point, after
/// its own breakpoint handling, so what is set here is what is done. Steps are counted, not derived
/// from the time; the length is k h - t, so that rounding errors do not add up.
void order_step(Session& self, double time, double* delta) {
  const protocol::Grid& grid = self.job.grid;
  const std::uint64_t done = self.grid_steps++;
  if (done < grid.start_steps) {
    *delta = grid.start_fraction * grid.step;
    return;
  }
  const std::uint64_t k = done - grid.start_steps + 1;
  // ngspice ends where less than ten of its smallest steps (1e-11 of the largest) are left, which
  // rounding decides on a long run; so it has been told a later end, and the run stops here. One
  // that will be repeated makes the way to that end in one more step, which nobody sees.
  const bool is_over = k > grid.points && self.rows > 0;
  if (is_over && !self.job.repeats) finish_and_leave(self);
  *delta = static_cast<double>(k) * grid.step - time;
}

int on_sync(double time, double* delta, double, int redo, int, int loc, void* user) noexcept {
  Session& self = session(user);
  if (redo != 0) {
    self.rejected_at = time;
    return 0;
  }
  if (loc != 0) return 0;
  if (time == 0.0) {
    // ngspice's "transient operating point" comes through here too, from time 0, before the run.
    self.grid_steps = 0;
    self.rejected_at.reset();
  }
  order_step(self, time, delta);
  return 0;
}

// ---- the run

bool is_end_line(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string word = vector_key(line.substr(0, line.find_first_of(" \t\r")));
  return word == ".end";
}

/// `.save` lines, not the command `save`: its arguments pass ngspice's shell, which expands `!` and
/// `$`. ngspice then keeps these vectors alone.
void add_save_lines(std::vector<std::string>& lines, const std::vector<std::string>& wanted) {
  constexpr std::string_view branch = "#branch";
  for (std::string_view name : wanted) {
    const bool is_current = name.ends_with(branch);
    if (is_current) name.remove_suffix(branch.size());
    lines.emplace_back(is_current ? ".save i(" : ".save v(").append(name).append(")");
  }
}

void load_deck(const protocol::Job& job) {
  std::vector<std::string> lines;
  bool saved = job.names_only;
  std::string_view rest(job.deck);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!saved && is_end_line(line)) {
      add_save_lines(lines, job.wanted);
      saved = true;
    }
    lines.emplace_back(line);
  }
  std::vector<char*> pointers;
  pointers.reserve(lines.size() + 1);
  for (std::string& line : lines) pointers.push_back(line.data());
  pointers.push_back(nullptr);
  // Neither this nor ngSpice_Command returns anything of use; the parent looks at what came out.
  ngSpice_Circ(pointers.data());
}

/// The start-up files have been read: the folder that kept the user's ones away can go. The parent
/// removes it too, but may be killed before.
void remove_own_folder() {
  ::unlink(".spiceinit");
  if (const char* home = std::getenv("HOME")) ::rmdir(home);  // the same folder; fails if not empty
}

// ---- the analysis

std::string number_text(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

void command(std::string text) { ngSpice_Command(text.data()); }

/// A run of one command, which makes one plot. False if it made no row.
bool solve(Session& self, const std::string& text) {
  self.rows = 0;
  self.streaming = false;
  if (self.job.only_last) self.channel.hold_rows();
  command(text);
  const bool has_row = self.rows > 0;
  if (has_row) self.held_words.clear();
  return has_row;
}

void set_stimulus(const std::string& source, const char* magnitude) {
  command("alter " + source + " acmag = " + magnitude);
}

/// False if a solve made no row: so will the others, or the next one's place would not be its own.
bool sweep(Session& self) {
  for (const double frequency : self.job.frequencies) {
    const std::string digits = number_text(frequency);
    const bool has_row = solve(self, self.job.command + ' ' + digits + ' ' + digits);
    command("destroy all");  // its plots, or memory would grow
    if (!has_row) return false;
    self.holds_words = true;
  }
  return true;
}

void sweep_drives(Session& self) {
  for (const std::string& drive : self.job.drives) {
    set_stimulus(drive, "0");
    command("alter " + drive + " acphase = 0");
  }
  for (const std::string& drive : self.job.drives) {
    set_stimulus(drive, "1");
    if (!sweep(self)) return;
    set_stimulus(drive, "0");
  }
}

void analyse(Session& self) {
  self.running = true;
  if (self.job.frequencies.empty()) {
    solve(self, self.job.command);
  } else if (self.job.drives.empty()) {
    sweep(self);
  } else {
    sweep_drives(self);
  }
  self.running = false;
  self.holds_words = false;
  send_held_words(self);
}

/// A second `tran` gives the numbers of the first one to the last bit: ngspice sets the circuit up
/// anew for each.
void repeat(Session& self) {
  for (;;) {
    self.channel.release_rows();
    self.channel.send(Kind::finished, {});
    command("destroy all");
    const std::string body = Channel::receive(Kind::again);
    self.noise->start(protocol::Reader(body).number<std::uint64_t>());
    self.rejected_at.reset();
    analyse(self);
  }
}

void run(Session& self) {
  ngSpice_Init(on_words, nullptr, on_exit, on_row, on_plot, nullptr, &self);
  remove_own_folder();
  ngSpice_Init_Sync(on_source, on_source, self.job.grid.step > 0 ? on_sync : nullptr, nullptr,
                    &self);
  load_deck(self.job);
  self.job.deck.clear();
  self.job.deck.shrink_to_fit();
  analyse(self);
  if (self.job.repeats) repeat(self);
  finish_and_leave(self);
}

void die_with_parent(const char* parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != std::atoi(parent)) leave();  // it died before the line above
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("springspice-ngspice is started by springspice itself\n", stderr);
    return 2;
  }
  die_with_parent(argv[1]);
  // What the library prints by itself goes to a pipe, and must not wait in a buffer for a crash.
  std::setvbuf(stdout, nullptr, _IONBF, 0);

  Session self;
  std::string hello;
  protocol::put(hello, protocol::version);
  self.channel.send(Kind::hello, hello);

  self.job = protocol::decode_job(Channel::receive(Kind::job));
  if (self.job.noise.step > 0) self.noise.emplace(self.job.noise);
  self.has_noise = self.job.plot == "tran" && !self.job.names_only;
  self.is_complex = self.job.plot == "ac";
  run(self);
}
