"""From signed energy to money: drivers, prices, costs, statements. Imports nothing of Home Assistant."""
