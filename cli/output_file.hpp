// Files that are either written whole or not touched.
//
//   OutputFile file(path);         // opens NAME.tmp-PID in the folder of NAME
//   file.stream() << ... ;         // or file.write(text)
//   file.commit();                 // flushes, checks every error, renames to NAME
//
// Without commit(), and on SIGINT, SIGTERM and SIGHUP after install_output_signals(), the temporary
// file is removed and an old NAME stays as it was. Not promised: that the file survives a power cut
// (nothing is synced to the disk).
#pragma once

#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace springspice::cli {

/// Something that cannot be written; the text says what, why, and which option to change.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class OutputFile {
 public:
  /// Opens for writing; "-" is standard output. A symbolic link is followed. A device or a pipe
  /// (/dev/null) is written in place, as it cannot be replaced. A new version keeps the old one's
  /// permissions. `option` is named in messages.
  /// @throws OutputError for a folder that is not there or not writable, a write-protected file, a
  /// folder as `path`, and a file that is being written already
  explicit OutputFile(const std::string& path, const std::string& option = "--out");
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// After an error it is bad() and takes no more text; commit() gives the reason.
  std::ostream& stream();

  /// @throws OutputError as soon as the text does not fit; it may also come later, from commit()
  void write(std::string_view text);

  /// Flushes and closes, so that of commit() only the renaming is left: files that belong together
  /// are all finished before the first is committed. No text may follow.
  /// @throws OutputError for any text that could not be written
  void finish();

  /// finish(), and makes the file appear under its name. @pre not committed yet
  /// @throws OutputError for any text that could not be written; the old file then stays
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The folder `path`, with its parents; it may be there already.
/// @throws OutputError where it cannot be made or not be written to
void make_folder(const std::string& path, const std::string& option = "--out");

/// Call once from main. SIGINT, SIGTERM and SIGHUP remove temporary files and then end the program
/// as they would without us. SIGPIPE and SIGXFSZ are ignored, so that a reader that goes away and a
/// limit on file sizes become an OutputError; a child inherits this unless it resets them.
void install_output_signals();

/// What the signal handlers do first, for a handler of somebody else's. Async-signal-safe.
void remove_temporary_files() noexcept;

}  // namespace springspice::cli
