// The pictures of `map`.
//
//   prediction.png  what the board will predict: the ideal fit, the mapped one, and the band in
//   which
//                   90 of 100 boards lie; below it their deviation from the ideal fit, to scale.
//                   One input: along it. Two: maps over the plane. More: node by node.
//   error.png       histogram of the boards' prediction errors
//   budget.png      the error budget as bars
#pragma once

#include <string>
#include <vector>

#include "cli/map_study.hpp"

namespace springspice::cli {

struct Picture {
  std::string name;    ///< "prediction.png"
  std::string script;  ///< for gnuplot, with its data
  int width = 0, height = 0;
};

std::vector<Picture> make_map_pictures(const MapStudy& study);

}  // namespace springspice::cli
