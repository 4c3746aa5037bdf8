/** A slot of the trace: what was measured in one step of time. */
interface Slot {
  min: number;
  max: number;
  last: number;
}

export interface Point {
  /** Place in the window, from 0 (oldest) to 1 (now). */
  readonly x: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
}

/**
 * The measures of the last minutes in slots of equal length: however fast they come, what has to be
 * drawn and kept stays the same.
 */
export class TraceBuffer {
  readonly #slots = new Map<number, Slot>();
  readonly #step: number;

  /**
   * @param seconds how much of the past is kept
   * @param count in how many slots
   */
  constructor(
    readonly seconds: number,
    count: number,
  ) {
    this.#step = seconds / count;
  }

  add(time: number, value: number): void {
    const place = Math.floor(time / this.#step);
    const slot = this.#slots.get(place);
    if (slot) {
      slot.min = Math.min(slot.min, value);
      slot.max = Math.max(slot.max, value);
      slot.last = value;
    } else {
      this.#slots.set(place, { min: value, max: value, last: value });
      this.#forget(time);
    }
  }

  /** Fill a span in which a value stayed the same, except where something was measured. */
  fill(from: number, to: number, value: number): void {
    const end = Math.ceil(to / this.#step);
    for (let place = Math.floor(from / this.#step); place < end; place += 1) {
      if (!this.#slots.has(place)) this.#slots.set(place, { min: value, max: value, last: value });
    }
  }

  clear(): void {
    this.#slots.clear();
  }

  #forget(now: number): void {
    const oldest = Math.floor((now - this.seconds) / this.#step) - 1;
    for (const place of this.#slots.keys()) if (place < oldest) this.#slots.delete(place);
  }

  /** Runs of neighbouring points up to now; where nothing came for longer, there is a gap. */
  runs(now: number, longestGap: number): Point[][] {
    const runs: Point[][] = [];
    let before = -Infinity;
    for (const place of [...this.#slots.keys()].sort((a, b) => a - b)) {
      const slot = this.#slots.get(place);
      const time = Math.min((place + 0.5) * this.#step, now);
      const x = 1 - (now - time) / this.seconds;
      if (!slot || x < -this.#step / this.seconds) continue;
      if (time - before > longestGap) runs.push([]);
      runs.at(-1)?.push({ x, ...slot });
      before = time;
    }
    return runs;
  }
}

/** A scale that holds all values and changes seldom: from a round number to a round number. */
export function scaleOf(runs: readonly Point[][]): { low: number; high: number } {
  let [low, high] = [0, 0];
  for (const { min, max } of runs.flat()) [low, high] = [Math.min(low, min), Math.max(high, max)];
  return { low: -round(-low), high: Math.max(round(high), low < 0 ? 0 : 1) };
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number a little above the value. */
function round(value: number): number {
  if (value <= 0) return 0;
  const wanted = value * 1.1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = ROUND.find((one) => one * power >= wanted) ?? 10;
  return digit * power;
}
