// gnucap, as a process of its own: a second simulator, written by other people.
//
// Life cycle:
//   GnucapEngine engine;                  // finds `gnucap` in PATH, or throws; no process yet
//   engine.run(run, on_point);            // deck into a private folder, gnucap -b, table read back
//
// gnucap ends with status 0 whatever happens, so its words decide: all that it prints beside the
// table is a refused deck, or a circuit without a solution ("open circuit"). It sees no start-up
// file of the user's, and it ends with the call, whatever happens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/engine.hpp"
#include "sim/gnucap/deck.hpp"

namespace springspice::sim {

struct GnucapRun {
  const GnucapDeck& deck;
  std::vector<std::string> nodes;            ///< as the circuit calls them, in any order
  std::optional<GnucapTransient> transient;  ///< none: an operating point
};

class GnucapEngine {
 public:
  /// @param options its `worker` is the path of gnucap; empty: in PATH
  /// @throws EngineError (no_worker)
  explicit GnucapEngine(EngineOptions options = {});

  /// One callback a row, values in the order of the nodes. The first point of a transient is t = 0,
  /// where gnucap prints zeros: it is left out. The scale of an operating point is 0.
  /// @throws EngineError as Engine::run()
  RunSummary run(const GnucapRun& run, const OnPoint& on_point);

 private:
  EngineOptions options_;
};

}  // namespace springspice::sim
