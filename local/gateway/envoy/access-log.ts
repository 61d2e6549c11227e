import { probes } from '../../../domain/catalogue.ts';
import type { Parity } from '../../../domain/parity.ts';
import { claimsMetadata } from './names.ts';
import { typed, type EnvoyObject } from './resource.ts';

/**
 * One JSON object per finished request. The route is named, the path is not: a link's path is its key. `route` begins
 * with the release that was decided; `servedBy` says which one served, `document` where what was accepted is found.
 */
export function accessLog(cluster: Parity, file: string): EnvoyObject {
  return {
    name: 'envoy.access_loggers.file',
    filter: {
      header_filter: {
        header: { name: ':path', string_match: { exact: probes.liveness }, invert_match: true },
      },
    },
    typed_config: typed('extensions.access_loggers.file.v3.FileAccessLog', {
      path: file,
      log_format: {
        json_format: {
          time: '%START_TIME%',
          cluster,
          route: '%ROUTE_NAME%',
          method: '%REQ(:METHOD)%',
          status: '%RESPONSE_CODE%',
          why: '%RESPONSE_CODE_DETAILS%',
          ms: '%DURATION%',
          // From the last byte of the request to the first of the answer: what the services took.
          answerMs: '%COMMON_DURATION(DS_RX_END:US_RX_BEG:ms)%',
          requestBytes: '%BYTES_RECEIVED%',
          responseBytes: '%BYTES_SENT%',
          attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
          user: `%DYNAMIC_METADATA(${claimsMetadata.filter}:${claimsMetadata.key}:sub)%`,
          servedBy: '%RESP(X-PARITY-SERVED-BY)%',
          correlationId: '%RESP(X-CORRELATION-ID)%',
          document: '%RESP(LOCATION)%',
        },
      },
    }),
  };
}
