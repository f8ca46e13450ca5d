// Documented in include/blas_shim.h.
#define _GNU_SOURCE
#include "blas_shim.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_uint_fast64_t calls, operations;

typedef void sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
    float beta, float *c, int ldc);

sgemm cblas_sgemm;

static sgemm *real;

__attribute__((constructor)) static void find_real(void) { real = (sgemm *)dlsym(RTLD_NEXT, "cblas_sgemm"); }

void cblas_sgemm(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
    float beta, float *c, int ldc) {
    atomic_fetch_add(&calls, 1);
    atomic_fetch_add(&operations, 2 * (uint_fast64_t)m * (uint_fast64_t)n * (uint_fast64_t)k);
    real(order, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

__attribute__((destructor)) static void write_counts(void) {
    const char *path = getenv("PCNLAB_BLAS_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%" PRIuFAST64 " %" PRIuFAST64 "\n", calls, operations);
    fclose(file);
}
