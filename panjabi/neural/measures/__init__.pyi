from .agreement import variance_accounted_for as variance_accounted_for
from .delay_embedding import Embedding as Embedding, embedding as embedding
from .divergence import Lyapunov as Lyapunov, lyapunov as lyapunov
from .onset import Latency as Latency, latency as latency
from .share import ReflexShare as ReflexShare, reflex_share as reflex_share
from .stabilogram import Diffusion as Diffusion, Sway as Sway, diffusion as diffusion, sway as sway
