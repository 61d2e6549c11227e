import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One place where apt gets Debian from. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** The value of Signed-By as it stands: a path, a fingerprint, or a key over several lines. */
  readonly signedBy: string | undefined;
}

/** The Debian archive that this machine's apt is configured for; undefined when there is none (Ubuntu, Fedora …). */
export async function findDebianSource(folder = '/etc/apt'): Promise<AptSource | undefined> {
  const parts = join(folder, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort().map(name => join(parts, name));
  const files = [join(folder, 'sources.list'), ...names].filter(name => /\.(list|sources)$/.test(name));
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8').catch(() => '')));
  return texts
    .flatMap((text, at) => (files[at]?.endsWith('.list') ? parseList(text) : parseDeb822(text)))
    .find(isDebian);
}

/** The binary-package sources of a one-line-style file (sources.list(5)): `deb [options] uri suite component …`. */
export function parseList(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1];
    return [{ uri, suites: [suite], components: words(components), signedBy }];
  });
}

/** The enabled binary-package sources of a deb822-style file (sources.list(5)); one for each address of a stanza. */
export function parseDeb822(text: string): AptSource[] {
  const stanzas = text.replaceAll(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return stanzas.flatMap(stanza => {
    const fields = parseFields(stanza);
    const off = /^(no|false|off|without|disable|0)$/i.test(fields.get('enabled') ?? '');
    if (off || !words(fields.get('types')).includes('deb')) return [];
    const suites = words(fields.get('suites'));
    const components = words(fields.get('components'));
    const signedBy = fields.get('signed-by');
    return words(fields.get('uris')).map(uri => ({ uri, suites, components, signedBy }));
  });
}

/** The main archive, told by its address (`…/debian`) or its keyring; the archive of security fixes has no sid. */
function isDebian({ uri, suites, components, signedBy }: AptSource): boolean {
  const named = /\/debian(\/|\.list$|$)/.test(uri) || /\/archive\/debian\//.test(uri);
  const signed = signedBy === undefined || /debian-archive|BEGIN PGP/.test(signedBy);
  return named && signed && components.includes('main') && !suites.some(suite => /security/.test(suite));
}

/** Fields of one stanza; a line that begins with a blank goes on with the field before. */
function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of stanza.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm)) {
    fields.set(name.toLowerCase(), value.trimEnd());
  }
  return fields;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}
