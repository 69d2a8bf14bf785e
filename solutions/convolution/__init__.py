"""Chapter 8: convolutional networks."""

from solutions.convolution.accounting import (
    MemoryAccount,
    count_parameters,
    layer_shapes,
    memory_account,
    parameter_counts,
    receptive_field,
    receptive_fields,
    stack_weights,
    training_memory,
)
from solutions.convolution.alexnet_2012 import alexnet
from solutions.convolution.architectures import digits_cnn, he_affine, he_conv, lenet
from solutions.convolution.conv2d import Conv2D
from solutions.convolution.convolution import Convolution
from solutions.convolution.correlation import (
    convolve_naive,
    correlate,
    correlate_channels,
    correlate_filters,
)
from solutions.convolution.lenet_1998 import (
    LENET_TABLE,
    RadialBasis,
    ScaledTanh,
    Subsampling,
    TableConv2D,
    lenet5,
)
from solutions.convolution.loss_scale import LossScale
from solutions.convolution.mnist1d_network import mnist1d_cnn
from solutions.convolution.pictures import (
    covered_images,
    filter_grid,
    invert_features,
    occlusion_map,
    saliency_map,
    total_variation,
)
from solutions.convolution.plain_pooling import AveragePooling, MaxPooling
from solutions.convolution.pooling import AveragePool2D, Flatten, GlobalAveragePool, MaxPool2D
from solutions.convolution.random_pooling import (
    FractionalMaxPool,
    StochasticPool,
    fractional_boundaries,
)
from solutions.convolution.residual import Residual, ResidualBlock, residual_block
from solutions.convolution.weight_normalized import WeightNormConv2D
from solutions.convolution.windows import (
    col2im,
    col2im_fast,
    im2col,
    im2col_fast,
    output_size,
    pad,
)

__all__ = [
    "LENET_TABLE",
    "AveragePool2D",
    "AveragePooling",
    "Conv2D",
    "Convolution",
    "Flatten",
    "FractionalMaxPool",
    "GlobalAveragePool",
    "LossScale",
    "MaxPool2D",
    "MaxPooling",
    "MemoryAccount",
    "RadialBasis",
    "Residual",
    "ResidualBlock",
    "ScaledTanh",
    "StochasticPool",
    "Subsampling",
    "TableConv2D",
    "WeightNormConv2D",
    "alexnet",
    "col2im",
    "col2im_fast",
    "convolve_naive",
    "correlate",
    "correlate_channels",
    "correlate_filters",
    "count_parameters",
    "covered_images",
    "digits_cnn",
    "filter_grid",
    "fractional_boundaries",
    "he_affine",
    "he_conv",
    "im2col",
    "im2col_fast",
    "invert_features",
    "layer_shapes",
    "lenet",
    "lenet5",
    "memory_account",
    "mnist1d_cnn",
    "occlusion_map",
    "output_size",
    "pad",
    "parameter_counts",
    "receptive_field",
    "receptive_fields",
    "residual_block",
    "saliency_map",
    "stack_weights",
    "total_variation",
    "training_memory",
]
