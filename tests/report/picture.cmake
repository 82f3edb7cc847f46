# The picture in README is what the program draws. -DPROGRAM=FILE -DPICTURE=FILE -DWORK=FOLDER; with
# UPDATE_TRANSCRIPTS in the environment it is drawn anew.
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${PROGRAM}" compare --params 70B --tokens 2T --hardware h100-sxm5 --chips 2048
                        --vary region=gcp:us-central1,gcp:europe-north1,aws:eu-north-1,gcp:europe-west4,aws:us-west-2,aws:ap-south-1
                        --output "${WORK}/places.svg" --force
                OUTPUT_QUIET ERROR_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
if(DEFINED ENV{UPDATE_TRANSCRIPTS})
  file(COPY_FILE "${WORK}/places.svg" "${PICTURE}")
endif()
file(READ "${WORK}/places.svg" drawn)
file(READ "${PICTURE}" shown)
if(NOT drawn STREQUAL shown)
  message(FATAL_ERROR "the program draws another picture than README shows: ${WORK}/places.svg")
endif()
