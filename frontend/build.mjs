// Bundle the sources into the integration's folder; with --check, see whether that would change it.
import { build } from "esbuild";
import { readFile, readdir, rm, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const OUT = new URL("../custom_components/lovato_dmed4/frontend/", import.meta.url).pathname;
const ENTRIES = ["card", "loader", "panel"];

// The first load of card and panel together, compressed, may be this big.
const LIMIT = 35 * 1024;

// Indentation means nothing, not in templates either, but would be a tenth of what browsers load.
const unindent = {
  name: "unindent",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/\n\s+/g, "\n"),
      loader: "ts",
    }));
  },
};

// What the panel compares with what the server says, to notice that it is older.
const manifest = JSON.parse(await readFile(new URL("../manifest.json", `file://${OUT}`), "utf8"));

const { outputFiles } = await build({
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  absWorkingDir: import.meta.dirname,
  outdir: OUT,
  write: false,
  bundle: true,
  splitting: true,
  plugins: [unindent],
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  // Fixed names: what makes an address new is the folder's, which Home Assistant is told (web/frontend.py).
  // All that entries share is one chunk; a second one would have the same name, which is an error.
  entryNames: "[name]",
  chunkNames: "shared",
  banner: { js: "/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */" },
  // The loader must not bundle the card, nor find it at build time.
  external: ["./card.js"],
  define: { VERSION: JSON.stringify(manifest.version) },
});

const built = new Map(outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
const size = [...built.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
const problems = [];
if (size > LIMIT) problems.push(`${size} bytes compressed, more than ${LIMIT}`);

if (process.argv.includes("--check")) {
  const there = new Set(await readdir(OUT).catch(() => []));
  for (const [name, content] of built) {
    if (!there.delete(name)) problems.push(`${name} is missing`);
    else if (!content.equals(await readFile(join(OUT, name)))) problems.push(`${name} differs`);
  }
  problems.push(...[...there].map((name) => `${name} is not built from any source`));
} else {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  for (const [name, content] of built) await writeFile(join(OUT, name), content);
}

for (const [name, content] of built) {
  process.stdout.write(
    `${name}: ${content.length} bytes, ${gzipSync(content).length} compressed\n`,
  );
}
process.stdout.write(`all: ${size} compressed\n`);
for (const problem of problems) process.stderr.write(`The built files are wrong: ${problem}\n`);
if (problems.length) {
  process.stderr.write("Run `npm run build` in frontend/ and commit what it writes.\n");
  process.exitCode = 1;
}
