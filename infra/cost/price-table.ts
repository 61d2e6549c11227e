import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';

const priceTableSchema = z.strictObject({
  asOf: z.iso.date(),
  region: z.string(),
  currency: z.string(),
  /** True when somebody has compared it with AWS's own list. */
  checked: z.boolean(),
  source: z.string(),
  hourly: z.record(z.string(), z.number().positive()),
  monthly: z.record(z.string(), z.number().positive()),
});

/** What one of each thing costs, and when that was so. */
export type PriceTable = z.infer<typeof priceTableSchema>;

/** The repository's own table. */
export async function readPriceTable(): Promise<PriceTable> {
  const text = await readFile(join(import.meta.dirname, 'prices.json'), 'utf8');
  return priceTableSchema.parse(JSON.parse(text));
}

/** AWS's own month: 365 days in 12 months. */
const hoursPerMonth = 730;

/**
 * What one `item` costs for a month.
 * @throws ParityError `invalid_configuration` when the table does not know it.
 */
export function monthlyPrice({ hourly, monthly }: PriceTable, item: string): number {
  const price = monthly[item] ?? (hourly[item] === undefined ? undefined : hourly[item] * hoursPerMonth);
  if (price !== undefined) return price;
  throw new ParityError(
    'invalid_configuration',
    `infra/cost/prices.json has no price for ${item}; add it with its date.`,
  );
}
