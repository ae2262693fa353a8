// Every form of every realization is certified, on a chain, on a plane and with two outputs.
#include "tests/conformance/forms.hpp"

#include <functional>

#include <fmt/format.h>

#include "hw/error.hpp"
#include "netlist/parser.hpp"
#include "netlist/runnable.hpp"
#include "netlist/writer.hpp"
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
  bool small = false;  ///< literal springs and read-outs too
};

constexpr Plant kPlants[] = {
    {"1-D, 9 nodes", 1, 1, "8", 120, 0.0},
    {"1-D, 9 nodes, kT = 0.01", 1, 1, "8", 120, 0.01},
    {"2-D, 4x4 sticks", 2, 1, "4x4", 300, 0.0},
    {"1-D, 9 nodes, 2 outputs", 1, 2, "8", 120, 0.0},
    {"1-D, 5 nodes, read-outs, kT = 0.01", 1, 1, "4", 30, 0.01, true},
    {"1-D, 5 nodes, 2 outputs, read-outs", 1, 2, "4", 30, 0.0, true},
};

// Each form of each plant that can be built; what cannot be says what to take instead.
void for_each_form(const std::function<void(const std::string& row, const cli::Options&)>& visit) {
  for (const Plant& plant : kPlants) {
    const TemporaryFile data(scattered_data(plant.inputs, plant.outputs, plant.points));
    const TemporaryFile queries("u0\n0.07\n0.5\n0.93\n");
    int possible = 0;
    for (const Form& form : kForms) {
      if (form.literal && !plant.small) continue;
      cli::Options options = scattered_options(data, plant.inputs, plant.sticks, plant.outputs);
      options.parameters.kT = plant.kT;
      apply(form, options);
      if (plant.small) options.query = queries.path();
      const std::string row = fmt::format("{}, {}", plant.name, form.name);
      try {
        const CertifiedCase made(options);
      } catch (const hw::RealizationError& error) {
        fmt::print("{:62} {}\n", row, error.what());
        CHECK_THAT(error.what(), ContainsSubstring("take --"));
        continue;
      }
      ++possible;
      visit(row, options);
    }
    CHECK(possible >= kPossibleAnywhere);
  }
}

sim::Report certify_written(const cli::Options& options) {
  const CertifiedCase made(options);
  const netlist::SourceText source = made.built.whole_deck();
  sim::Problem problem = made.problem(source.text);
  problem.design.noise = made.built.files.noise;
  if (options.dialect != netlist::Dialect::ngspice) {
    problem.deck = netlist::format_deck(
        netlist::make_runnable(netlist::parse_deck(source, {options.dialect})));
  }
  return sim::certify(problem, {});
}

}  // namespace

TEST_CASE("every form that is possible is certified") {
  fmt::print("\n{}", report_heading());
  for_each_form([](const std::string& row, const cli::Options& options) {
    const sim::Report report = certify_written(options);
    fmt::print("{}", report_line(row, report));
    INFO(row << "\n" << describe_failures(report));
    CHECK(report.passed());
  });
}

TEST_CASE("every form is certified in every dialect, flat and as a hierarchy") {
  using netlist::Dialect;
  int certified = 0;
  for_each_form([&](const std::string& row, cli::Options options) {
    for (const bool hierarchy : {false, true}) {
      for (const Dialect dialect : {Dialect::ngspice, Dialect::xyce, Dialect::ltspice}) {
        if (!hierarchy && dialect == Dialect::ngspice) continue;  // the case above
        options.out = "case.cir";
        options.hierarchy = hierarchy;
        options.dialect = dialect;
        const sim::Report report = certify_written(options);
        INFO(row << ", " << to_string(dialect) << (hierarchy ? ", hierarchy" : ", flat") << "\n"
                 << describe_failures(report));
        CHECK(report.passed());
        ++certified;
      }
    }
  });
  fmt::print("{} decks of other dialects and hierarchies\n", certified);
}
