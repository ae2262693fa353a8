#include "sim/dynamics/path_recorder.hpp"

#include <vector>

namespace springspice::dynamics {
namespace {

// Rows are passed on in pieces of about this many numbers.
constexpr std::size_t kPiece = 1 << 15;

}  // namespace

class PathRecorder::Run : public GroupObserver {
 public:
  Run(PathRecorder& recorder, std::uint64_t run) : number(run), recorder_(recorder) {}

  void observe(std::uint64_t sample, const Eigen::MatrixXd& theta) override {
    const Eigen::Index nu = recorder_.nu_;
    rows.push_back(static_cast<double>(sample) * recorder_.interval_);
    // All positions of all outputs first, then all velocities: theta's column has both.
    for (Eigen::Index begin = 0; begin < theta.rows(); begin += nu) {
      for (Eigen::Index p = 0; p < recorder_.outputs_; ++p) {
        const double* const block = &theta(begin, p);
        rows.insert(rows.end(), block, block + nu);
      }
    }
    if (rows.size() >= kPiece) recorder_.flush(*this);
  }

  const std::uint64_t number;
  std::vector<double> rows;

 private:
  PathRecorder& recorder_;
};

std::unique_ptr<GroupObserver> PathRecorder::begin(std::uint64_t first_run, std::uint64_t) {
  return std::make_unique<Run>(*this, first_run);
}

void PathRecorder::flush(Run& run) {
  const std::lock_guard lock(mutex_);
  if (run.number != oldest_) return;
  if (!open_) writer_.begin_run(run.number);
  open_ = true;
  writer_.write(run.rows);
  run.rows.clear();
}

void PathRecorder::end(std::unique_ptr<GroupObserver> group) {
  Run& run = static_cast<Run&>(*group);
  flush(run);
  writer_.end_run();
  const std::lock_guard lock(mutex_);
  open_ = false;
  ++oldest_;
}

}  // namespace springspice::dynamics
