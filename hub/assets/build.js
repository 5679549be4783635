/* Bundle scripts, styles, fonts and the icons that templates name into the hub's static folder, with hashed names. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const hub = join(here, "..", "samut_hub");
const dist = join(hub, "web", "static", "dist");
const { resolve } = createRequire(import.meta.url);

function iconsNamed() {
  const names = new Set();
  for (const file of readdirSync(hub, { recursive: true })) {
    if (!file.includes("templates/") || !file.endsWith(".html")) continue;
    for (const [, name] of readFileSync(join(hub, file), "utf8").matchAll(/\bicon\(\s*"([a-z0-9-]+)"/g)) names.add(name);
  }
  for (const [, name] of readFileSync(join(hub, "web", "navigation.py"), "utf8").matchAll(/icon="([a-z0-9-]+)"/g)) names.add(name);
  return [...names].sort();
}

function symbol(name) {
  const [, filled] = name.match(/^(.*)-filled$/) ?? [];
  const file = filled ? `filled/${filled}.svg` : `outline/${name}.svg`;
  const drawing = readFileSync(resolve(`@tabler/icons/${file}`), "utf8").replace(/<!--[\s\S]*?-->/, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  const paths = drawing.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${paths}</symbol>`;
}

function sprite() {
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${iconsNamed().map(symbol).join("")}</svg>`;
  const name = `icons-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.svg`;
  writeFileSync(join(dist, name), text);
  return name;
}

mkdirSync(dist, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/app.js", "src/app.css"],
  bundle: true,
  minify: true,
  target: ["chrome109", "firefox115", "safari16"],
  outdir: dist,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "empty", ".svg": "dataurl" },
  metafile: true,
  logLevel: "warning",
});
const manifest = { "icons.svg": sprite() };
for (const [file, { entryPoint }] of Object.entries(metafile.outputs))
  if (entryPoint) manifest[basename(entryPoint)] = basename(file);

/* A hub that runs goes on with the files it knows, so what the manifest no longer names stays for a day. */
writeFileSync(join(dist, "manifest.new"), JSON.stringify(manifest, null, 1));
renameSync(join(dist, "manifest.new"), join(dist, "manifest.json"));
const kept = new Set(["manifest.json", manifest["icons.svg"], ...Object.keys(metafile.outputs).map((file) => basename(file))]);
const isOld = (file) => Date.now() - statSync(join(dist, file)).mtimeMs > 24 * 3600 * 1000;
for (const file of readdirSync(dist)) if (!kept.has(file) && isOld(file)) rmSync(join(dist, file));
