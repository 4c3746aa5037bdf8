// Bundle the sources into the integration's folder; with --check, see whether that would change it.
import { build, transform } from "esbuild";
import { readFile, readdir, rm, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";

const OUT = new URL("../custom_components/lovato_dmed4/frontend/", import.meta.url).pathname;
const ENTRIES = ["card", "loader", "panel"];

// How large each of them may be, in bytes, compressed.
const LIMITS = { card: 16_645, panel: 60 * 1024 };

const OWN_NAMES = /^_[a-z][A-Za-z]+$/;

// Home Assistant's web server sends these in place of a file to browsers that understand them: gzip
// is for all, Brotli for encrypted connections only.
const PACKED = {
  br: { pack: brotliCompressSync, unpack: brotliDecompressSync },
  gz: { pack: (content) => gzipSync(content, { level: 9 }), unpack: gunzipSync },
};

// The oldest that know all that is used here (docs/card-and-panel.md).
const BROWSERS = ["chrome111", "edge111", "firefox113", "safari16.4"];

// The style sheets as short as they can be, and templates without their indentation, which means
// nothing and would be a tenth of what browsers load.
const shorten = {
  name: "shorten",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const sheets = [...source.matchAll(/css`(\n[^`]*)`/g)].map(([, sheet]) => sheet);
      let contents = source;
      for (const sheet of sheets) contents = contents.replace(sheet, await shortened(sheet));
      return { contents: contents.replace(/\n\s+/g, "\n"), loader: "ts" };
    });
  },
};

async function shortened(sheet) {
  const values = [];
  const plain = sheet.replace(/\$\{\w+\}/g, (value) => `value-${values.push(value) - 1}`);
  const { code } = await transform(plain, { loader: "css", minify: true, target: BROWSERS });
  return code.trim().replace(/value-(\d+)/g, (_, place) => values[place]);
}

// What the panel compares with what the server says, to notice that it is older.
const manifest = JSON.parse(await readFile(new URL("../manifest.json", `file://${OUT}`), "utf8"));

const { outputFiles } = await build({
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  absWorkingDir: import.meta.dirname,
  outdir: OUT,
  write: false,
  bundle: true,
  plugins: [shorten],
  minify: true,
  // Names that only our own elements use. A text that is one of them is marked as /* @__KEY__ */.
  mangleProps: OWN_NAMES,
  format: "esm",
  target: BROWSERS,
  charset: "utf8",
  legalComments: "none",
  // Fixed names: what makes an address new is the folder's, which Home Assistant is told (web/frontend.py).
  // Each file holds all that it needs: a chunk that both share would be another request for every
  // dashboard, and compresses so much worse that the card would be 5 % larger.
  entryNames: "[name]",
  banner: { js: "/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */" },
  // The loader must not bundle the card, nor find it at build time.
  external: ["./card.js"],
  define: { VERSION: JSON.stringify(manifest.version) },
});

const built = new Map(outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]));
const problems = [];
for (const [name, limit] of Object.entries(LIMITS)) {
  const size = brotliCompressSync(built.get(`${name}.js`)).length;
  process.stdout.write(`${name}: ${size} of ${limit} bytes, compressed\n`);
  if (size > limit) problems.push(`${name} is too big`);
}

// A text that was not renamed with the property that it names is never found.
for (const [name, content] of built)
  for (const [, text] of String(content).matchAll(/["'`](\w+)["'`]/g))
    if (OWN_NAMES.test(text))
      problems.push(`${name} names "${text}", which is called otherwise now`);

if (process.argv.includes("--check")) await check();
else await write();

async function check() {
  const there = new Set(await readdir(OUT).catch(() => []));
  for (const [name, content] of built) {
    await checkFile(there, name, content, (found) => found);
    // What a compressor writes differs from version to version, but not what comes out of it again.
    for (const [ending, { unpack }] of Object.entries(PACKED))
      await checkFile(there, `${name}.${ending}`, content, unpack);
  }
  problems.push(...[...there].map((name) => `${name} is not built from any source`));
}

async function checkFile(there, name, content, unpack) {
  if (!there.delete(name)) problems.push(`${name} is missing`);
  else if (!content.equals(unpack(await readFile(join(OUT, name)))))
    problems.push(`${name} differs`);
}

async function write() {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  for (const [name, content] of built) {
    await writeFile(join(OUT, name), content);
    for (const [ending, { pack }] of Object.entries(PACKED))
      await writeFile(join(OUT, `${name}.${ending}`), pack(content));
  }
}

for (const problem of problems) process.stderr.write(`The built files are wrong: ${problem}\n`);
if (problems.length) {
  process.stderr.write("Run `npm run build` in frontend/ and commit what it writes.\n");
  process.exitCode = 1;
}
