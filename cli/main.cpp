// springspice: reads the command line, runs a command, turns errors into exit statuses.
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>

#include "report/record.hpp"
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "core/error.hpp"
#include "hw/error.hpp"
#include "netlist/error.hpp"
#include "sim/engine.hpp"

namespace springspice::cli {
namespace {

enum Status { kDone = 0, kCheckFailed = 1, kWrongUsage = 2, kBadInput = 3, kEngineFailed = 4 };

int run_command(const CommandLine& line) {
  const Options& options = line.options;
  if (line.command == "matrices") return run_matrices(options);
  if (line.command == "fit") return run_fit(options);
  if (line.command == "simulate") return run_simulate(options);
  if (line.command == "train") return run_train(options);
  if (line.command == "netlist") return run_netlist(options);
  if (line.command == "cosim") return run_cosim(options);
  if (line.command == "map") return run_map(options);
  if (line.command == "thermo") return run_thermo(options);
  if (line.command == "readback") return run_readback(options);
  if (line.command == "report") return run_report(options);
  return run_certify(options);
}

int fail(Status status, std::string_view text) {
  fmt::print(stderr, "springspice: {}\n", text);
  return status;
}

int run(int argc, const char* const* argv) {
  try {
    const CommandLine line = parse_command_line(argc, argv);
    if (!line.text) {
      const int status = run_command(line);
      end_as_interrupted();
      return status;
    }
    OutputFile out("-", "standard output");
    out.write(*line.text);
    out.commit();
    return kDone;
  } catch (const UsageError& error) {
    return fail(kWrongUsage, error.what());
  } catch (const core::ParameterError& error) {
    return fail(kWrongUsage, error.what());
  } catch (const OutputError& error) {
    return fail(kWrongUsage, error.what());
  } catch (const hw::RealizationError& error) {
    return fail(kBadInput, error.what());
  } catch (const core::InputError& error) {
    return fail(kBadInput, error.what());
  } catch (const report::RecordError& error) {
    return fail(kBadInput, error.what());
  } catch (const netlist::NetlistError& error) {
    return fail(kBadInput, error.what());
  } catch (const sim::EngineError& error) {
    const bool slow = error.reason() == sim::EngineError::Reason::timed_out;
    return fail(kEngineFailed,
                fmt::format("{}{}", error.what(), slow ? " (--time-limit SECONDS sets it)" : ""));
  } catch (const std::bad_alloc&) {
    return fail(kBadInput,
                "out of memory: the grid or the table is too large; give fewer --sticks");
  } catch (const std::exception& error) {
    return fail(kEngineFailed, error.what());
  }
}

}  // namespace
}  // namespace springspice::cli

int main(int argc, char** argv) {
  springspice::cli::install_output_signals();
  const int status = springspice::cli::run(argc, argv);
  if (status == 0) springspice::cli::end_as_interrupted();
  return status;
}
