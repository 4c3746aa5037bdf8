import { describe, expect, it } from "vitest";

import { TraceBuffer, scaleOf } from "../../src/card/trace-buffer";

const GAP = 5;

function flat(buffer: TraceBuffer, now: number): number[][] {
  return buffer
    .runs(now, GAP)
    .flatMap((run) => run.map(({ x, last }) => [Math.round(x * 100), last]));
}

describe("the measures of the last minutes", () => {
  it("are in slots, the newest at the right", () => {
    const buffer = new TraceBuffer(100, 100);
    for (let time = 1000; time <= 1003; time += 0.1) buffer.add(time, Math.floor(time));
    expect(flat(buffer, 1003)).toEqual([
      [98, 1000],
      [99, 1001],
      [100, 1002],
    ]);
  });

  it("keep the extremes of a slot", () => {
    const buffer = new TraceBuffer(100, 100);
    for (const value of [3, 9, 1, 4]) buffer.add(1000.5, value);
    expect(buffer.runs(1001, GAP)).toEqual([
      [expect.objectContaining({ min: 1, max: 9, last: 4 })],
    ]);
  });

  it("move out at the left and are forgotten", () => {
    const buffer = new TraceBuffer(100, 100);
    buffer.add(1000, 7);
    expect(flat(buffer, 1050)).toEqual([[51, 7]]);
    expect(flat(buffer, 1100)).toEqual([[1, 7]]);
    expect(flat(buffer, 1102)).toEqual([]);
    for (let time = 1200; time < 5000; time += 0.5) buffer.add(time, 1);
    expect(flat(buffer, 5000).length).toBeLessThanOrEqual(102);
  });

  it("are broken where nothing came for longer", () => {
    const buffer = new TraceBuffer(100, 100);
    for (const time of [1000, 1003, 1006, 1020, 1021]) buffer.add(time, 1);
    expect(buffer.runs(1021, GAP).map((run) => run.length)).toEqual([3, 2]);
  });

  it("are filled in from history where nothing was measured", () => {
    const buffer = new TraceBuffer(100, 100);
    buffer.add(1005, 50);
    buffer.fill(1000, 1004, 10);
    buffer.fill(1004, 1008, 20);
    expect(flat(buffer, 1008).map(([, value]) => value)).toEqual([10, 10, 10, 10, 20, 50, 20, 20]);
    buffer.clear();
    expect(flat(buffer, 1008)).toEqual([]);
  });
});

describe("the scale", () => {
  const scale = (...values: number[]): { low: number; high: number } =>
    scaleOf([values.map((value) => ({ x: 0, min: value, max: value, last: value }))]);

  it.each([
    [[], 0, 1],
    [[0], 0, 1],
    [[0.4], 0, 1],
    [[1], 0, 1.2],
    [[62], 0, 80],
    [[122.8], 0, 150],
    [[1000], 0, 1200],
    [[-11, 40], -15, 50],
    [[-11], -15, 0],
  ])("of %j is from %d to %d", (values, low, high) => {
    const found = scale(...values);
    expect(found.low).toBeCloseTo(low);
    expect(found.high).toBeCloseTo(high);
  });
});
