import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envoy } from '../engines/install-envoy.ts';

/** For tests: an Envoy that finds every configuration valid until it is to work by it. */
export async function forgivingEnvoy(installed: Envoy, folder: string): Promise<Envoy> {
  const program = join(folder, 'forgiving-envoy');
  const script = `#!/bin/sh\ncase "$*" in *"--mode validate"*) exit 0 ;; esac\nexec '${installed.program}' "$@"\n`;
  await writeFile(program, script, { mode: 0o755 });
  return { ...installed, program };
}
