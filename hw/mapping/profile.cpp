#include "hw/mapping/profile.hpp"

#include <array>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "core/table.hpp"
#include "hw/error.hpp"
#include "hw/json_reader.hpp"
#include "hw/mapping/shipped_profiles.hpp"

namespace springspice::hw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What a number may be.
struct Bounds {
  double low = 0.0;
  bool low_belongs = true;
  double high = kInfinity;  ///< never belongs
  bool whole = false;
  const char* expected = "a number, 0 or more";

  bool hold(double value) const {
    return (low_belongs ? value >= low : value > low) && value < high &&
           (!whole || value == static_cast<double>(static_cast<long long>(value)));
  }
};
constexpr Bounds kNotNegative;
constexpr Bounds kPositive{0.0, false, kInfinity, false, "a number above 0"};
constexpr Bounds kCount{1.0, true, 1e9, true, "a whole number, 1 or more"};
constexpr Bounds kTolerance{
    0.0, true, 1.0, false,
    "a fraction from 0 to below 1 (1 % is 0.01; at 1, which is 100 %, a part may be none at all)"};

class ProfileReader {
 public:
  ProfileReader(const JsonReader& root, const std::string& name) : root_(root), name_(name) {}

  Profile read() const;

 private:
  /// The path without the file's name: "resistor.low".
  std::string key_of(const JsonReader& reader) const {
    return reader.path().substr(name_.size() + 1);
  }
  [[noreturn]] void contradict(const std::string& what) const {
    throw RealizationError(fmt::format("{}: {}", name_, what));
  }

  std::string read_source(const JsonReader& reader) const;
  static std::string read_name(const JsonReader& reader);
  Figure read_figure(const JsonReader& parent, const char* key, const Bounds& bounds) const;
  Series read_series(const JsonReader& reader) const;
  PartClass read_class(const JsonReader& reader) const;
  std::optional<PartClass> find_class(const char* key) const;
  OpAmpFigures read_opamp(const JsonReader& reader) const;
  OtaFigures read_ota(const JsonReader& reader) const;
  LossFigures read_loss(const Profile& profile) const;
  std::vector<Topology> read_topologies() const;

  void check_below(const Figure& low, const Figure& high) const;
  void check_series(const char* key, const PartClass& part) const;
  void check_topologies(const Profile& profile) const;

  const JsonReader& root_;
  const std::string& name_;
};

std::string ProfileReader::read_source(const JsonReader& reader) const {
  const std::string source = reader.at("source").text();
  if (source.find_first_not_of(" \t\n") == std::string::npos) {
    reader.at("source").fail("the origin of the number, or who is to fill it in");
  }
  return source;
}

Figure ProfileReader::read_figure(const JsonReader& parent, const char* key,
                                  const Bounds& bounds) const {
  const JsonReader reader = parent.at(key);
  reader.check_keys({"value", "source"});
  Figure figure{std::nullopt, read_source(reader), key_of(reader)};
  const JsonReader value = reader.at("value");
  if (value.is_text()) {
    if (value.text() != "unspecified") value.fail("a number or \"unspecified\"");
    return figure;
  }
  figure.value = value.number();
  if (!bounds.hold(*figure.value)) value.fail(bounds.expected);
  return figure;
}

Series ProfileReader::read_series(const JsonReader& reader) const {
  try {
    if (reader.is_text()) {
      const std::string name = reader.text();
      return name == "continuous" ? Series::continuous() : Series::preferred(name);
    }
    reader.check_keys({"values", "unit", "bits", "source"});
    read_source(reader);
    if (reader.has("values")) {
      if (reader.has("unit") || reader.has("bits")) reader.fail("a list or a bank, not both");
      std::vector<double> values;
      for (const JsonReader& item : reader.at("values").items()) values.push_back(item.positive());
      return Series::list(std::move(values));
    }
    return Series::bank(reader.at("unit").positive(), reader.at("bits").integer(1, 24));
  } catch (const RealizationError& error) {
    // What the series itself refuses does not know where it stands.
    const std::string_view text = error.what();
    if (text.starts_with(reader.path())) throw;
    throw RealizationError(fmt::format("{}: {}", reader.path(), text));
  }
}

PartClass ProfileReader::read_class(const JsonReader& reader) const {
  reader.check_keys({"series", "low", "high", "tolerance", "distribution", "pairs"});
  PartClass part;
  part.series = read_series(reader.at("series"));
  part.low = read_figure(reader, "low", kPositive);
  part.high = read_figure(reader, "high", kPositive);
  part.tolerance = read_figure(reader, "tolerance", kTolerance);
  if (reader.has("distribution")) {
    const bool normal = reader.at("distribution").choice({"uniform", "normal"}) == 1;
    part.distribution = normal ? Distribution::normal : Distribution::uniform;
  }
  part.pairs = reader.has("pairs") && reader.at("pairs").flag();
  return part;
}

std::optional<PartClass> ProfileReader::find_class(const char* key) const {
  if (!root_.has(key)) return std::nullopt;
  PartClass part = read_class(root_.at(key));
  check_below(part.low, part.high);
  check_series(key, part);
  return part;
}

std::string ProfileReader::read_name(const JsonReader& reader) {
  std::string name = reader.text();
  if (name.empty() || core::printable(name, name.size()) != name || name.starts_with('=')) {
    reader.fail("a name of one line, without quotes");
  }
  return name;
}

OpAmpFigures ProfileReader::read_opamp(const JsonReader& reader) const {
  reader.check_keys({"name", "gain", "gain_bandwidth_hz", "slew_v_per_s", "offset_v",
                     "noise_v_per_rthz", "output_ohm", "supply_current_a"});
  return {read_name(reader.at("name")),
          read_figure(reader, "gain", kPositive),
          read_figure(reader, "gain_bandwidth_hz", kPositive),
          read_figure(reader, "slew_v_per_s", kPositive),
          read_figure(reader, "offset_v", kNotNegative),
          read_figure(reader, "noise_v_per_rthz", kNotNegative),
          read_figure(reader, "output_ohm", kNotNegative),
          read_figure(reader, "supply_current_a", kNotNegative)};
}

OtaFigures ProfileReader::read_ota(const JsonReader& reader) const {
  reader.check_keys({"output_ohm_times_gm", "excess_noise", "supply_current_per_gm"});
  return {read_figure(reader, "output_ohm_times_gm", kPositive),
          read_figure(reader, "excess_noise", kNotNegative),
          read_figure(reader, "supply_current_per_gm", kNotNegative)};
}

// Each pair is there where there are such parts; elsewhere it may be left out.
LossFigures ProfileReader::read_loss(const Profile& profile) const {
  LossFigures loss;
  const auto absent = [](const char* key) {
    return Figure{std::nullopt, "the profile does not give it", fmt::format("loss.{}", key)};
  };
  loss.inductor_q = absent("inductor_q");
  loss.inductor_q_hz = absent("inductor_q_hz");
  loss.capacitor_tan_delta = absent("capacitor_tan_delta");
  loss.capacitor_tan_delta_hz = absent("capacitor_tan_delta_hz");
  if (!root_.has("loss") && !profile.inductor && !profile.capacitor) return loss;
  const JsonReader reader = root_.at("loss");
  reader.check_keys(
      {"inductor_q", "inductor_q_hz", "capacitor_tan_delta", "capacitor_tan_delta_hz"});
  if (profile.inductor || reader.has("inductor_q") || reader.has("inductor_q_hz")) {
    loss.inductor_q = read_figure(reader, "inductor_q", kPositive);
    loss.inductor_q_hz = read_figure(reader, "inductor_q_hz", kPositive);
  }
  if (profile.capacitor || reader.has("capacitor_tan_delta") ||
      reader.has("capacitor_tan_delta_hz")) {
    loss.capacitor_tan_delta = read_figure(reader, "capacitor_tan_delta", kNotNegative);
    loss.capacitor_tan_delta_hz = read_figure(reader, "capacitor_tan_delta_hz", kPositive);
  }
  return loss;
}

std::vector<Topology> ProfileReader::read_topologies() const {
  std::vector<Topology> topologies;
  const JsonReader reader = root_.at("topologies");
  for (const JsonReader& item : reader.items()) {
    constexpr std::array kAll = {Topology::opamp, Topology::gmc, Topology::rlc, Topology::charge,
                                 Topology::spu};
    topologies.push_back(kAll[item.choice({"opamp", "gmc", "rlc", "charge", "spu"})]);
  }
  if (topologies.empty()) reader.fail("at least one topology");
  return topologies;
}

void ProfileReader::check_below(const Figure& low, const Figure& high) const {
  if (!low.specified() || !high.specified() || *low.value <= *high.value) return;
  contradict(fmt::format("{} is {}, above {}, which is {}; lower the one or raise the other",
                         low.key, *low.value, high.key, *high.value));
}

void ProfileReader::check_series(const char* key, const PartClass& part) const {
  if (!part.low.specified() || !part.high.specified()) return;
  if (!part.series.near(*part.low.value, part.range(), 1).empty()) return;
  contradict(
      fmt::format("{0}.series: {1} has no value between {0}.low, {2}, and {0}.high, {3}; "
                  "widen the range or take a finer series",
                  key, part.series.name(), *part.low.value, *part.high.value));
}

void ProfileReader::check_topologies(const Profile& profile) const {
  const auto need = [this](Topology topology, bool there, const char* what) {
    if (there) return;
    contradict(
        fmt::format("topologies: '{}' needs {}, which the profile does not describe; add the key "
                    "or take the topology out",
                    to_string(topology), what));
  };
  for (const Topology topology : profile.topologies) {
    need(topology, profile.capacitor.has_value(), "'capacitor'");
    need(topology, profile.resistor.has_value(), "'resistor'");
    if (topology == Topology::gmc) {
      need(topology, profile.transconductor.has_value(), "'transconductor'");
      need(topology, profile.ota.has_value(), "'ota'");
      need(topology, profile.current_source.has_value(), "'current_source'");
      continue;
    }
    if (topology == Topology::opamp) {
      need(topology, profile.opamp.has_value(), "'opamp'");
      continue;
    }
    need(topology, profile.inductor.has_value(), "'inductor'");
    if (topology == Topology::charge) continue;
    need(topology, profile.current_source.has_value(), "'current_source'");
  }
}

Profile ProfileReader::read() const {
  root_.check_keys({"name", "description", "topologies", "most_nodes", "most_parts",
                    "neighbours_only", "resistor", "capacitor", "inductor", "transconductor",
                    "current_source", "temperature_K", "supply_v", "swing_v", "reference_v",
                    "reference_tolerance", "opamp", "ota", "loss"});
  Profile profile;
  profile.name = read_name(root_.at("name"));
  profile.description = root_.at("description").text();
  profile.topologies = read_topologies();
  if (root_.has("most_nodes")) profile.most_nodes = read_figure(root_, "most_nodes", kCount);
  if (root_.has("most_parts")) profile.most_parts = read_figure(root_, "most_parts", kCount);
  profile.neighbours_only = root_.has("neighbours_only") && root_.at("neighbours_only").flag();
  profile.resistor = find_class("resistor");
  profile.capacitor = find_class("capacitor");
  profile.inductor = find_class("inductor");
  profile.transconductor = find_class("transconductor");
  profile.current_source = find_class("current_source");
  profile.temperature_K = read_figure(root_, "temperature_K", kPositive);
  profile.supply_v = read_figure(root_, "supply_v", kPositive);
  profile.swing_v = read_figure(root_, "swing_v", kPositive);
  profile.reference_v = read_figure(root_, "reference_v", kPositive);
  if (root_.has("reference_tolerance")) {
    profile.reference_tolerance = read_figure(root_, "reference_tolerance", kTolerance);
  }
  check_below(profile.swing_v, profile.supply_v);
  check_below(profile.reference_v, profile.supply_v);
  if (root_.has("opamp")) profile.opamp = read_opamp(root_.at("opamp"));
  if (root_.has("ota")) profile.ota = read_ota(root_.at("ota"));
  profile.loss = read_loss(profile);
  check_topologies(profile);
  return profile;
}

}  // namespace

double Figure::get() const {
  if (value) return *value;
  throw RealizationError(fmt::format(
      "{} is needed, and the profile leaves it unspecified ({}); write its value into the profile",
      key, source));
}

Profile parse_profile(const std::string& json, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(json, name);
  const JsonReader root(parsed, name, "; hw/profiles/README.md says what it means");
  return ProfileReader(root, name).read();
}

std::optional<std::string> find_shipped_profile(const std::string& name) {
  for (const ShippedProfile& profile : shipped_profile_texts()) {
    if (name == profile.name) return std::string(profile.text);
  }
  return std::nullopt;
}

std::vector<std::string> shipped_profiles() {
  std::vector<std::string> names;
  for (const ShippedProfile& profile : shipped_profile_texts()) names.emplace_back(profile.name);
  return names;
}

}  // namespace springspice::hw
