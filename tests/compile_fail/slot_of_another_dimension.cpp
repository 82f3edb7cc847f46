// expect: could not convert | no viable conversion
#include <kwhatif/run/estimator.hpp>

using namespace kwhatif;

quantity::WallTime<> wrong(const run::RunInputs<double>& in) { return *in.get<run::Slot::device_time>(); }
