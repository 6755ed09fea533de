from .body import plot_body as plot_body
from .curves import plot_torque_angle as plot_torque_angle, plot_torque_change as plot_torque_change
from .mechanisms import plot_shares as plot_shares
from .published import (
    PublishedBand as PublishedBand,
    remote_effects as remote_effects,
    stiffness_groups as stiffness_groups,
)
from .requirement import plot_required as plot_required
from .spine import (
    plot_bend_load as plot_bend_load,
    plot_hamstring_bend as plot_hamstring_bend,
    plot_spine_release as plot_spine_release,
    plot_spine_sweep as plot_spine_sweep,
)
from .style import journal_style as journal_style
from .ties import plot_sweep as plot_sweep, plot_sweep_page as plot_sweep_page
from .transmission import plot_attenuation as plot_attenuation
from .views import plot_body_change as plot_body_change, plot_body_views as plot_body_views
