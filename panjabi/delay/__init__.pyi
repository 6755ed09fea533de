from . import integrate as integrate, roots as roots
