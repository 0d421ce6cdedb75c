"""台账: the registers, their entries and figures, and the lists the city fills itself."""
