import type { GatewayLimits, Rate } from '../gateway-view.ts';
import { claimsMetadata } from './names.ts';
import { typed, type EnvoyObject } from './resource.ts';

/** Users or addresses counted at once; beyond it the one seen longest ago is forgotten. */
const counted = 20_000;

const filterName = { address: 'limit-per-address', user: 'limit-per-user' } as const;

/** For routes that nobody is limited on, in a route's `typed_per_filter_config`. */
export const unlimited: EnvoyObject = Object.fromEntries(
  Object.values(filterName).map(name => [name, typed('config.route.v3.FilterConfig', { disabled: true })]),
);

/** Limits each address: whoever asks, also with a token that does not hold, so it comes before tokens are looked at. */
export function renderAddressLimit({ perAddress }: GatewayLimits): EnvoyObject {
  return limit(filterName.address, perAddress, { key: 'remote_address', action: { remote_address: {} } });
}

/** Limits each user; it must come after his token was verified. Whoever has none is limited as an address alone. */
export function renderUserLimit({ perUser }: GatewayLimits): EnvoyObject {
  const path = [claimsMetadata.key, 'sub'].map(key => ({ key }));
  const metadata = { descriptor_key: 'user', metadata_key: { key: claimsMetadata.filter, path } };
  return limit(filterName.user, perUser, { key: 'user', action: { metadata } });
}

interface CountedUnder {
  readonly key: string;
  /** Gives the key its value. */
  readonly action: EnvoyObject;
}

/** Each value has a bucket of its own; there is no service behind it that could fail. */
function limit(name: string, { perSecond, burst }: Rate, { key, action }: CountedUnder): EnvoyObject {
  const all = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    name,
    typed_config: typed('extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: name,
      filter_enabled: { ...all, runtime_key: 'parity.limits.enabled' },
      filter_enforced: { ...all, runtime_key: 'parity.limits.enforced' },
      max_dynamic_descriptors: counted,
      always_consume_default_token_bucket: false,
      rate_limits: [{ actions: [action] }],
      descriptors: [
        {
          // An entry without a value stands for every value, each counted for itself.
          entries: [{ key }],
          token_bucket: { max_tokens: burst, tokens_per_fill: perSecond, fill_interval: '1s' },
        },
      ],
    }),
  };
}
