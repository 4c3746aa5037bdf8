import { describe, expect, it } from "vitest";

import type { Reading, RecordResponse } from "../../src/common/actions";
import { summarise } from "../../src/common/record";

function response(changes: Partial<RecordResponse> = {}): RecordResponse {
  const reading = (value: string, transaction: string | null, time: string | null): Reading => ({
    time,
    transaction,
    value,
    unit: "kWh",
  });
  return {
    record: 'OCMF|{"IT":"ISO14443","ID":"04A2","TT":"0.45 EUR"}|{"SD":"00"}',
    record_url: "/api/lovato_dmed4/1/last_record.ocmf",
    verdict: "valid",
    signature: "valid",
    pagination: "T7",
    readings: [
      reading("100.100", "B", "2026-01-01T10:00:00+00:00"),
      reading("1", null, null),
      reading("0", null, null),
      reading("112.450", "E", "2026-01-01T11:00:00+00:00"),
      reading("1", null, null),
      reading("12.350", null, null),
    ],
    ...changes,
  };
}

describe("a record in short", () => {
  it("tells what, when, how much, who", () => {
    expect(summarise(response())).toEqual({
      kind: "end",
      time: new Date("2026-01-01T11:00:00Z"),
      energy: 12.35,
      verdict: "valid",
      pagination: "T7",
      downloads: [["OCMF", "/api/lovato_dmed4/1/last_record.ocmf"]],
      who: "04A2",
    });
  });

  it("names the driver before the identification", () => {
    expect(summarise(response({ driver: "Anna" })).who).toBe("Anna · 04A2");
    expect(summarise(response({ driver: null })).who).toBe("04A2");
  });

  it("of the archive is there in other formats as well", () => {
    const archived = { archived: true, record_url: "/api/lovato_dmed4/1/records/5.ocmf" };
    expect(summarise(response(archived)).downloads).toEqual([
      ["OCMF", "/api/lovato_dmed4/1/records/5.ocmf"],
      ["XML", "/api/lovato_dmed4/1/records/5.xml"],
    ]);
  });

  it.each([
    ["B", "begin"],
    ["C", "intermediate"],
    ["E", "end"],
    ["r", "end"],
    ["?", "intermediate"],
  ])("with transaction %s is of the kind %s", (transaction, kind) => {
    const { readings } = response();
    const changed = readings.map((one, place) => (place === 3 ? { ...one, transaction } : one));
    expect(summarise(response({ readings: changed })).kind).toBe(kind);
  });

  it("leaves out what it can't know", () => {
    const nothing = { readings: [], record: "no record", signature: "malformed", pagination: null };
    expect(summarise(response(nothing))).toMatchObject({
      time: null,
      energy: null,
      pagination: null,
      who: "",
    });
    const [first] = response().readings;
    expect(summarise(response({ readings: first ? [first] : [] }))).toMatchObject({
      kind: "begin",
      energy: null,
    });
    expect(summarise(response({ record: 'OCMF|{"ID":5}|{}' })).who).toBe("");
  });

  it("is counted in kWh", () => {
    const readings = response().readings.map((one) => ({ ...one, unit: "Wh" }));
    expect(summarise(response({ readings })).energy).toBe(0.01235);
    const odd = response().readings.map((one) => ({ ...one, unit: "MIN" }));
    expect(summarise(response({ readings: odd })).energy).toBe(null);
  });
});
