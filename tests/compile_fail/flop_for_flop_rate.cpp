// expect: no matching function for call to 'device_time
#include <kwhatif/estimate/formulas.hpp>

using namespace kwhatif::quantity;

auto wrong(TrainingFlop<> compute) { return kwhatif::estimate::device_time(compute, compute); }
