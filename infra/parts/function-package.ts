import { readFileSync, readdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { zipOf } from './zip.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * A module of ours and every module of ours that it imports, as a zip for AWS Lambda, in the folders of the repository.
 * Types become blanks, and imports say `.mjs`: Lambda looks for its handler in no file that ends otherwise. Of packages
 * those are in it that are named, with what they need; Lambda brings the SDK.
 */
export function packageFunction(entry: string, packages: readonly string[] = []): Buffer {
  const files = filesOfPackages(packages);
  const waiting = [entry];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    const name = asLambdaHasIt(module);
    if (files.has(name)) continue;
    const code = withoutTypes(readFileSync(join(root, module), 'utf8'));
    const imported = [...code.matchAll(ours)].map(([, path = '']) => path);
    waiting.push(...imported.map(path => posix.join(posix.dirname(module), path)));
    files.set(name, Buffer.from(code.replaceAll(ours, from => asLambdaHasIt(from))));
  }
  return zipOf(files);
}

/** What Node loads of packages and of what they depend on: code and tables, no types, maps or sources. */
function filesOfPackages(packages: readonly string[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const waiting = [...packages];
  const known = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (known.has(name) || name.startsWith('@types/')) continue;
    known.add(name);
    const folder = join('node_modules', name);
    const description = readFileSync(join(root, folder, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(description) as { dependencies?: Record<string, string> };
    waiting.push(...Object.keys(dependencies));
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!loaded.test(path) || unneeded.test(path)) continue;
      files.set(posix.join(folder, path), readFileSync(join(root, folder, path)));
    }
  }
  return files;
}

const loaded = /\.([cm]?js|json)$/;
/** Builds for browsers, and what makes a package or tries it. */
const unneeded = /^(src|etc|test)\b|\.(bundle|rn)\./;

/** An import from a module of ours. */
const ours = /(?<= from ')(\.\.?\/[\w./-]+\.ts)(?=';)/g;

function asLambdaHasIt(module: string): string {
  return module.replace(/\.ts$/, '.mjs');
}

/** Node says of each program that this is not finished; it is what Node runs this very file by. */
function withoutTypes(code: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}
