from .directions import AXES as AXES, DIRECTIONS as DIRECTIONS, levels as levels
from .element import PassiveJoint as PassiveJoint
from .evidence import Evidence as Evidence, evidence_of as evidence_of
from .functional_unit import (
    FunctionalSpinalUnit as FunctionalSpinalUnit,
    stack as stack,
)
from .hysteresis import Hysteresis as Hysteresis
from .injury import (
    Loss as Loss,
    cut as cut,
    degenerated as degenerated,
    disc_rupture as disc_rupture,
    facetectomy as facetectomy,
    injured as injured,
    nucleus_removed as nucleus_removed,
    subfailure as subfailure,
    with_fixator as with_fixator,
    with_injuries as with_injuries,
    with_losses as with_losses,
)
from .laboratory import laboratory_fit as laboratory_fit
from .ligament import LigamentLaw as LigamentLaw, ligament_law as ligament_law
from .measured import (
    Measurement as Measurement,
    measured_neutral_zone as measured_neutral_zone,
    read_measurement as read_measurement,
)
from .neutral_zone import (
    ESTIMATORS as ESTIMATORS,
    NeutralZone as NeutralZone,
    NeutralZoneTest as NeutralZoneTest,
    WaitCurve as WaitCurve,
    neutral_zone_test as neutral_zone_test,
)
from .pelvis import Pelvis as Pelvis, SacroiliacJoint as SacroiliacJoint
from .preload import Stiffening as Stiffening
from .protocol import (
    Protocol as Protocol,
    Recording as Recording,
    cyclic_test as cyclic_test,
    driven_test as driven_test,
    laboratory_test as laboratory_test,
)
from .readings import (
    StructureReading as StructureReading,
    StructureSeries as StructureSeries,
    UnitReadings as UnitReadings,
    structure_series as structure_series,
    unit_readings as unit_readings,
)
from .ribs import with_rib_cage as with_rib_cage, without_rib_cage as without_rib_cage
from .sizing import (
    require_sized as require_sized,
    sized as sized,
    sized_for as sized_for,
    unit_length as unit_length,
)
from .standard import unit as unit
from .terms import PassiveTerm as PassiveTerm, Structure as Structure
