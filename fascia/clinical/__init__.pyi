from .calibration import (
    calibrate_hamstrings as calibrate_hamstrings,
    calibrate_tolerance as calibrate_tolerance,
)
from .catalogue import (
    ClinicalTest as ClinicalTest,
    Reading as Reading,
    clinical_test as clinical_test,
    clinical_tests as clinical_tests,
    finger_floor_distance as finger_floor_distance,
    reach_beyond_sole as reach_beyond_sole,
)
from .examination import (
    ClinicalResult as ClinicalResult,
    Examination as Examination,
    Sample as Sample,
    examine as examine,
    measure as measure,
)
from .hold import HeldStretch as HeldStretch
from .paths import (
    PostureOptions as PostureOptions,
    PosturePath as PosturePath,
    forward_bend as forward_bend,
    front_split as front_split,
    passive_knee_extension as passive_knee_extension,
    sit_and_reach as sit_and_reach,
    straight_leg_raise as straight_leg_raise,
)
from .slopes import slope as slope
from .subject import Subject as Subject, require_subject as require_subject
from .supine import FreePelvis as FreePelvis, StiffeningJoints as StiffeningJoints
from .tolerance import Tolerance as Tolerance
