from .calibration import (
    PassiveFit as PassiveFit,
    calibrate_passive as calibrate_passive,
    calibrate_tolerance as calibrate_tolerance,
    passive_fit as passive_fit,
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
from .fit_ridge import RidgePoint as RidgePoint, pelvic_ridge as pelvic_ridge
from .free_pelvis import FreePelvis as FreePelvis, StiffeningJoints as StiffeningJoints
from .held_stretch import HeldStretch as HeldStretch, hold as hold
from .passive_surface import (
    LegAngles as LegAngles,
    SurfaceGrid as SurfaceGrid,
    leg_posture as leg_posture,
    model_surface as model_surface,
    published_moments as published_moments,
    published_surface as published_surface,
)
from .paths import (
    CERVICAL_JOINTS as CERVICAL_JOINTS,
    LUMBAR_JOINTS as LUMBAR_JOINTS,
    THORACIC_JOINTS as THORACIC_JOINTS,
    PostureOptions as PostureOptions,
    PosturePath as PosturePath,
    ankle_and_neck as ankle_and_neck,
    forward_bend_path as forward_bend_path,
    front_split as front_split,
    joint_range as joint_range,
    linear_path as linear_path,
    other_side as other_side,
    passive_knee_extension as passive_knee_extension,
    posture_path as posture_path,
    sit_and_reach as sit_and_reach,
    spine_flexion as spine_flexion,
    straight_leg_raise as straight_leg_raise,
)
from .slopes import slope as slope
from .subject import Subject as Subject, require_subject as require_subject
from .tolerance import Tolerance as Tolerance
