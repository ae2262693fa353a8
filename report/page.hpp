// What a page about a run holds, as data: the verdict, figures, tables. It knows no physics and no
// HTML; a command fills it, a record file keeps it (report/record.hpp), report/html.hpp shows it.
//
// Figures are curves and fields in numbers, so that a page can be made anew, drawn by another
// program, or shown as tables where nothing draws.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace springspice::report {

/// One curve of a figure. x and y are of one size; a NaN breaks the curve.
struct Series {
  enum class Kind {
    line,
    dashed,
    points,
    steps,  ///< a histogram's outline: y holds from x to the next x
    band,   ///< from low to high at x, without y
  };
  /// For the key; empty: not in it, and drawn like the curve before it.
  std::string name = {};
  Kind kind = Kind::line;
  std::vector<double> x = {}, y = {};
  std::vector<double> low = {}, high = {};  ///< of a band; of points: error bars where given
};

/// A value over a rectangle: value[row][column] at (x[column], y[row]), as a heat map on linear
/// axes. Each value fills the rectangle around its place: for even axes give the cells' centres.
struct Field {
  std::vector<double> x = {}, y = {};
  std::vector<std::vector<double>> value = {};
  std::string label = {};  ///< of the colour scale, with its unit
};

/// Bars with names, e.g. an error budget; the figure's log_x makes their lengths logarithmic.
struct Bars {
  std::vector<std::string> names;
  std::vector<double> values;
};

struct Figure {
  std::string title;
  std::string caption;  ///< what is to be seen, in a sentence
  std::string x_label, y_label;
  bool log_x = false, log_y = false;
  std::vector<Series> series;
  std::optional<Field> field;  ///< series are drawn over it
  std::optional<Bars> bars;    ///< in place of series
};

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A heading with a paragraph, figures, then tables.
struct Section {
  std::string title;
  std::string text;  ///< plain; may be empty
  std::vector<Figure> figures;
  std::vector<Table> tables;
};

enum class Verdict { none, pass, fail };

struct Page {
  std::string command;                 ///< "cosim"
  std::vector<std::string> arguments;  ///< the whole command line, word by word, to repeat the run
  std::string title;                   ///< of the page: what was run on what
  Verdict verdict = Verdict::none;
  std::string summary;  ///< the result in a sentence or two, beside the verdict
  std::vector<Section> sections;
};

/// What does not fit together: a curve whose x and y differ in length, a field with a row too long,
/// a table's row without a cell for each column. The text names the place,
/// "sections[1].figures[0]".
class PageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// @throws PageError
void check_sizes(const Page& page);

}  // namespace springspice::report
