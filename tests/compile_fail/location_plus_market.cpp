// expect: no match for 'operator+' | invalid operands to binary expression
#include <kwhatif/quantity/kinds.hpp>

using namespace kwhatif::quantity;

auto wrong(OperationalLocation<> gross, OperationalMarket<> net) { return gross + net; }
