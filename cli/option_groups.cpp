#include "cli/option_groups.hpp"

#include <utility>

namespace springspice::cli {

namespace po = boost::program_options;

OptionGroups& OptionGroups::add(po::options_description group) {
  groups_.push_back(std::move(group));
  return *this;
}

po::options_description OptionGroups::all() const {
  po::options_description joined;
  for (const po::options_description& group : groups_) joined.add(group);
  return joined;
}

}  // namespace springspice::cli
