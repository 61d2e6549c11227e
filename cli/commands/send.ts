import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { documentStates, isReadable, isSettled, type DocumentState } from '../../domain/document.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { Cli } from '../cli.ts';
import { prepareUpload, type DocumentUpload } from '../document-upload.ts';
import { openPairApi, type PairApi } from '../pair-api.ts';

const examples = `
The user's phone is registered first, so that there is one to push to; its name at the FCM stand-in is the user's, and
some names make the stand-in fail: try --as unregistered-anna or --as unavailable-2x-anna.
A repeat after a broken connection carries the same key, so it never makes a second document. Sending the same file
again later does, unless you give --key.

Examples:
  $ ./parity send samples/licence.jpg samples/delivery-note.pdf
  $ ./parity send samples/damage.jpg --as anna --key tour-17-damage
  $ ./parity send samples/cut-off.pdf               see a rejection
Next: ./parity document <id>`;

const accepted = z.object({ id: z.string(), state: z.enum(documentStates) });
const shown = z.object({
  state: z.enum(documentStates),
  explanation: z.string().optional(),
  links: z.object({ content: z.string() }),
});

/** What became of a file. */
interface Sent {
  readonly file: string;
  readonly id: string;
  readonly state: DocumentState;
  readonly explanation: string | undefined;
  readonly key: string;
  readonly attempts: number;
  readonly servedBy: string;
  readonly seconds: number;
  readonly link: string;
}

interface SendOptions {
  readonly as: string;
  readonly key?: string;
  readonly timeout?: number;
}

const defaultTimeoutS = 60;

/** `parity send <file>…` */
export function addSend(program: Command, cli: Cli): void {
  program
    .command('send <file...>')
    .description('send papers as a driver, to the end')
    .option('--as <user>', 'the driver', 'driver-1')
    .option('--key <key>', 'the idempotency key, for one file')
    .option(
      '--timeout <seconds>',
      `how long all of it may take (default: ${defaultTimeoutS} for each file)`,
      seconds,
    )
    .addHelpText('after', examples)
    .action((files: string[], options: SendOptions) => sendAll(cli, files, options));
}

async function sendAll(cli: Cli, files: readonly string[], options: SendOptions): Promise<void> {
  if (options.key !== undefined && files.length > 1) {
    throw new ParityError(
      'invalid_request',
      'A key is for one file: send the files one by one, or leave --key out.',
    );
  }
  const { random, clock } = cli;
  const endsAt = clock.monotonic() + (options.timeout ?? defaultTimeoutS * files.length) * 1_000;
  const uploads = await Promise.all(files.map(file => prepareUpload(file, { key: options.key, random })));
  const api = await openPairApi(cli, { user: options.as, roles: ['driver'] });
  await registerPhone(cli, api, { user: options.as, endsAt });
  const documents: Sent[] = [];
  try {
    for (const upload of uploads) {
      const sent = await send(cli, api, { upload, endsAt }).catch((error: unknown) => {
        throw uploads.length > 1 ? naming(upload.name, error) : error;
      });
      documents.push(sent);
      if (!cli.json()) cli.print(presentSent(sent));
    }
  } finally {
    // What was sent is sent, whatever became of the next one.
    if (cli.json() && documents.length > 0) cli.show({ text: '', json: { documents } });
  }
  if (!cli.json() && documents.some(({ state }) => state === 'notified'))
    cli.print(`The pushes of ${options.as} are on the phones' page: ${api.phonesUrl}`);
  const failed = documents.filter(({ state }) => state !== 'notified');
  if (failed.length > 0) {
    throw new ParityError(
      'send_failed',
      `Not stored and notified: ${failed.map(({ file }) => file).join(', ')}.`,
    );
  }
}

/** The same failure, which says which of several files it met. */
function naming(file: string, error: unknown): unknown {
  if (!isParityError(error)) return error;
  return new ParityError(error.code, `${file}: ${error.message}`, { cause: error });
}

/** A failover takes half a second; who waits longer has no phone, and a paper to send. */
const phonePatienceMs = 3_000;

/** Registering is repeated for every run: it is idempotent. A driver without a phone can send too. */
async function registerPhone(
  cli: Cli,
  api: PairApi,
  { user, endsAt }: { user: string; endsAt: number },
): Promise<void> {
  const installation = installationOf(user);
  const body = JSON.stringify({ kind: 'token', value: user });
  const until = Math.min(endsAt, cli.clock.monotonic() + phonePatienceMs);
  try {
    await api.ask({ method: 'PUT', path: `/v1/devices/${installation}`, body, endsAt: until });
  } catch (error) {
    if (!(error instanceof ParityError) || error.code === 'not_running') throw error;
    cli.mention(`The phone of ${user} could not be registered, so no push will come: ${error.message}`);
    if (until === endsAt && error.code === 'unreachable') throw timeIsUp();
  }
}

/** In the letters that the name of an installation may have. */
function installationOf(user: string): string {
  const bytes = Buffer.from(user).toString('latin1');
  const name = bytes.replace(/[^\w.-]/g, char => `.${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `cli-${name}`.slice(0, 128);
}

function timeIsUp(): ParityError {
  return new ParityError('send_failed', 'The time was up before it was sent: give it more.');
}

/** With less time left there is no further look: one that is cut off would say of a pair that it does not answer. */
const aLookMs = 500;

async function send(
  { clock }: Cli,
  api: PairApi,
  { upload, endsAt }: { upload: DocumentUpload; endsAt: number },
): Promise<Sent> {
  const began = clock.monotonic();
  if (began >= endsAt) throw timeIsUp();
  const { json, attempts, servedBy } = await api.ask({ ...upload.request, endsAt });
  const { id } = accepted.parse(json);
  const look = () => lookAt(api, { id, endsAt });
  let now = await look();
  while (!isSettled(now.state) && clock.monotonic() + aLookMs < endsAt) {
    await clock.delay(100);
    now = await look();
  }
  const tookS = Math.round((clock.monotonic() - began) / 10) / 100;
  const { state, explanation, links } = now;
  const { name: file, key } = upload;
  return { file, id, state, explanation, key, attempts, servedBy, seconds: tookS, link: links.content };
}

async function lookAt(
  api: PairApi,
  { id, endsAt }: { id: string; endsAt: number },
): Promise<z.infer<typeof shown>> {
  try {
    return shown.parse((await api.ask({ path: `/v1/documents/${id}`, endsAt })).json);
  } catch (error) {
    if (!isParityError(error)) throw error;
    throw new ParityError(error.code, `It was accepted as ${id}, and is not seen since: ${error.message}`, {
      cause: error,
    });
  }
}

function presentSent({
  file,
  id,
  state,
  explanation,
  attempts,
  servedBy,
  seconds: tookS,
  link,
}: Sent): string {
  const why = explanation === undefined ? '' : ` (${explanation})`;
  const tries = attempts === 1 ? '' : `, sent ${attempts} times`;
  const lines = [`${file}: ${state}${why} after ${tookS} s, taken by ${servedBy}${tries}`, `  id    ${id}`];
  if (isReadable(state)) lines.push(`  link  ${link}  (asks for a token; the link of the push does not)`);
  return lines.join('\n');
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Give whole seconds.');
  return Number(text);
}
