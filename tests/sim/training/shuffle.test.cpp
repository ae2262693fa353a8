#include "sim/training/shuffle.hpp"

#include <algorithm>
#include <numeric>

#include "core/error.hpp"
#include "tests/catch.hpp"

using namespace springspice;

TEST_CASE("an epoch's order is a permutation, a function of seed and epoch alone") {
  const std::vector<int> order = training::shuffle_epoch(160, 3, 7);
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> all(160);
  std::iota(all.begin(), all.end(), 0);
  CHECK(sorted == all);
  CHECK(order != all);
  CHECK(training::shuffle_epoch(160, 3, 7) == order);
  CHECK(training::shuffle_epoch(160, 3, 8) != order);
  CHECK(training::shuffle_epoch(160, 4, 7) != order);
  CHECK(training::shuffle_epoch(1, 3, 7) == std::vector<int>{0});
}

TEST_CASE("every row comes to every place equally often") {
  // Pearson's chi-squared over the 8 x 8 table of (row, place), 49 degrees of freedom: 4000 epochs,
  // level 1e-3.
  constexpr int rows = 8, epochs = 4000;
  double table[rows][rows] = {};
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<int> order = training::shuffle_epoch(rows, 1, static_cast<unsigned>(epoch));
    for (int place = 0; place < rows; ++place)
      table[order[static_cast<std::size_t>(place)]][place] += 1.0;
  }
  const double expected = double(epochs) / rows;
  double chi2 = 0.0;
  for (const auto& line : table) {
    for (const double count : line) chi2 += (count - expected) * (count - expected) / expected;
  }
  CHECK(chi2 < 85.35);
  CHECK(chi2 > 23.0);
}

TEST_CASE("rows are held out once, and all others learn") {
  const training::Split split = training::split_rows(200, 0.2, 1);
  CHECK(split.test.size() == 40);
  CHECK(split.train.size() == 160);
  std::vector<int> both;
  std::merge(split.train.begin(), split.train.end(), split.test.begin(), split.test.end(),
             std::back_inserter(both));
  std::vector<int> all(200);
  std::iota(all.begin(), all.end(), 0);
  CHECK(both == all);
  CHECK(training::split_rows(200, 0.2, 1).test == split.test);
  CHECK(training::split_rows(200, 0.2, 2).test != split.test);
  CHECK(training::split_rows(5, 0.0, 1).test.empty());
}

TEST_CASE("mistake: a test fraction that leaves nothing to learn from") {
  CHECK_THROWS_WITH(
      training::split_rows(10, 1.0, 1),
      ContainsSubstring("--test-fraction is 1; it must be a number from 0 to below 1"));
  CHECK_THROWS_WITH(training::split_rows(10, -0.1, 1),
                    ContainsSubstring("--test-fraction is -0.1"));
  CHECK_THROWS_WITH(training::split_rows(2, 0.9, 1),
                    ContainsSubstring("--test-fraction 0.9 of 2 rows leaves none to learn from"));
}
