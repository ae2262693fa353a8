// The values of a circuit's external sources: amplitude * n_stream(t) of the noise path.
//
// ngspice asks for one source after the other, by name, about twice a point and sometimes for an
// earlier time. Each value is a pure function of source and time. What is remembered only saves
// work: the interval of the last time, the two samples around it, and that the sources come in the
// order of the round before (known by the pointer to ngspice's own copy of the name).
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/noise_path.hpp"
#include "sim/worker/protocol.hpp"

namespace springspice::sim {

class NoiseSources {
 public:
  explicit NoiseSources(const protocol::Noise& noise)
      : path_(noise.seed, noise.run, noise.step), seed_(noise.seed) {
    for (const protocol::Source& source : noise.sources) {
      sources_.push_back({source.name, source.stream, source.amplitude});
    }
    for (std::size_t i = 0; i < sources_.size(); ++i) by_name_[sources_[i].name] = i;
  }

  /// Another run of the ensemble, from its beginning.
  void start(std::uint64_t run) {
    path_ = core::NoisePath(seed_, run, path_.step());
    for (Source& source : sources_) source.interval = no_interval;
    round_.clear();
    next_ = 0;
  }

  /// False if no such source is listed.
  bool value(const char* name, double time, double& out) {
    Source* source = find(name);
    if (source == nullptr) return false;
    if (time != time_) set_time(time);
    if (source->interval != interval_) move(*source);
    out = source->amplitude * (source->left + fraction_ * (source->right - source->left));
    return true;
  }

  /// A listed source that has not been asked for since start(); nullptr if there is none.
  const std::string* unheard() const {
    for (const Source& source : sources_) {
      if (source.interval == no_interval) return &source.name;
    }
    return nullptr;
  }

 private:
  static constexpr std::uint64_t no_interval = std::numeric_limits<std::uint64_t>::max();

  struct Source {
    std::string name;
    std::uint64_t stream = 0;
    double amplitude = 0.0;
    std::uint64_t interval = no_interval;  ///< from this sample to the next
    double left = 0.0;
    double right = 0.0;
  };
  struct Asked {
    const char* name;
    std::size_t source;
  };

  Source* find(const char* name) {
    if (next_ >= round_.size()) next_ = 0;
    if (next_ < round_.size() && round_[next_].name == name) {
      return &sources_[round_[next_++].source];
    }
    const auto found = by_name_.find(std::string(name));
    if (found == by_name_.end()) return nullptr;
    remember({name, found->second});
    return &sources_[found->second];
  }

  void remember(Asked asked) {
    for (std::size_t i = 0; i < round_.size(); ++i) {
      if (round_[i].name != asked.name) continue;
      next_ = i + 1;
      return;
    }
    round_.push_back(asked);
    next_ = round_.size();
  }

  void set_time(double time) {
    // As core::NoisePath::at() does it, to the last bit.
    const double position = time / path_.step();
    const double below = std::floor(position);
    time_ = time;
    interval_ = static_cast<std::uint64_t>(below);
    fraction_ = position - below;
  }

  void move(Source& source) {
    const bool is_next = source.interval + 1 == interval_ && source.interval != no_interval;
    source.left = is_next ? source.right : path_.sample(source.stream, interval_);
    source.right = path_.sample(source.stream, interval_ + 1);
    source.interval = interval_;
  }

  core::NoisePath path_;
  std::uint64_t seed_;
  std::vector<Source> sources_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<Asked> round_;  ///< in ngspice's order
  std::size_t next_ = 0;
  double time_ = -1.0;
  std::uint64_t interval_ = 0;
  double fraction_ = 0.0;
};

}  // namespace springspice::sim
