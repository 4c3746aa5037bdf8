"""What the forms in the browser are made of, besides the set-up itself (`config_flow.py`)."""
