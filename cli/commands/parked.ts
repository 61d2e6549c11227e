import type { Command } from 'commander';
import { z } from 'zod';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { Cli } from '../cli.ts';
import { openPairApi, type PairApi } from '../pair-api.ts';

const examples = `
What cannot be stored or pushed is put aside, never dropped, and waits for a person.

Examples:
  $ ./parity parked list               documents, messages and pushes that wait
  $ ./parity parked show <id>          one of them: why, since when, whose
  $ ./parity parked replay <id>        try it once more
  $ ./parity parked drop <id>          give it up: ./parity document still tells that it was there, and who dropped it`;

const parked = z.looseObject({
  id: z.string(),
  kind: z.string(),
  reason: z.string(),
  why: z.string(),
  since: z.string(),
  owner: z.string().optional(),
  name: z.string().optional(),
});
type Parked = z.infer<typeof parked>;
const parkedList = z.object({ parked: z.array(parked) });

/** What storage has put aside, and what notification has: where each is found. */
const documents = '/v1/admin/parked';
const pushes = '/v1/admin/parked-pushes';

/** `parity parked list|show|replay|drop` */
export function addParked(program: Command, cli: Cli): void {
  const command = program
    .command('parked')
    .description('what was put aside for a person')
    .addHelpText('afterAll', examples);
  const signIn = () => openPairApi(cli, { user: 'parity-cli', roles: ['admin'] });
  command
    .command('list')
    .description('everything that waits, the oldest first')
    .action(async () => {
      const api = await signIn();
      const all = (await Promise.all([documents, pushes].map(place => list(api, place)))).flat();
      all.sort((a, b) => a.since.localeCompare(b.since));
      const text = all.length === 0 ? 'Nothing is parked.' : all.map(presentLine).join('\n');
      cli.show({ text, json: { parked: all } });
    });
  command
    .command('show <id>')
    .description('one of them: why, since when, whose')
    .action(async (id: string) => {
      const found = await show(await signIn(), id);
      cli.show({ text: presentWhole(found), json: found });
    });
  command
    .command('replay <id>')
    .description('try it once more')
    .action(async (id: string) => {
      const json = await decide(await signIn(), id, 'replay');
      cli.show({ text: `${id} is tried again: see ./parity parked list and ./parity document.`, json });
    });
  command
    .command('drop <id>')
    .description('give it up; its content goes, its story stays')
    .action(async (id: string) => {
      const json = await decide(await signIn(), id, 'drop');
      cli.show({ text: `${id} is dropped.`, json });
    });
}

async function list(api: PairApi, place: string): Promise<Parked[]> {
  return parkedList.parse((await api.ask({ path: place })).json).parked;
}

/** Of documents, messages and pushes alike; what looks otherwise would be another address. */
const idPattern = /^[\w:-][\w.:-]{0,255}$/;

async function show(api: PairApi, id: string): Promise<Parked> {
  if (!idPattern.test(id)) throw nothingParked(id);
  try {
    return parked.parse((await api.ask({ path: `${documents}/${encodeURIComponent(id)}` })).json);
  } catch (error) {
    if (!isParityError(error, 'not_found')) throw error;
    const push = (await list(api, pushes)).find(each => each.id === id);
    if (push === undefined) throw nothingParked(id);
    return push;
  }
}

/** Storage is asked first; what it does not know may be a push. */
async function decide(api: PairApi, id: string, what: 'replay' | 'drop'): Promise<unknown> {
  if (!idPattern.test(id)) throw nothingParked(id);
  const ask = async (place: string) =>
    (await api.ask({ method: 'POST', path: `${place}/${encodeURIComponent(id)}/${what}` })).json;
  for (const place of [documents, pushes]) {
    try {
      return await ask(place);
    } catch (error) {
      if (!isParityError(error, 'not_found')) throw error;
    }
  }
  throw nothingParked(id);
}

/** Each of the two services denies only what it would have itself. */
function nothingParked(id: string): ParityError {
  const message = `No document, message or push is parked as ${id.slice(0, 300)}: ./parity parked list shows what is.`;
  return new ParityError('not_found', message);
}

function presentLine({ id, kind, reason, since, owner, name }: Parked): string {
  const whose = [name, owner].filter(part => part !== undefined).join(' of ');
  return [since, kind.padEnd(8), reason.padEnd(20), id, whose].join('  ').trimEnd();
}

function presentWhole(entry: Parked): string {
  return Object.entries(entry)
    .map(([name, value]) => `${name.padEnd(9)} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}
