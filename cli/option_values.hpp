// Values of options, read with a clear message for what they cannot be.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/program_options/variables_map.hpp>

#include "cli/options.hpp"

namespace springspice::cli {

template <typename T>
std::optional<T> get(const boost::program_options::variables_map& map, const char* name) {
  if (map.count(name) == 0) return std::nullopt;
  return map[name].as<T>();
}

/// A value that is none of those allowed; says which are, for those who ask by trying.
class ChoiceError : public UsageError {
 public:
  ChoiceError(const std::string& what, std::vector<std::string> words, bool or_file)
      : UsageError(what), words_(std::move(words)), or_file_(or_file) {}

  const std::vector<std::string>& words() const { return words_; }
  bool or_file() const { return or_file_; }  ///< a file's name is allowed too

 private:
  std::vector<std::string> words_;
  bool or_file_;
};

/// The position of a word among those allowed. @throws ChoiceError
std::size_t choose(const boost::program_options::variables_map& map, const char* option,
                   std::initializer_list<const char*> words);

/// @throws UsageError for a value that is given and not finite and above 0
void require_positive(const std::optional<double>& value, const char* option);

/// @param range for the message: "from 1 to 256"
/// @throws UsageError
std::uint64_t read_whole(const std::string& text, const char* option, std::uint64_t least,
                         std::uint64_t most, const char* range);

}  // namespace springspice::cli
