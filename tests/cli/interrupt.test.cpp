#include "cli/interrupt.hpp"

#include <csignal>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

using namespace springspice::cli;

namespace {

/// How a child ends that runs `act`: its exit status, or 128 + the signal.
int end_of(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    // The test runner's handlers would report.
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("the first signal sets the flag, the second one ends the program") {
  for (const int signal : {SIGINT, SIGTERM}) {
    CHECK(end_of([signal] {
            const InterruptGuard guard;
            if (interrupted()) return 1;
            std::raise(signal);
            return interrupted() ? 0 : 2;
          }) == 0);
    CHECK(end_of([signal] {
            const InterruptGuard guard;
            std::raise(signal);
            std::raise(signal);
            return 0;
          }) == 128 + signal);
  }
}

TEST_CASE("without a guard signals do as before, and one that was ignored stays so") {
  CHECK(end_of([] {
          { const InterruptGuard guard; }
          std::raise(SIGTERM);
          return 0;
        }) == 128 + SIGTERM);
  CHECK(end_of([] {
          std::signal(SIGINT, SIG_IGN);
          const InterruptGuard guard;
          std::raise(SIGINT);
          std::raise(SIGINT);
          return interrupted() ? 1 : 0;
        }) == 0);
}

TEST_CASE("an interrupted program ends by its signal once the results are written") {
  CHECK(end_of([] {
          end_as_interrupted();  // nothing has come: it goes on
          {
            const InterruptGuard guard;
            std::raise(SIGINT);
          }
          if (!interrupted()) return 1;
          end_as_interrupted();
          return 2;
        }) == 128 + SIGINT);
}
