#include "sim/dynamics/path_writer.hpp"

#include <bit>
#include <stdexcept>
#include <utility>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/npy.hpp"
#include "core/table.hpp"

namespace springspice::dynamics {
namespace {

// Pieces of this size make the sink's own cost small.
constexpr std::size_t kPiece = 1 << 16;

// The order of calls, and the count of rows.
class CheckedWriter : public PathWriter {
 public:
  CheckedWriter(const PathLayout& layout, Sink sink) : layout_(layout), sink_(std::move(sink)) {}

  void begin_run(std::uint64_t run) final {
    if (open_) throw std::logic_error("begin_run: the run before is open; call end_run first");
    if (run != next_run_ || run >= layout_.runs) {
      throw std::logic_error(fmt::format("begin_run({}): the next run is {}, and there are {}", run,
                                         next_run_, layout_.runs));
    }
    open_ = true;
    ++next_run_;
    rows_ = 0;
    start_run(run);
  }

  void write(std::span<const double> rows) final {
    if (!open_) throw std::logic_error("write: no run is open; call begin_run first");
    const std::size_t width = layout_.columns.size() + 1;
    if (rows.size() % width != 0) {
      throw std::logic_error(
          fmt::format("write: {} numbers are no whole rows of {}", rows.size(), width));
    }
    rows_ += rows.size() / width;
    if (rows_ > layout_.rows) {
      throw std::logic_error(
          fmt::format("write: {} rows, but the layout has {}", rows_, layout_.rows));
    }
    write_rows(rows);
  }

  void end_run() final {
    if (!open_) throw std::logic_error("end_run: no run is open; call begin_run first");
    if (rows_ != layout_.rows) {
      throw std::logic_error(
          fmt::format("end_run: {} rows were written, but the layout has {}", rows_, layout_.rows));
    }
    open_ = false;
    finish_run();
  }

 protected:
  virtual void start_run(std::uint64_t run) = 0;
  virtual void write_rows(std::span<const double> rows) = 0;
  virtual void finish_run() {}

  const PathLayout& layout() const { return layout_; }
  void pass_on(std::string_view bytes) const { sink_(bytes); }

 private:
  PathLayout layout_;
  Sink sink_;
  std::uint64_t next_run_ = 0;
  std::uint64_t rows_ = 0;
  bool open_ = false;
};

class CsvWriter final : public CheckedWriter {
 public:
  CsvWriter(const PathLayout& layout, Sink sink) : CheckedWriter(layout, std::move(sink)) {
    std::string header = layout.runs == 1 ? "t" : "run,t";
    for (const std::string& column : layout.columns) header += "," + column;
    pass_on(header + "\n");
  }

 private:
  void start_run(std::uint64_t run) override {
    if (layout().runs != 1) prefix_ = fmt::format("{},", run);
  }

  void write_rows(std::span<const double> rows) override {
    const std::size_t width = layout().columns.size() + 1;
    for (std::size_t i = 0; i < rows.size(); i += width) {
      buffer_.append(prefix_);
      for (std::size_t j = 0; j < width; ++j) {
        // Compiled: half the time of a format read at run time.
        fmt::format_to(fmt::appender(buffer_), FMT_COMPILE("{}"), rows[i + j]);
        buffer_.push_back(j + 1 == width ? '\n' : ',');
      }
      if (buffer_.size() > kPiece) flush();
    }
  }

  void finish_run() override { flush(); }

  void flush() {
    pass_on({buffer_.data(), buffer_.size()});
    buffer_.clear();
  }

  std::string prefix_;
  fmt::memory_buffer buffer_;
};

// Numbers go out as they lie in memory.
static_assert(std::endian::native == std::endian::little, "both binary formats are little-endian");

std::string_view bytes_of(std::span<const double> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

class NpyWriter final : public CheckedWriter {
 public:
  NpyWriter(const PathLayout& layout, Sink sink) : CheckedWriter(layout, std::move(sink)) {
    std::vector<std::uint64_t> shape = {layout.rows, layout.columns.size() + 1};
    if (layout.runs != 1) shape.insert(shape.begin(), layout.runs);
    pass_on(core::format_npy_header(shape));
  }

 private:
  void start_run(std::uint64_t) override {}
  void write_rows(std::span<const double> rows) override { pass_on(bytes_of(rows)); }
};

class RawWriter final : public CheckedWriter {
 public:
  using CheckedWriter::CheckedWriter;

 private:
  // ngspice names a plot of this name tran1, tran2, ...; LTspice's readers know no other for time
  // series. They also want a date, and ngspice would put in the time of loading: a word instead,
  // so that the same run is the same bytes. All columns are voltages, which they are in decks,
  // where the nodes have these names: v(x2_3) then is the same thing in both, and may be drawn in
  // one picture (LTspice refuses to draw what has no type).
  void start_run(std::uint64_t run) override {
    std::string header = fmt::format(
        "Title: springspice, run {}\nDate: none\nPlotname: Transient Analysis\nFlags: real\n"
        "No. Variables: {}\nNo. Points: {}\nVariables:\n\t0\ttime\ttime\n",
        run, layout().columns.size() + 1, layout().rows);
    for (std::size_t i = 0; i < layout().columns.size(); ++i) {
      header += fmt::format("\t{}\t{}\tvoltage\n", i + 1, layout().columns[i]);
    }
    pass_on(header + "Binary:\n");
  }
  void write_rows(std::span<const double> rows) override { pass_on(bytes_of(rows)); }
};

}  // namespace

PathLayout make_layout(const core::SecondOrderSystem& system, std::uint64_t runs,
                       std::uint64_t rows) {
  PathLayout layout{{}, runs, rows};
  const bool moving = system.dynamics == core::Dynamics::underdamped;
  for (const char* quantity : {"x", "v"}) {
    if (*quantity == 'v' && !moving) continue;
    for (Eigen::Index p = 0; p < system.outputs(); ++p) {
      const std::string suffix = system.outputs() == 1 ? "" : fmt::format("y{}", p + 1);
      for (Eigen::Index i = 0; i < system.size(); ++i) {
        layout.columns.push_back(quantity + system.label(i) + suffix);
      }
    }
  }
  return layout;
}

PathFormat path_format_of(const std::string& file_name) {
  if (file_name.ends_with(".csv")) return PathFormat::csv;
  if (file_name.ends_with(".npy")) return PathFormat::npy;
  if (file_name.ends_with(".raw")) return PathFormat::raw;
  throw core::ParameterError(
      fmt::format("'{}' does not say in which format trajectories are to be written; name the file "
                  ".csv (text), .npy (NumPy) or .raw (ngspice)",
                  core::printable(file_name)));
}

std::unique_ptr<PathWriter> make_path_writer(PathFormat format, const PathLayout& layout,
                                             Sink sink) {
  switch (format) {
    case PathFormat::npy:
      return std::make_unique<NpyWriter>(layout, std::move(sink));
    case PathFormat::raw:
      return std::make_unique<RawWriter>(layout, std::move(sink));
    case PathFormat::csv:
      break;
  }
  return std::make_unique<CsvWriter>(layout, std::move(sink));
}

}  // namespace springspice::dynamics
