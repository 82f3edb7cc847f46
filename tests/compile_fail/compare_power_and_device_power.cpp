// expect: no match for 'operator<' | invalid operands to binary expression
#include <kwhatif/quantity/kinds.hpp>

using namespace kwhatif::quantity;

bool wrong(Power<> site, DevicePower<> device) { return site < device; }
