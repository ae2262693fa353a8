#include "hw/manifest.hpp"

#include <bit>

#include <nlohmann/json.hpp>

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/hw/small_system.hpp"

using namespace springspice;
using namespace springspice::test;
using Json = nlohmann::ordered_json;

namespace {

hw::Manifest make_manifest(hw::Topology topology, core::Dynamics dynamics,
                           std::size_t outputs = 2) {
  core::Parameters parameters;
  parameters.mass = 0.1;
  parameters.friction = 1.0 / 3.0;
  parameters.kT = 1e-300;
  parameters.pin_spring = 0.25;
  parameters.pin_level = 0.7;
  parameters.dynamics = dynamics;
  const core::DataSprings data = parabola({2, 1}, 30, outputs);
  hw::Manifest manifest;
  manifest.version = "0.1.0";
  manifest.deck = "a \"deck\".cir";
  manifest.system = core::make_system(data, parameters);
  hw::Request request = hand_scaled(manifest.system, topology);
  request.initial.x.setConstant(0.1);
  manifest.initial = request.initial;
  manifest.range = 2.0 / 3.0;
  manifest.step = 0.01;
  manifest.end = 17.0;
  std::vector<std::string> names;
  for (std::size_t p = 0; p < outputs; ++p) names.push_back("y\n" + std::to_string(p));
  manifest.source = hw::ModelSource{data.grid().axes(), names, parameters};
  manifest.design = hw::realize(manifest.system, request);
  return manifest;
}

bool same_bits(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Eigen::Index k = 0; k < a.size(); ++k) {
    if (std::bit_cast<std::uint64_t>(a.reshaped()(k)) !=
        std::bit_cast<std::uint64_t>(b.reshaped()(k))) {
      return false;
    }
  }
  return true;
}

std::string refusal(const Json& json) {
  try {
    hw::parse_manifest(json.dump(), "deck.json");
  } catch (const hw::RealizationError& error) {
    return error.what();
  }
  return "no refusal";
}

// Visits every key of every object and list below `at`; of lists the first item only.
void for_each_place(const Json& json, const Json::json_pointer& at,
                    const std::function<void(const Json::json_pointer&)>& visit) {
  const Json& here = json.at(at);
  if (here.is_object()) {
    for (const auto& [key, value] : here.items()) {
      visit(at / key);
      for_each_place(json, at / key, visit);
    }
  } else if (here.is_array() && !here.empty()) {
    visit(at / 0);
    for_each_place(json, at / 0, visit);
  }
}

// "deck.json.system.M[0]" of /system/M/0.
std::string path_text(Json::json_pointer at) {
  std::string text;
  for (; !at.empty(); at.pop_back()) {
    const std::string& key = at.back();
    const bool index = key == "0" || key == "1";
    text = (index ? "[" + key + "]" : "." + key) + text;
  }
  return "deck.json" + text;
}

}  // namespace

TEST_CASE("a manifest is read back to the bit and written to the byte") {
  const auto topology = GENERATE(hw::Topology::opamp, hw::Topology::gmc, hw::Topology::rlc);
  const hw::Manifest written = make_manifest(topology, core::Dynamics::underdamped);
  const std::string text = hw::format_manifest(written);
  const hw::Manifest read = hw::parse_manifest(text, "deck.json");
  CHECK(hw::format_manifest(read) == text);
  CHECK(same_bits(read.system.M, written.system.M));
  CHECK(same_bits(read.system.D, written.system.D));
  CHECK(same_bits(read.system.K, written.system.K));
  CHECK(same_bits(read.system.f, written.system.f));
  CHECK(same_bits(read.initial.x, written.initial.x));
  CHECK(read.system.kT == 1e-300);
  CHECK(read.system.shape == std::vector<int>{3, 2});
  CHECK(read.deck == written.deck);
  CHECK(read.source->outputs == written.source->outputs);
  CHECK(read.source->parameters.pin_level == 0.7);
  REQUIRE(read.design.probes.size() == written.design.probes.size());
  for (std::size_t k = 0; k < read.design.probes.size(); ++k) {
    CHECK(read.design.probes[k].coordinate == written.design.probes[k].coordinate);
    CHECK(read.design.probes[k].gain == written.design.probes[k].gain);
  }
  CHECK(read.design.noise.size() == written.design.noise.size());
  CHECK(read.design.has_operating_point == written.design.has_operating_point);
}

TEST_CASE("a noise source is read back: several places, and whether it is a part's own") {
  hw::Manifest written = make_manifest(hw::Topology::opamp, core::Dynamics::underdamped, 1);
  written.design.noise = {{"model's", {{"s0", 1.0}, {"s1", -1.0 / 3.0}}, 0.1, false},
                          {"part's", {{"rd0", 1.0}}, 4.1e-24, true}};
  const std::string text = hw::format_manifest(written);
  const hw::Manifest read = hw::parse_manifest(text, "deck.json");
  CHECK(hw::format_manifest(read) == text);
  REQUIRE(read.design.noise.size() == 2);
  CHECK(!read.design.noise[0].own);
  CHECK(read.design.noise[0].incidence[1].where == "s1");
  CHECK(read.design.noise[0].incidence[1].weight == -1.0 / 3.0);
  CHECK(read.design.noise[1].own);
  CHECK(read.design.noise[1].density == 4.1e-24);
}

TEST_CASE("a manifest says how the deck makes its noise") {
  hw::Manifest written = make_manifest(hw::Topology::opamp, core::Dynamics::underdamped, 1);
  CHECK(!Json::parse(hw::format_manifest(written)).contains("deck_noise"));
  written.deck_noise = {hw::DeckNoise::Kind::trnoise, 1e-6, 2.5e-7, 1e-3, 5, ""};
  Json json = Json::parse(hw::format_manifest(written));
  CHECK(json["deck_noise"] == Json({{"kind", "trnoise"}, {"step_s", 1e-6}}));
  written.deck_noise = {hw::DeckNoise::Kind::pwl, 1e-6, 2.5e-7, 1e-3, 5, "a.noise.inc"};
  json = Json::parse(hw::format_manifest(written));
  CHECK(json["deck_noise"] ==
        Json({{"kind", "pwl"}, {"step_s", 1e-6}, {"file", "a.noise.inc"}, {"seed", 5}}));
}

TEST_CASE("an overdamped manifest, and one without a source, are read back") {
  hw::Manifest written = make_manifest(hw::Topology::opamp, core::Dynamics::overdamped, 1);
  CHECK(hw::format_manifest(hw::parse_manifest(hw::format_manifest(written), "m")) ==
        hw::format_manifest(written));
  written.source.reset();
  written.system.shape = {6};
  for (netlist::Probe& probe : written.design.probes) probe.index = {probe.coordinate};
  const hw::Manifest read = hw::parse_manifest(hw::format_manifest(written), "m");
  CHECK(!read.source);
  CHECK(hw::format_manifest(read) == hw::format_manifest(written));
}

TEST_CASE("each key that is missing is named with the place where it belongs") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::gmc, core::Dynamics::underdamped)));
  int places = 0;
  for_each_place(good, Json::json_pointer(), [&](const Json::json_pointer& at) {
    if (at.back() == "0" || at.back() == "stick_mass") return;
    Json bad = good;
    bad.at(at.parent_pointer()).erase(at.back());
    INFO(at.to_string());
    CHECK_THAT(refusal(bad), ContainsSubstring(path_text(at.parent_pointer())));
    CHECK_THAT(refusal(bad), ContainsSubstring("the key '" + at.back() + "' is missing"));
    ++places;
  });
  CHECK(places > 50);
}

TEST_CASE("each value of a wrong type is named with its place and what is expected") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::gmc, core::Dynamics::underdamped)));
  for_each_place(good, Json::json_pointer(), [&](const Json::json_pointer& at) {
    for (const Json& wrong : {Json(true), Json::object(), Json(nullptr)}) {
      const bool may_be_null = at.back() == "pin_level" || at.back() == "grid";
      if (may_be_null && wrong.is_null()) continue;
      Json bad = good;
      bad.at(at) = wrong;
      INFO(at.to_string() << " = " << wrong.dump());
      CHECK_THAT(refusal(bad), ContainsSubstring(path_text(at)));
    }
  });
}

TEST_CASE("numbers and words that make no sense are named with their place") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::opamp, core::Dynamics::underdamped)));
  const auto refused_at = [&](const char* pointer, const Json& value, const char* expected) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    INFO(pointer << " = " << value.dump());
    CHECK_THAT(refusal(bad), ContainsSubstring(path_text(Json::json_pointer(pointer))));
    CHECK_THAT(refusal(bad), ContainsSubstring(expected));
  };
  refused_at("/dynamics", "stochastic", "'underdamped' or 'overdamped'");
  refused_at("/probes/0/kind", "flux", "'position' or 'velocity'");
  refused_at("/probes/0/output", 2, "a whole number from 0 to 1");
  refused_at("/probes/0/output", 0.5, "a whole number");
  refused_at("/probes/0/index", Json::array({0}), "one index an axis");
  refused_at("/probes/0/gain", 0.0, "other than 0");
  refused_at("/ports/0/gain", 0.0, "other than 0");
  refused_at("/ports/0/coordinate", 6, "a whole number from 0 to 5");
  refused_at("/system/M/0", Json::array({0, 0}), "[row, column, value]");
  refused_at("/system/f/1", Json::array({0.5}), "2 values");
  refused_at("/range", 0.0, "above 0");
  refused_at("/range", -1.0, "above 0");
  refused_at("/time/step", 0.0, "above 0");
  refused_at("/time/end", -1.0, "above 0");
  refused_at("/noise/0/density", -1.0, "a density, 0 or more");
  refused_at("/noise/0/incidence", Json::array(), "at least one [element or node, weight]");
  refused_at("/noise/0/incidence/0", Json::array({"vg"}), "[element or node, weight]");
  refused_at("/noise/0/own", 1, "deck.json.noise[0].own");
  refused_at("/parameters/kT", -1.0, "a thermal energy, 0 or more");
  refused_at("/scales/time_s", 0.0, "above 0");
  refused_at("/scales/impedance_ohm", -1.0, "above 0");
}

TEST_CASE("a matrix entry above the diagonal, or twice, is refused") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::opamp, core::Dynamics::underdamped)));
  Json above = good;
  above["system"]["K"].push_back({0, 1, 1.0});
  CHECK_THAT(refusal(above), ContainsSubstring("a whole number from 0 to 0"));
  Json twice = good;
  twice["system"]["K"].push_back(twice["system"]["K"][0]);
  CHECK_THAT(refusal(twice), ContainsSubstring("deck.json.system.K"));
}

TEST_CASE("a grid that cannot be is named") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::opamp, core::Dynamics::underdamped)));
  Json reversed = good;
  reversed["grid"]["lower"][0] = 2.0;
  CHECK_THAT(refusal(reversed), ContainsSubstring("deck.json.grid"));
  Json larger = good;
  larger["grid"]["sticks"][0] = 5;
  CHECK_THAT(refusal(larger), ContainsSubstring("as many nodes as the system has coordinates"));
  Json huge = good;
  huge["grid"]["sticks"] = {1 << 30, 1 << 30};
  CHECK_THAT(refusal(huge), ContainsSubstring("deck.json.grid"));
  Json uneven = good;
  uneven["grid"]["upper"].push_back(1.0);
  CHECK_THAT(refusal(uneven), ContainsSubstring("equal length"));
}

TEST_CASE("a system that is none is named: masses that are not positive, no coordinates") {
  const Json good = Json::parse(
      hw::format_manifest(make_manifest(hw::Topology::opamp, core::Dynamics::underdamped)));
  Json negative = good;
  negative["system"]["M"][0][2] = -1.0;
  CHECK_THAT(refusal(negative), ContainsSubstring("deck.json.system"));
  Json empty = good;
  empty["system"]["f"] = Json::array();
  CHECK_THAT(refusal(empty), ContainsSubstring("one row a coordinate"));
  Json no_outputs = good;
  no_outputs["system"]["f"] = Json::array({Json::array()});
  CHECK_THAT(refusal(no_outputs), ContainsSubstring("deck.json.system"));
}

TEST_CASE("what is no JSON is said to be none") {
  for (const char* text : {"", "{", "[1,2", "\xff\xfe", "{\"a\":NaN}", "5", "[]", "null"}) {
    INFO(text);
    CHECK_THROWS_AS(hw::parse_manifest(text, "deck.json"), hw::RealizationError);
  }
  std::string deep(100000, '[');
  CHECK_THROWS_AS(hw::parse_manifest(deep, "deck.json"), hw::RealizationError);
}

TEST_CASE("a manifest cut short anywhere is refused, and never worse") {
  const std::string text =
      hw::format_manifest(make_manifest(hw::Topology::gmc, core::Dynamics::underdamped, 1));
  for (std::size_t end = 0; end + 2 < text.size(); end += 97) {
    CHECK_THROWS_AS(hw::parse_manifest(text.substr(0, end), "deck.json"), hw::RealizationError);
  }
}

TEST_CASE("read-outs and the posterior's mean are read back, and refused where they are wrong") {
  hw::Manifest written = make_manifest(hw::Topology::opamp, core::Dynamics::underdamped);
  written.design.readouts = {
      {"q1y2", 0, 1, 2.5, -0.125, {{1, 0.25}, {4, 0.75}}, netlist::Probe::Kind::velocity}};
  written.posterior_mean = Eigen::MatrixXd::Constant(written.system.size(), 2, 1.0 / 3.0);
  const std::string text = hw::format_manifest(written);
  const hw::Manifest read = hw::parse_manifest(text, "deck.json");
  REQUIRE(read.design.readouts.size() == 1);
  const netlist::Readout& readout = read.design.readouts[0];
  CHECK(readout.node == "q1y2");
  CHECK(readout.output == 1);
  CHECK(readout.gain == 2.5);
  CHECK(readout.offset == -0.125);
  CHECK(readout.weights == written.design.readouts[0].weights);
  CHECK(readout.kind == netlist::Probe::Kind::velocity);
  REQUIRE(read.posterior_mean.has_value());
  CHECK(same_bits(*read.posterior_mean, *written.posterior_mean));
  Json json = Json::parse(text);
  json["readouts"][0]["weights"][0] = Json::array({99, 0.5});
  CHECK_THAT(refusal(json), ContainsSubstring("deck.json.readouts[0].weights[0][0]"));
  json["readouts"][0]["weights"] = Json::array();
  CHECK_THAT(refusal(json), ContainsSubstring("at least one [coordinate, weight]"));
}
