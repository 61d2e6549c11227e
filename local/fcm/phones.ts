/** A push as it reaches one installation. */
export interface Push {
  readonly recipient: { readonly kind: 'token' | 'fid'; readonly value: string };
  /** The last part of the name that FCM answered. */
  readonly messageId: string;
  readonly title: string;
  readonly body: string;
  readonly link: string;
  readonly document: string;
  readonly version: string;
  readonly tag: string;
  /** When it came, epoch milliseconds. */
  readonly at: number;
}

/** A push that was displayed, once, however often it came. */
export interface ShownPush extends Omit<Push, 'recipient'> {
  /** What the app knows it by: a second push with this key is dropped, also when the driver has dismissed the first. */
  readonly key: string;
  readonly receivedCount: number;
  readonly state: 'on screen' | 'dismissed' | 'replaced';
}

/** One installation's phone. `receivedCount` is raw; `shownCount` is what the driver saw; the rest were repeats. */
export interface Phone {
  readonly token: string;
  readonly kind: 'token' | 'fid';
  readonly receivedCount: number;
  readonly shownCount: number;
  /** Newest first. */
  readonly shown: readonly ShownPush[];
}

/** What can happen to a phone; the journal is a list of these. */
export type PhoneEvent =
  | { readonly event: 'received'; readonly push: Push }
  | { readonly event: 'dismissed'; readonly token: string; readonly key: string }
  | { readonly event: 'restored'; readonly phone: Phone };

/** The phones in the order in which they were last touched, and how many pushes all of them hold. */
export interface Phones {
  /** Takes in one event; the phone it changed, or undefined when it changed none. */
  apply(event: PhoneEvent): Phone | undefined;
  /** All phones, the one touched last first. */
  list(): Phone[];
}

/** Bounds of memory: beyond them the phone untouched for longest forgets its oldest push, so a repeat of that would show again. */
export interface PhoneLimits {
  readonly phones: number;
  readonly pushes: number;
}

const laptopLimits: PhoneLimits = { phones: 1000, pushes: 20_000 };

/**
 * The phones of all drivers, each with our app on it. The app knows a paper by (document, version): it shows the first
 * push of it and drops every repeat. A push with the tag of one that is on screen takes that one's place.
 */
export function createPhones(limits: PhoneLimits = laptopLimits): Phones {
  const phones = new Map<string, Phone>();
  let pushes = 0;

  function put(phone: Phone): Phone {
    pushes += phone.shown.length - (phones.get(phone.token)?.shown.length ?? 0);
    phones.delete(phone.token);
    phones.set(phone.token, phone);
    while (pushes > limits.pushes || phones.size > limits.phones) forgetOldest();
    return phone;
  }

  function forgetOldest(): void {
    const [idle] = phones.values();
    if (idle === undefined) return;
    if (phones.size > limits.phones || idle.shown.length <= 1) {
      phones.delete(idle.token);
      pushes -= idle.shown.length;
    } else {
      phones.set(idle.token, { ...idle, shown: idle.shown.slice(0, -1) });
      pushes -= 1;
    }
  }

  return {
    apply(event) {
      if (event.event === 'restored') return put(event.phone);
      if (event.event === 'received') return put(receive(phones.get(event.push.recipient.value), event.push));
      const phone = phones.get(event.token);
      const dismissed = phone && dismiss(phone, event.key);
      return dismissed && put(dismissed);
    },
    list: () => [...phones.values()].reverse(),
  };
}

function receive(phone: Phone | undefined, push: Push): Phone {
  const { recipient, ...content } = push;
  const { shown, shownCount, receivedCount } = phone ?? { shown: [], shownCount: 0, receivedCount: 0 };
  const counted = { token: recipient.value, kind: recipient.kind, receivedCount: receivedCount + 1 };
  const key = keyOf(push);
  if (shown.some(known => known.key === key)) {
    const repeated = shown.map(known =>
      known.key === key ? { ...known, receivedCount: known.receivedCount + 1 } : known,
    );
    return { ...counted, shownCount, shown: repeated };
  }
  const others = push.tag === '' ? shown : shown.map(other => replaceTagged(other, push.tag));
  const first: ShownPush = { ...content, key, receivedCount: 1, state: 'on screen' };
  return { ...counted, shownCount: shownCount + 1, shown: [first, ...others] };
}

function replaceTagged(other: ShownPush, tag: string): ShownPush {
  return other.tag === tag && other.state === 'on screen' ? { ...other, state: 'replaced' } : other;
}

function dismiss(phone: Phone, key: string): Phone | undefined {
  if (!phone.shown.some(push => push.key === key && push.state === 'on screen')) return undefined;
  const shown = phone.shown.map(push => (push.key === key ? { ...push, state: 'dismissed' as const } : push));
  return { ...phone, shown };
}

/** A push that is not ours, without document and version, is known by its tag, or is always new. */
function keyOf(push: Push): string {
  if (push.document !== '') return `${push.document}/${push.version}`;
  return push.tag === '' ? push.messageId : `tag/${push.tag}`;
}
