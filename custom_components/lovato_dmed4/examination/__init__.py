"""The first hour at a real meter: ask it for everything, name its readings of the manual, save it all.

Imports nothing of Home Assistant: an action and the explorer on the command line both come here.
"""
