import type { Handlers } from '../kit/http/exchange.ts';
import { acceptDocument, type Accepting } from './accept-document.ts';
import { readUploadHeaders } from './upload-headers.ts';

/** The processor's routes. */
export function processorHandlers(accepting: Accepting, publicUrl: string): Handlers<'processor'> {
  return {
    accept: async ({ claims, headers, body }) => {
      const upload = readUploadHeaders(headers);
      const { id, state } = await acceptDocument(accepting, {
        owner: claims.sub,
        headers: upload,
        body: { stream: body(), length: upload.length },
      });
      const self = `${publicUrl}/v1/documents/${id}`;
      return {
        status: 202,
        headers: { location: self },
        json: { id, state, links: { self, content: `${self}/content` } },
      };
    },
  };
}
