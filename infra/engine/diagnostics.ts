import { z } from 'zod';

const diagnosticLine = z.looseObject({
  type: z.literal('diagnostic'),
  diagnostic: z.looseObject({
    severity: z.string(),
    summary: z.string(),
    detail: z.string().default(''),
    address: z.string().optional(),
  }),
});

/** The errors in what `terraform … -json` printed, for people: what happened, and to which object. */
export function diagnosticsOf(lines: string): string {
  return lines
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => diagnosticLine.safeParse(JSON.parse(line)).data?.diagnostic)
    .filter(found => found?.severity === 'error')
    .map(found => `  ${found?.address ?? ''} ${found?.summary ?? ''} ${found?.detail ?? ''}`.trimEnd())
    .join('\n');
}
