import { ParityError } from '../../domain/errors.ts';
import { parseRelease } from '../../domain/release.ts';
import { readEverything } from './read-everything.ts';
import { writeEverything } from './write-everything.ts';

/**
 * The neighbour contract as a program of its own, run from each release's own source: `main.ts write <folder> <release>`
 * leaves one of everything, `main.ts read <folder> <release>` prints what it cannot go on with:
 * `{ "faults": [{ "what": "link", "why": "…" }] }`.
 */
const [what, folder = '', release = ''] = process.argv.slice(2);

if (what === 'write') await writeEverything(folder, parseRelease(release));
else if (what === 'read') {
  process.stdout.write(JSON.stringify({ faults: await readEverything(folder, parseRelease(release)) }));
} else throw new ParityError('invalid_request', 'Say write or read, a folder, and the release that this is.');
