// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

import { NOTHING, recall, remember } from "../../src/card/remembered";
import { isWritable } from "../../src/card/start-dialog";
import { METER } from "./hass";

const FIELDS = {
  driver_id: "",
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04A2B3C4",
  tariff_text: "0.45 EUR/kWh",
};

const stored = (): string =>
  Array.from({ length: localStorage.length }, (_, place) =>
    localStorage.getItem(localStorage.key(place) ?? ""),
  ).join();

describe("what was used last", () => {
  beforeEach(() => {
    localStorage.clear();
  });

  it("is nothing at first", () => {
    expect(recall(METER)).toEqual(NOTHING);
  });

  it("is kept for each meter, but not who it was", () => {
    remember(METER, { ...FIELDS, keepIdentification: false });
    expect(stored()).not.toContain("04A2B3C4");
    expect(recall(METER)).toEqual({
      ...FIELDS,
      identification_data: "",
      keepIdentification: false,
    });
    expect(recall("other")).toEqual(NOTHING);
  });

  it("is not which driver it was either", () => {
    remember(METER, { ...FIELDS, driver_id: "7", keepIdentification: false });
    expect(recall(METER).driver_id).toBe("");
    remember(METER, { ...FIELDS, driver_id: "7", keepIdentification: true });
    expect(recall(METER).driver_id).toBe("7");
  });

  it("is kept with who it was for who wants that, until they want it no more", () => {
    remember(METER, { ...FIELDS, keepIdentification: true });
    expect(recall(METER)).toEqual({ ...FIELDS, keepIdentification: true });
    expect(stored()).toContain("04A2B3C4");
    remember(METER, { ...FIELDS, keepIdentification: false });
    expect(stored()).not.toContain("04A2B3C4");
  });

  it("is nothing where it can't be understood or kept", () => {
    for (const text of ["{", "null", '{"tariff_text": 5, "keepIdentification": "yes"}']) {
      localStorage.setItem(`lovato_dmed4.start.${METER}`, text);
      expect(recall(METER)).toEqual(NOTHING);
    }
    const setItem = vi.fn(() => {
      throw new Error("full");
    });
    vi.stubGlobal("localStorage", { setItem });
    remember(METER, { ...FIELDS, keepIdentification: true });
    expect(setItem).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});

describe("what a record can hold", () => {
  it.each(["", "04A2B3C4", "0.45 EUR/kWh", '"quotes" {and} ~'])("is %j", (text) => {
    expect(isWritable(text)).toBe(true);
  });

  it.each(["a|b", "Tür", "€", "a\nb", "\u007f"])("is not %j", (text) => {
    expect(isWritable(text)).toBe(false);
  });
});
