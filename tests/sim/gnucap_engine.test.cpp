// gnucap as a process: its words, its end, and programs that are not gnucap.
#include <filesystem>
#include <fstream>
#include <stop_token>

#include "netlist/parser.hpp"
#include "sim/gnucap/table.hpp"
#include "tests/sim/engine_runs.hpp"
#include "tests/sim/gnucap.hpp"

using namespace springspice;
using namespace springspice::test;
using engine_runs::Reason;
using sim::GnucapDeck;
using sim::GnucapTransient;

namespace {

const std::string kBanner = "Gnucap : The Gnu\nmain version: master 1999\nspringspice \n";

struct Heard {
  std::vector<double> scales, values;
};

/// What the table makes of a text that comes in pieces of this size.
Heard hear(const std::string& text, std::size_t piece, std::string* complaints = nullptr) {
  Heard heard;
  const sim::OnPoint on_point = [&](double scale, std::span<const std::complex<double>> values) {
    heard.scales.push_back(scale);
    for (const auto& value : values) heard.values.push_back(value.real());
  };
  sim::GnucapTable table({"n2", "n1"}, on_point);
  for (std::size_t at = 0; at < text.size(); at += piece) table.hear(text.substr(at, piece));
  table.finish();
  CHECK(table.version() == "master 1999");
  if (complaints != nullptr) *complaints = table.complaints();
  return heard;
}

GnucapDeck rc_deck() {
  return {netlist::parse_deck("rc\nr1 a 0 1000\nc1 a 0 1e-6\n.ic v(a)=2\n.end\n", "rc.cir"), 1e3};
}

/// A shell script in the place of gnucap.
class FakeGnucap {
 public:
  explicit FakeGnucap(const std::string& script) : path(folder_.path() + "/gnucap") {
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

 private:
  engine_runs::ScratchFolder folder_;

 public:
  std::string path;
};

sim::EngineError error_of(sim::EngineOptions options) {
  const GnucapDeck deck = rc_deck();
  sim::GnucapEngine engine(std::move(options));
  try {
    engine.run({deck, {"a"}, GnucapTransient{1e-4, 1e-3}}, engine_runs::ignore_points);
  } catch (const sim::EngineError& error) {
    return error;
  }
  FAIL("the run came to its end");
  std::abort();
}

sim::EngineError error_of(const std::string& script) {
  const FakeGnucap fake(script);
  sim::EngineOptions options;
  options.worker = fake.path;
  return error_of(options);
}

}  // namespace

TEST_CASE("gnucap's table is read by its names, whatever the pieces it comes in") {
  const std::string text = kBanner + "#Time   v(n1)    v(n9)\n+ v(N2)\n 0.  1.  9.\n+ 2.\n" +
                           " 1.E-6 -3.5E+3 9. \n+ 4.25\n";
  for (const std::size_t piece : {1U, 3U, 7U, 1000U}) {
    const Heard heard = hear(text, piece);
    CHECK(heard.scales == std::vector<double>{0.0, 1e-6});
    CHECK(heard.values == std::vector<double>{2.0, 1.0, 4.25, -3500.0});
  }
}

TEST_CASE("what gnucap says beside its table is a complaint; a value that is none ends the run") {
  std::string complaints;
  hear(kBanner +
           "Z1 a 0 3 \n^ ? Z: no match\n# v(n1) v(n2)\nopen circuit: internal node 3\n 27. 1. 2.\n",
       5, &complaints);
  CHECK(complaints == "Z1 a 0 3\n^ ? Z: no match\nopen circuit: internal node 3\n");
  CHECK_THROWS_WITH(hear(kBanner + "# v(n1) v(n2)\n 0. nan 1.\n", 100),
                    ContainsSubstring("gnucap gives 'nan' at time 0 s"));
  CHECK_THROWS_WITH(hear(kBanner + "# v(n1) v(n2)\n 0. 1.\n", 100),
                    ContainsSubstring("gnucap gives ''"));
}

TEST_CASE("a run of gnucap gives its points, its version, and leaves nothing behind") {
  if (!has_gnucap()) return;
  const engine_runs::ScratchFolder scratch;
  const engine_runs::ScopedVariable temporary("TMPDIR", scratch.path());
  const GnucapDeck deck = rc_deck();
  sim::GnucapEngine engine;
  double last = 0.0;
  const sim::RunSummary summary =
      engine.run({deck, {"a", "A"}, GnucapTransient{1e-4, 1e-3}},
                 [&](double time_s, std::span<const std::complex<double>> values) {
                   CHECK(time_s > 0.0);
                   CHECK(values[0] == values[1]);
                   last = values[0].real();
                 });
  CHECK(summary.points == 11);
  CHECK(last == Approx(2.0 * std::exp(-1.0)).epsilon(1e-3));  // h^2 / 12 of the rule
  CHECK(!summary.version.empty());
  CHECK(engine_runs::entries(scratch.path()).empty());
}

TEST_CASE("an unknown node is an error that names it, before gnucap starts") {
  if (!has_gnucap()) return;
  const GnucapDeck deck = rc_deck();
  sim::GnucapEngine engine;
  CHECK_THROWS_WITH(engine.run({deck, {"nowhere"}, {}}, engine_runs::ignore_points),
                    ContainsSubstring("no node 'nowhere'"));
}

TEST_CASE("a circuit that is open has no solution, in gnucap's words") {
  if (!has_gnucap()) return;
  const GnucapDeck deck(
      netlist::parse_deck("open\nr1 a b 1\nr2 c 0 1\ni1 0 a 1\n.end\n", "open.cir"), 1.0);
  sim::GnucapEngine engine;
  CHECK_THROWS_WITH(engine.run({deck, {"a"}, {}}, engine_runs::ignore_points),
                    ContainsSubstring("no solution of the circuit: open circuit: internal node"));
}

TEST_CASE("without the program the error says how to get it") {
  const engine_runs::ScratchFolder empty;
  const engine_runs::ScopedVariable path("PATH", empty.path());
  try {
    const sim::GnucapEngine engine;
    FAIL("there is a gnucap");
  } catch (const sim::EngineError& error) {
    CHECK(error.reason() == Reason::no_worker);
    CHECK_THAT(error.what(), ContainsSubstring("no program gnucap in PATH") &&
                                 ContainsSubstring("apt-get install gnucap"));
  }
}

TEST_CASE("a gnucap that hangs is killed, and one that is stopped too") {
  const FakeGnucap fake("exec sleep 1000");
  pid_t process = 0;
  sim::EngineOptions options;
  options.worker = fake.path;
  options.time_limit_s = 0.2;
  options.on_start = [&](pid_t pid) { process = pid; };
  CHECK(error_of(options).reason() == Reason::timed_out);
  REQUIRE(process > 0);
  CHECK(!engine_runs::is_alive(process));

  std::stop_source source;
  source.request_stop();
  options.time_limit_s = 300.0;
  options.stop = source.get_token();
  CHECK(error_of(options).reason() == Reason::stopped);
  CHECK(!engine_runs::is_alive(process));
}

TEST_CASE("programs that crash, refuse, say nothing or stop early are errors that say so") {
  sim::EngineError error = error_of("kill -SEGV $$");
  CHECK(error.reason() == Reason::crashed);
  CHECK_THAT(error.what(), ContainsSubstring("signal 11"));

  error = error_of("echo springspice; echo 'Z1 a 0 3'; echo '^ ? Z: no match'");
  CHECK(error.reason() == Reason::refused);
  CHECK_THAT(error.what(), ContainsSubstring("does not take the deck: Z1 a 0 3\n^ ? Z: no match"));

  error = error_of("echo 'no such thing' >&2; exit 3");
  CHECK(error.reason() == Reason::refused);
  CHECK_THAT(error.what(), ContainsSubstring("no such thing"));

  error = error_of("exit 3");
  CHECK(error.reason() == Reason::ended_early);
  CHECK_THAT(error.what(), ContainsSubstring("after 0 points") && ContainsSubstring("status 3"));

  error = error_of("echo springspice; echo '#Time v(n1)'; echo ' 0. 2.'; echo ' 5.E-4 1.2'");
  CHECK(error.reason() == Reason::ended_early);
  CHECK_THAT(error.what(), ContainsSubstring("after 2 points, at 0.0005 s"));
}
