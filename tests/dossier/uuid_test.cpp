// Identifiers against those of another implementation (Python's uuid.uuid5(NAMESPACE_URL, name)).
#include "uuid.hpp"

#include "support/catch.hpp"

#include <string>

namespace kwhatif::test {
namespace {

TEST_CASE("UUIDs of names are those of other implementations, at every length of a block") {
  CHECK(dossier::uuid_of("") == "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
  CHECK(dossier::uuid_of("python.org") == "7af94e2b-4dd9-50f0-9c9a-8a48519bdef0");
  CHECK(dossier::uuid_of("abc") == "68661508-f3c4-55b4-945d-ae2b4dfe5db4");
  CHECK(dossier::uuid_of(std::string(39, 'y')) == "ab563a2f-14fe-5c07-839a-ef104ca79a62");
  CHECK(dossier::uuid_of(std::string(40, 'y')) == "f7eec5b5-5301-5fa6-8ce1-67e3c4d8922f");
  CHECK(dossier::uuid_of(std::string(1000, 'x')) == "68491f23-75a7-557d-943b-00881c13ae1e");
}

}  // namespace
}  // namespace kwhatif::test
