// Values over two inputs, as a map that ends where the grid ends.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "report/page.hpp"
#include <Eigen/Core>

#include "core/grid.hpp"

namespace springspice::cli {

/// The centres of 64 by 64 pixels, one a row; along the first axis the pixels follow one another.
/// @pre there are two axes
Eigen::MatrixXd place_pixels(const std::vector<core::Axis>& axes);

/// @param values at place_pixels(axes), in its order
report::Field make_field(const std::vector<core::Axis>& axes, const Eigen::VectorXd& values,
                         const std::string& label);
report::Field make_field(const std::vector<core::Axis>& axes,
                         const std::function<double(std::span<const double>)>& value,
                         const std::string& label);

}  // namespace springspice::cli
