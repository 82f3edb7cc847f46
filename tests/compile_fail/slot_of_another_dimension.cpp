// expect: could not convert | no viable conversion
#include <kwhatif/estimate/run.hpp>

using namespace kwhatif;

quantity::WallTime<> wrong(const estimate::RunInputs<double>& in) {
  return *in.get<estimate::Slot::device_time>();
}
