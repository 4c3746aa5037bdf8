"""What the integration costs, measured against Home Assistant's own Modbus integration."""
