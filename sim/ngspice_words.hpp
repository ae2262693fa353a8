// What ngspice says, and what of it is a fault.
//
// Its return codes say nothing and its words have no form, so faults are found in two ways. Where
// ngspice itself gives up, the missing plot is the evidence, and the words only explain. Where it
// goes on with something else than the deck says ("set to 1 mOhm", "IC on non-existent node,
// ignored"), the words are all there is: fault_in() knows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace springspice::sim {

class NgspiceWords {
 public:
  /// One line as ngspice said it.
  void hear(std::string_view line, bool from_stderr);
  /// What the library printed past its own callback, in pieces.
  void hear_printed(std::string_view text);
  /// All but the version: another run of the same worker begins.
  void forget();

  const std::string& log() const { return log_; }
  /// Lines that may explain a failure: all of stderr but notes and progress.
  const std::vector<std::string>& complaints() const { return complaints_; }
  /// "39", from the banner; empty before it.
  const std::string& version() const { return version_; }

 private:
  std::string log_;
  std::vector<std::string> complaints_;
  std::string version_;
  bool quotation_follows_ = false;
};

/// True for a line after which ngspice runs, but not what the deck says.
bool is_fault(std::string_view line);

/// True if the operating point came out of a singular matrix: ngspice then runs its "transient
/// operating point" and calls the state where that stands a solution.
bool is_doubtful_operating_point(const NgspiceWords& words);

/// "ngspice refused the deck, line 3 `D1 a 0 nomodel`: could not find a valid modelname".
std::string format_refusal(const NgspiceWords& words, const std::string& deck);

/// The last complaints, joined, or the last line of all: why a run that had begun has ended.
std::string format_last_words(const NgspiceWords& words);

/// "no vector 'x9'; did you mean 'x8'? There are 12: x1, x2, ..."
std::string format_unknown(const std::string& name, const std::vector<std::string>& names);

}  // namespace springspice::sim
