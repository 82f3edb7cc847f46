// expect: no matching function for call to 'it_energy
#include <kwhatif/estimate/formulas.hpp>

using namespace kwhatif::quantity;

auto wrong(WallTime<> hours, DevicePower<> power) { return kwhatif::estimate::it_energy(hours, power); }
