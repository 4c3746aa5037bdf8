import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests/browser",
  outputDir: "test-results",
  // Each worker has a Home Assistant with meters of its own, and a browser. Files come in the order of their names:
  // those whose meters have a past need a new Home Assistant and come first; the others take over the one they find.
  workers: 2,
  projects: [
    { name: "tests", testMatch: "*.spec.ts" },
    { name: "pictures", testMatch: "pictures.ts" },
    { name: "measure", testMatch: "measure.ts" },
  ],
  // They end what hangs; what is slow on a busy machine has all the time that it needs.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Rome",
    viewport: { width: 1280, height: 900 },
    serviceWorkers: "block",
    screenshot: "only-on-failure",
    launchOptions: {
      // The system's browser: nothing is downloaded for the tests.
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        // No page lives long enough for it to pay to compile its scripts better, or to tidy up often.
        "--js-flags=--no-opt --no-maglev --min-semi-space-size=16 --max-semi-space-size=32",
        // Nothing but this machine can be reached, whatever the page wants.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
      ],
    },
  },
});
