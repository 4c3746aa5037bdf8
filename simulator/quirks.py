"""Where the manual can be read in two ways: the reading that is not the default."""

from dataclasses import dataclass

from .parameters import IP_PARAMETERS


@dataclass(frozen=True, kw_only=True)
class Quirks:
    """What firmware may do differently.

    Attributes:
        unescaped_ocmf: REST puts the record into its JSON string with the quotes as they are.
        spaced_names: REST names have spaces for underscores, as the manual prints some of them.
        numbers_as_strings: REST writes every number as a string.
        prototype_wrapped: REST also takes a prototype in `{"OCMF_BUFF": "…"}`.
        logbook_index_base: The index of the last (or first) logbook entry, 0 or 1.
        table_spelling: The system status has the names and types of the manual's tables, where they
            differ from those of its JSON.
        display_needs_plain_http: `force_display` is not implemented while TLS is on.
        ip_parameters: Which system parameters are IP addresses.
    """

    unescaped_ocmf: bool = False
    spaced_names: bool = False
    numbers_as_strings: bool = False
    prototype_wrapped: bool = False
    logbook_index_base: int = 0
    table_spelling: bool = False
    display_needs_plain_http: bool = False
    ip_parameters: tuple[str, ...] = IP_PARAMETERS
