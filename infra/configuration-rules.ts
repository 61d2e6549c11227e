import { z } from 'zod';
import { perParity } from '../domain/parity.ts';

/** Faults of a configuration that no single field shows; none when the fields it reads are not valid themselves. */
export type ConfigurationRule = (value: unknown) => string[];

/** A rule over the fields that `needs` describes: it is asked as soon as those alone are valid. */
function rule<Needs extends z.ZodType>(
  needs: Needs,
  faultOf: (value: z.infer<Needs>) => string | undefined,
): ConfigurationRule {
  return value => {
    const parsed = needs.safeParse(value);
    const fault = parsed.success ? faultOf(parsed.data) : undefined;
    return fault === undefined ? [] : [fault];
  };
}

const names = z.array(z.string());
const areDifferent = (each: readonly string[]) => new Set(each).size === each.length;

/** Source: Amazon DocumentDB Developer Guide, "Overview of global clusters": its limits, as of November 2026. */
const withoutGlobalClusters: readonly string[] = ['eu-south-1', 'sa-east-1'];

const minor = z.string().regex(/^1\.\d+$/);

/** What must hold between fields. */
export const configurationRules: readonly ConfigurationRule[] = [
  rule(z.object({ region: z.string(), replicaRegion: z.string() }), ({ region, replicaRegion }) =>
    region === replicaRegion
      ? 'replicaRegion: must be another region, or one disaster takes both'
      : undefined,
  ),
  rule(z.object({ zones: names }), ({ zones }) =>
    areDifferent(zones) ? undefined : 'zones: name three different ones',
  ),
  rule(z.object({ replicaZones: names }), ({ replicaZones }) =>
    areDifferent(replicaZones) ? undefined : 'replicaZones: name three different ones',
  ),
  // An access entry each: EKS takes one per role.
  rule(z.object({ operators: names }), ({ operators }) =>
    areDifferent(operators) ? undefined : 'operators: name each role once',
  ),
  ...(['region', 'replicaRegion'] as const).map(field =>
    rule(z.object({ [field]: z.string(), database: z.object({ kind: z.literal('documentdb') }) }), value => {
      const region = String(value[field]);
      return withoutGlobalClusters.includes(region)
        ? `${field}: Amazon DocumentDB has no global clusters in ${region}; use another, or Atlas`
        : undefined;
    }),
  ),
  rule(
    z.object({ network: z.object({ cidr: z.string(), replicaCidr: z.string() }) }),
    ({ network: { cidr, replicaCidr } }) =>
      cidr === replicaCidr ? 'network.replicaCidr: must not overlap network.cidr' : undefined,
  ),
  rule(z.object({ clusters: z.object(perParity(() => z.object({ kubernetes: minor }))) }), ({ clusters }) => {
    const [low = 0, high = 0] = Object.values(clusters)
      .map(({ kubernetes }) => Number(kubernetes.slice(2)))
      .sort((a, b) => a - b);
    return high - low > 1
      ? 'clusters: may be one minor version apart, for the time of an upgrade'
      : undefined;
  }),
  rule(
    z.object({ nodes: z.object({ floor: z.number(), peak: z.number() }) }),
    ({ nodes: { floor, peak } }) => (floor > peak ? 'nodes.floor: must not be above nodes.peak' : undefined),
  ),
  rule(
    z.object({ nodes: z.object({ system: z.object({ min: z.number(), max: z.number() }) }) }),
    ({ nodes: { system } }) =>
      system.min > system.max ? 'nodes.system.min: must not be above nodes.system.max' : undefined,
  ),
];
