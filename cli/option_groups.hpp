// The options of a command, in the groups of its help.
#pragma once

#include <vector>

#include <boost/program_options/options_description.hpp>

namespace springspice::cli {

/// The library's own description forgets its groups once they are joined; the manual page needs
/// them.
class OptionGroups {
 public:
  OptionGroups& add(boost::program_options::options_description group);

  const std::vector<boost::program_options::options_description>& groups() const { return groups_; }
  /// Joined: what a parser takes.
  boost::program_options::options_description all() const;

 private:
  std::vector<boost::program_options::options_description> groups_;
};

}  // namespace springspice::cli
