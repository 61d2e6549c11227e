import type { Broker, Consumption } from '../kit/broker/broker.ts';

/** A broker whose messages go through `before` first; what that does not return from is never handled. */
export function brokerWith(broker: Broker, before: () => Promise<void>): Broker {
  return {
    publish: message => broker.publish(message),
    depth: (kind, parity) => broker.depth(kind, parity),
    waiting: kind => broker.waiting(kind),
    health: () => broker.health(),
    close: () => broker.close(),
    consume: (kind, consumption) => {
      const handle: Consumption['handle'] = async (message, delivery) => {
        await before();
        return consumption.handle(message, delivery);
      };
      broker.consume(kind, { ...consumption, handle });
    },
  };
}

/** Never: for what is taken and not finished. */
export function never(): Promise<void> {
  return new Promise(() => {});
}
