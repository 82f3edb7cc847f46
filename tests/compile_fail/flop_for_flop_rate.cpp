// expect: no matching function for call to 'device_time
#include <kwhatif/run/formulas.hpp>

using namespace kwhatif::quantity;

auto wrong(TrainingFlop<> compute) { return kwhatif::run::device_time(compute, compute); }
