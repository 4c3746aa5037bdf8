import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { errorText, stateName, textsOf } from "../../src/common/texts";
import { INTEGRATION, fakeHass, localize, readTexts } from "./hass";

const SOURCES = join(import.meta.dirname, "../../src");

function leaves(node: unknown, path: readonly string[] = []): [string, string][] {
  if (typeof node === "string") return [[path.join("."), node]];
  return Object.entries(node as object).flatMap(([key, child]) => leaves(child, [...path, key]));
}

const textsIn = (language: string): Map<string, string> =>
  new Map(leaves(readTexts(language)["config_panel"]));

const LANGUAGES = readdirSync(join(INTEGRATION, "translations"))
  .map((file) => file.replace(".json", ""))
  .filter((language) => language !== "en");

/** The names of values in a text, whatever a plural makes of them. */
const placeholders = (text: string): string[] => {
  const plain = text.replace(/(=\d+|zero|one|two|few|many|other) \{/g, "");
  return [...new Set([...plain.matchAll(/\{(\w+)[},]/g)].map(([, name = ""]) => name))].sort();
};

describe("the texts of the browser side", () => {
  it("are all used", () => {
    const code = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(SOURCES, file), "utf8"))
      .join();
    const unused = [...textsIn("en").keys()].filter((key) => {
      // Those of what Home Assistant writes itself: statements, workbooks, statistics, Activity, reports.
      if (/^(activity|document|examination|statistic|table_word)\./.test(key)) return false;
      if (code.includes(`"${key}"`)) return false;
      // Those of which the code makes the last part of the key.
      return (
        !code.includes(`\`${key.replace(/[^.]+$/, "${")}`) &&
        !code.includes(`"${key.split(".", 1).join()}"`)
      );
    });
    expect(unused).toEqual([]);
  });

  it.each(LANGUAGES)("are complete in %s, with the same values", (language) => {
    const [english, others] = [textsIn("en"), textsIn(language)];
    expect([...others.keys()]).toEqual([...english.keys()]);
    for (const [key, text] of others)
      expect([key, placeholders(text)]).toEqual([key, placeholders(english.get(key) ?? "")]);
  });
});

describe("finding a text", () => {
  it("is not possible before they have come", () => {
    expect(textsOf(fakeHass({}, { localize: () => "" }))).toBe(undefined);
    expect(textsOf(fakeHass())?.("card.action.start")).toBe("Start charging");
  });

  it("falls back to the name that the meter gives", () => {
    const path = "binary_sensor.problem.state_attributes.errors";
    expect(stateName(fakeHass(), path, "sha_failed")).toBe("Signature: hash failed");
    expect(stateName(fakeHass(), path, "dword_1_bit_5")).toBe("Unknown error (dword 1, bit 5)");
    expect(stateName(fakeHass(), path, "bit_of_tomorrow")).toBe("bit_of_tomorrow");
  });
});

describe("what went wrong", () => {
  it("is said in the user's language", async () => {
    const error = {
      message: "in the server's",
      translation_domain: "lovato_dmed4",
      translation_key: "text_too_long",
      translation_placeholders: { field: "tariff_text", length: "300", limit: "90" },
    };
    expect(await errorText(fakeHass(), error)).toBe(
      "The field tariff_text is too long: it has 300 characters, but only 90 fit into the signed record.",
    );
  });

  it("is so the first time, too, when the texts are not there yet", async () => {
    const error = { translation_domain: "lovato_dmed4", translation_key: "no_cycle", message: "x" };
    const hass = fakeHass({}, { localize: () => "" });
    const loaded = { ...hass, loadBackendTranslation: () => Promise.resolve(localize) };
    expect(await errorText(loaded, error)).toBe(
      localize("component.lovato_dmed4.exceptions.no_cycle.message"),
    );
  });

  it("is what Home Assistant says where there is no translation", async () => {
    const error = { translation_domain: "other", translation_key: "x", message: "Went wrong" };
    expect(await errorText(fakeHass(), error)).toBe("Went wrong");
    expect(await errorText(fakeHass(), new Error("Broken"))).toBe("Broken");
  });

  it("is a lost connection where nothing is said", async () => {
    for (const error of [undefined, null, 3, { code: 3 }])
      expect(await errorText(fakeHass(), error)).toMatch(/^Home Assistant cannot be reached/);
  });
});
