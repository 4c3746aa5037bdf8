"""What only the tests in the browser need: a Home Assistant that takes orders, with a past."""
