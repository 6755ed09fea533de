from .table import everything as everything, predicts as predicts, validate as validate
