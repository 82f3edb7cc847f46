// expect: no matching function for call to 'it_energy
#include <kwhatif/run/formulas.hpp>

using namespace kwhatif::quantity;

auto wrong(WallTime<> hours, DevicePower<> power) { return kwhatif::run::it_energy(hours, power); }
