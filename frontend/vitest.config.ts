import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files that need a page ask for one: `@vitest-environment happy-dom`.
    environment: "node",
    include: ["tests/unit/**/*.test.ts"],
    // Wherever the tests run, it is the same time of day.
    env: { TZ: "Europe/Rome" },
  },
});
