/**
 * The keys of a lab. Makes the client key that its hosts accept, and writes known_hosts from what the hosts themselves hold,
 * read through podman and not through the network: nothing is accepted on first sight.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { podman } from './podman.ts'
import { runCommand } from './run-command.ts'
import type { LabHost } from './types.ts'

export const identityPath = (directory: string): string => join(directory, 'id_ed25519')
export const knownHostsPath = (directory: string): string => join(directory, 'known_hosts')

export const ensureIdentity = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const identity = identityPath(directory)
  if (existsSync(identity) && existsSync(`${identity}.pub`)) return
  const options = ['-q', '-t', 'ed25519', '-N', '', '-C', 'slipway-lab', '-f', identity]
  // An unpaired half of an earlier, interrupted attempt is overwritten: ssh-keygen asks, and is told yes.
  await runCommand(['ssh-keygen', ...options], { input: 'y\n' })
  await chmod(identity, 0o600)
}

/** The key opens root, and `ops`, who has sudo without a password. */
export const authorizeIdentity = async (directory: string, containerId: string): Promise<void> => {
  const key = (await readFile(`${identityPath(directory)}.pub`, 'utf8')).trim()
  const script = `for user in root ops; do
  home=$(getent passwd $user | cut -d: -f6)
  printf '%s\\n' "$1" > $home/.ssh/authorized_keys
  chown $user:$user $home/.ssh $home/.ssh/authorized_keys
  chmod 0600 $home/.ssh/authorized_keys
done`
  await podman('exec', containerId, 'sh', '-euc', script, 'sh', key)
}

export const writeKnownHosts = async (directory: string, hosts: readonly LabHost[]): Promise<void> => {
  const lines = await Promise.all(hosts.map(async (host) => knownHostsLines(host, await hostKeys(host))))
  await writeFile(knownHostsPath(directory), lines.join(''))
}

const hostKeys = ({ containerId }: LabHost): Promise<string> =>
  podman('exec', containerId, 'sh', '-c', 'cat /etc/ssh/ssh_host_*_key.pub')

/** `type base64 comment` a line, as the .pub files have it; the comment is left out. */
export const knownHostsLines = (host: Pick<LabHost, 'name' | 'address'>, publicKeys: string): string =>
  publicKeys
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([type, key]) => type !== undefined && key !== undefined)
    .map(([type, key]) => `${host.address},${host.name} ${type} ${key}\n`)
    .join('')
