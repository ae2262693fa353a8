// Tasks dealt out to threads.
#pragma once

#include <cstdint>
#include <functional>

namespace springspice::thermo {

/// Calls task(0) ... task(count - 1), each once, by up to `threads` threads, the calling one among
/// them. Rethrows what a task throws; then, and once a task returns false, no further one begins.
/// @return whether all were done
bool deal(std::uint64_t count, int threads, const std::function<bool(std::uint64_t)>& task);

}  // namespace springspice::thermo
