import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';

const source = join('registry.terraform.io', 'hashicorp', 'aws');
const notLookedInto: ReadonlySet<string> = new Set([
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'node_modules',
  '.git',
  '.terraform',
]);

/** Where to look for a filesystem mirror: folders with how deep to go below each. */
export interface MirrorSearch {
  /** `TF_PROVIDER_MIRROR`: looked at first, and alone when set. */
  readonly given: string | undefined;
  readonly home: string | undefined;
  readonly root: string;
}

/**
 * The folder of a local mirror that holds the AWS provider: `TF_PROVIDER_MIRROR`, or one of Terraform's usual plugin
 * folders, or the first such folder at most four levels below the root.
 * @throws ParityError `engine_missing` when there is none.
 */
export function findProviderMirror({ given, home, root }: MirrorSearch): string {
  const places: readonly (readonly [string, number])[] =
    given !== undefined
      ? [[given, 0]]
      : [
          [join(home ?? root, '.terraform.d', 'plugins'), 0],
          [join(root, 'usr', 'local', 'share', 'terraform', 'plugins'), 0],
          [root, 3],
        ];
  for (const [place, depth] of places) {
    const found = mirrorBelow(place, depth);
    if (found !== undefined) return found;
  }
  throw new ParityError(
    'engine_missing',
    'No mirror of the AWS provider was found; name the folder that holds registry.terraform.io/hashicorp/aws in TF_PROVIDER_MIRROR.',
  );
}

function mirrorBelow(folder: string, depth: number): string | undefined {
  if (existsSync(join(folder, source))) return folder;
  if (depth === 0) return undefined;
  for (const name of foldersIn(folder)) {
    const found = notLookedInto.has(name) ? undefined : mirrorBelow(join(folder, name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The versions of the AWS provider that a mirror holds, unpacked. */
export function mirroredVersions(mirror: string): string[] {
  return foldersIn(join(mirror, source));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  } catch {
    // A folder that we may not read holds no mirror for us.
    return [];
  }
}

/** Terraform's own configuration that takes the AWS provider from `mirror` and everything else from where it always is. */
export function mirrorConfiguration(mirror: string): string {
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`;
}
