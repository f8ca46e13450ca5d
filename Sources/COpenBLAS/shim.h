#include <cblas.h>

// LAPACK's Fortran symbol, which OpenBLAS has and its header does not declare: eigenvalues and eigenvectors of a symmetric matrix.
void dsyevd_(
    const char *job, const char *triangle, const blasint *n, double *a, const blasint *lda, double *values, double *work,
    const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info);
