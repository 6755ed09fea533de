"""One subject, one spine and their coupled states for all files that ask for them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from fascia.coupling import NetworkElement, coupled_state, release_with_spine
from panjabi.spine.static_build import static_spine


@dataclass(frozen=True)
class Limp:
    """A law without any stiffness."""

    slack_length: float = 1.0

    def energy(self, length):
        return 0.0 * length

    tension = tangent = energy

    def reference_stiffness(self):
        return 0.0


@pytest.fixture(scope="session")
def spine(adult):
    return static_spine(body=adult)


@pytest.fixture(scope="session")
def limp(network):
    """The standard network with every strand's stiffness zero, none switched off."""
    return replace(network, strands=tuple(replace(s, law=Limp()) for s in network.strands))


@pytest.fixture(scope="session")
def element(network, spine):
    return NetworkElement(network, spine.coordinates)


@pytest.fixture(scope="session")
def bent(spine):
    """Lumbar angles away from neutral in every direction [rad]."""
    return 0.03 * np.random.default_rng(4).normal(size=len(spine.coordinates))


@pytest.fixture(scope="session")
def state(network, spine):
    return coupled_state(network, spine)


@pytest.fixture(scope="session")
def released(subject, spine):
    return release_with_spine(subject, "head_neck", spine=spine)
