// The functions of one instruction set, from the files beside this one. Each file that includes this defines SET, its name,
// and ROWS and PANELS, the tile of a product that is kept in registers, under a pragma that sets the target.
#include "vectors.h"

#include "batchnorm.h"
#include "elements.h"
#include "normalise.h"
#include "packing.h"
#include "pairs.h"
#include "patches.h"
#include "pooling.h"
#include "products.h"

#define TEXT(name) #name
#define NAME(set) TEXT(set)
#define TABLE(set) pcn_##set
#define TABLE_OF(set) TABLE(set)

const pcn_kernels TABLE_OF(SET) = {
    .name = NAME(SET),
    .fused = FUSED,
    .rows = ROWS,
    .multiply = multiply,
    .pack = pack,
    .pack_transposed = pack_transposed,
    .patches = patches,
    .max_pool = max_pool,
    .max_pool_backward = max_pool_backward,
    .weights = weights,
    .gaussian = gaussian,
    .sums = sums,
    .relu = relu,
    .mask = mask,
    .column_sums = column_sums,
    .add = add,
    .sgd = sgd,
    .scale = scale,
    .momentum = momentum,
    .adam = adam,
    .normalise = normalise,
    .normalise_backward = normalise_backward,
    .channel_moments = channel_moments,
    .channel_products = channel_products,
    .channel_affine = channel_affine,
};
