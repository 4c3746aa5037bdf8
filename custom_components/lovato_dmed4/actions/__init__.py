"""The actions: what automations and scripts can ask of a meter or a remote display."""
