// `matrices`: the written netlist, parsed back and stamped, entry by entry against the scaled
// model; what differs is said in the model's terms and in the netlist's.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/check.hpp"
#include "sim/common_scale.hpp"
#include "sim/differences.hpp"
#include "sim/feedback.hpp"
#include "sim/stamped.hpp"
#include "sim/suspects.hpp"

namespace springspice::sim {
namespace {

constexpr double kLimit = 1e-12;
constexpr std::size_t kShownEntries = 4;
constexpr std::size_t kShownSuspects = 3;

struct Comparison {
  std::size_t compared = 0;
  std::size_t beyond = 0;              ///< entries above the limit
  std::vector<ComparedEntry> largest;  ///< the first few, largest difference first
};

Comparison compare(const Checker& checker) {
  Comparison out;
  const auto larger = [](const ComparedEntry& a, const ComparedEntry& b) {
    return a.difference() > b.difference();
  };
  for_each_entry(checker.problem, checker.probes, checker.deck, [&](const ComparedEntry& entry) {
    ++out.compared;
    const double difference = entry.difference();
    if (difference > kLimit) ++out.beyond;
    if (difference == 0.0) return;
    out.largest.insert(std::ranges::upper_bound(out.largest, entry, larger), entry);
    if (out.largest.size() > kShownEntries) out.largest.pop_back();
  });
  return out;
}

// "K(3,4) is 2.1, the model has 2.0"
std::string describe_entry(const Checker& checker, const ComparedEntry& entry) {
  if (std::isnan(entry.circuit) && entry.key.kind == EntryKey::Kind::position) {
    return fmt::format("position {} is no integral of velocities",
                       checker.problem.system.label(entry.key.row % checker.problem.system.size()));
  }
  std::string circuit = fmt::format("{:.6g}", entry.circuit);
  std::string model = fmt::format("{:.6g}", entry.model);
  if (circuit == model) {
    circuit = fmt::format("{:.17g}", entry.circuit);
    model = fmt::format("{:.17g}", entry.model);
  }
  return fmt::format("{} is {}, the model has {}",
                     describe(entry.key, checker.problem, checker.deck), circuit, model);
}

// A deck that is the model in other units is no puzzle of many wrong values.
std::string find_other_units(const Checker& checker) {
  const auto scale = find_common_scale(checker.problem, checker.probes, checker.deck);
  if (!scale || scale->is_identity()) return {};
  const Problem problem = rescale(checker.problem, *scale);
  const ProbeMap probes = map_probes(problem);
  const StampedDeck deck(problem, probes, checker.deck.flat());
  double largest = 0.0;
  for_each_entry(problem, probes, deck, [&](const ComparedEntry& entry) {
    largest = std::max(largest, entry.difference());
  });
  if (largest > kLimit) return {};
  return fmt::format("the deck is the model at another scale ({}); --allow-rescale accepts that",
                     scale->text());
}

std::string explain(const Checker& checker, const Comparison& comparison) {
  if (comparison.beyond > 1) {
    if (const std::string units = find_other_units(checker); !units.empty()) return units;
  }
  const ComparedEntry& worst = comparison.largest.front();
  const std::vector<Suspect> suspects =
      find_suspects(checker.problem, checker.probes, checker.deck, worst);
  std::string text;
  for (std::size_t k = 0; k < std::min(suspects.size(), kShownSuspects); ++k) {
    text += (k == 0 ? "" : ", or ") + describe(suspects[k]);
  }
  if (suspects.size() > kShownSuspects) {
    text += fmt::format(", or one of {} others", suspects.size() - kShownSuspects);
  }
  if (!text.empty()) return text;
  if (worst.key.kind == EntryKey::Kind::initial)
    return "the start value in the deck is not that of the model";
  return "no single value of a part explains it: one is missing, added or moved, or several are "
         "wrong";
}

}  // namespace

Check check_matrices(const Checker& checker) {
  Check check;
  check.name = "matrices";
  check.limit = kLimit;
  check.origin = "rounding of the sums in each entry, relative to the sum of their absolute values";
  const StampedDeck& deck = checker.deck;
  std::string obstacle = find_positive_feedback(deck.flat(), deck.descriptor());
  if (obstacle.empty()) obstacle = deck.obstacle();
  if (obstacle.empty() && checker.problem.system.kT > 0.0) obstacle = deck.noise().obstacle;
  if (!obstacle.empty()) {
    check.value = std::numeric_limits<double>::infinity();
    check.status = Check::Status::fail;
    check.detail = "no second-order system: " + obstacle;
    return check;
  }
  const Comparison comparison = compare(checker);
  if (!comparison.largest.empty()) check.value = comparison.largest.front().difference();
  decide(check);
  check.detail = fmt::format("{} entries of the stamped netlist", comparison.compared);
  if (check.status == Check::Status::pass) {
    if (check.value > 0.0) {
      check.detail += "; worst " + describe_entry(checker, comparison.largest.front());
    }
    return check;
  }
  check.detail += fmt::format(", {} differ: ", comparison.beyond);
  const std::size_t shown = std::min(comparison.beyond, comparison.largest.size());
  for (std::size_t k = 0; k < shown; ++k) {
    check.detail += (k == 0 ? "" : "; ") + describe_entry(checker, comparison.largest[k]);
  }
  if (comparison.beyond > shown) check.detail += "; ...";
  if (checker.explain) check.detail += ": " + explain(checker, comparison);
  return check;
}

}  // namespace springspice::sim
