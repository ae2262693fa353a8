// The values of a circuit's external sources: amplitude * n_stream(t) of the noise path.
//
// ngspice asks for one source after the other, by name, about twice a point and sometimes for an
// earlier time. Each value is a pure function of source and time. What is remembered only saves
// work: the values of all sources at the last time, the samples on both sides of it, and that the
// sources come in the order of the round before (known by the pointer to ngspice's own copy of the
// name). All sources move together: their samples do not depend on each other, and a processor
// computes several at once.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
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
      : path_(noise.seed, noise.run, noise.step),
        seed_(noise.seed),
        sources_(noise.sources),
        heard_(sources_.size()),
        left_(sources_.size()),
        right_(sources_.size()),
        four_(sources_.size()),
        values_(sources_.size()) {
    for (std::size_t i = 0; i < sources_.size(); ++i) by_name_[sources_[i].name] = i;
    start(noise.run);
  }

  /// Another run of the ensemble, from its beginning.
  void start(std::uint64_t run) {
    path_ = core::NoisePath(seed_, run, path_.step());
    block_ = kNoBlock;
    compute_samples(0);
    set_time(0.0);
    round_.clear();
    next_ = 0;
    heard_.assign(sources_.size(), false);
  }

  /// False if no such source is listed.
  bool value(const char* name, double time, double& out) {
    if (time != time_) set_time(time);
    if (next_ == round_.size()) next_ = 0;
    if (next_ < round_.size() && round_[next_].name == name) {
      out = values_[round_[next_++].source];
      return true;
    }
    const auto found = by_name_.find(std::string(name));
    if (found == by_name_.end()) return false;
    heard_[found->second] = true;
    remember({name, found->second});
    out = values_[found->second];
    return true;
  }

  /// A listed source that has not been asked for since start(); nullptr if there is none.
  const std::string* unheard() const {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!heard_[i]) return &sources_[i].name;
    }
    return nullptr;
  }

 private:
  struct Asked {
    const char* name;
    std::size_t source;
  };

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
    const double fraction = position - below;
    move_to(static_cast<std::uint64_t>(below));
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double sample = left_[i] + fraction * (right_[i] - left_[i]);
      values_[i] = sources_[i].amplitude * sample;
    }
    time_ = time;
  }

  void move_to(std::uint64_t interval) {
    if (interval == interval_) return;
    if (interval != interval_ + 1) return compute_samples(interval);
    interval_ = interval;
    left_.swap(right_);
    compute_samples(interval + 1, right_);
  }

  void compute_samples(std::uint64_t interval) {
    interval_ = interval;
    compute_samples(interval, left_);
    compute_samples(interval + 1, right_);
  }

  void compute_samples(std::uint64_t k, std::vector<double>& samples) {
    if (k / 4 != block_) {
      block_ = k / 4;
      for (std::size_t i = 0; i < four_.size(); ++i) {
        four_[i] = path_.samples(sources_[i].stream, block_);
      }
    }
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = four_[i][k % 4];
  }

  core::NoisePath path_;
  std::uint64_t seed_;
  std::vector<protocol::Source> sources_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<bool> heard_;
  std::vector<Asked> round_;  ///< in ngspice's order
  std::size_t next_ = 0;

  double time_ = 0.0;
  std::uint64_t interval_ = 0;
  std::vector<double> left_;   ///< at interval_
  std::vector<double> right_;  ///< at interval_ + 1
  /// Samples come by fours; k = 4 block_ to 4 block_ + 3.
  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};
  std::uint64_t block_ = kNoBlock;
  std::vector<std::array<double, 4>> four_;
  std::vector<double> values_;
};

}  // namespace springspice::sim
