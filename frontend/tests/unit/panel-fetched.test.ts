// @vitest-environment happy-dom
import { LitElement } from "lit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { HomeAssistant } from "../../src/common/hass";
import { Fetched } from "../../src/panel/fetched";
import { fakeHass } from "./hass";

class Host extends LitElement {}
customElements.define("fetched-host", Host);

let host: Host;
let fetched: Fetched<string>;

const answering = (...answers: Promise<string>[]): HomeAssistant => {
  const callWS = vi.fn();
  for (const answer of answers) callWS.mockReturnValueOnce(answer);
  return fakeHass({}, { callWS });
};

beforeEach(() => {
  vi.useFakeTimers();
  host = new Host();
  fetched = new Fetched(host);
});

afterEach(() => {
  vi.useRealTimers();
});

it("keeps what came, and shows it also after an attempt that failed", async () => {
  const failing = Promise.reject(Object.assign(new Error(), { message: "no way" }));
  const hass = answering(Promise.resolve("first"), failing, Promise.resolve("third"));
  const first = fetched.load(hass, "some/command", { limit: 1 });
  expect(fetched.busy).toBe(true);
  await first;
  expect(hass.callWS).toHaveBeenCalledWith({ type: "lovato_dmed4/some/command", limit: 1 });
  expect([fetched.value, fetched.error, fetched.busy]).toEqual(["first", "", false]);
  await fetched.load(hass, "some/command");
  expect([fetched.value, fetched.error, fetched.busy]).toEqual(["first", "no way", false]);
  await fetched.load(hass, "some/command");
  expect([fetched.value, fetched.error]).toEqual(["third", ""]);
});

it("drops the answer to an older question", async () => {
  let late: (value: string) => void = () => undefined;
  const hass = answering(new Promise((resolve) => (late = resolve)), Promise.resolve("new"));
  const old = fetched.load(hass, "x");
  await fetched.load(hass, "x");
  late("old");
  await old;
  expect(fetched.value).toBe("new");
});

it("asks again while Home Assistant does not know the command yet", async () => {
  const unknown = Promise.reject(Object.assign(new Error(), { code: "unknown_command" }));
  const hass = answering(unknown, Promise.resolve("there"));
  await fetched.load(hass, "x");
  expect([fetched.value, fetched.error, fetched.busy]).toEqual([undefined, "", true]);
  await vi.advanceTimersByTimeAsync(1000);
  expect([fetched.value, fetched.busy]).toEqual(["there", false]);
});

it("does not ask again when the page is left, or something else is wanted", async () => {
  for (const leave of ["hostDisconnected", "clear"] as const) {
    const unknown = Promise.reject(Object.assign(new Error(), { code: "unknown_command" }));
    const hass = answering(unknown);
    await fetched.load(hass, "x");
    fetched[leave]();
    await vi.advanceTimersByTimeAsync(5000);
    expect(hass.callWS).toHaveBeenCalledTimes(1);
  }
});
