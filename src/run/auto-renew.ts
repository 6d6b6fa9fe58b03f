/**
 * Brings this machine's systemd to what a cluster file says about renewing unattended: a timer that is there and has been tried, or
 * none. Takes the cluster and how Slipway is started here; gives what to tell the user.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runTool } from '../bundle/run-tool.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { errorMessage, UserError } from '../errors.ts'
import { writePrivately } from '../pki/atomic-write.ts'
import { type Caller, renewCommand, type Units, unitsOf } from './auto-renew-units.ts'

/** Root's timers are the machine's; everybody else has some of their own. */
type Systemd = { readonly folder: string; readonly arguments: readonly string[] }

const systemdOf = (uid: number | undefined): Systemd =>
  uid === 0
    ? { folder: '/etc/systemd/system', arguments: [] }
    : {
        folder: join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'systemd', 'user'),
        arguments: ['--user'],
      }

const refuseWithoutSystemd = (caller: Caller, config: ClusterConfig): void => {
  if (existsSync('/run/systemd/system')) return
  throw new UserError('this machine is not run by systemd', {
    hint: `let its own scheduler run this every day: ${renewCommand(caller, config).join(' ')}`,
    exitCode: 1,
  })
}

const systemctl = (systemd: Systemd, ...args: readonly string[]): Promise<string> =>
  runTool('systemctl', [...systemd.arguments, ...args], {
    hint: systemd.arguments.includes('--user')
      ? 'your user manager has to run: log in, or loginctl enable-linger'
      : 'see what systemd says: journalctl --no-pager --lines 20',
  })

/** Whether something was changed. */
const writeUnits = async (systemd: Systemd, { files }: Units): Promise<boolean> => {
  await mkdir(systemd.folder, { recursive: true })
  const written = await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const path = join(systemd.folder, name)
      if ((await readFile(path, 'utf8').catch(() => '')) === text) return false
      await writePrivately(path, text)
      return true
    }),
  )
  return written.includes(true)
}

const journal = (systemd: Systemd, { service }: Units): readonly string[] => [
  'journalctl',
  ...systemd.arguments,
  ...['--no-pager', '--unit', service, '--lines', '20'],
]

/** Nobody is there to answer questions, and no agent has keys: whether it works all the same is seen only by trying. */
const tryOut = async (systemd: Systemd, units: Units): Promise<void> => {
  try {
    await systemctl(systemd, 'start', '--wait', units.service)
  } catch (cause) {
    const [command = '', ...args] = journal(systemd, units)
    const said = await runTool(command, args).catch(errorMessage)
    throw new UserError(`the timer is there, but renewing does not work unattended:\n${said}`, {
      hint: 'an SSH key without a passphrase, or sudo without a password, is what it needs most often; then run this again',
      exitCode: 1,
      cause,
    })
  }
}

/** A user's timers end when the user logs out, unless they are told to linger. */
const lingering = async (systemd: Systemd): Promise<readonly string[]> => {
  if (systemd.arguments.length === 0) return []
  const told = await runTool('loginctl', ['show-user', '--property=Linger', '--value']).catch(() => '')
  return told.trim() === 'yes' ? [] : ['it runs only while you are logged in, unless: loginctl enable-linger']
}

const install = async (systemd: Systemd, units: Units): Promise<readonly string[]> => {
  const changed = await writeUnits(systemd, units)
  if (changed) await systemctl(systemd, 'daemon-reload')
  await systemctl(systemd, 'enable', '--now', units.timer)
  await tryOut(systemd, units)
  const see = ['systemctl', ...systemd.arguments, 'list-timers', units.timer].join(' ')
  return [
    `${units.timer} is ${changed ? 'installed' : 'as it should be'}, and has been tried`,
    `when it runs next: ${see}`,
    `what it said: ${journal(systemd, units).join(' ')}`,
    ...(await lingering(systemd)),
  ]
}

const remove = async (systemd: Systemd, { timer, files }: Units): Promise<readonly string[]> => {
  const there = Object.keys(files).filter((name) => existsSync(join(systemd.folder, name)))
  if (there.length === 0)
    throw new UserError('the cluster file does not ask for it: certificates.autoRenew is not in it', {
      hint: 'add to it: certificates: { autoRenew: {} }',
    })
  if (there.includes(timer)) await systemctl(systemd, 'disable', '--now', timer)
  for (const name of there) await rm(join(systemd.folder, name))
  await systemctl(systemd, 'daemon-reload')
  return [`${timer} is removed: the cluster file does not ask for it any more`]
}

export const settleAutoRenew = async (caller: Caller, config: ClusterConfig): Promise<readonly string[]> => {
  refuseWithoutSystemd(caller, config)
  const systemd = systemdOf(process.getuid?.())
  const units = unitsOf(caller, config)
  return config.certificates.autoRenew ? install(systemd, units) : remove(systemd, units)
}
