// A node that transconductors drive: weighted sums of other nodes' voltages, for gmc and rlc.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hw/builder.hpp"

namespace springspice::hw {

/// One transconductor of |weight| siemens from node `prefix`<label> of each coordinate, its sign
/// times signs_i, into `into`: a current sum_i siemens weight_i s_i V_i. Named `name`__<label>.
/// @param query number of the read-out, -1 for a residual
void add_ota_sum(Builder& builder, const std::string& name, const std::string& prefix,
                 const std::string& into, const std::vector<std::pair<int, double>>& weights,
                 const std::vector<int>& signs, double siemens, Eigen::Index output, int query);

/// A conductance to ground without noise: a transconductor that reads its own output.
void add_ota_load(Builder& builder, const std::string& name, const std::string& node,
                  double siemens, const std::string& meaning);

}  // namespace springspice::hw
