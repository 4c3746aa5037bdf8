"""What the tests use of the pytest plugin for custom integrations, which has no types."""

from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_mock_service,
    async_test_home_assistant,
    get_system_health_info,
    snapshot_platform,
)
from pytest_homeassistant_custom_component.components.diagnostics import (  # type: ignore[import-untyped]
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.components.recorder.common import (  # type: ignore[import-untyped]
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension  # type: ignore[import-untyped]
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator  # type: ignore[import-untyped]

__all__ = [
    "ClientSessionGenerator",
    "HomeAssistantSnapshotExtension",
    "MockConfigEntry",
    "MockUser",
    "WebSocketGenerator",
    "async_capture_events",
    "async_mock_service",
    "async_test_home_assistant",
    "async_wait_recording_done",
    "do_adhoc_statistics",
    "get_diagnostics_for_config_entry",
    "get_system_health_info",
    "snapshot_platform",
]
