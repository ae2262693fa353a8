// A deck with any one element changed, removed or reconnected is not the model, and certification
// says so.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "core/random.hpp"
#include "netlist/error.hpp"
#include "netlist/writer.hpp"
#include "sim/differences.hpp"
#include "sim/stamped.hpp"
#include "sim/suspects.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/conformance/fault.hpp"
#include "tests/core/temporary_file.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

// 4 sticks, a few points in every one, off the nodes; so spread out that inductors between the
// nodes can be the springs (S K S an M-matrix needs K_ij large enough).
std::string five_node_data() {
  std::string csv = "u,y\n";
  for (int j = 0; j <= 40; ++j) {
    const double u = j / 40.0;
    csv += fmt::format("{},{}\n", u, std::sin(5.0 * u) + 0.3 * u + 0.1 * std::cos(31.0 * u));
  }
  return csv;
}

struct Realization {
  const char* name;
  hw::Topology topology;
  hw::Coupling coupling;
  core::Dynamics dynamics;
  double neighbor_spring;
  double coupling_factor = 0.0;  ///< 0: none
};

// The last two have negative K_ij, so they have what carries them: resistors from -x, inverters.
constexpr Realization kRealizations[] = {
    {"opamp", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::underdamped, 0.0},
    {"opamp overdamped", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::overdamped,
     0.0},
    {"gmc", hw::Topology::gmc, hw::Coupling::automatic, core::Dynamics::underdamped, 0.0},
    {"rlc direct", hw::Topology::rlc, hw::Coupling::direct, core::Dynamics::underdamped, 0.0},
    {"rlc gyrator", hw::Topology::rlc, hw::Coupling::gyrator, core::Dynamics::underdamped, 0.0},
    {"rlc transformer", hw::Topology::rlc, hw::Coupling::transformer, core::Dynamics::underdamped,
     0.0},
    {"rlc coils", hw::Topology::rlc, hw::Coupling::transformer, core::Dynamics::underdamped, 0.0,
     0.99},
    {"charge", hw::Topology::charge, hw::Coupling::automatic, core::Dynamics::underdamped, 0.0},
    {"spu", hw::Topology::spu, hw::Coupling::automatic, core::Dynamics::underdamped, 0.0},
    {"opamp, K_ij < 0", hw::Topology::opamp, hw::Coupling::automatic, core::Dynamics::underdamped,
     5.0},
    {"opamp overdamped, K_ij < 0", hw::Topology::opamp, hw::Coupling::automatic,
     core::Dynamics::overdamped, 5.0},
};

CertifiedCase make_case(const Realization& realization, const std::string& path) {
  cli::Options options = options_for(path, "4", realization.topology);
  options.coupling = realization.coupling;
  if (realization.coupling_factor > 0.0) options.coupling_factor = realization.coupling_factor;
  options.parameters.dynamics = realization.dynamics;
  options.parameters.neighbor_spring = realization.neighbor_spring;
  options.x0 = "random";
  // Velocities too, so that every initial value of the deck says something.
  return CertifiedCase(options, [](core::State& start) {
    for (Eigen::Index i = 0; i < start.v.size(); ++i) {
      start.v(i) = core::normal(7, 1, static_cast<std::uint64_t>(i));
    }
  });
}

struct Tally {
  int total = 0;
  int caught = 0;
  int refused = 0;  ///< of those caught: the deck did not parse, or ngspice would not take it
};

using Row = std::array<Tally, kFaultKinds>;

enum class Verdict { passed, failed, refused };

Verdict certify_fault(const CertifiedCase& good, const Fault& fault, bool explain,
                      std::string& detail) {
  sim::CertifyOptions options;
  options.stop_at_first_failure = true;
  options.explain = explain;
  options.engine.time_limit_s = 20.0;
  try {
    const sim::Report report = sim::certify(good.problem(netlist::format_deck(fault.circuit)),
                                            good.built.analysis, options);
    detail = report.checks.back().name;
    return report.passed() ? Verdict::passed : Verdict::failed;
  } catch (const netlist::NetlistError& error) {
    detail = error.what();
    return Verdict::refused;
  } catch (const sim::EngineError& error) {
    if (error.reason() != sim::EngineError::Reason::refused) throw;
    detail = error.what();
    return Verdict::refused;
  }
}

// Of each realization so many faults go through each check alone, and are explained.
constexpr int kSample = 25;

int count_faults(const CertifiedCase& good) {
  int count = 0;
  for_each_fault(good.built.manifest.design.circuit,
                 [&](const Fault& fault) { count += fault.rule.empty() ? 1 : 0; });
  return count;
}

using CheckFunction = sim::Check (*)(sim::Checker&);
constexpr std::pair<const char*, CheckFunction> kAlone[] = {
    {"matrices", [](sim::Checker& checker) { return sim::check_matrices(checker); }},
    {"probe", sim::check_probe},
    {"steady", sim::check_steady},
    {"path", sim::check_path},
    {"order", sim::check_order},
};

bool catches_alone(const CheckFunction& check, const CertifiedCase& good, const Fault& fault) {
  try {
    const sim::Problem problem = good.problem(netlist::format_deck(fault.circuit));
    const sim::ProbeMap probes = sim::map_probes(problem);
    sim::EngineOptions options;
    options.time_limit_s = 20.0;
    sim::Engine engine(options);
    const sim::StampedDeck deck(problem, probes);
    sim::Checker checker{problem, good.built.analysis, probes, deck, engine, 1, 0, 0.0, {}, {}};
    return check(checker).status == sim::Check::Status::fail;
  } catch (const netlist::NetlistError&) {
    return true;
  } catch (const sim::EngineError&) {
    return true;
  }
}

// The parts that explain what `matrices` sees of a fault.
std::vector<sim::Suspect> find_suspects_of(const CertifiedCase& good, const Fault& fault) {
  const sim::Problem problem = good.problem(netlist::format_deck(fault.circuit));
  const sim::ProbeMap probes = sim::map_probes(problem);
  const sim::StampedDeck deck(problem, probes);
  if (!deck.obstacle().empty()) return {};
  sim::ComparedEntry worst;
  sim::for_each_entry(problem, probes, deck, [&](const sim::ComparedEntry& entry) {
    if (entry.difference() > worst.difference()) worst = entry;
  });
  return sim::find_suspects(problem, probes, deck, worst);
}

// How many of a sample each check would have caught alone; one row a realization.
class AloneTable {
 public:
  void add(int realization, const CertifiedCase& good, const Fault& fault) {
    Row& row = rows_[realization];
    ++row.faults;
    for (std::size_t c = 0; c < std::size(kAlone); ++c) {
      row.caught[c] += catches_alone(kAlone[c].second, good, fault) ? 1 : 0;
    }
  }
  void print() const {
    fmt::print("\ncaught by one check alone, of a sample of all faults\n{:28} {:>9}", "", "sample");
    for (const auto& [name, check] : kAlone) fmt::print(" {:>9}", name);
    for (const auto& [k, row] : rows_) {
      fmt::print("\n{:28} {:>9}", kRealizations[k].name, row.faults);
      for (const int caught : row.caught) fmt::print(" {:>9}", caught);
    }
    fmt::print("\n");
  }

 private:
  struct Row {
    int faults = 0;
    std::array<int, std::size(kAlone)> caught{};
  };
  std::map<int, Row> rows_;
};

void print_table(const std::map<int, Row>& rows) {
  fmt::print("\ncaught of total (of these refused before any check)\n{:28}", "");
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    fmt::print(" {:>22}", to_string(static_cast<Fault::Kind>(kind)));
  }
  for (const auto& [k, row] : rows) {
    fmt::print("\n{:28}", kRealizations[k].name);
    for (const Tally& tally : row) {
      fmt::print(" {:>22}", fmt::format("{} of {} ({})", tally.caught, tally.total, tally.refused));
    }
  }
  fmt::print("\n");
}

// All faults of the realizations from `first` up to `last`.
void check_every_fault(int first, int last) {
  const TemporaryFile data(five_node_data());
  std::map<int, Row> rows;
  std::map<std::string, std::vector<std::string>> identical;
  AloneTable alone;
  for (int k = first; k < last; ++k) {
    const CertifiedCase good = make_case(kRealizations[k], data.path());
    const sim::Report report = sim::certify(good.problem(), {});
    INFO(kRealizations[k].name << "\n" << describe_failures(report));
    REQUIRE(report.passed());
    const int stride = count_faults(good) / kSample;
    int count = 0;
    for_each_fault(good.built.manifest.design.circuit, [&](const Fault& fault) {
      if (!fault.rule.empty()) {
        identical[fmt::format("{}, rule `{}`", kRealizations[k].name, fault.rule)].push_back(
            fault.what);
        return;
      }
      const bool in_sample = count++ % stride == stride / 2;
      if (in_sample) alone.add(k, good, fault);
      Tally& tally = rows[k][static_cast<std::size_t>(fault.kind)];
      ++tally.total;
      std::string detail;
      // The explanation is no part of the verdict, and of thousands of moved terminals it is mostly
      // the same; all changed values are explained in a test of their own.
      const bool explain = in_sample || fault.kind != Fault::Kind::reconnected;
      const Verdict verdict = certify_fault(good, fault, explain, detail);
      if (verdict == Verdict::refused) ++tally.refused;
      if (verdict != Verdict::passed) ++tally.caught;
      if (verdict == Verdict::passed) {
        UNSCOPED_INFO(kRealizations[k].name << ": " << to_string(fault.kind) << ": " << fault.what);
        CHECK(verdict != Verdict::passed);
      }
    });
  }
  print_table(rows);
  alone.print();
  fmt::print("\nleft out, since the circuit is the same by a graph rule (fault.hpp):\n");
  for (const auto& [where, list] : identical) {
    fmt::print(
        "  {}, {}: {}{}\n", where, list.size(),
        fmt::join(list.begin(), list.begin() + std::min<std::ptrdiff_t>(4, std::ssize(list)), "; "),
        list.size() > 4 ? "; ..." : "");
  }
}

}  // namespace

TEST_CASE("every single fault of a five-node deck is caught: boards and chips") {
  check_every_fault(0, 3);
}

TEST_CASE("every single fault of a five-node deck is caught: passive networks") {
  check_every_fault(3, 7);
}

TEST_CASE("every single fault of a five-node deck is caught: loops and cells") {
  check_every_fault(7, 9);
}

TEST_CASE("every single fault of a five-node deck is caught: negative couplings") {
  check_every_fault(9, static_cast<int>(std::size(kRealizations)));
}

TEST_CASE("a changed value is named: at least 95 % of them, with the value that it should have") {
  const TemporaryFile data(five_node_data());
  fmt::print("\nvalues changed by 0.1 %: named first, named at all, of all\n");
  for (const Realization& realization : kRealizations) {
    const CertifiedCase good = make_case(realization, data.path());
    int total = 0;
    int first = 0;
    int named = 0;
    for_each_fault(good.built.manifest.design.circuit, [&](const Fault& fault) {
      if (fault.kind != Fault::Kind::changed) return;
      ++total;
      const std::string element = fault.what.substr(0, fault.what.find(':'));
      const std::vector<sim::Suspect> suspects = find_suspects_of(good, fault);
      const netlist::Element& original = *good.built.manifest.design.circuit.find(element);
      const double value =
          original.parameters.empty() ? original.value : original.parameters[0].value;
      const auto is_it = [&](const sim::Suspect& suspect) {
        return suspect.element == element &&
               std::abs(std::abs(suspect.expected) - std::abs(value)) <
                   1e-9 * std::abs(suspect.value);
      };
      if (!suspects.empty() && is_it(suspects.front())) ++first;
      if (std::ranges::any_of(suspects, is_it)) {
        ++named;
      } else {
        UNSCOPED_INFO(element << " is not named among " << suspects.size());
      }
    });
    fmt::print("{:28} {:4} {:4} of {:4}\n", realization.name, first, named, total);
    INFO(realization.name);
    CHECK(total > 20);
    CHECK(100 * named >= 95 * total);
  }
}

TEST_CASE("faults of parts with hardly any share are caught too") {
  const auto [name, csv] = GENERATE(table<const char*, const char*>({
      {"symmetric", "u,y\n0,1\n0.1,0.7\n0.3,0.2\n0.45,0.1\n0.55,0.1\n0.7,0.2\n0.9,0.7\n1,1\n"},
      {"pairs of equal points",
       "u,y\n0,1\n0.1,0.7\n0.1,0.5\n0.3,0.2\n0.3,0.4\n0.6,2\n0.6,1\n1,1\n"},
      {"triples of equal points",
       "u,y\n0,1\n0.1,0.7\n0.1,0.5\n0.1,0.9\n0.3,0.2\n0.3,0.4\n0.3,0.5\n0.6,2\n0.6,1\n0.6,3\n1,"
       "1\n"},
      {"nearly equal points",
       "u,y\n0,1\n0.1,0.7\n0.100000001,0.5\n0.3,0.2\n0.3000001,0.4\n0.6,2\n0.60000000001,1\n1,1\n"},
      {"close to nodes",
       "u,y\n0,1\n0.0000001,0.7\n0.2499999999,0.5\n0.3,0.2\n0.5000001,0.4\n0.75,2\n0.7500000001,"
       "1\n1,1\n"},
  }));
  const TemporaryFile data(csv);
  for (const Realization& realization : kRealizations) {
    // These refuse data that leave a combination of a cell's nodes free, or couple them otherwise.
    if (realization.coupling == hw::Coupling::direct || realization.coupling_factor > 0.0 ||
        realization.topology == hw::Topology::spu) {
      continue;
    }
    // Of points 1e-8 apart one spring holds 1e-16 of K. Behind a gyrator its two halves must be
    // equal, which shows; as one inductor or one source it is below what a sum of doubles holds.
    const bool one_part = realization.topology == hw::Topology::charge ||
                          realization.coupling == hw::Coupling::transformer;
    if (one_part && name == std::string("nearly equal points")) continue;
    const CertifiedCase good = make_case(realization, data.path());
    sim::CertifyOptions certify;
    const sim::Report report = sim::certify(good.problem(), certify);
    INFO(name << ", " << realization.name << "\n" << describe_failures(report));
    CHECK(report.passed());
    for_each_fault(good.built.manifest.design.circuit, [&](const Fault& fault) {
      if (!fault.rule.empty() || fault.kind == Fault::Kind::reconnected) return;
      std::string detail;
      if (certify_fault(good, fault, true, detail) == Verdict::passed) {
        FAIL_CHECK(to_string(fault.kind) << ": " << fault.what);
      }
    });
  }
}
