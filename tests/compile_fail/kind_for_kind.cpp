// expect: no matching function for call to | no matching constructor
#include <kwhatif/quantity/kinds.hpp>

using namespace kwhatif::quantity;

FacilityEnergy<> wrong(ItEnergy<> it) { return FacilityEnergy<>{it}; }
