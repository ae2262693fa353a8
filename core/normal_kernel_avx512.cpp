#ifdef __x86_64__
#define SPRINGSPICE_DRAW_NORMALS draw_normals_avx512
#include "core/normal_kernel.inl"
#endif
