include("${CMAKE_CURRENT_LIST_DIR}/formats.cmake")

# The program for tests that run it in their own process: its objects, with its main() under the name kwhatif_main.
add_library(kwhatif_in_process_objects OBJECT "${PROJECT_SOURCE_DIR}/src/cli/main.cpp"
            "${PROJECT_SOURCE_DIR}/tests/support/program.cpp")
set_source_files_properties("${PROJECT_SOURCE_DIR}/src/cli/main.cpp" TARGET_DIRECTORY kwhatif_in_process_objects
                            PROPERTIES COMPILE_DEFINITIONS "main=kwhatif_main")
target_link_libraries(kwhatif_in_process_objects PRIVATE kwhatif_cli kwhatif_settings kwhatif_warnings)
add_library(kwhatif_in_process INTERFACE)
target_sources(kwhatif_in_process INTERFACE $<TARGET_OBJECTS:kwhatif_in_process_objects> $<TARGET_OBJECTS:kwhatif_cli>)
target_link_libraries(kwhatif_in_process INTERFACE kwhatif kwhatif_test_formats)
target_include_directories(kwhatif_in_process INTERFACE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src/cli")
