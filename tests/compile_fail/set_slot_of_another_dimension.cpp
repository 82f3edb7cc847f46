// expect: cannot convert | no matching member function
#include <kwhatif/estimate/run.hpp>

using namespace kwhatif;

void wrong(estimate::RunInputs<double>& in, quantity::Power<> of_all) {
  in.set<estimate::Slot::power>(of_all);
}
