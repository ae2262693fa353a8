// Writes the tables of the figures of arXiv 2508.19015 to standard output, from published formulas:
//
//   make_paper_data FUNCTION line    N LOW HIGH [NOISE SEED]   N equidistant points, both ends
//   make_paper_data FUNCTION scatter N LOW HIGH [NOISE SEED]   N points, uniform in the square
//   make_paper_data start            N SEED                    N node positions, uniform in (0, 1),
//                                                              as a Matrix Market column
//
//   FUNCTION of u      | falling 1 - u/3; x; x2; x3; sin; cos; exp, which is exp(u/pi)
//   FUNCTION of (x, y) | sin_plus_cos; xy; x2_minus_y2; gauss exp(-x^2-y^2);
//                      | log_difference ln(1+|x|) - ln(1+|y|); tanh_xy; sin_xy; cos_plus_sin
//
// NOISE N(0, 1) is added to the target (default: 0). All numbers are functions of SEED alone.
//
// Sample run:
//   make_paper_data x2 line 20 0 6.283185307179586
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"

namespace {

using springspice::core::normal;
using springspice::core::uniform;

struct CurveFormula {
  std::string_view name;
  double (*value)(double);
};
constexpr std::array<CurveFormula, 7> kCurves = {{
    {"falling", [](double u) { return 1.0 - u / 3.0; }},
    {"x", [](double u) { return u; }},
    {"x2", [](double u) { return u * u; }},
    {"x3", [](double u) { return u * u * u; }},
    {"sin", [](double u) { return std::sin(u); }},
    {"cos", [](double u) { return std::cos(u); }},
    {"exp", [](double u) { return std::exp(u / std::numbers::pi); }},
}};

struct SurfaceFormula {
  std::string_view name;
  double (*value)(double, double);
};
constexpr std::array<SurfaceFormula, 8> kSurfaces = {{
    {"sin_plus_cos", [](double x, double y) { return std::sin(x) + std::cos(y); }},
    {"xy", [](double x, double y) { return x * y; }},
    {"x2_minus_y2", [](double x, double y) { return x * x - y * y; }},
    {"gauss", [](double x, double y) { return std::exp(-x * x - y * y); }},
    {"log_difference",
     [](double x, double y) { return std::log1p(std::abs(x)) - std::log1p(std::abs(y)); }},
    {"tanh_xy", [](double x, double y) { return std::tanh(x * y); }},
    {"sin_xy", [](double x, double y) { return std::sin(x * y); }},
    {"cos_plus_sin", [](double x, double y) { return std::cos(x) + std::sin(y); }},
}};

template <class Formulas>
auto find_formula(const Formulas& formulas, std::string_view name) {
  std::string known;
  for (const auto& formula : formulas) {
    if (formula.name == name) return formula.value;
    known += " " + std::string(formula.name);
  }
  throw std::runtime_error("no function '" + std::string(name) + "' here; there are:" + known);
}

double read_number(const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || !std::isfinite(value)) {
    throw std::runtime_error("'" + std::string(text) + "' is not a number");
  }
  return value;
}

std::uint64_t read_whole(const char* text, double lowest) {
  const double value = read_number(text);
  if (value < lowest || value > 1e9 || value != std::floor(value)) {
    throw std::runtime_error("'" + std::string(text) + "' must be a whole number from " +
                             std::to_string(static_cast<int>(lowest)) + " to 1000000000");
  }
  return static_cast<std::uint64_t>(value);
}

struct Points {
  std::uint64_t count;
  double low, high;
  double noise = 0.0;
  std::uint64_t seed = 0;

  // Streams of core/random.hpp: 0 and 1 for places, 2 for the noise of the targets.
  double at(std::uint64_t axis, std::uint64_t i) const {
    return low + (high - low) * uniform(seed, axis, i);
  }
  double noise_of(std::uint64_t i) const { return noise == 0.0 ? 0.0 : noise * normal(seed, 2, i); }
};

void print_line(double (*f)(double), const Points& points) {
  std::puts("u,y");
  for (std::uint64_t i = 0; i < points.count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(points.count - 1);
    const double u = points.low + (points.high - points.low) * share;
    std::printf("%.12g,%.12g\n", u, f(u) + points.noise_of(i));
  }
}

void print_scatter(double (*f)(double, double), const Points& points) {
  std::puts("x,y,z");
  for (std::uint64_t i = 0; i < points.count; ++i) {
    const double x = points.at(0, i);
    const double y = points.at(1, i);
    std::printf("%.12g,%.12g,%.12g\n", x, y, f(x, y) + points.noise_of(i));
  }
}

void print_start(std::uint64_t count, std::uint64_t seed) {
  std::printf("%%%%MatrixMarket matrix array real general\n%llu 1\n",
              static_cast<unsigned long long>(count));
  for (std::uint64_t i = 0; i < count; ++i) std::printf("%.12g\n", uniform(seed, 3, i));
}

void run(const std::vector<const char*>& words) {
  if (words.size() == 3 && std::string_view(words[0]) == "start") {
    return print_start(read_whole(words[1], 1), read_whole(words[2], 0));
  }
  if (words.size() != 5 && words.size() != 7) {
    throw std::runtime_error(
        "usage: make_paper_data FUNCTION line|scatter N LOW HIGH [NOISE SEED], or start N SEED");
  }
  Points points{read_whole(words[2], 2), read_number(words[3]), read_number(words[4])};
  if (words.size() == 7) {
    points.noise = read_number(words[5]);
    points.seed = read_whole(words[6], 0);
  }
  const std::string_view kind = words[1];
  if (kind == "line") return print_line(find_formula(kCurves, words[0]), points);
  if (kind == "scatter") return print_scatter(find_formula(kSurfaces, words[0]), points);
  throw std::runtime_error("'" + std::string(kind) + "' must be line or scatter");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "make_paper_data: %s\n", error.what());
    return 2;
  }
}
