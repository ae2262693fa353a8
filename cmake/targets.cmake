# springspice_settings(TARGET): warnings and sanitizers, for our own targets only.
function(springspice_settings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow)
  # GCC 12 sees overlapping copies inside std::string's operator+ (its bug 105651); there are none.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  # A debug run sees a matrix that was read before it was written.
  target_compile_definitions(${target} PRIVATE $<$<CONFIG:Debug>:EIGEN_INITIALIZE_MATRICES_BY_NAN>)
  if(SPRINGSPICE_SANITIZE AND NOT target STREQUAL "springspice-ngspice")
    target_compile_options(${target} PRIVATE -fsanitize=${SPRINGSPICE_SANITIZE}
                                             -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
    target_link_options(${target} PRIVATE -fsanitize=${SPRINGSPICE_SANITIZE})
  endif()
endfunction()

# springspice_precompile(LIBRARY HEADERS...): read once for all libraries that ask for the same ones;
# the first of them compiles them.
function(springspice_precompile name)
  string(MAKE_C_IDENTIFIER "SPRINGSPICE_PRECOMPILED_${ARGN}" property)
  get_property(owner GLOBAL PROPERTY ${property})
  if(owner)
    target_precompile_headers(${name} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${name} PRIVATE ${ARGN})
    set_property(GLOBAL PROPERTY ${property} ${name})
  endif()
endfunction()

# springspice_library(NAME SOURCES ... PUBLIC libs... PRIVATE libs...): springspice::NAME.
# FOLDER: where its headers lie, if that is not NAME. PRECOMPILE: large headers of others that most
# of its files take in, read once. INTERNAL: the program's own, not installed.
# A library comes after those that it builds on: the order in which others link them is the reverse.
function(springspice_library name)
  cmake_parse_arguments(ARG "INTERNAL" "FOLDER" "SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${name})
  endif()
  foreach(library ${ARG_PUBLIC} ${ARG_PRIVATE})
    if(library MATCHES "^springspice::" AND NOT TARGET ${library})
      message(FATAL_ERROR "${name} builds on ${library}, which comes after it or is none; mend the "
                          "order of add_subdirectory()")
    endif()
  endforeach()
  add_library(${name} STATIC ${ARG_SOURCES} ${ARG_HEADERS})
  add_library(springspice::${name} ALIAS ${name})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME springspice_${name}
                                           POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/springspice>)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  springspice_settings(${name})
  if(ARG_PRECOMPILE)
    springspice_precompile(${name} ${ARG_PRECOMPILE})
  endif()
  if(ARG_INTERNAL)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY SPRINGSPICE_LIBRARIES ${name})
  install(TARGETS ${name} EXPORT springspice ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
                                             COMPONENT development)
  foreach(header ${ARG_HEADERS})  # each in its folder, as it is included
    cmake_path(GET header PARENT_PATH below)
    install(FILES ${header} COMPONENT development
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/springspice/${ARG_FOLDER}/${below})
  endforeach()
endfunction()

# The random numbers, for a target: core's library, and the worker, which must do without it. The
# kernel is compiled for three instruction sets; contraction off, so that all give the same bits.
function(springspice_random_sources target)
  set(core ${PROJECT_SOURCE_DIR}/core)
  target_sources(${target} PRIVATE ${core}/random.cpp ${core}/noise_path.cpp
    ${core}/normal_kernel_baseline.cpp ${core}/normal_kernel_avx2.cpp
    ${core}/normal_kernel_avx512.cpp)
  set_source_files_properties(${core}/normal_kernel_baseline.cpp ${core}/normal_kernel_avx2.cpp
    ${core}/normal_kernel_avx512.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  set(loops -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    list(REMOVE_ITEM loops -O3)
  endif()
  set_source_files_properties(${core}/normal_kernel_baseline.cpp PROPERTIES
    COMPILE_OPTIONS "${loops}")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(${core}/normal_kernel_avx2.cpp PROPERTIES
      COMPILE_OPTIONS "${loops};-mavx2")
    set_source_files_properties(${core}/normal_kernel_avx512.cpp PROPERTIES
      COMPILE_OPTIONS "${loops};-mavx512f;-mavx512dq;-mprefer-vector-width=512")
  endif()
endfunction()
