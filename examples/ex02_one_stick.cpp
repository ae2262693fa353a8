// One stick and five data points: the springs-and-sticks model, its matrices, its fit.
//
// Sample run:
//   ex02_one_stick
#include <cmath>
#include <cstdio>
#include <iostream>

#include "core/data_springs.hpp"
#include "core/fit.hpp"
#include "core/lagrangian.hpp"

using namespace springspice;

int main() {
  // One stick along one input from 0 to 1, so two nodes; y = 2 u + 1 at five points.
  const core::Grid grid({{.name = "u", .sticks = 1, .lower = 0.0, .upper = 1.0}});
  core::DataSprings data(grid, 1);
  for (const double u : {0.0, 0.2, 0.5, 0.7, 1.0}) {
    const double y = 2.0 * u + 1.0;
    data.add({&u, 1}, {&y, 1});
  }
  const core::SecondOrderSystem system = core::make_system(data, {});
  std::cout << "M =\n"
            << Eigen::MatrixXd(system.M) << "\nK =\n"
            << Eigen::MatrixXd(system.K) << "\nf = " << system.f.transpose() << '\n';

  const Eigen::MatrixXd x = core::solve_fit(system, core::find_null_space(system.K));
  std::printf("the stick comes to rest at %.12g and %.12g\n", x(0, 0), x(1, 0));

  core::Predictor predictor(grid, x);
  const double query = 0.3;
  double prediction = 0.0;
  predictor.predict({&query, 1}, {&prediction, 1});
  std::printf("prediction at %g: %.12g\n", query, prediction);

  // Five springs, but two condensed ones pull just the same.
  std::printf("%zu condensed springs\n", core::make_springs(data, {}).size());
  return std::abs(prediction - 1.6) < 1e-14 ? 0 : 1;
}
