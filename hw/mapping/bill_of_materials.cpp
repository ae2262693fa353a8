#include "hw/mapping/bill_of_materials.hpp"

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "netlist/si.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;

/// What a part is bought as, in the order of the rows.
struct Kindred {
  const char* name;
  const char* unit;
};
constexpr std::array<Kindred, 12> kKinds = {{{"resistor", "ohm"},
                                             {"capacitor", "F"},
                                             {"inductor", "H"},
                                             {"transconductor", "S"},
                                             {"gyrator", "S"},
                                             {"transformer", ""},
                                             {"amplifier", ""},
                                             {"current source", "A"},
                                             {"controlled source", ""},
                                             {"voltage source", "V"},
                                             {"supply", "V"},
                                             {"noise source", ""}}};
enum KindNumber : std::size_t {
  kResistor,
  kCapacitor,
  kInductor,
  kTransconductor,
  kGyrator,
  kTransformer,
  kAmplifier,
  kCurrent,
  kControlled,
  kVoltage,
  kSupply,
  kNoise
};

KindNumber kind_of_instance(const std::string& definition) {
  if (definition == "opamp_ideal") return kAmplifier;
  if (definition == "ota_ideal") return kTransconductor;
  if (definition == "gyrator_ideal") return kGyrator;
  if (definition == "transformer_ideal") return kTransformer;
  throw RealizationError(fmt::format(
      "the bill of materials knows no part '{}'; it takes the ideal parts", definition));
}

/// Puts the elements of one mapping into rows.
class Biller {
 public:
  Biller(const Mapping& mapping, const Profile& profile) : profile_(profile) {
    for (const netlist::NoiseSource& source : mapping.design.noise) {
      for (const netlist::Incidence& entry : source.incidence) noisy_.insert(entry.where);
    }
  }

  void add(const Element& element) {
    if (const std::optional<KindNumber> kind = kind_of(element)) add_part(element, *kind);
  }

  std::vector<BillRow> finish() {
    std::vector<BillRow> rows;
    for (auto& [key, row] : rows_) rows.push_back(std::move(row));
    return rows;
  }

 private:
  // None for what is no part.
  std::optional<KindNumber> kind_of(const Element& element) const {
    switch (element.kind) {
      case Kind::resistor:
        return kResistor;
      case Kind::capacitor:
        return kCapacitor;
      case Kind::inductor:
        return kInductor;
      case Kind::current:
        return kCurrent;
      case Kind::voltage:
        if (noisy_.contains(element.name)) return kNoise;
        if (element.name == "vcc" || element.name == "vee") return kSupply;
        if (element.value == 0.0) return std::nullopt;
        return kVoltage;
      case Kind::coupling:
        return std::nullopt;
      case Kind::instance:
        return kind_of_instance(element.references.at(0));
      default:
        return kControlled;
    }
  }

  // A chip without resistors makes conductances of transconductors.
  const PartClass* class_of(KindNumber kind) const {
    const auto pointer = [](const std::optional<PartClass>& part) {
      return part ? &*part : nullptr;
    };
    switch (kind) {
      case kResistor:
        return pointer(profile_.resistor ? profile_.resistor : profile_.transconductor);
      case kCapacitor:
        return pointer(profile_.capacitor);
      case kInductor:
        return pointer(profile_.inductor);
      case kTransconductor:
        return pointer(profile_.transconductor);
      case kCurrent:
        return pointer(profile_.current_source);
      default:
        return nullptr;
    }
  }

  std::string series_of(KindNumber kind, double value) const {
    const PartClass* part = class_of(kind);
    if (part == nullptr) return {};
    const bool inverse = kind == kResistor && !profile_.resistor;
    const double listed = inverse ? 1.0 / value : value;
    // A range of this one value: its limits belong to it, to rounding.
    const bool there = !part->series.near(listed, {listed, listed}, 1).empty();
    return (there ? "" : "not of ") + part->series.name();
  }

  std::string tolerance_of(KindNumber kind) const {
    const PartClass* part = class_of(kind);
    if (part == nullptr) return {};
    if (!part->tolerance.specified()) return "unspecified";
    return fmt::format("{:.6g} %", 100.0 * *part->tolerance.value);
  }

  void add_part(const Element& element, KindNumber kind) {
    const bool valued = element.kind == Kind::instance && !element.parameters.empty();
    const double value = valued ? element.parameters.front().value : element.value;
    add_row(element.name, kind, kind == kSupply || kind == kVoltage ? value : std::abs(value));
  }

  void add_row(const std::string& reference, KindNumber kind, double value) {
    BillRow& row = rows_[{kind, value}];
    row.references.push_back(reference);
    if (row.quantity() > 1) return;
    const auto& [name, unit] = kKinds[kind];
    row.kind = name;
    row.unit = unit;
    if (kind == kAmplifier) {
      row.value = profile_.opamp ? profile_.opamp->name : "ideal";
      return;
    }
    if (kind == kNoise) {
      row.value = "white noise";
      return;
    }
    row.value = netlist::format_si(value, unit);
    row.si = value;
    row.series = series_of(kind, value);
    row.tolerance = tolerance_of(kind);
  }

  const Profile& profile_;
  std::set<std::string> noisy_;
  // A kind has one class, so kind and value make a row.
  std::map<std::pair<std::size_t, double>, BillRow> rows_;
};

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\n\r") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

}  // namespace

std::vector<BillRow> make_bill(const Mapping& mapping, const Profile& profile) {
  Biller biller(mapping, profile);
  for (const Element& element : mapping.design.circuit.elements()) biller.add(element);
  return biller.finish();
}

std::string format_bill(const std::vector<BillRow>& rows) {
  std::string text = "reference,value,series,tolerance,quantity,kind,si_value,unit\n";
  for (const BillRow& row : rows) {
    text +=
        fmt::format("{},{},{},{},{},{},{},{}\n", fmt::join(row.references, " "), quoted(row.value),
                    quoted(row.series), row.tolerance, row.quantity(), row.kind,
                    row.si == 0.0 ? std::string() : fmt::format("{}", row.si), row.unit);
  }
  return text;
}

}  // namespace springspice::hw
