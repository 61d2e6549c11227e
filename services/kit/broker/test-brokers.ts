import { ParityError } from '../../../domain/errors.ts';
import { perParity, type Parity } from '../../../domain/parity.ts';

/**
 * The two RabbitMQ brokers that the test runner has started for engine tests. Test only: the one place beside the
 * entry points that reads the environment.
 * @throws ParityError `engine_missing`
 */
export function testBrokerUrls(): Record<Parity, string> {
  return perParity(parity => {
    const variable = `PARITY_TEST_RABBITMQ_${parity.toUpperCase()}_URL`;
    const url = process.env[variable];
    if (!url) {
      throw new ParityError(
        'engine_missing',
        `Engine tests need two RabbitMQ brokers: run them with \`npm test\`, or set ${variable}.`,
      );
    }
    return url;
  });
}
