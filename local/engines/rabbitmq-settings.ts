import { join } from 'node:path';

/** The ports of a broker: AMQP, management (HTTP), Prometheus (HTTP) and Erlang distribution. */
export const brokerPorts = ['amqp', 'management', 'prometheus', 'distribution'] as const;
export type BrokerPorts = Record<(typeof brokerPorts)[number], number>;

/** Where a broker listens: on loopback, or on all that a container has, of which only loopback is published. */
export type ListenAddress = '127.0.0.1' | '0.0.0.0';

/** What one broker is made of. */
export interface BrokerSettings {
  /** Short, lower case: part of the Erlang node's name, by which the broker finds its data again. */
  readonly name: string;
  /** As the broker sees it. */
  readonly folder: string;
  readonly address: ListenAddress;
  readonly ports: BrokerPorts;
  readonly user: string;
  readonly password: string;
}

/** `rabbitmq.conf`: as strict as Amazon MQ (default queue type; what 4.3 there refuses). */
export function rabbitmqConf({ address, ports, user, password }: Omit<BrokerSettings, 'folder'>): string {
  return [
    `listeners.tcp.1 = ${address}:${ports.amqp}`,
    `management.tcp.ip = ${address}`,
    `management.tcp.port = ${ports.management}`,
    `prometheus.tcp.ip = ${address}`,
    `prometheus.tcp.port = ${ports.prometheus}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'default_queue_type = quorum',
    'deprecated_features.permit.transient_nonexcl_queues = false',
    'deprecated_features.permit.global_qos = false',
    'vm_memory_high_watermark.absolute = 1GB',
    'log.console = true',
    'log.file = false',
    '',
  ].join('\n');
}

export const enabledPlugins = '[rabbitmq_management,rabbitmq_prometheus].\n';

/** The environment of a `rabbitmq-server` of this machine; `path` must lead to the right `erl`. */
export function brokerEnvironment(settings: BrokerSettings, path: string): Record<string, string> {
  return { ...containerEnvironment(settings), PATH: path };
}

/** The same in a container, whose image knows its own PATH. */
export function containerEnvironment({ name, folder, ports }: BrokerSettings): Record<string, string> {
  const node = `${name}@localhost`;
  const erlang = [
    // Named at birth and given its own fixed port, the node asks for no epmd, the daemon that would outlive it.
    ...['-sname', node, '-start_epmd', 'false', '-erl_epmd_port', `${ports.distribution}`],
    ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
    // One scheduler that sleeps when idle: two brokers share a laptop with everything else.
    ...['+S', '1:1', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
  ];
  return {
    // Holds .erlang.cookie.
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: node,
    RABBITMQ_DIST_PORT: `${ports.distribution}`,
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOG: '-color',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    // A machine's own /etc/rabbitmq/rabbitmq-env.conf is not for us.
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlang.join(' '),
    // The script then becomes the Erlang machine instead of waiting beside it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
