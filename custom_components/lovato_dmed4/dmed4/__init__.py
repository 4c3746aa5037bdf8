"""The LOVATO DMED4 energy meter, without Home Assistant."""
