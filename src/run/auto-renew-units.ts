/**
 * The systemd units that renew a cluster's certificates unattended, as texts. Takes the cluster and how Slipway is started on this
 * machine; gives the files by name, and the command. Pure.
 */
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig } from '../config/schema.ts'

export type Caller = {
  /** Program and first arguments that start Slipway here, with absolute paths. */
  readonly slipway: readonly string[]
  readonly clusterFile: string
  readonly passphraseFile: string | undefined
  /** What was set where it was asked for, and has to be where it runs. */
  readonly environment: Readonly<Record<string, string>>
  /** A signer, and a key, may be named from there. */
  readonly folder: string
}

export type Units = {
  readonly service: string
  readonly timer: string
  readonly files: Readonly<Record<string, string>>
}

const day = 86_400

/** The last third of a certificate's life is for those who have to notice that renewing fails. */
export const renewedAfter = ({ autoRenew, validity }: ClusterConfig['certificates']): string => {
  if (autoRenew?.olderThan !== undefined) return autoRenew.olderThan
  const seconds = (parseDuration(validity) * 2) / 3
  return seconds >= 2 * day ? `${Math.floor(seconds / day)}d` : `${Math.floor(seconds / 60)}m`
}

export const renewCommand = ({ slipway, clusterFile, passphraseFile }: Caller, config: ClusterConfig) => [
  ...slipway,
  ...['certs', 'renew', '--older-than', renewedAfter(config.certificates), '-c', clusterFile],
  ...(passphraseFile === undefined ? [] : ['--passphrase-file', passphraseFile]),
]

/** % begins a specifier everywhere (systemd.unit(5)). */
const literal = (text: string): string => text.replaceAll('%', '%%')

/** One word of a command or an assignment, whatever is in it (systemd.syntax(7), "Quoting"). */
const quoted = (text: string): string =>
  `"${literal(text).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`

/** $ begins a variable in commands alone (systemd.service(5), "Command lines"). */
const word = (text: string): string => quoted(text).replaceAll('$', '$$$$')

const serviceText = (caller: Caller, config: ClusterConfig): string => `[Unit]
Description=Renew the certificates of the Kubernetes cluster ${config.name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=${literal(caller.folder)}
${Object.entries(caller.environment)
  .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
  .join('')}ExecStart=${renewCommand(caller, config).map(word).join(' ')}
`

/** A machine that was off at that time makes up for it (systemd.timer(5), Persistent). */
const timerText = ({ name, certificates }: ClusterConfig): string => `[Unit]
Description=Renew the certificates of the Kubernetes cluster ${name}

[Timer]
OnCalendar=${certificates.autoRenew?.every ?? 'daily'}
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`

export const unitsOf = (caller: Caller, config: ClusterConfig): Units => {
  const name = `slipway-renew-${config.name}`
  const [service, timer] = [`${name}.service`, `${name}.timer`]
  return {
    service,
    timer,
    files: { [service]: serviceText(caller, config), [timer]: timerText(config) },
  }
}
