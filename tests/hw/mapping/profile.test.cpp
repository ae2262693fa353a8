#include "hw/mapping/profile.hpp"

#include <functional>

#include <nlohmann/json.hpp>

#include "hw/error.hpp"
#include "tests/catch.hpp"

using namespace springspice::hw;
using Json = nlohmann::ordered_json;

namespace {

Json shipped(const std::string& name) { return Json::parse(find_shipped_profile(name).value()); }

Json number(double value) { return {{"value", value}, {"source", "a test"}}; }

// An edit of opamp-board, and what the refusal says.
struct BadProfile {
  std::function<void(Json&)> edit;
  std::string message;
};

const std::vector<BadProfile> kBad = {
    {[](Json& p) { p.erase("name"); }, "bad.json: the key 'name' is missing"},
    {[](Json& p) { p["resistor"].erase("low"); }, "bad.json.resistor: the key 'low' is missing"},
    {[](Json& p) { p["resistor"]["low"].erase("source"); },
     "bad.json.resistor.low: the key 'source' is missing"},
    {[](Json& p) { p["resistor"]["low"]["source"] = " "; },
     "bad.json.resistor.low.source: \" \" stands where the origin of the number"},
    {[](Json& p) { p["resistor"]["low"] = 1000; }, "bad.json.resistor.low: 1000 stands where"},
    {[](Json& p) { p["resistor"]["low"]["value"] = "1k"; },
     "bad.json.resistor.low.value: \"1k\" stands where a number or \"unspecified\" is expected"},
    {[](Json& p) { p["resistor"]["tolerance"]["value"] = 1.0; },
     "bad.json.resistor.tolerance.value: 1.0 stands where a fraction from 0 to below 1"},
    {[](Json& p) { p["resistor"]["tolerance"]["value"] = -0.01; },
     "bad.json.resistor.tolerance.value: -0.01"},
    {[](Json& p) { p["resistor"]["low"]["value"] = 0; },
     "bad.json.resistor.low.value: 0 stands where a number above 0 is expected"},
    {[](Json& p) { p["resistor"]["high"]["value"] = 1.0; },
     "bad.json: resistor.low is 1000, above resistor.high, which is 1"},
    {[](Json& p) { p["resistor"]["series"] = "E97"; },
     "bad.json.resistor.series: there is no series 'E97'"},
    {[](Json& p) {
       p["resistor"]["series"] = {{"values", {1.0, -2.0}}, {"source", "a test"}};
     },
     "bad.json.resistor.series.values[1]: -2.0 stands where a number above 0 is expected"},
    {[](Json& p) {
       p["resistor"]["series"] = {{"values", Json::array()}, {"source", "a test"}};
     },
     "bad.json.resistor.series: a list of values is empty"},
    {[](Json& p) {
       p["resistor"]["series"] = {{"unit", 1.0}, {"bits", 25}, {"source", "a test"}};
     },
     "bad.json.resistor.series.bits: 25 stands where a whole number from 1 to 24 is expected"},
    {[](Json& p) {
       p["resistor"]["series"] = {{"unit", 1.0}, {"bits", 8}};
     },
     "bad.json.resistor.series: the key 'source' is missing"},
    {[](Json& p) {
       p["capacitor"]["series"] = "E12";
       p["capacitor"]["low"] = number(1.3e-9);
       p["capacitor"]["high"] = number(1.4e-9);
     },
     "bad.json: capacitor.series: E12 has no value between capacitor.low, 1.3e-09, and "
     "capacitor.high, 1.4e-09"},
    {[](Json& p) { p["resistor"]["distribution"] = "gauss"; },
     "bad.json.resistor.distribution: \"gauss\" stands where 'uniform' or 'normal' is expected"},
    {[](Json& p) { p["resistor"]["pairs"] = 1; }, "bad.json.resistor.pairs: 1 stands where true"},
    {[](Json& p) { p["resistor"]["tolerence"] = 1; },
     "bad.json.resistor.tolerence: there is no such key; did you mean 'tolerance'?"},
    {[](Json& p) { p["colour"] = "green"; }, "bad.json.colour: there is no such key; there are:"},
    {[](Json& p) { p["topologies"] = {"board"}; },
     "bad.json.topologies[0]: \"board\" stands where 'opamp' or 'gmc'"},
    {[](Json& p) { p["topologies"] = Json::array(); }, "bad.json.topologies: [] stands where"},
    {[](Json& p) { p["swing_v"]["value"] = 16.0; },
     "bad.json: swing_v is 16, above supply_v, which is 15"},
    {[](Json& p) { p["reference_v"]["value"] = 20.0; },
     "bad.json: reference_v is 20, above supply_v, which is 15"},
    {[](Json& p) { p["temperature_K"]["value"] = -1.0; },
     "bad.json.temperature_K.value: -1.0 stands where a number above 0"},
    {[](Json& p) { p["most_nodes"] = number(2.5); },
     "bad.json.most_nodes.value: 2.5 stands where a whole number, 1 or more"},
    {[](Json& p) { p["opamp"]["slew_v_per_s"]["value"] = 0; },
     "bad.json.opamp.slew_v_per_s.value: 0 stands where a number above 0"},
    {[](Json& p) { p.erase("opamp"); },
     "bad.json: topologies: 'opamp' needs 'opamp', which the profile does not describe"},
    {[](Json& p) { p.erase("resistor"); }, "'opamp' needs 'resistor'"},
    {[](Json& p) { p.erase("capacitor"); }, "'opamp' needs 'capacitor'"},
    {[](Json& p) { p["topologies"].push_back("rlc"); }, "'rlc' needs 'inductor'"},
    {[](Json& p) { p["topologies"].push_back("gmc"); }, "'gmc' needs 'transconductor'"},
    {[](Json& p) { p.erase("loss"); }, "bad.json: the key 'loss' is missing"},
    {[](Json& p) { p["loss"].erase("capacitor_tan_delta_hz"); },
     "bad.json.loss: the key 'capacitor_tan_delta_hz' is missing"},
};

}  // namespace

TEST_CASE("profile: all that are shipped are read, and bring what they are made for") {
  CHECK(shipped_profiles() ==
        std::vector<std::string>{"bench-rlc", "cmos-gmc", "opamp-board", "spu-8"});
  CHECK_FALSE(find_shipped_profile("opamp-board.json").has_value());
  for (const std::string& name : shipped_profiles()) {
    CAPTURE(name);
    const Profile profile = parse_profile(find_shipped_profile(name).value(), name);
    CHECK(profile.name == name);
    CHECK_FALSE(profile.description.empty());
  }
}

TEST_CASE("profile: every figure has its value, its source and its key") {
  const Profile board = parse_profile(*find_shipped_profile("opamp-board"), "opamp-board");
  CHECK(board.topologies == std::vector<Topology>{Topology::opamp});
  REQUIRE(board.resistor);
  CHECK(board.resistor->series.name() == "E96");
  CHECK(board.resistor->tolerance.get() == 0.01);
  CHECK(board.resistor->tolerance.key == "resistor.tolerance");
  CHECK_FALSE(board.resistor->tolerance.source.empty());
  CHECK(board.resistor->range().low == 1e3);
  CHECK(board.resistor->range().high == 1e6);
  CHECK(board.capacitor->series.name() == "E24");
  CHECK(board.capacitor->pairs);
  CHECK_FALSE(board.resistor->pairs);
  CHECK(board.opamp->name == "TL072");
  CHECK(board.opamp->gain_bandwidth_hz.get() == 3e6);
  CHECK(board.swing_v.get() < board.supply_v.get());
  CHECK_FALSE(board.most_nodes);
  CHECK_FALSE(board.loss.inductor_q.specified());
  const Profile chip = parse_profile(*find_shipped_profile("cmos-gmc"), "cmos-gmc");
  CHECK(chip.capacitor->series.name() == "bank of 12 bits of 1e-14");
  CHECK(chip.transconductor->distribution == Distribution::normal);
  CHECK(chip.resistor->series.is_continuous());
}

TEST_CASE("profile: a bad one is refused with the path of the key") {
  for (const BadProfile& bad : kBad) {
    Json json = shipped("opamp-board");
    bad.edit(json);
    CAPTURE(bad.message);
    CHECK_THROWS_AS(parse_profile(json.dump(), "bad.json"), RealizationError);
    CHECK_THROWS_WITH(parse_profile(json.dump(), "bad.json"), ContainsSubstring(bad.message));
  }
}

TEST_CASE("profile: what is no profile at all is refused") {
  CHECK_THROWS_WITH(parse_profile("{", "bad.json"), ContainsSubstring("bad.json: no JSON"));
  CHECK_THROWS_WITH(parse_profile("[1]", "bad.json"),
                    ContainsSubstring("bad.json: [1] stands where an object"));
  CHECK_THROWS_WITH(parse_profile("{\"swing_v\": 1e999}", "bad.json"),
                    ContainsSubstring("bad.json: no JSON"));
  std::string twice = *find_shipped_profile("opamp-board");
  twice.insert(1, "\"swing_v\": 1,");
  CHECK_THROWS_WITH(parse_profile(twice, "bad.json"),
                    ContainsSubstring("the key \"swing_v\" is there twice"));
  // The same key in two objects, and the same text as a value, are no duplicates.
  CHECK_NOTHROW(parse_profile(*find_shipped_profile("opamp-board"), "good.json"));
}

TEST_CASE("profile: the unpublished board is read, and refused only where a number is needed") {
  const Profile spu = parse_profile(*find_shipped_profile("spu-8"), "spu-8");
  REQUIRE(spu.most_nodes);
  CHECK(spu.most_nodes->get() == 8.0);
  CHECK_FALSE(spu.capacitor->low.specified());
  CHECK_THROWS_WITH(spu.capacitor->range(),
                    ContainsSubstring("capacitor.low is needed, and the profile leaves it "
                                      "unspecified (not published in Melanson et al."));
  CHECK_THROWS_AS(spu.swing_v.get(), RealizationError);
}

TEST_CASE("profile: the unpublished board, filled in") {
  Json json = shipped("spu-8");
  for (const char* part : {"resistor", "capacitor", "inductor", "current_source"}) {
    json[part]["low"] = number(1e-9);
    json[part]["high"] = number(1e-6);
    json[part]["tolerance"] = number(0.05);
  }
  json["supply_v"] = number(5.0);
  json["swing_v"] = number(4.0);
  json["reference_v"] = number(1.0);
  const Profile spu = parse_profile(json.dump(), "mine.json");
  CHECK(spu.capacitor->range().high == 1e-6);
  CHECK(spu.swing_v.get() == 4.0);
  // And one that is filled in contradictorily.
  json["inductor"]["low"] = number(1e-3);
  CHECK_THROWS_WITH(
      parse_profile(json.dump(), "mine.json"),
      ContainsSubstring("mine.json: inductor.low is 0.001, above inductor.high, which is 1e-06"));
}
