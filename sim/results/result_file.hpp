// What a simulator or an oscilloscope wrote: times and node voltages, row by row, in constant
// memory.
//
//   format           | told by                         | layout
//   -----------------|---------------------------------|-----------------------------------------
//   ngspice, Xyce    | `Title:`                        | `Values:` text, or `Binary:` doubles,
//   point raw              |                                 | by point; complex ones as pairs
//   LTspice raw      | UTF-16, or `Command:` with      | `Binary:` a double (time), then floats
//                    | LTspice in it                   | (doubles with the flag `double`); with the
//                    |                                 | flag `fastaccess` variable by variable
//   CSV              | anything else                   | comment and settings lines, a header,
//   perhaps
//                    |                                 | a row of units, numbers; separated by
//                    comma, |                                 | semicolon or tab; decimal points
//
// Of several plots in a raw file the first transient one is read. LTspice marks the points that it
// made up while compressing by a minus before the time, which is dropped here, and gives times
// relative to `Offset:`. A CSV file's units (s, ms, us, ns, V, mV, uV) stand in a row of their own
// or in the names, "time (ms)"; without them it is seconds and volts.
//
// Refused: a file cut short (with the numbers of points), numbers of the other byte order, values
// that are none, times that go back, LTspice's `stepped` files (several runs in one table).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace springspice::sim {

class ResultFile {
 public:
  virtual ~ResultFile() = default;

  /// "ngspice raw, binary"
  const std::string& format() const { return format_; }
  /// Names of what was recorded beside time, in lower case: a node's voltage under the node's name
  /// ("x0", also where the file says V(X0)), all else as it stands ("i(l1)").
  const std::vector<std::string>& columns() const { return columns_; }

  /// Which columns next() hands out, in this order. Before the first next().
  void select(std::vector<std::size_t> columns) { selected_ = std::move(columns); }

  /// The next point, in seconds and volts; false at the end.
  /// @pre values.size() is the number of selected columns
  /// @throws core::InputError, with the file and the point
  bool next(double& time_s, std::span<double> values);

  std::uint64_t points() const { return points_; }  ///< handed out so far
  /// Points in all, where the file says so; else 0.
  std::uint64_t declared() const { return declared_; }
  /// After the end: true where further plots follow, which nobody reads.
  virtual bool has_more() { return false; }

 protected:
  explicit ResultFile(std::string path) : path_(std::move(path)) {}
  [[noreturn]] void fail(const std::string& what) const;
  /// The next row into time and the selected columns, unchecked.
  virtual bool read_row(double& time_s, std::span<double> values) = 0;
  /// "point 17", or where else the last row stands.
  virtual std::string place() const;

  std::string path_;
  std::string format_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> selected_;
  std::uint64_t declared_ = 0;

 private:
  std::uint64_t points_ = 0;
  double last_time_s_ = 0.0;
};

/// @throws core::InputError for a file that cannot be read or is none of these
std::unique_ptr<ResultFile> open_results(const std::string& path);

}  // namespace springspice::sim
