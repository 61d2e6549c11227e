import { writeFile } from 'node:fs/promises';
import { argv, env, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { machineLine } from '../faults/machine-line.ts';
import { createClosing } from '../local/pair/closing.ts';
import { systemClock } from '../services/kit/ports.ts';
import { partNames, type BenchWorld, type PartName, type PartOutcome } from './part.ts';
import { runAccept } from './run-accept.ts';
import { runOnPair } from './run-on-pair.ts';
import { allRequiredMet, presentVerdict } from './verdict.ts';

const usage = `Usage: npm run bench [-- [${partNames.join('|')} …] [--json <file>]]
Without a part all of them run. Exits with 0, with 1 when something required was missed or failed, 2 for wrong usage.`;

const { parts, json } = readArguments();
const tell = (line: string) => void stderr.write(`${line}\n`);
const closing = createClosing(error => tell(`closing: ${String(error)}`));
process.once('SIGINT', () => void closing.close().finally(() => exit(130)));

try {
  const outcomes = await measure(parts, {
    machine: { env, progress: tell },
    closing,
    clock: systemClock,
    tell,
  });
  const versions = Object.assign({}, ...outcomes.map(outcome => outcome.versions)) as Record<string, string>;
  const machine = machineLine(versions);
  print(outcomes, machine);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine, parts: outcomes }, null, 2)}\n`);
  await closing.close();
  exit(outcomes.every(({ verdicts }) => allRequiredMet(verdicts)) ? 0 : 1);
} catch (error) {
  tell(String(error));
  await closing.close();
  exit(1);
}

/** The accept path is measured alone on the machine, before the pair is started. */
async function measure(wanted: readonly PartName[], world: BenchWorld): Promise<PartOutcome[]> {
  const outcomes: PartOutcome[] = [];
  if (wanted.includes('accept')) {
    const alone = createClosing(error => world.tell(`closing: ${String(error)}`));
    await world.closing.opened(() => alone.close());
    outcomes.push(await runAccept({ ...world, closing: alone }));
    await alone.close();
  }
  const onPair = wanted.filter(part => part !== 'accept');
  if (onPair.length > 0) outcomes.push(...(await runOnPair(onPair, world)));
  return outcomes;
}

function print(outcomes: readonly PartOutcome[], machine: string): void {
  const figures = outcomes.flatMap(({ lines }) => [...lines, '']);
  const verdicts = outcomes.flatMap(outcome => outcome.verdicts.map(presentVerdict));
  stdout.write(`${[machine, '', ...figures, ...verdicts].join('\n')}\n`);
}

function readArguments(): { parts: readonly PartName[]; json: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args: argv.slice(2),
      options: { json: { type: 'string' } },
      allowPositionals: true,
    });
    const wanted = positionals.map(name => {
      const part = partNames.find(known => known === name);
      if (part === undefined) throw new TypeError(`There is no part ${name}.`);
      return part;
    });
    return {
      parts: wanted.length === 0 ? partNames : partNames.filter(part => wanted.includes(part)),
      json: values.json,
    };
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return exit(2);
  }
}
