import { printable } from './printable.ts';

/** Where a person may sit. */
export interface Terminal {
  /** True when there is somebody to ask: stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** True when stdout is a screen, whose lines can be replaced. */
  readonly isScreen: boolean;
  /** What was answered, nothing at a Ctrl-C or Ctrl-D; nothing is ever asked where `canAsk` is false. */
  ask(question: string): Promise<string>;
  /** Puts lines in the place of those that it was given last; what does not fit on the screen is cut off. */
  replace(lines: readonly string[]): void;
}

const up = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A`);
const eraseBelow = '\u001b[0J';
/** Of a terminal that does not say how large it is, as one made by a program may not. */
const usual = { rows: 24, columns: 80 };

/** A process's streams, as far as they are a terminal's. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly rows?: number;
    readonly columns?: number;
  };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** The terminal as it is (ECMA-48, which every terminal of today speaks). */
export function realTerminal({ stdin, stdout, stderr }: TerminalStreams): Terminal {
  let shown = 0;
  return {
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    isScreen: stdout.isTTY === true,
    ask: async question => {
      const { createInterface } = await import('node:readline/promises');
      const asking = createInterface({ input: stdin, output: stderr });
      try {
        return await asking.question(question);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'AbortError')) throw error;
        stderr.write('\n');
        return '';
      } finally {
        asking.close();
      }
    },
    replace: lines => {
      const fitting = lines.slice(0, Math.max(3, (stdout.rows || usual.rows) - 1)).map(line =>
        printable(line)
          .replaceAll(/\s/g, ' ')
          .slice(0, Math.max(20, (stdout.columns || usual.columns) - 1)),
      );
      stdout.write(`${up(shown)}${eraseBelow}${fitting.map(line => `${line}\n`).join('')}`);
      shown = fitting.length;
    },
  };
}
