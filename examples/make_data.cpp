// Writes the example tables from published formulas:
//
//   thermocouple.csv  emf_mV -> temperature_C       type K, NIST ITS-90 (monograph 175),
//                     E(t) = sum_i c_i t^i + a0 exp(a1 (t - 126.9686)^2), 0 to 1372 degC
//   dew_point.csv     temperature_C, humidity_percent -> dew_point_C
//                     Magnus formula with the constants of Sonntag 1990
//   arm.csv           x_m, y_m -> shoulder_rad, elbow_rad: inverse kinematics of two links of 1 m
//   surface.csv       x, y -> z = x^2 + x y^2 on [-pi, pi]^2, the surface of Figure 1a of
//                     arXiv 2508.19015; 200 points, evenly scattered (Roberts' R2 sequence)
//
// Sample run:
//   make_data examples/data
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

double type_k_emf(double t) {
  constexpr std::array<double, 10> c = {
      -0.176004136860e-1, 0.389212049750e-1,   0.185587700320e-4,  -0.994575928740e-7,
      0.318409457190e-9,  -0.560728448890e-12, 0.560750590590e-15, -0.320207200030e-18,
      0.971511471520e-22, -0.121047212750e-25};
  constexpr double a0 = 0.1185976;
  constexpr double a1 = -0.1183432e-3;
  double sum = 0.0;
  for (std::size_t i = c.size(); i-- > 0;) sum = sum * t + c[i];
  return sum + a0 * std::exp(a1 * (t - 126.9686) * (t - 126.9686));
}

double dew_point(double temperature, double humidity) {
  constexpr double a = 17.62;
  constexpr double b = 243.12;
  const double g = std::log(humidity / 100.0) + a * temperature / (b + temperature);
  return b * g / (a - g);
}

struct Angles {
  double shoulder, elbow;
};

// Elbow bent to the positive side; both links are 1 m long.
Angles inverse_kinematics(double x, double y) {
  const double elbow = std::acos((x * x + y * y - 2.0) / 2.0);
  return {std::atan2(y, x) - std::atan2(std::sin(elbow), 1.0 + std::cos(elbow)), elbow};
}

// Six decimals: more than the formulas are good for, and the same on every machine.
void write_line(std::ofstream& file, std::initializer_list<double> values) {
  std::string line;
  for (const double value : values) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", value);
    line += (line.empty() ? "" : ",") + std::string(text);
  }
  file << line << '\n';
}

void write_thermocouple(const std::string& folder) {
  std::ofstream file(folder + "/thermocouple.csv");
  file << "emf_mV,temperature_C\n";
  for (int t = 0; t <= 1372; t += 4) write_line(file, {type_k_emf(t), static_cast<double>(t)});
}

void write_dew_point(const std::string& folder) {
  std::ofstream file(folder + "/dew_point.csv");
  file << "temperature_C,humidity_percent,dew_point_C\n";
  for (int t = -10; t <= 50; t += 2) {
    for (int h = 10; h <= 100; h += 3) {
      write_line(file, {static_cast<double>(t), static_cast<double>(h), dew_point(t, h)});
    }
  }
}

void write_arm(const std::string& folder) {
  std::ofstream file(folder + "/arm.csv");
  file << "x_m,y_m,shoulder_rad,elbow_rad\n";
  for (int i = 0; i <= 28; ++i) {
    for (int j = 0; j <= 28; ++j) {
      const double x = 0.5 + 0.7 * i / 28.0;
      const double y = 0.2 + 0.8 * j / 28.0;
      const Angles angles = inverse_kinematics(x, y);
      write_line(file, {x, y, angles.shoulder, angles.elbow});
    }
  }
}

void write_surface(const std::string& folder) {
  std::ofstream file(folder + "/surface.csv");
  file << "x,y,z\n";
  const double pi = std::acos(-1.0);
  const auto place = [pi](int j, double stride) {
    return pi * (2.0 * std::fmod(0.5 + j * stride, 1.0) - 1.0);
  };
  for (int j = 1; j <= 200; ++j) {
    const double x = place(j, 0.7548776662466927);
    const double y = place(j, 0.5698402909980532);
    write_line(file, {x, y, x * x + x * y * y});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_data FOLDER\n", stderr);
    return 2;
  }
  // The check values of the ITS-90 tables: 4.096 mV at 100 degC, 41.276 mV at 1000 degC.
  if (std::abs(type_k_emf(100.0) - 4.096) > 5e-4 || std::abs(type_k_emf(1000.0) - 41.276) > 5e-4) {
    std::fputs("the thermocouple formula misses its check values\n", stderr);
    return 1;
  }
  const std::string folder = argv[1];
  write_thermocouple(folder);
  write_dew_point(folder);
  write_arm(folder);
  write_surface(folder);
  if (!std::ifstream(folder + "/arm.csv")) {
    std::fprintf(stderr, "cannot write into %s\n", folder.c_str());
    return 2;
  }
  return 0;
}
