#include "hw/generators.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/langevin.hpp"
#include "hw/error.hpp"

namespace springspice::hw {
namespace {

// "rotation 2_3 2_4" -> "r2_3__2_4"; one source a coordinate, whatever it is called, is n2_3.
std::string make_tag(const Builder& builder, const std::string& name, Eigen::Index output) {
  const std::size_t first = name.find(' ');
  const std::size_t second = name.find(' ', first + 1);
  const std::string at = name.substr(first + 1, second - first - 1);
  std::string tag = second == std::string::npos
                        ? "n" + at
                        : fmt::format("{}{}__{}", name[0], at, name.substr(second + 1));
  return builder.outputs() == 1 ? tag : fmt::format("{}y{}", tag, output + 1);
}

// S_V, V^2/Hz: the mean conductance is that of the centre of the resistors' range.
double choose_density(const Builder& builder, const core::ForceNoise& noise) {
  LogMean conductance;
  for (Eigen::Index q = 0; q < noise.density.size(); ++q) {
    const double amplitude = builder.current_scale() * std::sqrt(noise.density(q) * builder.tau());
    for (core::SparseMatrix::InnerIterator it(noise.incidence, q); it; ++it) {
      conductance.add(it.value() * amplitude);
    }
  }
  const double ohm = builder.request().ranges().resistance_ohm.centre();
  return conductance.mean() ? std::exp(2.0 * (*conductance.mean() + std::log(ohm))) : 0.0;
}

// Sources of fdt noise whose weights are 1 and -1.
core::ForceNoise make_even_noise(const core::SecondOrderSystem& system) {
  if (system.dynamics == core::Dynamics::underdamped &&
      system.noise_model != core::NoiseModel::fdt && system.kT > 0.0) {
    throw RealizationError("equal noise parts are those of --noise-model fdt; write that");
  }
  std::vector<Eigen::Triplet<double>> entries;
  std::vector<double> density;
  core::ForceNoise noise;
  const auto add = [&](double strength, std::string name) {
    density.push_back(2.0 * system.kT * strength);
    noise.names.push_back(std::move(name));
  };
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    double rest = 0.0;
    for (core::SparseMatrix::InnerIterator it(system.D, i); it; ++it) {
      const Eigen::Index j = it.row();
      rest += i == j ? it.value() : -std::abs(it.value());
      if (j <= i || it.value() == 0.0) continue;
      const int source = static_cast<int>(density.size());
      entries.emplace_back(static_cast<int>(i), source, 1.0);
      entries.emplace_back(static_cast<int>(j), source, it.value() > 0.0 ? 1.0 : -1.0);
      add(std::abs(it.value()), "pair " + system.label(i) + " " + system.label(j));
    }
    // A row of zero sum leaves rounding.
    const double diagonal = system.D.coeff(i, i);
    if (std::abs(rest) <= 1e-14 * diagonal) continue;
    if (rest < 0.0) {
      throw RealizationError(fmt::format(
          "row {} of D is not dominated by its diagonal {:.6g}, so no equal noise parts make its "
          "noise; map it with --kT 0, or give friction that acts on each coordinate",
          system.label(i), diagonal));
    }
    entries.emplace_back(static_cast<int>(i), static_cast<int>(density.size()), 1.0);
    add(rest, "node " + system.label(i));
  }
  noise.density = Eigen::Map<const Eigen::VectorXd>(density.data(), std::ssize(density));
  noise.incidence.resize(system.size(), std::ssize(density));
  noise.incidence.setFromTriplets(entries.begin(), entries.end());
  return noise;
}

}  // namespace

void add_generators(Builder& builder, const Inject& inject) {
  const std::optional<double>& ohm = builder.request().surroundings.noise_ohm;
  const core::ForceNoise noise =
      ohm ? make_even_noise(builder.system()) : core::make_force_noise(builder.system());
  const double common = choose_density(builder, noise);
  if (common == 0.0) return;
  const std::string which =
      ohm ? "generators of the densities listed"
          : fmt::format("generators of {} two-sided", format_si(std::sqrt(common), "V/sqrt(Hz)"));
  builder.section(fmt::format("force noise ({}): {}, and what brings it in",
                              core::to_string(builder.system().noise_model), which));
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (Eigen::Index q = 0; q < noise.density.size(); ++q) {
      if (noise.density(q) == 0.0) continue;
      const std::string& name = noise.names[static_cast<std::size_t>(q)];
      const Generator generator = [&] {
        const std::string tag = make_tag(builder, name, p);
        return Generator{tag, "g" + tag};
      }();
      const std::string element = "vg" + generator.tag;
      const double per_ampere = ohm ? builder.current_scale() * *ohm : 0.0;
      const double density =
          ohm ? noise.density(q) * builder.tau() * per_ampere * per_ampere : common;
      builder.add(netlist::voltage_source(element, generator.node, "0", 0.0),
                  ohm ? fmt::format("{}, noise, {}", format_si(std::sqrt(density), "V/sqrt(Hz)"), name)
                      : "noise, " + name);
      const double amplitude =
          builder.current_scale() * std::sqrt(noise.density(q) * builder.tau() / density);
      for (core::SparseMatrix::InnerIterator it(noise.incidence, q); it; ++it) {
        if (it.value() != 0.0) inject(generator, it.row(), p, it.value() * amplitude);
      }
      builder.design().noise.push_back({name, {{element, 1.0}}, density});
    }
  }
}

}  // namespace springspice::hw
