"""networks"""

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


def components(count: int, ones: Places, others: Places) -> Places:
    """The least node each of ``count`` nodes is connected with; edges join ``ones[i]`` and ``others[i]``.

    Roots hook onto lesser roots, then every node points at its root: about log2(count) rounds of numpy.
    """
    labels = np.arange(count, dtype=np.int64)
    while True:
        one, other = labels[ones], labels[others]
        apart = one != other
        if not apart.any():
            return labels
        one, other = one[apart], other[apart]
        least = np.minimum(one, other)
        np.minimum.at(labels, one, least)
        np.minimum.at(labels, other, least)
        while True:
            jumped = labels[labels]
            if (jumped == labels).all():
                break
            labels = jumped
