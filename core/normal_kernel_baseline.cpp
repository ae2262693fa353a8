#define SPRINGSPICE_DRAW_NORMALS draw_normals_baseline
#include "core/normal_kernel.inl"
