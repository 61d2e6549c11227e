import { isParityError } from '../../domain/errors.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { readKeeperSettings } from './keeper-environment.ts';
import { openKeeper } from './open-keeper.ts';

/** Prints one line that says why this process cannot go on; its supervisor decides about another. */
function fail(error: unknown): never {
  const text = isParityError(error)
    ? `${error.code}: ${error.message}`
    : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

process.on('uncaughtException', fail).on('unhandledRejection', fail);

try {
  const settings = readKeeperSettings(process.env);
  const tell = (line: string) => void process.stdout.write(`keeper of ${settings.cluster}: ${line}\n`);
  await openKeeper(settings, { clock: systemClock, random: systemRandom, tell });
  process.on('SIGTERM', () => process.exit(0)).on('SIGINT', () => process.exit(0));
} catch (error) {
  fail(error);
}
