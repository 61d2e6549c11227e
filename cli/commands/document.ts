import type { Command } from 'commander';
import { z } from 'zod';
import { parseDocumentId } from '../../domain/document-id.ts';
import type { Cli } from '../cli.ts';
import { openPairApi } from '../pair-api.ts';

const examples = `
Example:
  $ ./parity document 0199b2f0-…       every step, when it was and who did it (cluster/release)`;

const event = z.looseObject({
  at: z.string(),
  what: z.string(),
  by: z.string(),
  note: z.string().optional(),
});
type Event = z.infer<typeof event>;
const ledger = z.object({ events: z.array(event) });
const trace = z.looseObject({
  ...ledger.shape,
  id: z.string(),
  owner: z.string(),
  name: z.string(),
  size: z.number(),
  sha256: z.string(),
  mediaType: z.string(),
  state: z.string(),
  spool: z.string(),
  vault: z.object({ file: z.string(), url: z.string().optional() }).optional(),
});
type Trace = z.infer<typeof trace>;

/** `parity document <id>` */
export function addDocument(program: Command, cli: Cli): void {
  program
    .command('document <id>')
    .description('everything known about a document, in order')
    .addHelpText('after', examples)
    .action(async (text: string) => {
      const id = parseDocumentId(text);
      const api = await openPairApi(cli, { user: 'parity-cli', roles: ['admin'] });
      const [stored, pushes] = await Promise.all([
        api.ask({ path: `/v1/admin/documents/${id}` }),
        api.ask({ path: `/v1/admin/notifications/${id}` }),
      ]);
      const document = trace.parse(stored.json);
      const events = inOrder([...document.events, ...ledger.parse(pushes.json).events]);
      const whole = { ...document, events };
      cli.show({ text: presentDocument(whole), json: whole });
    });
}

/** By time; what happened in one millisecond stays in the order in which it was told. */
function inOrder(events: readonly Event[]): Event[] {
  return events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** A document and its story for people. */
function presentDocument(document: Trace): string {
  const { id, owner, name, size, mediaType, sha256, state, spool, vault, events } = document;
  const wide = Math.max(...events.map(({ what }) => what.length));
  return [
    `${name}: ${state}`,
    `  id      ${id}`,
    `  owner   ${owner}`,
    `  bytes   ${size} (${mediaType}), SHA-256 ${sha256}`,
    `  spool   ${spool}`,
    `  vault   ${vault === undefined ? 'nothing' : `${vault.file}, encrypted with the document's own key`}`,
    ...events.map(
      ({ at, what, by, note }) =>
        `${at}  ${what.padEnd(wide)}  ${by}${note === undefined ? '' : `  ${note}`}`,
    ),
  ].join('\n');
}
