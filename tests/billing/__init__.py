"""Tests of drivers, prices and costs."""
