#include "tests/conformance/tables.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/random.hpp"

namespace springspice::test {

double thermocouple_mV(double t) {
  constexpr double c[] = {-0.176004136860e-1, 0.389212049750e-1,   0.185587700320e-4,
                          -0.994575928740e-7, 0.318409457190e-9,   -0.560728448890e-12,
                          0.560750590590e-15, -0.320207200030e-18, 0.971511471520e-22,
                          -0.121047212750e-25};
  double emf = 0.1185976 * std::exp(-0.1183432e-3 * (t - 126.9686) * (t - 126.9686));
  for (std::size_t i = std::size(c); i-- > 0;) emf += c[i] * std::pow(t, i);
  return emf;
}

std::string thermocouple_data() {
  std::string csv = "emf_mV,temperature_C\n";
  for (int t = 0; t <= 1372; t += 4) csv += fmt::format("{},{}\n", thermocouple_mV(t), t);
  return csv;
}

std::string scattered_data(int d, int m, int points) {
  std::string csv;
  for (int b = 0; b < d; ++b) csv += fmt::format("u{},", b);
  for (int p = 0; p < m; ++p) csv += fmt::format("y{}{}", p, p + 1 < m ? "," : "\n");
  for (int j = 0; j < points; ++j) {
    double sum = 0.0;
    for (int b = 0; b < d; ++b) {
      const double u =
          core::uniform(5, static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(j));
      csv += fmt::format("{},", u);
      sum += (b + 1.3) * u;
    }
    for (int p = 0; p < m; ++p) {
      csv += fmt::format("{}{}", std::sin(2.0 * sum + p) + 0.2 * p, p + 1 < m ? "," : "\n");
    }
  }
  return csv;
}

cli::Options scattered_options(const TemporaryFile& file, int d, const std::string& sticks, int m) {
  cli::Options options = options_for(file.path(), sticks);
  options.bounds = "0:1";
  for (int b = 1; b < d; ++b) *options.bounds += ",0:1";
  for (int p = 0; p < m; ++p) options.columns.targets.push_back(fmt::format("y{}", p));
  return options;
}

}  // namespace springspice::test
