"""The models of the family that measure (manual: supported functions; system_status)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """One model.

    Attributes:
        name: Printed name; R after the first digits is bidirectional, D is one direction.
        slave_id: Model code in the answer to Modbus function 0x11. R and D share it.
        rest_code: `model_code` of the REST API; the manual gives none to the DMED403.
        rated_current: In A.
    """

    name: str
    slave_id: int
    rest_code: int | None
    rated_current: int

    @property
    def bidirectional(self) -> bool:
        """Whether energy may also flow out of the vehicle."""
        return self.name[7] == "R"


MODELS = {
    model.name: model
    for model in (
        Model("DMED404R1500", 0x4A, 0, 1500),
        Model("DMED404R0600", 0x48, 1, 600),
        Model("DMED404R0400", 0x47, 2, 400),
        Model("DMED404R0150", 0x46, 3, 150),
        Model("DMED404D1500", 0x4A, 4, 1500),
        Model("DMED404D0600", 0x48, 5, 600),
        Model("DMED404D0400", 0x47, 6, 400),
        Model("DMED404D0150", 0x46, 7, 150),
        Model("DMED403R1500", 0x45, None, 1500),
        Model("DMED403R0600", 0x43, None, 600),
        Model("DMED403R0400", 0x42, None, 400),
        Model("DMED403R0150", 0x41, None, 150),
        Model("DMED403D1500", 0x45, None, 1500),
        Model("DMED403D0600", 0x43, None, 600),
        Model("DMED403D0400", 0x42, None, 400),
        Model("DMED403D0150", 0x41, None, 150),
    )
}
