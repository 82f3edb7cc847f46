#include <kwhatif/dossier/form.hpp>
namespace kwhatif::dossier {
std::string markdown(const Dossier& d, const FormChoices&) { return "# " + d.subject().name + "\n"; }
std::string html(const Dossier&, const FormChoices&) { return "<!DOCTYPE html>\n"; }
std::string latex(const Dossier&, const FormChoices&) { return "%\n"; }
std::string bibtex(const Dossier&, const FormChoices&) { return "%\n"; }
}  // namespace kwhatif::dossier
