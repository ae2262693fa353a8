// The values of a circuit's `.param`. Not installed.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "netlist/circuit.hpp"

namespace springspice::netlist {

/// In one scope: a circuit, a definition, or an instance's arguments.
constexpr std::size_t kMostParameters = 100'000;

/// Global parameters. They may refer to each other in any order, as ngspice allows.
class GlobalParameters {
 public:
  /// @throws NetlistError for a name that is given twice or that ngspice keeps for itself, more
  /// than kMostParameters, an expression without a finite value, and parameters in a circle.
  /// @param where begins the error about the parameter of this position: "deck.cir:3:1: "
  explicit GlobalParameters(std::span<const Parameter> parameters,
                            const std::function<std::string(std::size_t)>& where = {});

  /// Null if there is none of this name (any case).
  const double* find(std::string_view name) const;

 private:
  enum class State { unknown, open, known };
  void compute(std::size_t first, const std::function<std::string(std::size_t)>& where);
  std::string circle(const std::vector<std::size_t>& open, std::size_t again) const;

  std::span<const Parameter> parameters_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<double> values_;
  std::vector<State> states_;
};

/// @throws NetlistError if a name is bad or given twice, if a number is not finite or an expression
/// none, and for more than kMostParameters.
void check_parameter_list(std::span<const Parameter> parameters);

}  // namespace springspice::netlist
