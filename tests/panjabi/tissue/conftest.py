"""Muscles the tests share: three hamstring heads of the adult body, as small numbers."""

from __future__ import annotations

import pytest

HIP_ANGLES_DEG = (0, 30, 60, 90)

# Fmax [N], pennation [rad]; lopt, lts [m] and passive curve of the 2023 set; path length [m]
# and hip moment arm [m] at HIP_ANGLES_DEG, knee straight.
HAMSTRINGS = {
    "bflh": {
        "Fmax": 1313.18,
        "lopt": 0.101781,
        "lts": 0.339159,
        "penn": 0.175918,
        "set_2023": {
            "lopt": 0.101782,
            "lts": 0.346744,
            "e_0": 0.13684,
            "e_1": 0.7054,
            "k_1": 3.51767,
        },
        "path": (0.431733312, 0.462818666, 0.496159687, 0.523217747),
        "arm": (0.0509353, 0.064588, 0.0600062, 0.0414807),
    },
    "semimem": {
        "Fmax": 2200.99,
        "lopt": 0.071956,
        "lts": 0.362476,
        "penn": 0.254561,
        "set_2023": {
            "lopt": 0.089684,
            "lts": 0.349351,
            "e_0": 0.15373,
            "e_1": 0.70447,
            "k_1": 3.63148,
        },
        "path": (0.428466064, 0.456092969, 0.485654219, 0.509550138),
        "arm": (0.0454244, 0.0573094, 0.0531454, 0.0364366),
    },
    "semiten": {
        "Fmax": 591.3,
        "lopt": 0.201268,
        "lts": 0.257789,
        "penn": 0.241295,
        "set_2023": {
            "lopt": 0.201269,
            "lts": 0.25779,
            "e_0": 0.11417,
            "e_1": 0.71361,
            "k_1": 3.33643,
        },
        "path": (0.473093772, 0.505342242, 0.541243282, 0.571393863),
        "arm": (0.0513073, 0.0684212, 0.0656671, 0.0473975),
    },
}


@pytest.fixture(scope="session")
def hamstrings() -> dict:
    """Fibre records of the three two-joint heads, with path lengths and hip arms."""
    return HAMSTRINGS


@pytest.fixture(params=sorted(HAMSTRINGS), scope="session")
def head(request) -> dict:
    """One head after the other."""
    return {"name": request.param, **HAMSTRINGS[request.param]}
