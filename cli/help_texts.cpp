#include "cli/help_texts.hpp"

namespace springspice::cli {
namespace {

constexpr CommandHelp kTexts[] = {
    {"matrices",
     "springspice matrices --data FILE.csv --out DIR [options]\n\n"
     "Writes M.mtx D.mtx K.mtx f.mtx (nu x m), A.mtx b.mtx B.mtx (theta' = A theta + b + B xi) "
     "and\n"
     "model.json: grid, parameters, null space of K, energies at x0."},
    {"fit",
     "springspice fit --data FILE.csv [--query FILE.csv] [--out PREDICTIONS.csv] [options]\n\n"
     "Solves K x = f, the state in which the sticks come to rest, and predicts: at the rows of\n"
     "--query, else at the data."},
    {"simulate",
     "springspice simulate --data FILE.csv [--paths N] [--out PATHS.csv] [--statistics DIR]\n"
     "springspice simulate --data FILE.csv --stationary\n"
     "springspice simulate --data FILE.csv --likelihood OBSERVED.csv [--measurement-noise S]\n\n"
     "Moves the model by itself, without a circuit: one path or many, from --x0 to --t-end. Paths "
     "go\n"
     "to a CSV, NumPy (.npy) or ngspice raw (.raw) file; --statistics keeps means, covariances "
     "and\n"
     "quantiles alone, whatever the number of paths. --stationary gives the exact stationary "
     "state,\n"
     "--likelihood the exact log-likelihood of an observed path. On Ctrl-C statistics so far are\n"
     "written, marked partial."},
    {"train",
     "springspice train --data FILE.csv [--curve CURVE.csv] [--out PREDICTIONS.csv] [options]\n\n"
     "Learns by mini-batches, as in arXiv 2508.19015: positions and velocities persist, and in "
     "each\n"
     "batch only its own data springs pull, for --batch-time. Losses are mean squared errors, in\n"
     "the target's unit squared. --friction 10 --mass-is total --sticks 4x4 is the paper's "
     "setting.\n"
     "On Ctrl-C the results so far are written, marked partial."},
    {"netlist",
     "springspice netlist --data FILE.csv --out NAME.cir [--query FILE.csv] [options]\n"
     "springspice netlist --data FILE.csv --explain [options]\n"
     "springspice netlist --data NEW.csv --update OLD.cir [--out NEW.cir] [options]\n\n"
     "Writes the circuit to NAME.cir and, beside it, NAME.json: what each node and element means,\n"
     "enough to certify the deck and to read any result of it. --explain tells which realizations\n"
     "can carry the model, and at what cost; --update which parts of a deck new data change."},
    {"cosim",
     "springspice cosim --data FILE.csv [options]\n\n"
     "Builds the circuit, runs it in ngspice, and compares it with the model: matrices, probe,\n"
     "steady, path, order; with --kT also spectrum and variance, and the temperature of each "
     "mode;\n"
     "with --paths an ensemble of noise paths. Exit status 0 where every check that applies "
     "passes,\n"
     "1 where one fails."},
    {"certify",
     "springspice certify DECK [--manifest FILE.json] [--data FILE.csv] [options]\n\n"
     "Runs the checks of cosim on a netlist file. With --data the model is first rebuilt from the\n"
     "data and compared with the manifest."},
    {"map",
     "springspice map --data FILE.csv --profile PROFILE --out DIR [options]\n\n"
     "Chooses scales and real parts of a hardware profile (bench-rlc, opamp-board, cmos-gmc, "
     "spu-8,\n"
     "or FILE.json) so that the predictions suffer least, and says beforehand what tolerances, "
     "finite\n"
     "amplifiers, losses and noise will cost. DIR gets the deck and its manifest, the deck with "
     "real\n"
     "parts, bom.csv, summary.md, tables and pictures. Exit status 1 where the deck is not the "
     "mapped\n"
     "system, or a sample run in ngspice does not agree."},
    {"thermo",
     "springspice thermo --data FILE.csv --kT E --pin-spring K [--duration T] [options]\n"
     "springspice thermo --data NEW.csv --protocol data --data-from OLD.csv --kT E [options]\n"
     "springspice thermo --data FILE.csv --kT E --noise-model diagonal --barrier paper "
     "[options]\n\n"
     "What learning costs: exact free energies before and after a change from outside, the mean "
     "work\n"
     "and dissipation, and the same from trajectories both ways (Jarzynski, Bennett, Crooks), "
     "with\n"
     "entropy along time. --barrier paper is the estimator of arXiv 2508.19015, and what it "
     "measures.\n"
     "Exit status 1 where an estimate that has enough runs is not the exact value."},
    {"readback",
     "springspice readback RESULTS --manifest NAME.json [--query FILE.csv] [--out "
     "COORDINATES.csv]\n\n"
     "Turns recorded node voltages into positions and velocities of the model, and says how far "
     "they\n"
     "are from its exact motion at the recorded times. RESULTS is a raw file of ngspice, Xyce or\n"
     "LTspice, or a CSV file with a column time and columns named after nodes, as oscilloscopes "
     "write\n"
     "it; some nodes are enough. Exit status 1 where --limit is given and exceeded."},
    {"report",
     "springspice report FILE.json [--out FILE.html]\n\n"
     "Makes one HTML page of a run that was kept with --record FILE.json: the verdict, pictures,\n"
     "tables, and the command that repeats it. The page needs no network and no other file; it "
     "opens\n"
     "by double click, and reads well in print and in the dark. Pictures are drawn by gnuplot; "
     "where\n"
     "there is none, their numbers stand in tables."},
};

}  // namespace

const char* const kOverview =
    "springspice: from a data table to a circuit that learns it, with proof.\n"
    "\n"
    "Usage: springspice <command> [options]\n"
    "\n"
    "Commands:\n"
    "  matrices  write the model's matrices (Matrix Market) and model.json\n"
    "  fit       least-squares fit and predictions\n"
    "  simulate  numerical trajectories and ensembles, and their exact statistics\n"
    "  train     the fit by mini-batches, epoch by epoch\n"
    "  netlist   write the circuit and its manifest\n"
    "  cosim     run the circuit in ngspice beside the model; the verdict\n"
    "  certify   the same for a netlist file, perhaps edited by hand\n"
    "  map       the circuit of parts that can be bought, and how well it will learn\n"
    "  thermo    what learning costs: free energy, work, entropy, the learning barrier\n"
    "  readback  a result file of any simulator or oscilloscope, in model coordinates\n"
    "  report    a run, kept with --record, as one page to show to others\n"
    "\n"
    "springspice <command> --help lists a command's options; springspice --version.\n"
    "\n"
    "Start here:\n"
    "  springspice cosim --data table.csv              fit the last column, op-amp board, verdict\n"
    "  springspice netlist --data table.csv --out my.cir   the same circuit as a file\n"
    "  springspice certify my.cir                      is it still the model?\n"
    "  springspice map --data table.csv --profile opamp-board --out board   a board to order\n"
    "\n"
    "Exit status: 0 done and passed; 1 a check failed; 2 wrong usage, or an output that cannot be\n"
    "written; 3 bad input data; 4 the engine failed.\n";

std::span<const CommandHelp> command_help() { return kTexts; }

}  // namespace springspice::cli
