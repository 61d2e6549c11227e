import { ParityError } from '../../domain/errors.ts';
import { lossesOf, type PlanSummary } from './plan-summary.ts';

/**
 * Refuses a plan that replaces or destroys what cannot be made again, unless each such object was named.
 * @param named addresses as the plan prints them, or the whole estate's name.
 * @throws ParityError `would_lose` with the addresses to name.
 */
export function refuseLoss(
  plan: PlanSummary,
  { named, estate }: { named: readonly string[]; estate: string },
): void {
  if (named.includes(estate)) return;
  const losses = lossesOf(plan).filter(({ address }) => !named.includes(address));
  if (losses.length === 0) return;
  const lines = losses.map(({ address, change }) => `  ${address} would be ${change}`);
  throw new ParityError(
    'would_lose',
    [
      `${plan.stack} is not applied, for it would lose what cannot be made again:`,
      ...lines,
      'If that is meant, name each one: --lose <address>.',
    ].join('\n'),
  );
}
