"""The meter without Home Assistant, over real sockets."""
