# Home Assistant serves `voluptuous` through probatio; the type checker has to see the same.
from probatio import *
