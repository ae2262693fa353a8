#include "sim/thermo/deal.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace springspice::thermo {

bool deal(std::uint64_t count, int threads, const std::function<bool(std::uint64_t)>& task) {
  std::atomic<std::uint64_t> next = 0;
  std::atomic<bool> ended = false;
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    try {
      while (!ended) {
        const std::uint64_t number = next++;
        if (number >= count) return;
        if (!task(number)) ended = true;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
      ended = true;
    }
  };
  {
    const auto wanted = static_cast<std::uint64_t>(std::max(1, threads));
    std::vector<std::jthread> helpers;
    for (std::uint64_t i = 1; i < std::min(wanted, count); ++i) helpers.emplace_back(work);
    work();
  }
  if (error) std::rethrow_exception(error);
  return !ended;
}

}  // namespace springspice::thermo
