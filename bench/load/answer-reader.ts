/** Follows the answers on one connection, one at a time. */
export interface AnswerReader {
  /** Takes what has arrived; the status of an answer once all of it is there. */
  add(chunk: Buffer): number | undefined;
}

const headEnd = '\r\n\r\n';
const chunkedEnd = '0\r\n\r\n';

/**
 * Reads just enough of HTTP/1.1 (RFC 9112 §6) to know where an answer ends, for a client that must cost little: the
 * answers of a bench are small, and nothing is asked before the one before is answered.
 */
export function answerReader(): AnswerReader {
  let text = '';
  return {
    add: chunk => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return undefined;
      const status = Number(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      text = '';
      return status;
    },
  };
}

function isWhole(text: string): boolean {
  const end = text.indexOf(headEnd);
  if (end < 0) return false;
  const head = text.slice(0, end);
  if (/^transfer-encoding:\s*chunked/im.test(head)) return text.endsWith(chunkedEnd);
  const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
  return text.length >= end + headEnd.length + length;
}
