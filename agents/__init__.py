"""The work of Marsad: one package per stage. `agent.py` alone in each knows Faust; the rest is pure."""
