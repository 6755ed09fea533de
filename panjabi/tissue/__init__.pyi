from .collagen import Cable as Cable, Collagen as Collagen
from .de_groote import DeGrooteCurves as DeGrooteCurves
from .gliding import GlidingLayer as GlidingLayer
from .law import (
    Law as Law,
    LawReport as LawReport,
    Promise as Promise,
    available_laws as available_laws,
    check_law as check_law,
    law_named as law_named,
)
from .muscle import PassiveMuscle as PassiveMuscle, TensionBreakdown as TensionBreakdown
from .nerve import NervePath as NervePath
from .viscoelastic import (
    LASTING as LASTING,
    TEST_RATE as TEST_RATE,
    PronySeries as PronySeries,
    hamstring_group as hamstring_group,
)
