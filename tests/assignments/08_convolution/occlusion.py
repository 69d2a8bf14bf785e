"""Answers to occlusion: right ones in other styles, and wrong ones."""

import numpy as np


def probability_of(network, image, label):
    e = np.exp(network.predict(image[None])[0])
    return e[label] / e.sum()


def covered_by_list(x, size, grey=0.0):
    images = []
    for i in range(x.shape[1] - size + 1):
        for j in range(x.shape[2] - size + 1):
            image = x.copy()
            image[:, i : i + size, j : j + size] = grey
            images.append(image)
    return np.array(images)


def occlusion_one_by_one(network, x, label, size, grey=0.0):
    """Needs no covered_images: puts back what was there, and predicts one image at a time."""
    image = x.copy()
    p = np.zeros((x.shape[1] - size + 1, x.shape[2] - size + 1), dtype=image.dtype)
    for i in range(len(p)):
        for j in range(p.shape[1]):
            window = image[:, i : i + size, j : j + size]
            before = window.copy()
            window[...] = grey
            p[i, j] = probability_of(network, image, label)
            window[...] = before
    return p


def covered_by_masks(x, size, grey=0.0):
    """No loop: a mask for each place, of which row and column lie in the square."""
    _, H, W = x.shape
    top, left = np.arange(H - size + 1)[:, None], np.arange(W - size + 1)[:, None]
    in_rows = (np.arange(H) >= top) & (np.arange(H) < top + size)
    in_columns = (np.arange(W) >= left) & (np.arange(W) < left + size)
    mask = in_rows[:, None, None, :, None] & in_columns[None, :, None, None, :]
    return np.where(mask, x.dtype.type(grey), x).reshape(-1, *x.shape)


def occlusion_in_test_mode(network, x, label, size, grey=0.0):
    was_training, network.training = network.training, False
    logits = network.forward(covered_by_masks(x, size, grey))
    network.training = was_training
    p = 1 / np.exp(logits - logits[:, [label]]).sum(axis=1)
    return p.reshape(x.shape[1] - size + 1, x.shape[2] - size + 1)


RIGHT = [
    {"covered_images": covered_by_list},
    {"covered_images": covered_by_masks, "occlusion_map": occlusion_in_test_mode},
    {"occlusion_map": occlusion_one_by_one},
]

SQUARE = "images[k, ..., i : i + size, j : j + size] = grey"
RETURN = "return softmax(logits)[:, label].reshape(output_size(x.shape[-2], size), -1)"
LOGITS = "logits = network.predict(covered_images(x, size, grey))"

SLIPS = [
    (SQUARE, SQUARE.replace("= grey", "= 0"), "grey_ignored"),
    (SQUARE, SQUARE.replace("= grey", "+= grey"), "grey_added"),
    (SQUARE, SQUARE.replace("...", "0"), "first_channel_covered"),
    (SQUARE, SQUARE.replace("[k,", "[k:,"), "squares_stay"),
    (SQUARE, SQUARE.replace("[k,", "[:,"), "one_array_for_all"),
    (SQUARE, SQUARE.replace("i : i + size", ":"), "whole_columns"),
    (SQUARE, SQUARE.replace("size", "size - 1"), "square_too_small"),
    (RETURN, RETURN.replace("softmax(logits)", "logits"), "logits"),
    (RETURN, "return softmax(logits)[:, label]", "one_row"),
    (RETURN, RETURN.replace("[-2]", "[-1]"), "map_reshaped_otherwise"),
    (RETURN, RETURN.replace("[:, label]", ".max(axis=1)"), "class_that_is_chosen"),
    (LOGITS, LOGITS.replace("predict", "forward"), "mode_as_it_is"),
    (LOGITS, LOGITS.replace(", grey", ""), "grey_not_handed_on"),
]

CHECKED = "occlusion_map: check_labels(np.array([label]), logits.shape[1]) → "
READ = f"occlusion_map: {RETURN} → "
COVERED = "covered_images: images[k, ..., i:i + size, j:j + size] = grey → "

EQUIVALENT = {
    "Classes that there are not are refused as a courtesy; the text does not ask for it.": [
        f"{CHECKED}pass",
        f"{CHECKED}check_labels(np.array([label]), logits.shape[0])",
    ],
    "reshape takes any negative number for -1.": [READ + RETURN.replace("-1)", "-2)")],
}

NAMES = {
    "nothing_covered": [
        "covered_images: for k, (i, j) in enumerate(np.ndindex(H, W)): → pass",
        f"{COVERED}pass",
        f"{COVERED}images[k, ..., i:i, j:j + size] = grey",
        f"{COVERED}images[k, ..., i:i + size, j:j] = grey",
    ],
    "one_row": [f"{READ}return softmax(logits)[:, label]"],
    "logits": [READ + RETURN.replace("softmax(logits)", "logits")],
    "map_reshaped_otherwise": [READ + RETURN.replace("[-2]", new) for new in ("[2]", "[-1]")],
}
