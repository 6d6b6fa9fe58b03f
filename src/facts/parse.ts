/**
 * Makes HostFacts of what gather.sh said. Takes the lines, and the workstation's clock around them; gives facts. Pure.
 * Whatever a host leaves out becomes the value that says "not there": a check decides what that means.
 */
import type { Said } from './lines.ts'
import { parseAddresses, parseListening, parseRoutes } from './network.ts'
import { parseProxies, parseUnits } from './systemd.ts'
import type { HostFacts } from './types.ts'

/** The workstation's clock, in seconds: at the middle of the round trip, and how long that took. */
export type RoundTrip = { readonly workstation: number; readonly seconds: number }

export const parseFacts = (host: string, said: Said, trip: RoundTrip): HostFacts => {
  const unitLines = said.all('unit').map(firstValue)
  const units = parseUnits(unitLines)
  const kernelConfig = parseKernelConfig(said)
  return {
    host,
    uid: Number(said.last('uid')[0] ?? Number.NaN),
    hostname: firstLine(said, '/proc/sys/kernel/hostname'),
    machineId: firstLine(said, '/etc/machine-id'),
    productUuid: saidYes(said, 'container') ? '' : firstLine(said, '/sys/class/dmi/id/product_uuid'),
    os: parseOs(said.file('/etc/os-release')),
    arch: architecture(said.last('machine')[0] ?? ''),
    kernel: firstLine(said, '/proc/sys/kernel/osrelease'),
    cpus: Number(said.last('cpus')[0] ?? 0),
    memoryMB: parseMemory(said.file('/proc/meminfo')),
    cgroup: isCgroupV2(said) ? 'v2' : 'v1',
    systemd: saidYes(said, 'systemd'),
    clock: { host: Number(said.last('date')[0]), workstation: trip.workstation, roundTrip: trip.seconds },
    addresses: parseAddresses(said.all('fib').map(firstValue)),
    routes: parseRoutes(said.file('/proc/net/route')),
    listening: parseListening([...said.file('/proc/net/tcp'), ...said.file('/proc/net/tcp6')]),
    swaps: said.file('/proc/swaps').slice(1).map(firstWord),
    selinux: parseSelinux(said.file('/sys/fs/selinux/enforce')[0]),
    units,
    resolvedActive: units['systemd-resolved']?.active ?? false,
    canLowerOomScore: saidYes(said, 'oom-score'),
    sysctls: parseSysctls(said),
    kernelConfig,
    kernelFeatures: parseFeatures(said, kernelConfig),
    cgroupControllers: parseControllers(said),
    commands: pairs(said.all('command')),
    disks: said.all('disk').flatMap(parseDisk),
    proxies: parseProxies(said.all('environment').map(firstValue), unitLines),
    resolves: pairs(said.all('resolves')),
    paths: Object.fromEntries(said.all('path').flatMap(parsePath)),
    cluster: parseMarker(said.file('/var/lib/slipway/cluster')),
    identity: parseIdentity(said),
  }
}

const firstValue = (values: readonly string[]): string => values.join('\t')
const firstWord = (line: string): string => line.split(/\s/)[0] ?? ''
const firstLine = (said: Said, path: string): string => (said.file(path)[0] ?? '').trim()
const saidYes = (said: Said, key: string): boolean => said.last(key)[0] === 'yes'
const isCgroupV2 = (said: Said): boolean => said.file('/sys/fs/cgroup/cgroup.controllers').length > 0

const pairs = (lines: readonly (readonly string[])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.map(([name = '', value = '']) => [name, value]))

const architecture = (machine: string): string =>
  machine === 'x86_64' ? 'amd64' : machine === 'aarch64' ? 'arm64' : machine

/** os-release(5): shell assignments, quoted or not. */
const parseOs = (lines: readonly string[]): HostFacts['os'] => {
  const value = (name: string): string =>
    (lines.find((line) => line.startsWith(`${name}=`)) ?? '')
      .slice(name.length + 1)
      .replace(/^(["'])(.*)\1$/, '$2')
  return { id: value('ID'), versionId: value('VERSION_ID'), pretty: value('PRETTY_NAME') }
}

const parseMemory = (lines: readonly string[]): number => {
  const total = lines.find((line) => line.startsWith('MemTotal:')) ?? ''
  return Math.floor(Number(/\d+/.exec(total)?.[0] ?? 0) / 1024)
}

const parseSelinux = (enforce: string | undefined): HostFacts['selinux'] => {
  if (enforce === undefined) return 'disabled'
  return enforce === '1' ? 'enforcing' : 'permissive'
}

const parseSysctls = (said: Said): HostFacts['sysctls'] =>
  Object.fromEntries(
    said.paths
      .filter((path) => path.startsWith('/proc/sys/'))
      .map((path) => [path.slice('/proc/sys/'.length).replaceAll('/', '.'), firstLine(said, path)]),
  )

/** `CONFIG_X=y` or `# CONFIG_X is not set`. */
const parseKernelConfig = (said: Said): Record<string, string> =>
  Object.fromEntries(
    said.all('config').flatMap(([line = '']) => {
      const match = /^(?:# )?(CONFIG_\w+)(?:=(.+)| is not set)$/.exec(line)
      return match?.[1] === undefined ? [] : [[match[1], match[2] ?? 'n']]
    }),
  )

/** What is built into the kernel works, even where no folder under /sys shows it. */
const builtIn = { vxlan: 'CONFIG_VXLAN', nftables: 'CONFIG_NF_TABLES' }

const parseFeatures = (
  said: Said,
  kernelConfig: Readonly<Record<string, string>>,
): HostFacts['kernelFeatures'] => {
  const tried = said.all('feature').map(([name = '', answer]) => [name, answer === 'yes'] as const)
  const compiled = Object.entries(builtIn)
    .filter(([, option]) => kernelConfig[option] === 'y')
    .map(([name]) => [name, true] as const)
  return Object.fromEntries([...tried, ...compiled])
}

/** v2: one line of names. v1: /proc/cgroups, whose fourth column says enabled. */
const parseControllers = (said: Said): readonly string[] => {
  if (isCgroupV2(said)) return firstLine(said, '/sys/fs/cgroup/cgroup.controllers').split(' ')
  return said
    .file('/proc/cgroups')
    .map((line) => line.split(/\s+/))
    .flatMap(([name = '', , , enabled]) => (enabled === '1' ? [name] : []))
}

/** `statfs` in numbers: block size, blocks, blocks free for users, inodes, inodes free. */
const parseDisk = (values: readonly string[]): HostFacts['disks'] => {
  const [path, ...numbers] = values
  const [blockSize = 0, blocks = 0, available = 0, inodes = 0, freeInodes = 0] = numbers.map(Number)
  if (path === undefined || numbers.length < 5) return []
  const megabytes = (count: number): number => Math.floor((count * blockSize) / 2 ** 20)
  return [
    {
      path,
      freeMB: megabytes(available),
      totalMB: megabytes(blocks),
      freeInodes: inodes === 0 ? undefined : freeInodes,
    },
  ]
}

const parsePath = ([path = '', kind]: readonly string[]): [string, HostFacts['paths'][string]][] =>
  kind === 'file' || kind === 'directory' || kind === 'empty-directory' ? [[path, kind]] : []

const parseMarker = (lines: readonly string[]): HostFacts['cluster'] => {
  const value = (key: string): string | undefined =>
    lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const name = value('name')
  return name === undefined ? undefined : { name, caHash: value('caHash') ?? '' }
}

const parseIdentity = (said: Said): HostFacts['identity'] =>
  Object.fromEntries(
    said.paths
      .filter((path) => path.startsWith('/etc/kubernetes/') || path.startsWith('/var/lib/kubelet/pki/'))
      .map((path) => [
        path,
        said
          .file(path)
          .map((line) => `${line}\n`)
          .join(''),
      ]),
  )
