"""What the specifications of others say of their objects, as JSON Schemas.

OCPI 2.2.1 has none of its own: this is its table of the CDR and of what is in it, with the corrected length
of `plain_data`. OCPP 2.0.1 publishes schemas: this is what the one of TransactionEventRequest says of what we
write. Nothing else is allowed in either.
"""

from typing import Any, Final

type Schema = dict[str, Any]


def _text(longest: int, shortest: int = 1) -> Schema:
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


_TIME: Final = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z?$",
    "maxLength": 25,
}
_NUMBER: Final = {"type": "number"}
_COUNTRY: Final = {"type": "string", "pattern": "^[A-Z]{2}$"}
_PARTY: Final = {"type": "string", "pattern": "^[A-Z0-9]{3}$"}
_BASE64: Final = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_PRICE: Final = _object({"excl_vat": _NUMBER}, {"incl_vat": _NUMBER})

CDR: Final = _object(
    {
        "country_code": _COUNTRY,
        "party_id": _PARTY,
        # One more than for what is credited.
        "id": _text(36),
        "start_date_time": _TIME,
        "end_date_time": _TIME,
        "cdr_token": _object(
            {
                "country_code": _COUNTRY,
                "party_id": _PARTY,
                "uid": _text(36),
                "type": _one_of("AD_HOC_USER", "APP_USER", "OTHER", "RFID"),
                "contract_id": _text(36),
            }
        ),
        "auth_method": _one_of("AUTH_REQUEST", "COMMAND", "WHITELIST"),
        "cdr_location": _object(
            {
                "id": _text(36),
                "address": _text(45),
                "city": _text(45),
                "country": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "coordinates": _object(
                    {
                        "latitude": {"type": "string", "pattern": r"^-?\d{1,2}\.\d{5,7}$"},
                        "longitude": {"type": "string", "pattern": r"^-?\d{1,3}\.\d{5,7}$"},
                    }
                ),
                "evse_uid": _text(36),
                "evse_id": _text(48),
                "connector_id": _text(36),
                "connector_standard": _one_of("CHADEMO", "IEC_62196_T2_COMBO"),
                "connector_format": _one_of("CABLE", "SOCKET"),
                "connector_power_type": _one_of("DC"),
            },
            {"name": _text(255), "postal_code": _text(10)},
        ),
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "charging_periods": _list(
            _object(
                {
                    "start_date_time": _TIME,
                    "dimensions": _list(
                        _object(
                            {
                                # The others are for running sessions.
                                "type": _one_of(
                                    *("ENERGY", "MAX_CURRENT", "MIN_CURRENT", "MAX_POWER"),
                                    *("MIN_POWER", "PARKING_TIME", "RESERVATION_TIME", "TIME"),
                                ),
                                "volume": _NUMBER,
                            }
                        )
                    ),
                },
                {"tariff_id": _text(36)},
            )
        ),
        "total_cost": _PRICE,
        "total_energy": _NUMBER,
        "total_time": _NUMBER,
        "last_updated": _TIME,
    },
    {
        "session_id": _text(36),
        "meter_id": _text(255),
        "remark": _text(255),
        "signed_data": _object(
            {
                "encoding_method": _text(36),
                "signed_values": _list(
                    _object(
                        {
                            "nature": _one_of("Start", "Intermediate", "End"),
                            "plain_data": _text(5000),
                            "signed_data": _text(5000) | {"pattern": _BASE64},
                        }
                    )
                ),
            },
            {
                "encoding_method_version": {"type": "integer"},
                "public_key": _text(512) | {"pattern": _BASE64},
                "url": _text(255),
            },
        ),
    },
)

_SAMPLE: Final = _object(
    {"value": _NUMBER},
    {
        "context": _one_of(
            *("Interruption.Begin", "Interruption.End", "Other", "Sample.Clock"),
            *("Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger"),
        ),
        "measurand": _one_of("Energy.Active.Export.Register", "Energy.Active.Import.Register"),
        "unitOfMeasure": _object({}, {"unit": _text(20), "multiplier": {"type": "integer"}}),
        "signedMeterValue": _object(
            {
                "signedMeterData": _text(2500) | {"pattern": _BASE64},
                "signingMethod": _text(50),
                "encodingMethod": _text(50),
                "publicKey": _text(2500) | {"pattern": _BASE64},
            }
        ),
    },
)

TRANSACTION_EVENT: Final = _object(
    {
        "eventType": _one_of("Ended", "Started", "Updated"),
        "timestamp": _TIME,
        "triggerReason": _one_of("SignedDataReceived"),
        "seqNo": {"type": "integer", "minimum": 0},
        "transactionInfo": _object(
            {"transactionId": _text(36)},
            {"stoppedReason": _one_of("PowerLoss", "Other", "Remote", "Local")},
        ),
    },
    {
        "offline": {"type": "boolean"},
        "meterValue": _list(_object({"timestamp": _TIME, "sampledValue": _list(_SAMPLE)})),
        "idToken": _object(
            {
                "idToken": _text(36),
                "type": _one_of(
                    *("Central", "eMAID", "ISO14443", "ISO15693"),
                    *("KeyCode", "Local", "MacAddress", "NoAuthorization"),
                ),
            }
        ),
    },
)
