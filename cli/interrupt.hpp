// Ctrl-C that lets a long run write what it has.
//
//   const InterruptGuard guard;      // after the input is read: a read should end at once
//   while (... && !interrupted())    // between steps
//   ...                              // write the results, marked partial
//   end_as_interrupted();            // main, last: the shell sees that we did not end by ourselves
//
// The first SIGINT or SIGTERM while a guard lives sets the flag; the second one, and any after the
// guard, does what install_output_signals() says. A signal that was ignored stays so (nohup, jobs
// in the background of a script).
#pragma once

namespace springspice::cli {

class InterruptGuard {
 public:
  /// @pre no other guard lives
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// A signal has come while a guard lived. From any thread; stays true.
bool interrupted() noexcept;

/// Ends the program by the signal that set the flag, so that a script stops too; returns where
/// there was none. Nothing is unwound: call it when all files are committed.
void end_as_interrupted() noexcept;

}  // namespace springspice::cli
