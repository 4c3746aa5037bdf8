import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveWatch, type Sample } from "../../src/common/live-watch";
import { FakeConnection, METER } from "./hass";

const SAMPLE: Sample = { time: 1, voltage: 400, current: 100, power: 40 };

describe("watching a meter", () => {
  let connection: FakeConnection;
  let samples: Sample[];
  let watch: LiveWatch;

  beforeEach(() => {
    vi.useFakeTimers();
    connection = new FakeConnection();
    samples = [];
    watch = new LiveWatch(connection, METER, (sample) => samples.push(sample));
    watch.start();
  });

  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });

  async function accepted(): Promise<void> {
    connection.newest.accept();
    await vi.advanceTimersByTimeAsync(0);
  }

  it("subscribes by itself only, and tells samples", async () => {
    const { message, options } = connection.newest;
    expect(message).toEqual({ type: "lovato_dmed4/live/subscribe", device_id: METER });
    expect(options).toEqual({ resubscribe: false });
    await accepted();
    connection.newest.send(SAMPLE);
    connection.newest.send({ time: 2 }); // a sign of life
    expect(samples).toEqual([SAMPLE]);
    watch.start();
    expect(connection.subscriptions).toHaveLength(1);
  });

  it("stops", async () => {
    await accepted();
    const { unsubscribe, send } = connection.newest;
    watch.stop();
    watch.stop();
    expect(unsubscribe).toHaveBeenCalledOnce();
    send(SAMPLE);
    expect(samples).toEqual([]);
    expect(connection.listeners).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    connection.comeBack();
    expect(connection.subscriptions).toHaveLength(1);
  });

  it("gives a subscription back that is accepted after the stop", async () => {
    watch.stop();
    await accepted();
    expect(connection.newest.unsubscribe).toHaveBeenCalledOnce();
  });

  it("does not mind when a subscription is not known any more", async () => {
    await accepted();
    connection.newest.unsubscribe.mockRejectedValue({ code: "not_found" });
    watch.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.newest.unsubscribe).toHaveBeenCalledOnce();
  });

  it("subscribes again as soon as its time is over", async () => {
    await accepted();
    const first = connection.newest;
    first.send({ ended: true });
    expect(connection.subscriptions).toHaveLength(2);
    expect(first.unsubscribe).toHaveBeenCalledOnce();
    await accepted();
    first.send(SAMPLE); // too late
    connection.newest.send({ ...SAMPLE, time: 2 });
    expect(samples.map(({ time }) => time)).toEqual([2]);
  });

  it("notices that a stream is frozen", async () => {
    await accepted();
    for (let second = 0; second < 30; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      connection.newest.send(second % 2 ? SAMPLE : { time: second });
    }
    expect(connection.subscriptions).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.subscriptions).toHaveLength(2);
    expect(connection.subscriptions[0]?.unsubscribe).toHaveBeenCalledOnce();
  });

  it("notices that nobody answers at all", async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.subscriptions).toHaveLength(2);
    await accepted();
    connection.newest.send(SAMPLE);
    expect(samples).toHaveLength(1);
  });

  it("tries again, more and more seldom, while the command is not known", async () => {
    const pauses = [500, 1000, 2000, 4000, 5000, 5000];
    for (const pause of pauses) {
      connection.newest.refuse({ code: "unknown_command" });
      const count = connection.subscriptions.length;
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(connection.subscriptions).toHaveLength(count);
      await vi.advanceTimersByTimeAsync(1);
      expect(connection.subscriptions).toHaveLength(count + 1);
    }
    await accepted();
    connection.newest.send(SAMPLE);
    expect(samples).toHaveLength(1);
    // And from the beginning the next time.
    connection.newest.send({ ended: true });
    connection.newest.refuse({ code: "not_found" });
    const count = connection.subscriptions.length;
    await vi.advanceTimersByTimeAsync(500);
    expect(connection.subscriptions).toHaveLength(count + 1);
  });

  it("leaves it at that when it is not allowed, until somebody else may be logged in", async () => {
    connection.newest.refuse({ code: "unauthorized" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.subscriptions).toHaveLength(1);
    connection.lose();
    connection.comeBack();
    expect(connection.subscriptions).toHaveLength(2);
  });

  it("never unsubscribes on a connection what belonged to another", async () => {
    await accepted();
    const first = connection.newest;
    connection.lose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.subscriptions).toHaveLength(1);
    connection.comeBack();
    expect(connection.subscriptions).toHaveLength(2);
    await accepted();
    watch.stop();
    expect(first.unsubscribe).not.toHaveBeenCalled();
    expect(connection.newest.unsubscribe).toHaveBeenCalledOnce();
  });

  it("waits for a connection that is not there at the beginning", async () => {
    const later = new FakeConnection();
    later.connected = false;
    const other = new LiveWatch(later, METER, () => undefined);
    other.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(later.subscriptions).toHaveLength(0);
    later.comeBack();
    expect(later.subscriptions).toHaveLength(1);
    other.stop();
  });
});
