from . import measures as measures
from .algebraic_spindle import (
    AlgebraicSpindle as AlgebraicSpindle,
    prochazka_gorassini_1998 as prochazka_gorassini_1998,
)
from .conduction import (
    KINDS as KINDS,
    Conduction as Conduction,
    default_delays as default_delays,
    sized_delay as sized_delay,
)
from .creep import (
    Creep as Creep,
    CreepEffect as CreepEffect,
    mcgill_brown_1992 as mcgill_brown_1992,
)
from .feedforward import (
    Anticipation as Anticipation,
    Commands as Commands,
    arm_raise as arm_raise,
    from_forces as from_forces,
)
from .loops import (
    Receptor as Receptor,
    ReflexLoop as ReflexLoop,
    delayed_by as delayed_by,
    homonymous as homonymous,
    scaled as scaled,
)
from .neck import cervicocollic as cervicocollic, vestibulocollic as vestibulocollic
from .noise import (
    MotorNoise as MotorNoise,
    NoisePath as NoisePath,
    SensoryNoise as SensoryNoise,
    band_limited as band_limited,
    stance_noise as stance_noise,
)
from .phenotype import (
    NeuralSystem as NeuralSystem,
    delay_phenotype as delay_phenotype,
    gain_phenotype as gain_phenotype,
    published_extra_delay as published_extra_delay,
)
from .spindle import Spindle as Spindle, mileusnic_2006 as mileusnic_2006
from .tendon_organ import TendonOrgan as TendonOrgan, standard_tendon_organ as standard_tendon_organ
from .vestibular import Canals as Canals
