#include "cli/record.hpp"

#include "report/record.hpp"

namespace springspice::cli {

RecordOutput::RecordOutput(const Options& options) : arguments_(options.arguments) {
  if (options.record_out) file_.emplace(*options.record_out, "--record");
}

void RecordOutput::write(report::Page page) {
  if (!file_) return;
  page.arguments = arguments_;
  page.command = arguments_.size() > 1 ? arguments_[1] : "";
  file_->write(report::format_record(page, SPRINGSPICE_VERSION));
  file_->finish();
}

void RecordOutput::commit() {
  if (file_) file_->commit();
}

}  // namespace springspice::cli
