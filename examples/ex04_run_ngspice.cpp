// A deck of your own in ngspice: points stream out while it runs, errors quote ngspice.
//
// Sample run:
//   ex04_run_ngspice
#include <cmath>
#include <cstdio>

#include "sim/engine.hpp"

using namespace springspice;

int main() {
  sim::Engine engine;

  // A capacitor of 1 uF from 1 V through 1 kohm: v = exp(-t / 1 ms).
  sim::Run run;
  run.deck =
      "springspice example: a capacitor runs empty\n"
      "r1 out 0 1k\n"
      "c1 out 0 1u\n"
      ".ic v(out)=1\n"
      ".end\n";
  sim::TransientRun transient;
  transient.step_s = transient.max_step_s = 1e-5;
  transient.stop_s = 3e-3;
  run.analysis = transient;
  run.vectors = {"out"};
  double worst = 0.0;
  const sim::RunSummary summary = engine.run(run, [&](double t, const auto& values) {
    worst = std::fmax(worst, std::abs(values[0].real() - std::exp(-t / 1e-3)));
  });
  std::printf("ngspice %s: %zu points, largest error %.1e V\n", summary.version.c_str(),
              summary.points, worst);

  // A deck that ngspice does not take.
  run.deck = "springspice example: no such model\nd1 a 0 nomodel\n.end\n";
  try {
    engine.run(run, [](double, const auto&) {});
    return 1;
  } catch (const sim::EngineError& error) {
    std::printf("as expected: %s\n", error.what());
  }
  return worst < 1e-3 ? 0 : 1;
}
