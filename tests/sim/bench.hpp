// What a check has in hand: a problem with its analysis, its stamped deck and an engine.
#pragma once

#include "sim/stamped.hpp"
#include "tests/sim/one_mass.hpp"

namespace springspice::test {

struct Bench {
  explicit Bench(sim::Problem given)
      : problem(std::move(given)),
        analysis(sim::analyse(problem.system)),
        probes(sim::map_probes(problem)),
        deck(problem, probes),
        checker{problem, analysis, probes, deck, engine, 1, 0, 0.0, {}, {}} {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  sim::Problem problem;
  sim::Analysis analysis;
  sim::ProbeMap probes;
  sim::StampedDeck deck;
  sim::Engine engine;
  sim::Checker checker;
};

}  // namespace springspice::test
