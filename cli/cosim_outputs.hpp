// The CSV files of `cosim` and `certify`: --path, --ensemble, --spectrum, written while it runs.
#pragma once

#include <memory>

#include "cli/options.hpp"
#include "hw/manifest.hpp"

namespace springspice::cli {

class CosimOutputs {
 public:
  /// Opens what is asked for, so that a name that cannot be written is known before the work.
  /// @throws OutputError also where the ensemble will not fit on the disk
  CosimOutputs(const Options& options, const hw::Manifest& manifest);
  ~CosimOutputs();

  /// Sets the hooks that files need; none where there are none. @pre outlives their use
  void observe(sim::CertifyOptions& options);

  /// All files are finished before the first takes its name: finish(), then commit().
  void finish();
  void commit();

 private:
  struct Files;
  std::unique_ptr<Files> files_;
};

}  // namespace springspice::cli
