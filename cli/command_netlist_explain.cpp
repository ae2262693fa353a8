// `netlist --explain`: which realizations can carry the model, and what each costs.
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/results.hpp"
#include "hw/explain.hpp"

namespace springspice::cli {
namespace {

Json matrix_to_json(const hw::MatrixReport& m) {
  return {{"matrix", m.name},
          {"couplings", m.couplings},
          {"negative", m.negative},
          {"without_signs", m.conflicts},
          {"negative_rows", m.negative_rows},
          {"least_row_sum_over_diagonal", number(m.worst_row)},
          {"at", m.worst_label}};
}

Json form_to_json(const hw::FormReport& form) {
  Json json = {{"realization", form.name},
               {"options", form.options},
               {"possible", form.possible()},
               {"obstacle", form.possible() ? Json(nullptr) : Json(form.obstacle)},
               {"needs", form.needs},
               {"nodes", form.nodes},
               {"parts", Json::array()}};
  for (const hw::PartsReport& part : form.parts) {
    json["parts"].push_back({{"kind", part.kind},
                             {"unit", part.unit},
                             {"count", part.count},
                             {"lowest", part.low},
                             {"highest", part.high},
                             {"outside", part.outside}});
  }
  return json;
}

}  // namespace

int explain_netlist(const Options& options) {
  Progress progress;
  JsonOutput results(options);
  const Prepared prepared = prepare(options, progress);
  const sim::Analysis analysis = sim::analyse(prepared.system);
  Asked asked = ask(prepared, options, analysis, choose_times(options, analysis.scales), "explain");
  asked.request.springs = asked.springs;
  const hw::Explanation explanation = hw::explain(prepared.system, asked.request);
  Json json = make_json();
  json["matrices"] = Json::array();
  for (const hw::MatrixReport& matrix : explanation.matrices) {
    json["matrices"].push_back(matrix_to_json(matrix));
  }
  json["realizations"] = Json::array();
  for (const hw::FormReport& form : explanation.forms) {
    json["realizations"].push_back(form_to_json(form));
  }
  json["recommendation"] =
      explanation.recommendation.empty()
          ? Json(nullptr)
          : Json({{"options", explanation.recommendation}, {"reason", explanation.reason}});
  results.write(json);
  results.commit();
  print_text(options, hw::format_explanation(explanation));
  return 0;
}

}  // namespace springspice::cli
