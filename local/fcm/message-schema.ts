import { z } from 'zod';
import type { FieldViolation } from './google-error.ts';

/*
 * The request of `projects.messages.send`, field by field, in the documented (snake_case) spelling only.
 * Source: firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 */

/** Both Android and APNs payloads end here (firebase.google.com/docs/cloud-messaging/concept-options). */
const payloadMaxBytes = 4096;
const ttlMaxSeconds = 28 * 24 * 3600;
/** APNs limit (developer.apple.com: "Sending notification requests to APNs"). */
const collapseIdMaxBytes = 64;

const duration = z
  .string()
  .regex(/^\d+(\.\d{1,9})?s$/, "Illegal duration format; duration must end with 's'");
const ttl = duration.refine(value => Number.parseFloat(value) <= ttlMaxSeconds, 'ttl is over 4 weeks');
const text = z.string().optional();
const flag = z.boolean().optional();
const digits = z.string().regex(/^\d+$/, 'must be a whole number, as text');
const url = z.url({ protocol: /^https$/, error: 'must be an HTTPS URL' });
const label = z.strictObject({
  analytics_label: z
    .string()
    .regex(/^[a-zA-Z0-9-_.~%]{1,50}$/)
    .optional(),
});
const json = z.record(z.string(), z.json());

const dataKey = z.string().regex(/^(?!(from|message_type)$)(?!google\.)(?!gcm\.)/, {
  error: issue => `Invalid data payload key: ${String(issue.input)}`,
});
const data = z.record(dataKey, z.string());

const notification = z.strictObject({
  title: text,
  body: text,
  image: url.optional(),
});

const androidNotification = z.strictObject({
  title: text,
  body: text,
  icon: text,
  sound: text,
  tag: text,
  click_action: text,
  body_loc_key: text,
  title_loc_key: text,
  channel_id: text,
  ticker: text,
  sticky: flag,
  local_only: flag,
  default_sound: flag,
  default_vibrate_timings: flag,
  default_light_settings: flag,
  bypass_proxy_notification: flag,
  body_loc_args: z.array(z.string()).optional(),
  title_loc_args: z.array(z.string()).optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .optional(),
  image: url.optional(),
  event_time: z.iso.datetime().optional(),
  notification_priority: z
    .enum([
      'PRIORITY_UNSPECIFIED',
      'PRIORITY_MIN',
      'PRIORITY_LOW',
      'PRIORITY_DEFAULT',
      'PRIORITY_HIGH',
      'PRIORITY_MAX',
    ])
    .optional(),
  vibrate_timings: z.array(duration).optional(),
  visibility: z.enum(['VISIBILITY_UNSPECIFIED', 'PRIVATE', 'PUBLIC', 'SECRET']).optional(),
  proxy: z.enum(['PROXY_UNSPECIFIED', 'ALLOW', 'DENY', 'IF_PRIORITY_LOWERED']).optional(),
  notification_count: z.int().nonnegative().optional(),
  light_settings: json.optional(),
});

const android = z.strictObject({
  collapse_key: text,
  priority: z.enum(['NORMAL', 'HIGH']).optional(),
  ttl: ttl.optional(),
  restricted_package_name: text,
  data: data.optional(),
  notification: androidNotification.optional(),
  fcm_options: label.optional(),
  direct_boot_ok: flag,
  bandwidth_constrained_ok: flag,
  restricted_satellite_ok: flag,
});

const apnsHeaders = z
  .object({
    'apns-collapse-id': z
      .string()
      .refine(id => Buffer.byteLength(id) <= collapseIdMaxBytes, 'apns-collapse-id is over 64 bytes')
      .optional(),
    'apns-expiration': digits.optional(),
    'apns-priority': z.enum(['1', '5', '10']).optional(),
  })
  .catchall(z.string());

const apns = z.strictObject({
  headers: apnsHeaders.optional(),
  payload: z.object({ aps: json.optional() }).catchall(z.json()).optional(),
  fcm_options: label.extend({ image: url.optional() }).optional(),
  live_activity_token: text,
});

const webpush = z.strictObject({
  headers: z
    .object({ TTL: digits.optional(), Urgency: z.enum(['very-low', 'low', 'normal', 'high']).optional() })
    .catchall(z.string())
    .optional(),
  data: data.optional(),
  notification: json.optional(),
  fcm_options: label.extend({ link: url.optional() }).optional(),
});

const target = z.string().min(1).optional();
const targets = ['token', 'fid', 'topic', 'condition'] as const;

const fields = z.strictObject({
  token: target,
  fid: target,
  topic: target,
  condition: target,
  data: data.optional(),
  notification: notification.optional(),
  android: android.optional(),
  apns: apns.optional(),
  webpush: webpush.optional(),
  fcm_options: label.optional(),
});

/** A message that FCM would take. */
export type FcmMessage = z.infer<typeof fields>;

const message = fields
  .refine(m => targets.filter(name => m[name] !== undefined).length === 1, {
    error: 'Exactly one of token, fid, topic or condition is required.',
  })
  .refine(m => payloadBytes(m).android <= payloadMaxBytes, { error: 'Android message is too big' })
  .refine(m => payloadBytes(m).apns <= payloadMaxBytes, { error: 'APNs payload is too big' });

const request = z.strictObject({ message, validate_only: z.boolean().optional() });

/** The request, or everything that is wrong with it. */
export type ParsedRequest =
  | { readonly ok: true; readonly message: FcmMessage; readonly validateOnly: boolean }
  | { readonly ok: false; readonly violations: readonly FieldViolation[] };

/** Reads the body of `messages:send` as strictly as it can be read: unknown fields are refused. Never throws. */
export function parseRequest(body: string): ParsedRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { ok: false, violations: [{ field: '', description: 'Invalid JSON payload received.' }] };
  }
  const parsed = request.safeParse(value);
  if (!parsed.success) return { ok: false, violations: parsed.error.issues.flatMap(describeIssue) };
  return { ok: true, message: parsed.data.message, validateOnly: parsed.data.validate_only ?? false };
}

function describeIssue(issue: z.core.$ZodIssue): FieldViolation[] {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const at = field === '' ? '' : ` at '${field}'`;
    return issue.keys.map(key => ({
      field,
      description: `Invalid JSON payload received. Unknown name "${key}"${at}: Cannot find field.`,
    }));
  }
  if (issue.code === 'custom') return [{ field, description: issue.message }];
  const reason = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ field, description: `Invalid value at '${field}': ${reason}` }];
}

/** What goes to the device: FCM lays a platform's block over the common one, and data into the APNs payload. */
function payloadBytes(m: FcmMessage): { android: number; apns: number } {
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  return {
    android: bytes({
      notification: { ...m.notification, ...m.android?.notification },
      data: m.android?.data ?? m.data,
    }),
    apns: bytes({ ...m.data, ...m.apns?.payload, aps: { alert: m.notification, ...m.apns?.payload?.aps } }),
  };
}
