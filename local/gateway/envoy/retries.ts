import type { EnvoyObject } from './resource.ts';

/** Bodies up to here are held so that they can be sent again elsewhere (design.md §5). */
export const repeatableBodyBytes = 1024 * 1024;

/** How long one place may take for the first byte of an answer before the next is asked. */
const answerWithin = '3s';

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
 * is 503, for that is what a peer's gateway says of a service that has just died.
 */
export const repeatable: EnvoyObject = {
  ...elsewhere,
  retry_on: 'connect-failure,refused-stream,reset,retriable-status-codes',
  retriable_status_codes: [503],
  per_try_timeout: answerWithin,
};

/** Everything else is sent elsewhere only if nothing of it has left. */
export const once: EnvoyObject = {
  ...elsewhere,
  retry_on: 'connect-failure,refused-stream,reset-before-request',
};
