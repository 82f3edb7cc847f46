# Readers of JSON, CSV and XML that refuse what breaks the rules, and checks of what is printed. They share nothing with
# the library, so they cannot share its faults.
include_guard()
add_library(kwhatif_test_formats STATIC)
foreach(source IN ITEMS csv formats json xml)
  target_sources(kwhatif_test_formats PRIVATE "${CMAKE_CURRENT_LIST_DIR}/${source}.cpp")
endforeach()
target_include_directories(kwhatif_test_formats PUBLIC "${CMAKE_CURRENT_LIST_DIR}/..")
target_link_libraries(kwhatif_test_formats PRIVATE kwhatif_settings kwhatif_warnings)
