"""The numbers of a charging meter."""

from homeassistant.const import Platform

from .conftest import Compare


async def test_entities(compare_with_snapshot: Compare) -> None:
    await compare_with_snapshot(Platform.NUMBER)
