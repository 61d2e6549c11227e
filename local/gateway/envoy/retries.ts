import type { EnvoyObject } from './resource.ts';

/** Bodies up to here are held so that they can be sent again elsewhere (design.md §5). */
export const repeatableBodyBytes = 1024 * 1024;

/** A place that has not begun to answer by then gets company: the next is asked too, and the first answer counts. */
const companyAfter = '3s';

const elsewhere = {
  num_retries: 3,
  retry_back_off: { base_interval: '0.01s', max_interval: '0.1s' },
  retry_priority: {
    name: 'envoy.retry_priorities.previous_priorities',
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
      update_frequency: 1,
    },
  },
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
      },
    },
  ],
  host_selection_retry_max_attempts: 3,
};

/**
 * What may be done twice (reads, and writes that carry a key) is: also after the request was sent, and when the answer
 * is 503, for that is what a peer's gateway says of a service that has just died. A slow place is not given up: its
 * answer may be as good as any other's, and a frozen one never comes.
 */
export const repeatable: EnvoyObject = {
  retry_policy: {
    ...elsewhere,
    retry_on: 'connect-failure,refused-stream,reset,retriable-status-codes',
    retriable_status_codes: [503],
    per_try_timeout: companyAfter,
  },
  hedge_policy: { hedge_on_per_try_timeout: true },
};

/** Everything else is sent elsewhere only if nothing of it has left. */
export const once: EnvoyObject = {
  retry_policy: { ...elsewhere, retry_on: 'connect-failure,refused-stream,reset-before-request' },
};
