import { inspect } from 'node:util';

/** A text that shows itself only to whoever asks for it by name: not when printed, logged or put into JSON. */
export interface Secret {
  reveal(): string;
}

/** Wraps a secret, such as a URL with a password. */
export function secret(text: string): Secret {
  const hidden = () => '[secret]';
  return Object.freeze({ reveal: () => text, toString: hidden, toJSON: hidden, [inspect.custom]: hidden });
}
