"""Chapter 6: normalization, of the data and inside a network."""

from solutions.normalization.batch_norm import BatchNorm, BatchNormGraph, SpatialBatchNorm
from solutions.normalization.layer_norm import GroupNorm, LayerNorm
from solutions.normalization.leaks import inflates
from solutions.normalization.local_response_norm import LocalResponseNorm
from solutions.normalization.pca import PCA, Whitening
from solutions.normalization.scaling import (
    ArctanScaler,
    ExponentialScaler,
    LogScaler,
    MinMaxScaler,
    OwnScaler,
    Standardizer,
)
from solutions.normalization.weight_norm import (
    WeightNorm,
    direction_gradients,
    lengths,
    scaled_directions,
    standardizing,
)

__all__ = [
    "PCA",
    "ArctanScaler",
    "BatchNorm",
    "BatchNormGraph",
    "ExponentialScaler",
    "GroupNorm",
    "LayerNorm",
    "LocalResponseNorm",
    "LogScaler",
    "MinMaxScaler",
    "OwnScaler",
    "SpatialBatchNorm",
    "Standardizer",
    "WeightNorm",
    "Whitening",
    "direction_gradients",
    "inflates",
    "lengths",
    "scaled_directions",
    "standardizing",
]
