/** A JPEG of one pixel that holds `text` as a comment: segments as ITU-T T.81 B.2 wants them, no picture. */
export function tinyPhoto(text: string): Buffer {
  const comment = Buffer.from(text);
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f, 0xff, 0xd9]);
  const length = Buffer.from([(comment.length + 2) >> 8, (comment.length + 2) & 0xff]);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xfe]), length, comment, frame, scan]);
}
