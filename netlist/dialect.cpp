#include "netlist/dialect.hpp"

namespace springspice::netlist {

const char* to_string(Dialect dialect) {
  switch (dialect) {
    case Dialect::ngspice:
      return "ngspice";
    case Dialect::xyce:
      return "xyce";
    case Dialect::ltspice:
      return "ltspice";
  }
  return "";
}

const char* display_name(Dialect dialect) {
  switch (dialect) {
    case Dialect::ngspice:
      return "ngspice";
    case Dialect::xyce:
      return "Xyce";
    case Dialect::ltspice:
      return "LTspice";
  }
  return "";
}

std::optional<Dialect> parse_dialect(std::string_view name) {
  for (const Dialect dialect : {Dialect::ngspice, Dialect::xyce, Dialect::ltspice}) {
    if (name == to_string(dialect)) return dialect;
  }
  return std::nullopt;
}

}  // namespace springspice::netlist
