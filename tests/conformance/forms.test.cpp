// Every form of every realization is certified, on a chain, on a plane and with two outputs.
#include "tests/conformance/forms.hpp"

#include <fmt/format.h>

#include "hw/error.hpp"
#include "tests/catch.hpp"
#include "tests/conformance/certified_case.hpp"
#include "tests/conformance/tables.hpp"

using namespace springspice;
using namespace springspice::test;

namespace {

struct Plant {
  const char* name;
  int inputs;
  int outputs;
  const char* sticks;
  int points;
  double kT;
};

constexpr Plant kPlants[] = {
    {"1-D, 9 nodes", 1, 1, "8", 120, 0.0},
    {"1-D, 9 nodes, kT = 0.01", 1, 1, "8", 120, 0.01},
    {"2-D, 4x4 sticks", 2, 1, "4x4", 300, 0.0},
    {"1-D, 9 nodes, 2 outputs", 1, 2, "8", 120, 0.0},
};

}  // namespace

TEST_CASE("every form that is possible is certified") {
  fmt::print("\n{}", report_heading());
  for (const Plant& plant : kPlants) {
    const TemporaryFile data(scattered_data(plant.inputs, plant.outputs, plant.points));
    int possible = 0;
    for (const Form& form : kForms) {
      cli::Options options = scattered_options(data, plant.inputs, plant.sticks, plant.outputs);
      options.parameters.kT = plant.kT;
      apply(form, options);
      const std::string row = fmt::format("{}, {}", plant.name, form.name);
      std::optional<CertifiedCase> made;
      try {
        made.emplace(options);
      } catch (const hw::RealizationError& error) {
        // What cannot be built says what to take instead.
        fmt::print("{:42} {}\n", row, error.what());
        CHECK_THAT(error.what(), ContainsSubstring("take --"));
        continue;
      }
      ++possible;
      const sim::Report report = sim::certify(made->problem(), {});
      fmt::print("{}", report_line(row, report));
      INFO(row << "\n" << describe_failures(report));
      CHECK(report.passed());
    }
    CHECK(possible >= kPossibleAnywhere);
  }
}
