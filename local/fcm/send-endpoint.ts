import type { Clock, Random } from '../../services/kit/ports.ts';
import { googleError, invalidArgument } from './google-error.ts';
import { parseRequest } from './message-schema.ts';
import type { FcmMessage } from './message-schema.ts';
import type { KeptPhones } from './phone-journal.ts';
import type { Push } from './phones.ts';
import type { Fate } from './scripted-fault.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** A request to the API as both edges hand it on. */
export interface SendRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface SendEndpointOptions {
  readonly projectId: string;
  readonly tokens: TokenEndpoint;
  readonly phones: KeptPhones;
  readonly fateOf: (token: string) => Fate;
  readonly clock: Clock;
  readonly random: Random;
}

/** What becomes of a request: an answer, or a fault on the wire that the edge has to play. */
export type SendResult = Exclude<Fate, { kind: 'deliver' }>;

const sendPath = /^\/v1\/projects\/([^/]+)\/messages:send$/;

/**
 * `POST /v1/projects/{project}/messages:send`: path, then bearer, then project, then message, then what the token's
 * name asks for. Delivers to the phones and answers `{ name }`.
 */
export function createSendEndpoint(
  options: SendEndpointOptions,
): (request: SendRequest) => Promise<SendResult> {
  const { phones, clock, random } = options;

  async function deliver(message: FcmMessage): Promise<string> {
    const messageId = `0:${String(clock.now())}%${random.bytes(8).toString('hex')}`;
    const push = toPush(message, { messageId, at: clock.now() });
    if (push) await phones.record({ event: 'received', push });
    return messageId;
  }

  return async request => {
    const refusal = findRefusal(request, options);
    if (refusal) return { kind: 'answer', answer: refusal };
    const parsed = parseRequest(request.body);
    if (!parsed.ok) return { kind: 'answer', answer: invalidArgument(parsed.violations) };
    const { message, validateOnly } = parsed;
    if (validateOnly) return named(options.projectId, 'fake_message_id');
    const fate = options.fateOf(message.token ?? message.fid ?? '');
    if (fate.kind === 'deliver') return named(options.projectId, await deliver(message));
    if (fate.kind === 'reset') await deliver(message);
    return fate;
  };
}

function findRefusal({ path, authorization, contentType }: SendRequest, options: SendEndpointOptions) {
  const project = sendPath.exec(path)?.[1];
  if (project === undefined) {
    return googleError({ httpStatus: 404, status: 'NOT_FOUND', message: `No method at ${path}.` });
  }
  if (!options.tokens.accepts(authorization)) return unauthenticated;
  if (project !== options.projectId) {
    const message = `Permission 'cloudmessaging.messages.create' denied on resource '//cloudresourcemanager.googleapis.com/projects/${project}' (or it may not exist).`;
    return googleError({ httpStatus: 403, status: 'PERMISSION_DENIED', message });
  }
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    return invalidArgument([{ field: '', description: 'Content-Type must be application/json.' }]);
  }
  return undefined;
}

const unauthenticated = googleError({
  httpStatus: 401,
  status: 'UNAUTHENTICATED',
  message:
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
});

function named(projectId: string, messageId: string): SendResult {
  const name = `projects/${projectId}/messages/${messageId}`;
  return { kind: 'answer', answer: { status: 200, body: { name } } };
}

/** Undefined for a topic or a condition: no phone here subscribes to any. */
function toPush(message: FcmMessage, stamp: { messageId: string; at: number }): Push | undefined {
  const recipient =
    message.token !== undefined
      ? ({ kind: 'token', value: message.token } as const)
      : message.fid !== undefined
        ? ({ kind: 'fid', value: message.fid } as const)
        : undefined;
  if (recipient === undefined) return undefined;
  const android = message.android?.notification;
  const data = message.android?.data ?? message.data ?? {};
  return {
    ...stamp,
    recipient,
    title: android?.title ?? message.notification?.title ?? '',
    body: android?.body ?? message.notification?.body ?? '',
    tag: android?.tag ?? '',
    link: data.link ?? '',
    document: data.document ?? '',
    version: data.version ?? '',
  };
}
