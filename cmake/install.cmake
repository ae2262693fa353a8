# What others need to build on the libraries: component `development`. The program and what it needs
# to run is component `program`.
include(CMakePackageConfigHelpers)
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/springspice)
get_property(names GLOBAL PROPERTY SPRINGSPICE_LIBRARIES)

# ---- for CMake: find_package(springspice)

set(libraries ${names})
list(TRANSFORM libraries PREPEND springspice::)
list(JOIN libraries " " libraries)
install(EXPORT springspice NAMESPACE springspice:: FILE springspice-targets.cmake
        DESTINATION ${config_folder} COMPONENT development)
configure_package_config_file(cmake/springspice-config.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/springspice-config.cmake
                              INSTALL_DESTINATION ${config_folder}
                              PATH_VARS CMAKE_INSTALL_LIBEXECDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/springspice-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/springspice-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/springspice-config-version.cmake
              cmake/plain_packages.cmake
        DESTINATION ${config_folder} COMPONENT development)

# ---- for everybody else: pkg-config springspice

# A library stands before those that it builds on.
list(REVERSE names)
list(TRANSFORM names PREPEND -lspringspice_)
list(JOIN names " " pc_libs)
string(APPEND pc_libs " -lcholmod -lklu -lcsv")
# From the file's own place: an installed tree may be moved.
file(RELATIVE_PATH pc_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(pc_prefix "\${pcfiledir}/${pc_prefix}")
configure_file(cmake/springspice.pc.in ${CMAKE_CURRENT_BINARY_DIR}/springspice.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/springspice.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
