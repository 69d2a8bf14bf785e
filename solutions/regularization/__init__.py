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
from solutions.regularization.curves import (
    diagnose,
    thirds,
    training_causes,
    validation_causes,
)
from solutions.regularization.dropout import DropConnect, Dropout, DropoutScaledAtTest
from solutions.regularization.early_stopping import EarlyStopping
from solutions.regularization.ensembles import (
    Classifier,
    Ensemble,
    Snapshots,
    average_predictions,
    ensemble_gain,
    top_k,
)
from solutions.regularization.own_training import OwnTraining
from solutions.regularization.penalties import L1, L2, MaxNorm, project_to_ball, soft_threshold
from solutions.regularization.sampling import sampled_predictions
from solutions.regularization.search import (
    LogUniform,
    Uniform,
    bayesian_search,
    best_first,
    coarse_to_fine,
    log_uniform,
    random_search,
)
from solutions.trial import Ranges, Settings, Trial

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
    "OwnTraining",
    "Ranges",
    "Settings",
    "Snapshots",
    "Trial",
    "Uniform",
    "average_predictions",
    "bayesian_search",
    "best_first",
    "centre_crop",
    "coarse_to_fine",
    "crop",
    "diagnose",
    "ensemble_gain",
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
    "thirds",
    "top_k",
    "training_causes",
    "validation_causes",
]
