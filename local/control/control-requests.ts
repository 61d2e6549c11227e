import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { recordShape } from '../../domain/record-shape.ts';
import { parseJson } from '../../domain/parse-json.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import { rotatable } from '../gateway/rotatable.ts';
import { clusterParts, sharedParts } from './breakable-parts.ts';

const { live, candidate, threshold, cohorts } = recordShape.shape;
const { parity: cluster, release } = live.shape;
const rendered = z.strictObject({
  recordVersion: z.int().positive(),
  lapsed: z.boolean(),
  routing: z.strictObject({ live, candidate, threshold, cohorts }),
}) satisfies z.ZodType<Rendered>;

const fault = z.union([
  z.strictObject({ cluster, what: z.enum(clusterParts) }),
  z.strictObject({ shared: z.enum(sharedParts) }),
]);
const ofCluster = z.strictObject({ cluster });
const ofRelease = z.strictObject({ cluster, release });

/** What each action is asked with; those without anything only look. */
const requests = {
  status: undefined,
  look: undefined,
  kill: fault,
  heal: fault,
  rotate: z.strictObject({ what: z.enum(rotatable) }),
  register: z.strictObject({
    release,
    source: z.strictObject({ ref: z.string().min(1).optional() }),
    fault: z.string().min(1).optional(),
  }),
  source: z.strictObject({ release }),
  run: z.strictObject({ cluster, release, share: z.number().min(0).max(1) }),
  workload: ofRelease,
  stop: ofRelease,
  unpublish: ofRelease,
  backlog: ofRelease,
  deleteQueues: ofRelease,
  workloadsOf: ofCluster,
  applyRecord: z.strictObject({ cluster, rendered }),
  readBackRouting: ofCluster,
  peerChecks: ofCluster,
} as const satisfies Record<string, z.ZodType | undefined>;

/** Something that a running pair can be asked to do. */
export type ControlAction = keyof typeof requests;

/** What an action is asked with. */
export type ControlRequest<A extends ControlAction> = (typeof requests)[A] extends z.ZodType
  ? z.infer<(typeof requests)[A]>
  : void;

/** A request to kill or heal. */
export type FaultRequest = ControlRequest<'kill'>;

/** Which release, made of what, and for demonstrations with which fault (domain/faults). */
export type Registration = ControlRequest<'register'>;

const faultHint =
  `Say which cluster (odd or even) and what of it (${clusterParts.join(', ')}), ` +
  `or what both share (${sharedParts.join(', ')}).`;

/** What to say to whoever asks for something else. */
const hints: Partial<Record<ControlAction, string>> = {
  kill: faultHint,
  heal: faultHint,
  register: 'Say which release, and from which git branch, tag or commit, if not from the present checkout.',
  rotate: `Say what to rotate: ${rotatable.join(', ')}.`,
};

const asked = z.strictObject({ action: z.string(), request: z.unknown().optional() });

/**
 * What somebody who connects wants: an action, and what it is asked with, not looked at yet.
 * @throws ParityError `not_found` for an action that there is not
 */
export function parseAsked(text: string): { readonly action: ControlAction; readonly request: unknown } {
  const { data } = asked.safeParse(parseJson(text));
  if (data !== undefined && isAction(data.action)) return { action: data.action, request: data.request };
  throw new ParityError('not_found', `The control socket knows no ${data?.action ?? 'such thing'}.`);
}

/** What an action is asked with. @throws ParityError `invalid_request` that says what is right */
export function parseRequest<A extends ControlAction>(action: A, request: unknown): ControlRequest<A> {
  const shape: z.ZodType | undefined = requests[action];
  if (shape === undefined) return undefined as ControlRequest<A>;
  const parsed = shape.safeParse(request);
  if (parsed.success) return parsed.data as ControlRequest<A>;
  throw new ParityError(
    'invalid_request',
    hints[action] ?? `This is no request to ${action}:\n${z.prettifyError(parsed.error)}`,
  );
}

function isAction(name: string): name is ControlAction {
  return Object.hasOwn(requests, name);
}
