// The network that Figure 2 of arXiv 2508.19015 sets beside the springs and sticks:
//
//   yhat = w . relu(W u + b) + c,   16 hidden neurons
//   L    = mean over a batch of (yhat - y)^2,   W -= 0.1 dL/dW, and so on
//
// PyTorch's default start: W, b uniform in +-1/sqrt(inputs), w, c uniform in +-1/sqrt(16).
// `frozen`: b and c are drawn from N(0, 1) and never learn. Batches of 16 rows, 10 epochs, in the
// orders that `springspice train` takes for the same seed (sim/training/shuffle.hpp).
//
// Sample runs:
//   mlp train.csv test.csv free 1 > curve.csv     # a line an epoch: losses over all rows, at its
//   end mlp --check                                   # gradients against finite differences
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Dense>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/table.hpp"
#include "sim/training/shuffle.hpp"

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using springspice::core::normal;
using springspice::core::uniform;

constexpr Eigen::Index kHidden = 16;
constexpr double kRate = 0.1;
constexpr int kBatch = 16;
constexpr std::uint64_t kEpochs = 10;

struct Rows {
  MatrixXd inputs;  // a row a data point
  VectorXd targets;

  Rows pick(std::span<const int> rows) const {
    const std::vector<int> list(rows.begin(), rows.end());
    return {inputs(list, Eigen::all), targets(list)};
  }
};

Rows read_rows(const std::string& path) {
  springspice::core::Table table(path, {});
  std::vector<double> inputs(table.inputs().size());
  std::vector<double> target(table.targets().size());
  std::vector<double> all_inputs;
  std::vector<double> all_targets;
  while (table.next(inputs, target)) {
    all_inputs.insert(all_inputs.end(), inputs.begin(), inputs.end());
    all_targets.push_back(target[0]);
  }
  const auto count = static_cast<Eigen::Index>(all_targets.size());
  const auto width = static_cast<Eigen::Index>(inputs.size());
  return {Eigen::Map<MatrixXd>(all_inputs.data(), width, count).transpose(),
          Eigen::Map<VectorXd>(all_targets.data(), count)};
}

// The network, or a gradient with respect to it.
struct Network {
  MatrixXd W;  // kHidden x inputs
  VectorXd b;  // kHidden
  VectorXd w;  // kHidden
  double c;

  MatrixXd preactivations(const MatrixXd& inputs) const {
    return (inputs * W.transpose()).rowwise() + b.transpose();
  }
  VectorXd predict(const MatrixXd& inputs) const {
    return (preactivations(inputs).cwiseMax(0.0) * w).array() + c;
  }
  double loss(const Rows& rows) const {
    return (predict(rows.inputs) - rows.targets).squaredNorm() /
           static_cast<double>(rows.targets.size());
  }
};

Network compute_gradient(const Network& net, const Rows& rows) {
  const MatrixXd before = net.preactivations(rows.inputs);
  const MatrixXd after = before.cwiseMax(0.0);
  const VectorXd slope = 2.0 / static_cast<double>(rows.targets.size()) *
                         ((after * net.w).array() + net.c - rows.targets.array()).matrix();
  const MatrixXd back = (slope * net.w.transpose()).array() * (before.array() > 0.0).cast<double>();
  return {back.transpose() * rows.inputs, back.colwise().sum().transpose(),
          after.transpose() * slope, slope.sum()};
}

// Streams 16 to 20 of the seed: make_paper_data has those below.
Network draw_network(Eigen::Index inputs, bool frozen, std::uint64_t seed) {
  const auto draw = [seed](std::uint64_t stream, Eigen::Index i, double bound) {
    return bound * (2.0 * uniform(seed, stream, static_cast<std::uint64_t>(i)) - 1.0);
  };
  const double first = 1.0 / std::sqrt(static_cast<double>(inputs));
  const double second = 1.0 / std::sqrt(static_cast<double>(kHidden));
  Network net{MatrixXd(kHidden, inputs), VectorXd(kHidden), VectorXd(kHidden), 0.0};
  for (Eigen::Index i = 0; i < net.W.size(); ++i) net.W(i) = draw(16, i, first);
  for (Eigen::Index i = 0; i < kHidden; ++i) {
    net.b(i) = frozen ? normal(seed, 20, static_cast<std::uint64_t>(i)) : draw(17, i, first);
    net.w(i) = draw(18, i, second);
  }
  net.c = frozen ? normal(seed, 20, kHidden) : draw(19, 0, second);
  return net;
}

void descend(Network& net, const Rows& batch, bool frozen) {
  const Network gradient = compute_gradient(net, batch);
  net.W -= kRate * gradient.W;
  net.w -= kRate * gradient.w;
  if (frozen) return;
  net.b -= kRate * gradient.b;
  net.c -= kRate * gradient.c;
}

void print_losses(std::uint64_t epoch, const Network& net, const Rows& train, const Rows& test,
                  const std::string& last_batch) {
  std::printf("%llu,%.12g,%.12g,%s\n", static_cast<unsigned long long>(epoch), net.loss(train),
              net.loss(test), last_batch.c_str());
}

void learn(const Rows& train, const Rows& test, bool frozen, std::uint64_t seed) {
  Network net = draw_network(train.inputs.cols(), frozen, seed);
  const auto count = static_cast<int>(train.targets.size());
  std::puts("epoch,train_loss,test_loss,last_batch_loss");
  print_losses(0, net, train, test, "");
  for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    const std::vector<int> order = springspice::training::shuffle_epoch(count, seed, epoch);
    Rows batch;
    for (int first = 0; first < count; first += kBatch) {
      const auto size = static_cast<std::size_t>(std::min(kBatch, count - first));
      batch = train.pick(std::span(order).subspan(static_cast<std::size_t>(first), size));
      descend(net, batch, frozen);
    }
    print_losses(epoch + 1, net, train, test, std::to_string(net.loss(batch)));
  }
}

// L is quadratic in any one weight while no neuron switches, so a central difference is exact but
// for rounding: 1e-16 of a loss of order 1, over a step of 1e-4.
int check_gradients() {
  constexpr double kStep = 1e-4;
  constexpr double kLimit = 1e-9;
  Rows rows{MatrixXd(20, 2), VectorXd(20)};
  for (Eigen::Index i = 0; i < 20; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    rows.inputs.row(i) << uniform(7, 0, index), uniform(7, 1, index);
    rows.targets(i) = normal(7, 2, index);
  }
  double worst = 0.0;
  std::size_t weights = 0;
  for (const bool frozen : {false, true}) {
    Network net = draw_network(2, frozen, 7);
    const double margin = net.preactivations(rows.inputs).cwiseAbs().minCoeff();
    if (margin < 2.0 * kStep) {
      std::fprintf(stderr, "a neuron is %g from switching; choose another seed\n", margin);
      return 1;
    }
    const Network gradient = compute_gradient(net, rows);
    const auto compare = [&](double& weight, double expected) {
      const double at = weight;
      weight = at + kStep;
      const double above = net.loss(rows);
      weight = at - kStep;
      const double below = net.loss(rows);
      weight = at;
      worst = std::max(worst, std::abs((above - below) / (2.0 * kStep) - expected));
      ++weights;
    };
    for (Eigen::Index i = 0; i < net.W.size(); ++i) compare(net.W(i), gradient.W(i));
    for (Eigen::Index i = 0; i < kHidden; ++i) {
      compare(net.b(i), gradient.b(i));
      compare(net.w(i), gradient.w(i));
    }
    compare(net.c, gradient.c);
  }
  std::printf("%zu derivatives, worst difference %.2g (limit %g)\n", weights, worst, kLimit);
  return worst <= kLimit ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "--check") return check_gradients();
  if (words.size() != 4 || (words[2] != "free" && words[2] != "frozen")) {
    std::fputs("usage: mlp TRAIN.csv TEST.csv free|frozen SEED, or mlp --check\n", stderr);
    return 2;
  }
  try {
    learn(read_rows(words[0]), read_rows(words[1]), words[2] == "frozen", std::stoull(words[3]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mlp: %s\n", error.what());
    return 2;
  }
}
