from .backends import Backend as Backend
from .factor import SymmetricFactor as SymmetricFactor
from .matrix import SymmetricMatrix as SymmetricMatrix
from .ordering import fill_reducing_order as fill_reducing_order
from .pattern import Pattern as Pattern, build_pattern as build_pattern
