"""Chapter 7: regularization, and the practice of training."""

from solutions.regularization.augmentation import (
    Augmentation,
    centre_crop,
    crop,
    flip,
    in_turn,
    rotate_and_scale,
    shift,
)
from solutions.regularization.colours import hsv_to_rgb, jitter_colours, rgb_to_hsv
from solutions.regularization.dropout import DropConnect, Dropout, DropoutScaledAtTest
from solutions.regularization.early_stopping import EarlyStopping
from solutions.regularization.ensembles import (
    Classifier,
    Ensemble,
    Snapshots,
    average_predictions,
    top_k,
)
from solutions.regularization.penalties import L1, L2, MaxNorm, project_to_ball, soft_threshold
from solutions.regularization.sampling import sampled_predictions
from solutions.regularization.search import (
    LogUniform,
    Ranges,
    Settings,
    Trial,
    Uniform,
    bayesian_search,
    coarse_to_fine,
    log_uniform,
    random_search,
)

__all__ = [
    "L1",
    "L2",
    "Augmentation",
    "Classifier",
    "DropConnect",
    "Dropout",
    "DropoutScaledAtTest",
    "EarlyStopping",
    "Ensemble",
    "LogUniform",
    "MaxNorm",
    "Ranges",
    "Settings",
    "Snapshots",
    "Trial",
    "Uniform",
    "average_predictions",
    "bayesian_search",
    "centre_crop",
    "coarse_to_fine",
    "crop",
    "flip",
    "hsv_to_rgb",
    "in_turn",
    "jitter_colours",
    "log_uniform",
    "project_to_ball",
    "random_search",
    "rgb_to_hsv",
    "rotate_and_scale",
    "sampled_predictions",
    "shift",
    "soft_threshold",
    "top_k",
]
