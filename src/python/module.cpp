// python: `import kwhatif`. Here is what touches C++: values of Python become texts of inputs, answers become
// numbers and texts, errors become KwhatifError. What people call is written in Python (src/python/kwhatif).
//
// Whatever may take long runs without the interpreter's lock; the tables are constant, so estimates may be
// made by several threads at the same time. Does not live here: questions and answers (ask), how they look
// (report).
#include "columns.hpp"
#include "estimated.hpp"
#include <kwhatif/bindings/call.hpp>
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace kwhatif::python {

namespace py = pybind11;

namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

// A value as it would be typed: texts as they are, numbers in full, True and False as yes and no, paths as
// texts.
std::string typed(const std::string& name, const py::handle& value) {
  if (py::isinstance<py::str>(value)) return value.cast<std::string>();
  if (py::isinstance<py::bool_>(value)) return value.cast<bool>() ? "yes" : "no";
  if (py::isinstance<py::int_>(value)) return py::str(value).cast<std::string>();
  if (py::isinstance<py::float_>(value)) return quantity::shortest(value.cast<double>());
  if (py::hasattr(value, "__fspath__")) return py::str(value.attr("__fspath__")()).cast<std::string>();
  if (py::hasattr(value, "item") && py::hasattr(value, "dtype"))  // a number of numpy
    return typed(name, value.attr("item")());
  throw py::type_error("'" + name + "' takes a text or a number, not " +
                       py::str(py::type::of(value).attr("__name__")).cast<std::string>());
}

std::vector<bindings::NamedInput> named(const py::dict& inputs) {
  std::vector<bindings::NamedInput> out;
  out.reserve(inputs.size());
  for (const auto& [key, value] : inputs) {
    if (value.is_none()) continue;
    auto name = key.cast<std::string>();
    auto text = typed(name, value);
    out.push_back({std::move(name), std::move(text)});
  }
  return out;
}

std::vector<run::Given> all_given(const std::string& field, const std::vector<std::string>& texts) {
  std::vector<run::Given> out;
  for (const std::string& text : texts) out.push_back(bindings::given(field, text));
  return out;
}

std::optional<run::Given> maybe_given(const std::string& field, const std::optional<std::string>& text) {
  return text ? std::optional{bindings::given(field, *text)} : std::nullopt;
}

bindings::BaseRun base_of(const std::optional<std::string>& published,
                          const std::optional<std::string>& path) {
  bindings::BaseRun out{.published = published};
  if (path) out.file = document::read_file(*path);
  return out;
}

run::Scenario said(const std::vector<bindings::NamedInput>& inputs) {
  return bindings::inputs_of(inputs, document::read_file);
}

Estimated estimate(const std::optional<std::string>& published, const std::optional<std::string>& path,
                   const py::dict& inputs, bool bands) {
  const auto over = named(inputs);
  const py::gil_scoped_release free;
  const std::vector<run::Scenario> anew{said(over)};
  return {bindings::run_over(base_of(published, path), anew, tables()), tables(),
          bands ? ask::Extent::whole : ask::Extent::numbers};
}

Estimated with_inputs(const Estimated& before, const py::dict& inputs, bool bands) {
  const auto over = named(inputs);
  const py::gil_scoped_release free;
  run::Scenario run = before.run();
  run.overlay(said(over), &tables());
  return {std::move(run), tables(), bands ? ask::Extent::whole : ask::Extent::numbers};
}

py::object number(const Estimated& estimate, const std::string& key) {
  bool known = false;
  const auto value = estimate.number(key, known);
  if (!known) throw py::key_error(key);
  return value ? py::object(py::float_(*value)) : py::none();
}

py::dict numbers(const Estimated& estimate) {
  py::dict out;
  run::for_each_result(estimate.numbers(), [&](const run::ResultInfo& info, const auto& field) {
    out[py::str(info.json_key.data(), info.json_key.size())] =
        field ? py::object(py::float_(run::machine_value(info, field->coherent()))) : py::none();
  });
  return out;
}

py::str text(std::string_view view) { return {view.data(), view.size()}; }

std::shared_ptr<const uncertain::Certainty> certainty(const Estimated& estimate) {
  const py::gil_scoped_release free;
  return estimate.certainty();
}

py::dict percentiles(const uncertain::Band& band) {
  py::dict out;
  for (const auto& [name, value] : uncertain::percentiles)
    out[text(name)] = run::machine_value(band.info, band.*value);
  return out;
}

py::dict intervals(const Estimated& estimate) {
  const auto sure = certainty(estimate);
  py::dict out;
  for (const uncertain::Band& band : sure->bands) out[text(band.info.json_key)] = percentiles(band);
  return out;
}

py::object interval(const Estimated& estimate, const std::string& key) {
  bool known = false;
  std::optional<uncertain::Band> band;
  {
    const py::gil_scoped_release free;
    band = estimate.band(key, known);
  }
  if (!known) throw py::key_error(key);
  return band ? py::object(percentiles(*band)) : py::none();
}

py::list drivers(const Estimated& estimate) {
  const auto sure = certainty(estimate);
  py::list out;
  for (const uncertain::Driver& driver : sure->drivers) {
    py::dict row;
    row["input"] = text(run::info(driver.slot).key);
    row["share_of_variance"] = driver.share;
    row["elasticity"] = driver.elasticity;
    row["of"] = text(sure->explained);
    out.append(std::move(row));
  }
  return out;
}

py::list charts(const Estimated& estimate, std::size_t width, const std::string& id_prefix) {
  constexpr std::size_t narrowest = 240;
  constexpr std::size_t widest = 2000;
  std::vector<Picture> drawn;
  {
    const py::gil_scoped_release free;
    drawn = estimate.charts(static_cast<double>(std::clamp(width, narrowest, widest)), id_prefix);
  }
  py::list out;
  for (const Picture& each : drawn) out.append(py::make_tuple(each.title, each.description, each.svg));
  return out;
}

// --- sweeps
// --------------------------------------------------------------------------------------------------

Columns columns(const std::optional<std::string>& published, const std::optional<std::string>& path,
                const py::dict& inputs, const std::vector<std::string>& axes,
                const std::vector<std::string>& where, const std::optional<std::string>& results,
                const std::optional<std::string>& threads, bool unavailable) {
  const auto over = named(inputs);
  const py::gil_scoped_release free;
  ask::SweepQuestion question{.run = said(over),
                              .axes = all_given("axis", axes),
                              .where = all_given("where", where),
                              .results = maybe_given("results", results),
                              .threads = maybe_given("threads", threads),
                              .unavailable = unavailable};
  if (published || path) {
    const std::vector<run::Scenario> anew{std::move(question.run)};
    question.run = bindings::run_over(base_of(published, path), anew, tables());
  }
  return {question, tables()};
}

py::list axes_of(const Columns& columns) {
  py::list out;
  for (const grid::Axis& axis : columns.grid().space.axes()) {
    py::list values;
    for (std::size_t i = 0; i < axis.size(); ++i) {
      if (axis.numeric())
        values.append(axis.machine(i));
      else
        values.append(axis.text(i));
    }
    py::dict row;
    row["name"] = axis.name;
    row["column"] = axis.column();
    row["unit"] = text(axis.unit());
    row["values"] = std::move(values);
    out.append(std::move(row));
  }
  return out;
}

py::list results_of(const Columns& columns) {
  py::list out;
  for (const std::size_t result : columns.grid().columns) {
    const run::ResultInfo info = grid::result_info(result);
    out.append(py::make_tuple(text(info.json_key), text(info.unit), text(info.label)));
  }
  return out;
}

void fill(const Columns& columns, const std::vector<py::buffer>& buffers) {
  std::vector<py::buffer_info> held;  // keep the memory where it is
  std::vector<double*> places;
  for (const py::buffer& buffer : buffers) {
    held.push_back(buffer.request(true));
    const py::buffer_info& info = held.back();
    if (info.format != py::format_descriptor<double>::format() ||
        static_cast<std::uint64_t>(info.size) != columns.rows() ||
        (info.size > 0 && info.strides.back() != info.itemsize))
      throw py::value_error("a column takes as many numbers as the grid has rows, one after the other");
    places.push_back(static_cast<double*>(info.ptr));
  }
  if (places.size() != columns.grid().columns.size())
    throw py::value_error("one column per result is needed");
  const py::gil_scoped_release free;
  columns.fill(places);
}

py::dict entry(const diag::Diagnostic& problem) {
  py::dict out;
  out["code"] = problem.code;
  out["message"] = problem.message;
  out["help"] = problem.help;
  const bool placed = problem.where.source != nullptr;
  out["field"] = placed ? py::object(py::str(problem.where.source->name)) : py::none();
  out["line"] = placed ? py::object(py::int_(problem.where.line)) : py::none();
  out["column"] = placed ? py::object(py::int_(problem.where.column)) : py::none();
  return out;
}

py::list entries(const std::vector<diag::Diagnostic>& problems) {
  py::list out;
  for (const auto& problem : problems) out.append(entry(problem));
  return out;
}

// --- tables and errors
// -----------------------------------------------------------------------------------------

py::list inputs() {
  py::list out;
  for (const run::InputInfo& row : run::input_table()) {
    constexpr std::array types{"name", "path", "word", "whole", "quantity", "text"};
    std::string name{row.flag};
    std::replace(name.begin(), name.end(), '-', '_');
    py::dict entry;
    entry["name"] = name;
    entry["type"] = types[static_cast<std::size_t>(row.type)];
    entry["example"] = text(row.example);
    entry["help"] = text(row.help);
    entry["choices"] = text(row.choices);
    out.append(std::move(entry));
  }
  return out;
}

py::list results() {
  py::list out;
  for (const run::ResultInfo& row : run::result_table)
    out.append(py::make_tuple(text(row.json_key), text(row.unit), text(row.label)));
  return out;
}

py::list published_runs() {
  py::list out;
  for (const catalog::Row& row : tables().rows(catalog::Kind::run)) out.append(text(row.id()));
  return out;
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return diag::did_you_mean(word, views);
}

py::tuple call(const std::string& question) {
  bindings::Reply reply;
  {
    const py::gil_scoped_release free;
    reply = bindings::call(question, tables(), document::read_file);
  }
  return py::make_tuple(std::move(reply.text), reply.error);
}

void raise(const diag::Error& error) {
  const auto type = py::module_::import("kwhatif._errors").attr("KwhatifError");
  const py::object raised = type(diag::render(error.diagnostics()), entries(error.diagnostics()));
  PyErr_SetObject(type.ptr(), raised.ptr());
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(std::move(thrown));
  } catch (const diag::Error& error) {
    raise(error);
  }
}

}  // namespace

}  // namespace kwhatif::python

// NOLINTBEGIN: what follows are macros
PYBIND11_MODULE(_kwhatif, m) {
  using namespace kwhatif::python;
  namespace py = pybind11;
  py::register_exception_translator(&translate);

  m.def("call", &call, py::arg("question"));
  m.def("inputs", &inputs);
  m.def("results", &results);
  m.def("published_runs", &published_runs);
  m.def("nearest", &nearest, py::arg("word"), py::arg("known"));
  m.attr("version") = KWHATIF_VERSION;
  m.attr("data_version") = std::string{kwhatif::catalog::data_version()};

  py::class_<Estimated>(m, "Estimated")
      .def("number", &number, py::arg("key"))
      .def("numbers", &numbers)
      .def("with_inputs", &with_inputs, py::arg("inputs"), py::arg("bands"))
      .def("shown", &Estimated::shown, py::arg("form"), py::arg("width"),
           py::call_guard<py::gil_scoped_release>())
      .def("intervals", &intervals)
      .def("interval", &interval, py::arg("key"))
      .def("drivers", &drivers)
      .def("sentence", &Estimated::sentence, py::call_guard<py::gil_scoped_release>())
      .def("charts", &charts, py::arg("width"), py::arg("id_prefix"))
      .def("explained", &Estimated::explained, py::arg("form"), py::arg("width"),
           py::call_guard<py::gil_scoped_release>());
  m.def("estimate", &estimate, py::arg("published"), py::arg("path"), py::arg("inputs"), py::arg("bands"));

  py::class_<Columns>(m, "Columns")
      .def_property_readonly("axes", &axes_of)
      .def_property_readonly("results", &results_of)
      .def_property_readonly("rows", &Columns::rows)
      .def_property_readonly("warnings", [](const Columns& c) { return entries(c.grid().warnings); })
      .def_property_readonly("notes", [](const Columns& c) { return entries(c.grid().notes); })
      .def_property_readonly("sources", [](const Columns& c) { return c.grid().space.sources(); })
      .def("fill", &fill, py::arg("columns"));
  m.def("columns", &columns, py::arg("published"), py::arg("path"), py::arg("inputs"), py::arg("axes"),
        py::arg("where"), py::arg("results"), py::arg("threads"), py::arg("unavailable"));
}
// NOLINTEND
