// What gnucap prints, read as it comes: its banner, its complaints, and the table of `.print` in
// the format `basic`.
//
//     main version: master 2017.10.03
//     springspice                            the deck's title
//     #Time   v(n1)   v(n2) ...              names; behind about 476 columns the line goes on in
//     + v(n477) ...                          one that begins with `+`, and so do the rows
//      1.E-6  1.998   -0.3 ...
//
// Whatever stands behind the title and is neither is a complaint of gnucap's, which ends with exit
// status 0 all the same.
#pragma once

#include <complex>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine.hpp"

namespace springspice::sim {

class GnucapTable {
 public:
  /// @param columns names of nodes, "n3": the order in which values are handed out
  GnucapTable(std::vector<std::string> columns, const OnPoint& on_point);

  /// The next piece of what gnucap printed, cut anywhere.
  /// @throws EngineError (ended_early) for a row with a value that is no number
  void hear(std::string_view text);
  /// Nothing follows.
  void finish();

  std::size_t points() const { return points_; }
  double last_scale() const { return last_scale_; }
  const std::string& version() const { return version_; }
  const std::string& complaints() const { return complaints_; }

 private:
  void take_line(std::string_view line);
  void take_record();
  void take_names(std::string_view record);
  void take_row(std::string_view record);
  void complain(std::string_view line);

  std::vector<std::string> columns_;
  const OnPoint& on_point_;
  std::string rest_;    // of a line
  std::string record_;  // a line with those that go on with it
  bool in_deck_ = false;
  std::vector<std::size_t> slots_;  // table column -> columns_; columns_.size(): nobody asked
  std::vector<std::complex<double>> values_;
  std::size_t points_ = 0;
  double last_scale_ = 0.0;
  std::string version_;
  std::string complaints_;
};

}  // namespace springspice::sim
