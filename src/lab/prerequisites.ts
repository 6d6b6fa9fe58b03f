/**
 * What a machine needs before it can hold lab hosts. Takes what is meant to be done on it; installs the Debian packages that
 * are missing, one line each, or says in a UserError why this machine cannot do it.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { runCommand, tryCommand } from './run-command.ts'
import type { Say } from './types.ts'

/** `arm64`: a compiler for hosts that are not like this machine. `tests`: what our tests push to, pull from and judge by. */
export type Purpose = 'hosts' | 'build' | 'arm64' | 'vagrant' | 'tests'

/** A package, and the file that shows it (or something as good from elsewhere) is there. */
type Prerequisite = { readonly name: string; readonly shows: string; readonly purpose: Purpose }

export const prerequisites: readonly Prerequisite[] = [
  { name: 'podman', shows: 'podman', purpose: 'hosts' },
  { name: 'runc', shows: 'runc', purpose: 'hosts' },
  { name: 'conmon', shows: 'conmon', purpose: 'hosts' },
  { name: 'iptables', shows: 'iptables', purpose: 'hosts' },
  { name: 'iproute2', shows: 'ip', purpose: 'hosts' },
  { name: 'debootstrap', shows: 'debootstrap', purpose: 'hosts' },
  {
    name: 'debian-archive-keyring',
    shows: '/usr/share/keyrings/debian-archive-keyring.gpg',
    purpose: 'hosts',
  },
  { name: 'openssh-client', shows: 'ssh-keygen', purpose: 'hosts' },
  { name: 'gcc', shows: 'gcc', purpose: 'build' },
  { name: 'libc6-dev', shows: '/usr/include/stdlib.h', purpose: 'build' },
  { name: 'libseccomp-dev', shows: '/usr/include/seccomp.h', purpose: 'build' },
  { name: 'gcc-aarch64-linux-gnu', shows: 'aarch64-linux-gnu-gcc', purpose: 'arm64' },
  { name: 'libc6-dev-arm64-cross', shows: '/usr/aarch64-linux-gnu/include/stdlib.h', purpose: 'arm64' },
  { name: 'vagrant', shows: 'vagrant', purpose: 'vagrant' },
  { name: 'podman-docker', shows: '/usr/bin/docker', purpose: 'vagrant' },
  { name: 'docker-registry', shows: 'docker-registry', purpose: 'tests' },
  { name: 'skopeo', shows: 'skopeo', purpose: 'tests' },
  { name: 'nginx', shows: 'nginx', purpose: 'tests' },
  { name: 'busybox', shows: 'busybox', purpose: 'tests' },
  { name: 'openssl', shows: 'openssl', purpose: 'tests' },
  { name: 'git', shows: 'git', purpose: 'tests' },
]

/** podman's network programs are recommendations of it in some releases; vagrant's are a whole QEMU. */
const recommended: Readonly<Record<Purpose, string>> = {
  hosts: '--install-recommends',
  build: '--no-install-recommends',
  arm64: '--no-install-recommends',
  vagrant: '--no-install-recommends',
  tests: '--no-install-recommends',
}

export const preparePrerequisites = async (purposes: readonly Purpose[], say: Say): Promise<void> => {
  const missing = prerequisites.filter(({ purpose, shows }) => purposes.includes(purpose) && !isThere(shows))
  const unable = await whyNot(missing.map(({ name }) => name))
  if (unable !== undefined) throw unable
  if (missing.length === 0) return
  for (const { name } of missing) say(`installing ${name}`)
  for (const purpose of purposes) {
    const packages = missing.filter((row) => row.purpose === purpose).map(({ name }) => name)
    if (packages.length > 0) await aptInstall(packages, recommended[purpose])
  }
}

/** The sbin folders as well: a root shell that was opened with `su` may not have them in its PATH. */
const isThere = (shows: string): boolean =>
  shows.startsWith('/')
    ? existsSync(shows)
    : [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) =>
        existsSync(join(folder, shows)),
      )

const elsewhere =
  'run it on a Debian or Ubuntu machine as root, or use hosts of your own: slipway apply -c cluster.yaml'

const whyNot = async (missing: readonly string[]): Promise<UserError | undefined> => {
  if (process.platform !== 'linux')
    return new UserError(`a lab needs Linux: this machine runs ${process.platform}`, { hint: elsewhere })
  if (process.getuid?.() !== 0)
    return new UserError('a lab needs root: its hosts are privileged containers with a systemd each', {
      hint: 'run the same command with sudo',
    })
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (missing.length > 0 && !isDebianLike(system))
    return new UserError(
      `a lab needs ${missing.join(', ')}, and this machine, which is neither Debian nor Ubuntu, cannot be given them`,
      { hint: elsewhere },
    )
  return undefined
}

export const isDebianLike = (osRelease: string): boolean =>
  osRelease
    .split('\n')
    .filter((line) => /^ID(_LIKE)?=/.test(line))
    .some((line) => /\b(debian|ubuntu)\b/.test(line))

/** Package lists may be missing or old on a fresh machine: they are fetched when the first attempt fails. */
const aptInstall = async (packages: readonly string[], choice: string): Promise<void> => {
  const install = ['apt-get', 'install', '--yes', choice, ...packages]
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  if ((await tryCommand(install, { env })).code === 0) return
  await runCommand(['apt-get', 'update'], { env })
  await runCommand(install, { env })
}
