#include "hw/mapping/real_parts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "core/lagrangian.hpp"
#include "core/random.hpp"
#include "hw/error.hpp"
#include "hw/thermal.hpp"
#include "netlist/ideal.hpp"
#include "netlist/writer.hpp"

namespace springspice::hw {
namespace {

using netlist::Element;
using netlist::Kind;
using netlist::NoiseSource;

constexpr double kTwoPi = 2.0 * std::numbers::pi;
// Of an op-amp's input stage. Only its ratios to the stage's resistor and capacitor count.
constexpr double kStageSiemens = 1e-3;
// Gain at DC where it is not to be seen: its error is rounding. (The ideal op-amp behind an
// offset's source is no way: ngspice 39 then errs by 2 % of what the offsets do on a board of nine
// nodes.)
constexpr double kUnseenGain = 1e12;

const OpAmpFigures& need_opamp(const Profile& profile) {
  if (profile.opamp) return *profile.opamp;
  throw RealizationError(fmt::format(
      "profile {}: opamp: the circuit has op-amps and the profile has none; add it", profile.name));
}

const OtaFigures& need_ota(const Profile& profile) {
  if (profile.ota) return *profile.ota;
  throw RealizationError(fmt::format(
      "profile {}: ota: the circuit has transconductors and the profile has none; add it",
      profile.name));
}

Element silent_resistor(std::string name, std::string a, std::string b, double ohm) {
  Element element = netlist::resistor(std::move(name), std::move(a), std::move(b), ohm);
  element.noisy = false;
  return element;
}

// A voltage of the stage's output behind the output resistance, as a current source beside it: no
// branch current, which ngspice thanks.
void add_output_stage(netlist::Subcircuit& definition, double ohm) {
  if (ohm == 0.0) {
    definition.elements.push_back(netlist::vcvs("e2", "out", "0", "pole", "0", 1.0));
    return;
  }
  definition.elements.push_back(netlist::transconductor("g2", "0", "out", "pole", "0", 1.0 / ohm));
  definition.elements.push_back(silent_resistor("r2", "out", "0", ohm));
}

netlist::Subcircuit make_opamp(const OpAmpFigures& figures, const Imperfections& wanted) {
  netlist::Subcircuit out;
  out.name = "opamp_real";
  out.pins = {"inp", "inn", "out"};
  std::string plus = "inp";
  if (wanted.offset || wanted.part_noise) {
    plus = "plus";
    Element source = netlist::voltage_source("vos", plus, "inp", 0.0);
    source.value_expression = "vos";
    out.parameters = {{"vos", 0.0}};
    out.elements.push_back(source);
  }
  const double gain = wanted.gain ? figures.gain.get() : kUnseenGain;
  out.elements.push_back(netlist::transconductor("g1", "0", "pole", plus, "inn", kStageSiemens));
  out.elements.push_back(silent_resistor("r1", "pole", "0", gain / kStageSiemens));
  out.heading = fmt::format("op-amp {}: gain {:.6g}", figures.name, gain);
  if (wanted.bandwidth) {
    const double gbw = figures.gain_bandwidth_hz.get();
    out.elements.push_back(netlist::capacitor("c1", "pole", "0", kStageSiemens / (kTwoPi * gbw)));
    out.heading += fmt::format(", gain-bandwidth {:.6g} Hz", gbw);
  }
  // Past an output resistance noise goes around the amplifier at frequencies where it no longer
  // amplifies: in this model without limit, on a board up to its strays.
  const double ohm = wanted.part_noise ? 0.0 : figures.output_ohm.get();
  out.heading += fmt::format(", output {:.6g} ohm, one pole", ohm);
  add_output_stage(out, ohm);
  return out;
}

// The ideal one with resistors gain / parameter between these pins.
netlist::Subcircuit make_leaking(netlist::Subcircuit ideal, const std::string& name,
                                 const std::vector<std::pair<std::string, std::string>>& ports,
                                 double gain) {
  for (std::size_t k = 0; k < ports.size(); ++k) {
    Element resistor =
        silent_resistor(fmt::format("r{}", k + 1), ports[k].first, ports[k].second, 1.0);
    resistor.value_expression = netlist::format_number(gain) + "/" + ideal.parameters.front().name;
    ideal.elements.push_back(resistor);
  }
  ideal.name = name;
  ideal.heading = fmt::format("output resistance {:.6g} / {}", gain, ideal.parameters.front().name);
  return ideal;
}

// At which the circuit moves by itself: sqrt(tr K / tr M), overdamped tr K / tr D.
double own_frequency(const Mapping& mapping) {
  const core::SecondOrderSystem& system = mapping.system;
  const double K = system.K.diagonal().sum();
  const double rate = system.dynamics == core::Dynamics::overdamped
                          ? K / system.D.diagonal().sum()
                          : std::sqrt(K / system.M.diagonal().sum());
  return rate / (kTwoPi * mapping.design.scales.time_s);
}

// Copies a design, part by part, with real parts in place of ideal ones.
class RealDesign {
 public:
  RealDesign(const Mapping& mapping, const Profile& profile, const Imperfections& wanted,
             const VendorModel* vendor)
      : profile_(profile),
        wanted_(wanted),
        vendor_(vendor),
        own_hz_(own_frequency(mapping)),
        out_(mapping.design) {
    const netlist::Circuit ideal = std::exchange(out_.circuit, {});
    out_.circuit = ideal.without_elements();
    for (const netlist::InitialVoltage& initial : ideal.initial_voltages) {
      initial_.emplace(netlist::lower(initial.node), initial.volt);
    }
    for (const Element& element : ideal.elements()) add(element);
  }

  netlist::Design finish() {
    if (wanted_.part_noise) {
      add_own_noise(out_, profile_.temperature_K.get());
      std::move(noise_.begin(), noise_.end(), std::back_inserter(out_.noise));
    }
    return std::move(out_);
  }

  std::size_t opamps() const { return opamps_; }

 private:
  void add(const Element& element) {
    if (element.kind == Kind::instance) {
      const std::string kind = netlist::lower(element.references.front());
      if (kind == "opamp_ideal") return add_opamp(element);
      if (kind == "ota_ideal") return add_ota(element);
      if (kind == "gyrator_ideal" && profile_.ota) return add_gyrator(element);
    }
    if (wanted_.losses && element.kind == Kind::inductor) return add_coil(element);
    out_.circuit.add(element);
    if (wanted_.losses && element.kind == Kind::capacitor) add_capacitor_loss(element);
  }

  void define_once(const netlist::Subcircuit& definition) {
    if (out_.circuit.find_definition(definition.name) == nullptr) out_.circuit.define(definition);
  }

  void add_opamp(Element element) {
    ++opamps_;
    if (vendor_ != nullptr) return add_vendor_opamp(std::move(element));
    if (!(wanted_.gain || wanted_.bandwidth || wanted_.offset || wanted_.part_noise)) {
      return out_.circuit.add(std::move(element));
    }
    const OpAmpFigures& figures = need_opamp(profile_);
    define_once(make_opamp(figures, wanted_));
    element.references = {"opamp_real"};
    if (wanted_.offset) {
      const bool up = core::uniform(wanted_.seed, 0, opamps_) < 0.5;
      const double offset = figures.offset_v.get();
      element.parameters = {{"vos", up ? offset : -offset}};
    }
    if (wanted_.part_noise) {
      const double density = figures.noise_v_per_rthz.get();
      noise_.push_back(
          {"input " + element.name, {{element.name + ".vos", 1.0}}, density * density / 2.0, true});
    }
    if (wanted_.bandwidth) start_pole(element);
    out_.circuit.add(std::move(element));
  }

  // The pole starts where the output does, or the board would begin with a jump.
  void start_pole(const Element& element) {
    const auto output = initial_.find(netlist::lower(element.nodes.back()));
    if (output == initial_.end()) return;
    out_.circuit.initial_voltages.push_back({element.name + ".pole", output->second});
  }

  void add_vendor_opamp(Element element) {
    element.references = {vendor_->name};
    if (vendor_->pins.size() > element.nodes.size()) {
      element.nodes.insert(element.nodes.begin() + 2, {"vcc", "vee"});
    }
    out_.circuit.add(std::move(element));
  }

  void add_ota(Element element) {
    if (wanted_.losses) {
      define_once(make_leaking(netlist::ideal_ota(), "ota_real", {{"out", "0"}},
                               need_ota(profile_).output_ohm_times_gm.get()));
      element.references = {"ota_real"};
    }
    add_current_noise(element, element.nodes[2], "0");
    out_.circuit.add(std::move(element));
  }

  void add_gyrator(Element element) {
    if (wanted_.losses) {
      define_once(make_leaking(netlist::ideal_gyrator(), "gyrator_real",
                               {{"p1", "n1"}, {"p2", "n2"}},
                               need_ota(profile_).output_ohm_times_gm.get()));
      element.references = {"gyrator_real"};
    }
    add_current_noise(element, element.nodes[0], element.nodes[1]);
    add_current_noise(element, element.nodes[2], element.nodes[3]);
    out_.circuit.add(std::move(element));
  }

  // 4 k_B T excess gm, one-sided, at a transconductor's output.
  void add_current_noise(const Element& element, const std::string& into, const std::string& from) {
    if (!wanted_.part_noise) return;
    NoiseSource source;
    source.name = fmt::format("output {} {}", element.name, into);
    if (!netlist::is_ground(into)) source.incidence.push_back({into, 1.0});
    if (!netlist::is_ground(from)) source.incidence.push_back({from, -1.0});
    source.density = 2.0 * core::kBoltzmann * profile_.temperature_K.get() *
                     need_ota(profile_).excess_noise.get() * element.parameters.front().value;
    source.own = true;
    if (!source.incidence.empty()) noise_.push_back(std::move(source));
  }

  void add_coil(const Element& element) {
    const LossFigures& loss = profile_.loss;
    const double ohm =
        kTwoPi * loss.inductor_q_hz.get() * std::abs(element.value) / loss.inductor_q.get();
    Element coil = element;
    coil.nodes[0] = element.name + "_loss";
    out_.circuit.add(coil);
    if (ohm > 0.0) {
      out_.circuit.add(
          netlist::resistor("r" + element.name + "_loss", element.nodes[0], coil.nodes[0], ohm));
    }
  }

  void add_capacitor_loss(const Element& element) {
    const LossFigures& loss = profile_.loss;
    const double hz = std::min(loss.capacitor_tan_delta_hz.get(), own_hz_);
    const double siemens = kTwoPi * hz * std::abs(element.value) * loss.capacitor_tan_delta.get();
    if (siemens == 0.0) return;
    out_.circuit.add(netlist::resistor("r" + element.name + "_loss", element.nodes[0],
                                       element.nodes[1], 1.0 / siemens));
  }

  const Profile& profile_;
  const Imperfections& wanted_;
  const VendorModel* vendor_;
  double own_hz_;
  netlist::Design out_;
  std::map<std::string, double> initial_;  // of `.ic`, by lower-case node
  std::vector<NoiseSource> noise_;
  std::size_t opamps_ = 0;
};

void need_supplies(const netlist::Circuit& circuit, const VendorModel& model) {
  if (model.pins.size() == 3) return;
  const std::vector<std::string> nodes = circuit.nodes();
  for (const char* supply : {"vcc", "vee"}) {
    const bool is_there = std::ranges::any_of(
        nodes, [&](const std::string& node) { return netlist::lower(node) == supply; });
    if (is_there) continue;
    throw RealizationError(
        fmt::format("{}: .subckt {} has supply pins, and the circuit has no node {}; add a source "
                    "there, or include a model with pins in+ in- out",
                    model.file, model.name, supply));
  }
}

}  // namespace

std::vector<ImperfectionStage> list_stages(Topology topology, std::uint64_t seed) {
  using Cost = ImperfectionStage::Cost;
  struct Step {
    const char* name;
    Cost cost;
    bool Imperfections::*member;
  };
  std::vector<Step> steps;
  const bool amplifiers = topology == Topology::opamp;
  if (amplifiers) {
    steps = {{"finite gain", Cost::shift, &Imperfections::gain},
             {"finite bandwidth", Cost::shift, &Imperfections::bandwidth},
             {"offset", Cost::spread, &Imperfections::offset}};
  }
  steps.push_back({"losses", Cost::shift, &Imperfections::losses});
  steps.push_back({"noise", Cost::noise, &Imperfections::part_noise});
  std::vector<ImperfectionStage> stages;
  Imperfections together{.seed = seed};
  for (const Step& step : steps) {
    Imperfections alone{.seed = seed};
    alone.*step.member = true;
    // White noise has no finite variance behind an amplifier without a pole.
    if (step.cost == Cost::noise && amplifiers) alone.gain = alone.bandwidth = true;
    if (step.cost == Cost::shift) together.*step.member = true;
    stages.push_back({step.name, step.cost, alone, together});
  }
  return stages;
}

Imperfections all_shifts(std::uint64_t seed) {
  return {.gain = true, .bandwidth = true, .offset = true, .losses = true, .seed = seed};
}

netlist::Design make_real(const Mapping& mapping, const Profile& profile,
                          const Imperfections& imperfections) {
  return RealDesign(mapping, profile, imperfections, nullptr).finish();
}

netlist::Design make_with_vendor_model(const Mapping& mapping, const VendorModel& model,
                                       const Profile& profile, const Imperfections& imperfections) {
  need_supplies(mapping.design.circuit, model);
  RealDesign real(mapping, profile, imperfections, &model);
  if (real.opamps() == 0) {
    throw RealizationError(fmt::format(
        "{}: the circuit ({}) has no op-amps that .subckt {} could stand for; leave it out",
        model.file, mapping.design.realization, model.name));
  }
  netlist::Design design = real.finish();
  design.circuit.includes.push_back(model.file);
  return design;
}

netlist::Design make_with_vendor_model(const Mapping& mapping, const VendorModel& model) {
  return make_with_vendor_model(mapping, model, Profile{}, Imperfections{});
}

}  // namespace springspice::hw
