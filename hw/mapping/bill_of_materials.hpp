// What is to be ordered, or drawn, for a mapped circuit.
//
// One row for all parts of the same kind, value, series and tolerance. The mapped circuit has the
// values chosen, and two elements, r1a and r1b, where two parts are joined: so every part of it is
// in one row, also those that stand for no term of the equations (read-outs, references, supplies,
// noise generators). What a simulator alone needs is not: couplings of coils, sources of 0 V that
// read a current. Amplifiers are counted one by one, whatever number of them a package holds; a
// gyrator and a transformer are one part.
#pragma once

#include <string>
#include <vector>

#include "hw/mapping/mapping.hpp"
#include "hw/mapping/profile.hpp"

namespace springspice::hw {

struct BillRow {
  std::vector<std::string> references;  ///< in the order of the circuit
  std::string value;                    ///< "4.7 kohm"; of an amplifier its name
  std::string series;     ///< "E96"; "not of E96" for a value that it lacks; empty: no such class
  std::string tolerance;  ///< "1 %"; empty where there is none
  std::string kind;       ///< "resistor", "amplifier"...
  double si = 0.0;        ///< the value as a number; 0 where it has none
  std::string unit;

  std::size_t quantity() const { return references.size(); }
};

/// Rows in the order of kinds (passive parts first), by value.
/// @throws RealizationError for an instance that is none of the ideal parts
std::vector<BillRow> make_bill(const Mapping& mapping, const Profile& profile);

/// CSV (RFC 4180) with the header reference,value,series,tolerance,quantity,kind,si_value,unit;
/// references are separated by spaces, numbers in shortest round-trip form.
std::string format_bill(const std::vector<BillRow>& rows);

}  // namespace springspice::hw
