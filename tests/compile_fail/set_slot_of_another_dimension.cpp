// expect: cannot convert | no matching member function
#include <kwhatif/run/estimator.hpp>

using namespace kwhatif;

void wrong(run::RunInputs<double>& in, quantity::Power<> of_all) { in.set<run::Slot::power>(of_all); }
