import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wholeLines, type AppendedFile } from './whole-lines.ts';

/** A file on a disk with room for so many bytes, which takes of a line what it can. */
function fileOnDisk(text: string, disk: { room: number }) {
  const file = { text, closed: false };
  const handle: AppendedFile = {
    appendFile: async given => {
      const line = String(given);
      const part = line.slice(0, disk.room);
      file.text += part;
      disk.room -= part.length;
      if (part !== line) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    },
    truncate: async length => {
      disk.room += file.text.length - (length ?? 0);
      file.text = file.text.slice(0, length);
    },
    close: async () => void (file.closed = true),
  };
  return { file, handle };
}

describe('wholeLines', () => {
  it('appends lines in the order in which they were given', async () => {
    const { file, handle } = fileOnDisk('first\n', { room: 100 });
    const lines = wholeLines(handle, file.text.length);
    await Promise.all([lines.append('second'), lines.append('third')]);
    assert.equal(file.text, 'first\nsecond\nthird\n');
  });

  it('leaves nothing of a line that the disk has no room for, and goes on when it has', async () => {
    const disk = { room: 3 };
    const { file, handle } = fileOnDisk('first\n', disk);
    const lines = wholeLines(handle, file.text.length);
    await assert.rejects(lines.append('second'), { code: 'ENOSPC' });
    assert.equal(file.text, 'first\n');
    disk.room = 100;
    await lines.append('third');
    assert.equal(file.text, 'first\nthird\n');
  });

  it('closes after what is being written', async () => {
    const { file, handle } = fileOnDisk('', { room: 100 });
    const lines = wholeLines(handle, 0);
    const written = lines.append('first').then(() => assert.equal(file.closed, false));
    await lines.close();
    await written;
    assert.ok(file.closed);
  });
});
