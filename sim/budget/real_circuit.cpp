#include "sim/budget/real_circuit.hpp"

#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/moments.hpp"
#include "netlist/error.hpp"
#include "netlist/flatten.hpp"
#include "netlist/simplify.hpp"
#include "netlist/stamp.hpp"
#include "sim/budget/explicit_form.hpp"
#include "sim/budget/scaled_factor.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using netlist::Kind;
using netlist::Probe;

// What the design names must remain under its name.
std::unordered_set<std::string> find_kept(const netlist::Design& design) {
  std::unordered_set<std::string> names;
  for (const Probe& probe : design.probes) names.insert(netlist::lower(probe.node));
  for (const netlist::NoiseSource& source : design.noise) {
    for (const netlist::Incidence& entry : source.incidence) {
      names.insert(netlist::lower(entry.where));
    }
  }
  for (const auto& initial : design.circuit.initial_voltages) {
    names.insert(netlist::lower(initial.node));
  }
  return names;
}

void check_unknowns(Index count) {
  if (count <= kMostUnknowns) return;
  throw core::ParameterError(
      fmt::format("the circuit has {} unknowns; poles and noise are computed up to {}, since the "
                  "work grows with the third power",
                  count, kMostUnknowns));
}

}  // namespace

struct RealCircuit::Impl {
  Impl(const netlist::Design& given, Index coordinates, Index outputs, MatrixXd start_at);

  VectorXd initial_charge() const;
  MatrixXd read(const VectorXd& z, const VectorXd& flux) const;
  MatrixXd read_at(double end, std::size_t steps) const;
  void run(double end, std::size_t steps,
           const std::function<void(double, const MatrixXd&)>& on_point) const;

  /// Of the noise sources: what each adds to the right side, per root of its density.
  MatrixXd noise_input(bool own_only) const;
  void add_incidence(const netlist::NoiseSource& source, const netlist::Incidence& entry,
                     Eigen::Ref<VectorXd> column) const;
  /// In model time.
  ExplicitForm explicit_form(const MatrixXd& inputs) const;
  void refuse_unfiltered(const ExplicitForm& form, double fastest, const VectorXd& variance,
                         bool own_only) const;
  std::vector<const netlist::NoiseSource*> sources(bool own_only) const;
  bool has_flux() const;

  netlist::Design design;  // without its circuit
  netlist::FlatCircuit flat;
  std::unordered_map<std::string, std::size_t> elements;  // of flat, by lower-case name
  netlist::Descriptor circuit;
  Index nu, m;
  MatrixXd start;
  std::vector<const Probe*> positions;  // output by output
  std::vector<Index> unknowns;          // of these probes
};

RealCircuit::Impl::Impl(const netlist::Design& given, Index coordinates, Index outputs,
                        MatrixXd start_at)
    : design(given),
      flat(netlist::flatten(given.circuit)),
      nu(coordinates),
      m(outputs),
      start(std::move(start_at)) {
  design.circuit = {};
  netlist::simplify(flat, find_kept(given));
  for (std::size_t k = 0; k < flat.elements.size(); ++k) {
    elements.emplace(netlist::lower(flat.elements[k].name), k);
  }
  circuit = netlist::stamp(flat);
  positions.resize(static_cast<std::size_t>(nu * m));
  for (const Probe& probe : design.probes) {
    const Index slot = probe.output * nu + probe.coordinate;
    if (probe.kind != Probe::Kind::position || slot < 0 || slot >= nu * m) continue;
    positions[static_cast<std::size_t>(slot)] = &probe;
  }
  for (std::size_t k = 0; k < positions.size(); ++k) {
    if (positions[k] == nullptr) {
      throw netlist::NetlistError(
          fmt::format("no probe reads the position of coordinate {} of output {}",
                      static_cast<Index>(k) % nu, static_cast<Index>(k) / nu));
    }
    unknowns.push_back(circuit.node(positions[k]->node));
  }
}

bool RealCircuit::Impl::has_flux() const {
  for (const Probe* probe : positions) {
    if (probe->quantity == Probe::Quantity::flux) return true;
  }
  return false;
}

// ---- in time

// E z at time 0: what the capacitors and coils hold.
VectorXd RealCircuit::Impl::initial_charge() const {
  VectorXd z = VectorXd::Zero(circuit.s.size());
  for (Index k = 0; k < z.size(); ++k) {
    z(k) = circuit.initial[static_cast<std::size_t>(k)].value_or(0.0);
  }
  VectorXd charge = circuit.E * z;
  const auto row = [&](const std::string& node) {
    return netlist::is_ground(node) ? Index(-1) : circuit.node(node);
  };
  for (const netlist::CapacitorInitial& own : circuit.capacitor_initial) {
    const Index plus = row(own.plus);
    const Index minus = row(own.minus);
    const double voltage = (plus < 0 ? 0.0 : z(plus)) - (minus < 0 ? 0.0 : z(minus));
    const double farad = flat.elements[elements.at(netlist::lower(own.element))].value;
    if (plus >= 0) charge(plus) += farad * (own.volt - voltage);
    if (minus >= 0) charge(minus) -= farad * (own.volt - voltage);
  }
  return charge;
}

MatrixXd RealCircuit::Impl::read(const VectorXd& z, const VectorXd& flux) const {
  MatrixXd x(nu, m);
  for (Index c = 0; c < nu * m; ++c) {
    const Probe& probe = *positions[static_cast<std::size_t>(c)];
    const Index k = unknowns[static_cast<std::size_t>(c)];
    const double value = probe.quantity == Probe::Quantity::flux ? flux(c) : z(k);
    x(c % nu, c / nu) = probe.gain * value + probe.offset;
  }
  return x;
}

void RealCircuit::Impl::run(double end, std::size_t steps,
                            const std::function<void(double, const MatrixXd&)>& on_point) const {
  // Both stages of Alexander's method, whose last one is the step's end.
  const double gamma = 1.0 - std::sqrt(0.5);
  const double h = end * design.scales.time_s / static_cast<double>(steps);
  const ScaledFactor solver(circuit.E + gamma * h * circuit.A, circuit);
  VectorXd flux = VectorXd::Zero(nu * m);
  for (Index c = 0; c < nu * m && start.size() > 0; ++c) {
    const Probe& probe = *positions[static_cast<std::size_t>(c)];
    flux(c) = (start(c % nu, c / nu) - probe.offset) / probe.gain;
  }
  const auto voltages = [&](const VectorXd& z) -> VectorXd { return z(unknowns); };
  VectorXd charge = initial_charge();
  for (std::size_t k = 1; k <= steps; ++k) {
    const VectorXd first = solver.solve(charge + gamma * h * circuit.s);
    const VectorXd moved = (1.0 - gamma) / gamma * (circuit.E * first - charge);
    const VectorXd last = solver.solve(charge + moved + gamma * h * circuit.s);
    charge = circuit.E * last;
    flux += h * ((1.0 - gamma) * voltages(first) + gamma * voltages(last));
    on_point(end * static_cast<double>(k) / static_cast<double>(steps), read(last, flux));
  }
}

MatrixXd RealCircuit::Impl::read_at(double end, std::size_t steps) const {
  MatrixXd last;
  run(end, steps, [&](double, const MatrixXd& x) { last = x; });
  return last;
}

// ---- noise

std::vector<const netlist::NoiseSource*> RealCircuit::Impl::sources(bool own_only) const {
  std::vector<const netlist::NoiseSource*> chosen;
  for (const netlist::NoiseSource& source : design.noise) {
    if (source.own || !own_only) chosen.push_back(&source);
  }
  return chosen;
}

void RealCircuit::Impl::add_incidence(const netlist::NoiseSource& source,
                                      const netlist::Incidence& entry,
                                      Eigen::Ref<VectorXd> column) const {
  const auto into = [&](const std::string& node, double weight) {
    if (!netlist::is_ground(node)) column(circuit.node(node)) += weight;
  };
  const auto found = elements.find(netlist::lower(entry.where));
  if (found == elements.end()) return into(entry.where, entry.weight);
  const netlist::Element& element = flat.elements[found->second];
  if (element.kind == Kind::voltage) {
    column(circuit.index.at("i(" + netlist::lower(element.name) + ")")) += entry.weight;
  } else if (element.kind == Kind::current) {
    into(element.nodes[0], -entry.weight);
    into(element.nodes[1], entry.weight);
  } else if (element.nodes.size() == 2) {
    into(element.nodes[0], entry.weight);
    into(element.nodes[1], -entry.weight);
  } else {
    throw netlist::NetlistError(
        fmt::format("noise source '{}' acts at '{}', which is neither an independent source nor a "
                    "part with two ends",
                    source.name, entry.where));
  }
}

MatrixXd RealCircuit::Impl::noise_input(bool own_only) const {
  const std::vector<const netlist::NoiseSource*> chosen = sources(own_only);
  MatrixXd B = MatrixXd::Zero(circuit.s.size(), std::ssize(chosen));
  for (Index q = 0; q < B.cols(); ++q) {
    const netlist::NoiseSource& source = *chosen[static_cast<std::size_t>(q)];
    for (const netlist::Incidence& entry : source.incidence) {
      add_incidence(source, entry, B.col(q));
    }
    B.col(q) *= std::sqrt(source.density / design.scales.time_s);
  }
  return B;
}

ExplicitForm RealCircuit::Impl::explicit_form(const MatrixXd& inputs) const {
  check_unknowns(circuit.s.size());
  return make_explicit(MatrixXd(circuit.E) / design.scales.time_s, MatrixXd(circuit.A), inputs);
}

namespace {

struct Rates {
  double growth = -std::numeric_limits<double>::infinity();  // largest real part
  double fastest = 1.0;                                      // largest magnitude
};
Rates find_rates(const MatrixXd& F) {
  if (F.rows() == 0) return {};
  const Eigen::VectorXcd poles = Eigen::EigenSolver<MatrixXd>(F, false).eigenvalues();
  return {poles.real().maxCoeff(), poles.cwiseAbs().maxCoeff()};
}

// The finite motion without the directions in which nothing ever moves: those are the left null
// space of F, so all motion stays in the range of F. (Currents that go round in lossless coils.)
struct Moving {
  MatrixXd F, G, V;
};
Moving leave_out_constants(const ExplicitForm& form) {
  Eigen::ColPivHouseholderQR<MatrixXd> qr(form.F.rows(), form.F.cols());
  qr.setThreshold(1e-12);
  qr.compute(form.F);
  if (qr.rank() == form.F.rows()) return {form.F, form.G, form.V};
  const MatrixXd basis = MatrixXd(qr.householderQ()).leftCols(qr.rank());
  const MatrixXd rest = form.G - basis * (basis.transpose() * form.G);
  if (rest.norm() > 1e-9 * form.G.norm()) {
    throw core::InputError(
        "noise drives a current or voltage that nothing brings back, so it has no steady state");
  }
  return {basis.transpose() * form.F * basis, basis.transpose() * form.G, form.V * basis};
}

}  // namespace

// White noise of density W^2 in a position adds W^2 times the reader's bandwidth to its variance,
// without limit. It is real where that matters at the bandwidth of the circuit's own fastest pole;
// what is far below is rounding.
void RealCircuit::Impl::refuse_unfiltered(const ExplicitForm& form, double fastest,
                                          const VectorXd& variance, bool own_only) const {
  constexpr double kRounding = 1e-9;
  for (std::size_t c = 0; c < unknowns.size(); ++c) {
    const bool is_flux = positions[c]->quantity == Probe::Quantity::flux;
    for (Index q = 0; q < form.W.cols(); ++q) {
      const double white = is_flux ? 0.0 : std::pow(form.W(unknowns[c], q), 2);
      const double violet = std::pow(form.X(unknowns[c], q) * (is_flux ? 1.0 : fastest), 2);
      const double limit = kRounding * variance(static_cast<Index>(c));
      if (form.obstacle.empty() && (white + violet) * fastest <= limit) continue;
      throw core::InputError(fmt::format(
          "white noise '{}' reaches node '{}' unfiltered, so its variance has no bound; "
          "give the amplifiers a bandwidth",
          sources(own_only)[static_cast<std::size_t>(q)]->name, positions[c]->node));
    }
  }
}

// ---- what is asked for

RealCircuit::RealCircuit(const netlist::Design& design, Index coordinates, Index outputs,
                         MatrixXd start)
    : impl_(std::make_unique<const Impl>(design, coordinates, outputs, std::move(start))) {}
RealCircuit::~RealCircuit() = default;
RealCircuit::RealCircuit(RealCircuit&&) noexcept = default;
RealCircuit& RealCircuit::operator=(RealCircuit&&) noexcept = default;

MatrixXd RealCircuit::settled(double read_at) const {
  if (impl_->design.has_operating_point && !impl_->has_flux()) {
    const ScaledFactor solver(impl_->circuit.A, impl_->circuit);
    return impl_->read(solver.solve(impl_->circuit.s), {});
  }
  constexpr double kChange = 1e-6;
  constexpr std::size_t kMostSteps = std::size_t(1) << 16;
  MatrixXd x = impl_->read_at(read_at, 256);
  for (std::size_t steps = 512; steps <= kMostSteps; steps *= 2) {
    const MatrixXd finer = impl_->read_at(read_at, steps);
    const double change = (finer - x).cwiseAbs().maxCoeff();
    x = finer;
    if (change <= kChange * x.cwiseAbs().maxCoeff()) return x;
  }
  throw core::InputError(
      fmt::format("the positions at time {:.6g} are not found with {} steps: the circuit moves too "
                  "fast for its length, or grows; read it earlier",
                  read_at, kMostSteps));
}

void RealCircuit::run(double end, std::size_t steps,
                      const std::function<void(double, const MatrixXd&)>& on_point) const {
  impl_->run(end, steps, on_point);
}

double RealCircuit::largest_growth() const {
  return find_rates(impl_->explicit_form(MatrixXd(impl_->circuit.s.size(), 0)).F).growth;
}

MatrixXd RealCircuit::noise_covariance(bool own_only) const {
  const Impl& impl = *impl_;
  const ExplicitForm form = impl.explicit_form(impl.noise_input(own_only));
  if (form.F.rows() > kMostMemories) {
    throw core::ParameterError(fmt::format(
        "the circuit has {} poles; its noise is computed up to {}, since the work grows "
        "with the third power",
        form.F.rows(), kMostMemories));
  }
  const bool has_flux = impl.has_flux();
  const Moving moving = has_flux ? leave_out_constants(form) : Moving{form.F, form.G, form.V};
  const Rates rates = find_rates(moving.F);
  if (rates.growth >= 0.0) {
    throw core::InputError(fmt::format(
        "the circuit is unstable: it grows by {:.4g} a unit of time, and its noise with it",
        rates.growth));
  }
  MatrixXd C = moving.V(impl.unknowns, Eigen::all);
  // A flux is int v = C F^-1 (y - int G w) + int W w: it stays where the integrals cancel.
  VectorXd walk = VectorXd::Zero(C.rows());
  if (has_flux) {
    C = MatrixXd(moving.F.transpose().partialPivLu().solve(C.transpose()).transpose());
    walk = (form.W(impl.unknowns, Eigen::all) - C * moving.G).rowwise().squaredNorm();
  }
  const MatrixXd covariance =
      core::solve_lyapunov(moving.F, MatrixXd(moving.G * moving.G.transpose()));
  const MatrixXd values = C * covariance * C.transpose();
  impl.refuse_unfiltered(form, rates.fastest, values.diagonal(), own_only);
  // How far it walks while the slowest motion settles.
  if ((walk.array() > -1e-9 * rates.growth * values.diagonal().array()).any()) {
    throw core::InputError(
        "positions are fluxes that noise drives away for ever (coils with losses, or none that "
        "hold them), so they have no steady covariance");
  }
  VectorXd gains(C.rows());
  for (Index c = 0; c < C.rows(); ++c) {
    const Probe& probe = *impl.positions[static_cast<std::size_t>(c)];
    const bool is_flux = probe.quantity == Probe::Quantity::flux;
    gains(c) = probe.gain * (is_flux ? impl.design.scales.time_s : 1.0);
  }
  return gains.asDiagonal() * values * gains.asDiagonal();
}

}  // namespace springspice::sim
