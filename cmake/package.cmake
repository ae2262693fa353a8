# Debian packages, `cpack -G DEB` in the build folder. Two, as is the custom: springspice, for those
# who run it, without a compiler's headers; libspringspice-dev, for those who build on it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME springspice)
set(CPACK_PACKAGE_VENDOR springspice)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)

set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)  # NAME_VERSION_ARCHITECTURE.deb
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "springspice developers <springspice@localhost.invalid>")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME springspice)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gnucap, libspringspice-dev")
# Below the summary, which both share.
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
"springspice turns a data table into the springs-and-sticks model of it, the
model into an electrical circuit, and the circuit into a SPICE netlist. It runs
the netlist in ngspice beside the model's exact motion and tells whether they
agree; it chooses real components, and simulates and trains the model itself.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libspringspice-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "springspice (= ${PROJECT_VERSION}), libeigen3-dev (>= 3.4), libfmt-dev, nlohmann-json3-dev, \
libcsv-dev, libsuitesparse-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"Headers and static libraries: what the program springspice is made of, in C++20.
The model, circuits and netlists, realizations, ngspice, numerical motion and
training, with a CMake package config and a pkg-config file.")

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/springspice RENAME copyright
        COMPONENT program)
install(FILES CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/springspice COMPONENT program)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libspringspice-dev RENAME copyright
        COMPONENT development)
include(CPack)
