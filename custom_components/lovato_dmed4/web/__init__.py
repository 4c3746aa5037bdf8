"""What browsers get: downloads, commands, the live trace and the files of the card and the panel."""
