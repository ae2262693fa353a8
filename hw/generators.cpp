#include "hw/generators.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/langevin.hpp"

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

}  // namespace

void add_generators(Builder& builder, const Inject& inject) {
  const core::ForceNoise noise = core::make_force_noise(builder.system());
  const double density = choose_density(builder, noise);
  if (density == 0.0) return;
  builder.section(fmt::format("force noise ({}): generators of {} two-sided, and what brings it in",
                              core::to_string(builder.system().noise_model),
                              format_si(std::sqrt(density), "V/sqrt(Hz)")));
  for (Eigen::Index p = 0; p < builder.outputs(); ++p) {
    for (Eigen::Index q = 0; q < noise.density.size(); ++q) {
      if (noise.density(q) == 0.0) continue;
      const std::string& name = noise.names[static_cast<std::size_t>(q)];
      const Generator generator = [&] {
        const std::string tag = make_tag(builder, name, p);
        return Generator{tag, "g" + tag};
      }();
      const std::string element = "vg" + generator.tag;
      builder.add(netlist::voltage_source(element, generator.node, "0", 0.0), "noise, " + name);
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
