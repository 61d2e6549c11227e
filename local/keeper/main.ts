import { endByFault } from '../../services/kit/end-by-fault.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { readKeeperSettings } from './keeper-environment.ts';
import { openKeeper } from './open-keeper.ts';

const fail = endByFault(process);

try {
  const settings = readKeeperSettings(process.env);
  const tell = (line: string) => void process.stdout.write(`keeper of ${settings.cluster}: ${line}\n`);
  await openKeeper(settings, { clock: systemClock, random: systemRandom, tell });
  process.on('SIGTERM', () => process.exit(0)).on('SIGINT', () => process.exit(0));
} catch (error) {
  fail(error);
}
