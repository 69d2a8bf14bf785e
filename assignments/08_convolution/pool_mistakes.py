"""What known mistakes of both tasks on pooling share."""

from functools import partial

import numpy as np

from .column_mistakes import cut, frame_of


def framed(layer, columns, **how):
    """Return columns at their places in padded images; ``how`` is that of ``frame_of``."""
    F, stride, padding = layer.size, layer.stride, layer.padding
    return frame_of(columns, layer._x_shape, F, F, stride, padding, **how)


def placed(layer, columns, **how):
    """Return columns at their places in images."""
    return cut(framed(layer, columns, **how), layer._x_shape, layer.padding)


OVERWRITTEN = (
    "Where windows overlap, one window's gradient is left of several: each overwrites the one "
    "before. What a pixel gets from all its windows adds up."
)


def add_pool_mistakes(task, right, shares, outside):
    """Add what goes wrong in pooling of any kind.

    Parameters
    ----------
    task : Task
    right : type
        The reference's layer.
    shares : function
        Called with a layer and dout; returns what each pixel of each window gets, as columns.
    outside : float
        What stands in windows that reach over the end.
    """

    def add_layer(name, hint, how):
        """Add what has another stride or padding than it was given."""

        class Wrong(right):
            def __init__(self, size, stride=None, padding=0):
                super().__init__(size, *how(stride, padding))

        Wrong.__name__ = name
        task.misconception(hint)(Wrong)

    def add_forward(name, hint, change):
        """Add what changes y."""

        class Wrong(right):
            def forward(self, x):
                return change(super().forward(x))

        Wrong.__name__ = name
        task.misconception(hint)(Wrong)

    def add_backward(name, hint, change):
        """Add what brings the right shares to other places."""

        class Wrong(right):
            def backward(self, dout):
                return change(self, shares(self, dout))

        Wrong.__name__ = name
        task.misconception(hint)(Wrong)

    add_layer(
        "stride_is_size",
        "Your windows lie next to each other, whatever the stride: window i begins in row "
        "i · stride, and likewise with columns.",
        lambda stride, padding: (None, padding),
    )
    add_layer(
        "stride_is_one",
        "Your windows lie one pixel apart, whatever the stride: window i begins in row i · stride, "
        "and likewise with columns.",
        lambda stride, padding: (1, padding),
    )
    add_layer(
        "padding_ignored",
        "Your layer ignores its padding.",
        lambda stride, padding: (stride, 0),
    )
    add_forward(
        "output_of_columns",
        "The output still has one axis for all its pixels. It has to be images again, "
        "(N, C, OH, OW).",
        lambda y: y.reshape(*y.shape[:2], -1),
    )
    add_forward(
        "height_for_width",
        "Rows and columns of the output are exchanged: the last axis is the width, OW.",
        lambda y: y.swapaxes(2, 3).copy(),
    )
    add_forward(
        "height_for_width_in_reshape",
        "The output comes as (N, C, OW, OH): in what you reshape the width changes fastest, so it "
        "is the last axis.",
        lambda y: y.reshape(*y.shape[:2], y.shape[3], y.shape[2]),
    )
    add_forward(
        "channels_are_last",
        "The channels are the last axis of your output. They stay where they were, (N, C, OH, OW).",
        lambda y: np.moveaxis(y, 1, -1),
    )
    add_backward("overwritten", OVERWRITTEN, partial(placed, add=False))
    add_backward(
        "overwritten_pixel_by_pixel", OVERWRITTEN, partial(placed, add=False, by_pixel=True)
    )
    add_backward(
        "stride_missing_on_the_way_back",
        "The stride is missing from your way back: dout[n, c, i, j] goes to the window that begins "
        "at i · stride, j · stride.",
        partial(placed, step=1),
    )
    add_backward(
        "padding_not_cut",
        "The padding is still on your gradient of the input. It has to have the shape of x.",
        framed,
    )
    add_backward(
        "cut_at_the_end",
        "You cut the padding off your gradient at one side only: the image begins `padding` rows "
        "below the top, and `padding` columns to the right.",
        lambda layer, columns: cut(framed(layer, columns), layer._x_shape, 0),
    )
    add_backward(
        "empty_without_padding",
        "Without padding, your gradient of the input is empty: -0 is 0, and a slice [0:-0] holds "
        "nothing.",
        lambda layer, columns: framed(layer, columns)[
            :, :, layer.padding : -layer.padding, layer.padding : -layer.padding
        ],
    )
    add_backward(
        "columns_come_back",
        "What backward returns are still columns. col2im brings them to their pixels.",
        lambda layer, columns: columns,
    )

    @task.misconception(
        "You pool what is left over at the end, too, in windows that reach over it. Here it is "
        "left out, as in a convolution: output_shape says how many windows there are."
    )
    class rest_is_pooled(right):
        def forward(self, x):
            room = [size + 2 * self.padding - self.size for size in x.shape[2:]]
            more = [(0, -size % self.stride) for size in room]
            return super().forward(np.pad(x, [(0, 0), (0, 0), *more], constant_values=outside))
