/**
 * Bodies are streamed: what a hop may hold of one is bounded, or a slow reader would have the gateway hold all that its
 * writer sends (Envoy's default windows held 20 to 28 MB per slow stream).
 */
export const windows = {
  http2: {
    initial_stream_window_size: 262_144,
    initial_connection_window_size: 4_194_304,
    max_concurrent_streams: 1000,
  },
  listenerBufferBytes: 65_536,
  clusterBufferBytes: 262_144,
} as const;
