import type { GatewayLimits, Rate } from '../gateway-view.ts';
import { claimsMetadata } from './names.ts';
import { typed, type EnvoyObject } from './resource.ts';

/** Users and addresses counted at once; beyond it the one seen longest ago is forgotten. */
const counted = 20_000;

/** What a request is counted under: its address, and its user when there is one. */
const countedUnder: readonly EnvoyObject[] = [
  { actions: [{ remote_address: {} }] },
  {
    actions: [
      {
        metadata: {
          descriptor_key: 'user',
          metadata_key: {
            key: claimsMetadata.filter,
            path: [claimsMetadata.key, 'sub'].map(key => ({ key })),
          },
        },
      },
    ],
  },
];

const name = 'envoy.filters.http.local_ratelimit';

/** For routes that nobody is limited on, in a route's `typed_per_filter_config`. */
export const unlimited: EnvoyObject = { [name]: typed('config.route.v3.FilterConfig', { disabled: true }) };

/** Limits per user and per address, each with a bucket of its own; no service behind it that could fail. */
export function renderRateLimits({ perUser, perAddress }: GatewayLimits): EnvoyObject {
  const all = { enabled: { default_value: { numerator: 100, denominator: 'HUNDRED' } } };
  return {
    name,
    typed_config: typed('extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: 'limits',
      filter_enabled: { ...all.enabled, runtime_key: 'parity.limits.enabled' },
      filter_enforced: { ...all.enabled, runtime_key: 'parity.limits.enforced' },
      max_dynamic_descriptors: counted,
      always_consume_default_token_bucket: false,
      rate_limits: countedUnder,
      descriptors: [limit('remote_address', perAddress), limit('user', perUser)],
    }),
  };
}

/** An entry without a value stands for every value, each counted for itself. */
function limit(key: string, { perSecond, burst }: Rate): EnvoyObject {
  return {
    entries: [{ key }],
    token_bucket: { max_tokens: burst, tokens_per_fill: perSecond, fill_interval: '1s' },
  };
}
