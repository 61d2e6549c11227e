import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { zipOf } from './zip.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * A module of ours and every module of ours that it imports, as a zip for AWS Lambda, in the folders of the repository.
 * Types become blanks, and imports say `.mjs`: Lambda looks for its handler in no file that ends otherwise. What comes
 * from packages is not in it; Lambda brings the SDK.
 */
export function packageFunction(entry: string): Buffer {
  const files = new Map<string, Buffer>();
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
