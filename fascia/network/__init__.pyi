from .build import superficial_back_line as superficial_back_line, whole_body as whole_body
from .convert import from_networkx as from_networkx, to_networkx as to_networkx
from .files import load as load, save as save
from .model import TensionNetwork as TensionNetwork
from .parts import Line as Line, Node as Node, Strand as Strand
from .segments import Segment as Segment
