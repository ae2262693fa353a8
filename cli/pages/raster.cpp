#include "cli/pages/raster.hpp"

namespace springspice::cli {
namespace {

using Eigen::Index;

constexpr Index kPixels = 64;  // along each axis

double centre(const core::Axis& axis, Index pixel) {
  return axis.lower + (static_cast<double>(pixel) + 0.5) / kPixels * (axis.upper - axis.lower);
}

}  // namespace

Eigen::MatrixXd place_pixels(const std::vector<core::Axis>& axes) {
  Eigen::MatrixXd places(kPixels * kPixels, 2);
  for (Index k = 0; k < places.rows(); ++k) {
    places(k, 0) = centre(axes[0], k % kPixels);
    places(k, 1) = centre(axes[1], k / kPixels);
  }
  return places;
}

report::Field make_field(const std::vector<core::Axis>& axes, const Eigen::VectorXd& values,
                         const std::string& label) {
  report::Field field{{}, {}, {}, label};
  for (Index k = 0; k < kPixels; ++k) {
    field.x.push_back(centre(axes[0], k));
    field.y.push_back(centre(axes[1], k));
    const auto row = values.segment(k * kPixels, kPixels);
    field.value.emplace_back(row.begin(), row.end());
  }
  return field;
}

report::Field make_field(const std::vector<core::Axis>& axes,
                         const std::function<double(std::span<const double>)>& value,
                         const std::string& label) {
  const Eigen::MatrixXd places = place_pixels(axes);
  Eigen::VectorXd values(places.rows());
  for (Index k = 0; k < values.size(); ++k) {
    const double u[] = {places(k, 0), places(k, 1)};
    values[k] = value(u);
  }
  return make_field(axes, values, label);
}

}  // namespace springspice::cli
