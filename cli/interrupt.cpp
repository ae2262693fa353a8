#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace springspice::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};
// The signal that came; 0: none. Lock-free, as a handler must have it.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);
// What each of kSignals did before the guard.
struct sigaction before[2];

void restore() noexcept {
  for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], &before[i], nullptr);
}

extern "C" void springspice_on_interrupt(int signal) {
  received.store(signal);
  // The next one is for somebody who does not want to wait.
  restore();
}

}  // namespace

InterruptGuard::InterruptGuard() {
  for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], nullptr, &before[i]);
  for (int i = 0; i < 2; ++i) {
    if (before[i].sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = springspice_on_interrupt;
    // A write that the signal meets goes on.
    action.sa_flags = SA_RESTART;
    // Both handlers restore both signals: one at a time.
    for (const int signal : kSignals) ::sigaddset(&action.sa_mask, signal);
    ::sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() { restore(); }

bool interrupted() noexcept { return received.load(std::memory_order_relaxed) != 0; }

void end_as_interrupted() noexcept {
  const int signal = received.load();
  if (signal == 0) return;
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
  ::raise(signal);
}

}  // namespace springspice::cli
