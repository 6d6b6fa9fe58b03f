/**
 * A network of its own for every lab. Takes the lab's name; gives a /24 out of 172.30.0.0/16 that nothing on this machine
 * uses, and the addresses in it. The pod and service networks of a cluster (10.244/16, 10.96/12) never overlap it.
 */
import { createHash } from 'node:crypto'
import { UserError } from '../errors.ts'
import { labels, podman, podmanJson, tryPodman } from './podman.ts'
import { runCommand } from './run-command.ts'
import type { WantedHost } from './types.ts'

const prefix = '172.30'
const controlPlaneStart = 10
const workerStart = 20
/** The last address of the /24 that may be a host's. */
const lastHost = 250

export const networkName = (lab: string): string => `slipway-lab-${lab}`

/** cp1 is .11, w1 is .21; any other name takes the first free address after the workers'. */
export const addressOf = (subnet: string, name: string, taken: readonly string[]): string => {
  const base = subnet.replace(/\.0\/24$/, '')
  const preferred = preferredNumber(name)
  const candidates = [preferred, ...Array.from({ length: lastHost - 100 }, (_, i) => 101 + i)]
  const address = candidates
    .filter((number) => number !== undefined)
    .map((number) => `${base}.${number}`)
    .find((candidate) => !taken.includes(candidate))
  if (address === undefined) throw new UserError(`the network ${subnet} of the lab is full`)
  return address
}

const preferredNumber = (name: string): number | undefined => {
  const match = /^(cp|w)(\d+)$/.exec(name)
  const index = Number(match?.[2])
  if (match?.[1] === 'cp' && index >= 1 && index <= 9) return controlPlaneStart + index
  if (match?.[1] === 'w' && index >= 1 && index <= 79) return workerStart + index
  return undefined
}

/** Hosts with their addresses, for names in order. */
export const placeHosts = (
  subnet: string,
  hosts: readonly Pick<WantedHost, 'name' | 'role'>[],
): readonly WantedHost[] => {
  const placed: WantedHost[] = []
  for (const host of hosts) {
    const taken = placed.map(({ address }) => address)
    placed.push({ ...host, address: addressOf(subnet, host.name, taken) })
  }
  return placed
}

/**
 * The /24s in the order in which a lab of that name tries them: from a number of its own, so that two labs that start in the
 * same moment do not reach for the same one, and without those that overlap a network in use.
 */
export const freeSubnets = (lab: string, used: readonly string[]): readonly string[] => {
  const first = createHash('sha256').update(lab).digest().readUInt8(0)
  return Array.from({ length: 256 }, (_, i) => `${prefix}.${(first + i) % 256}.0/24`).filter(
    (subnet) => !used.some((other) => overlap(subnet, other)),
  )
}

export const overlap = (a: string, b: string): boolean => {
  const [left, right] = [parseCidr(a), parseCidr(b)]
  const bits = Math.min(left.bits, right.bits)
  // Not <<: JavaScript shifts by 32 as by 0.
  const block = 2 ** (32 - bits)
  return Math.floor(left.start / block) === Math.floor(right.start / block)
}

const parseCidr = (cidr: string): { readonly start: number; readonly bits: number } => {
  const [address = '', bits = '32'] = cidr.split('/')
  return { start: address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0), bits: Number(bits) }
}

/** The subnet of the lab's network; undefined when it has none. */
export const findSubnet = async (lab: string): Promise<string | undefined> => {
  const { code, stdout } = await tryPodman('network', 'inspect', networkName(lab))
  return code === 0 ? subnetsIn(JSON.parse(stdout))[0] : undefined
}

/** The lab's network, made where it is missing. A subnet that another process took in the meantime is passed over. */
export const ensureNetwork = async (lab: string): Promise<string> => {
  const existing = await findSubnet(lab)
  if (existing !== undefined) return existing
  const label = `${labels.lab}=${lab}`
  for (const subnet of freeSubnets(lab, await usedSubnets()).slice(0, 8)) {
    const options = ['--disable-dns', '--label', label, '--subnet', subnet]
    const { code } = await tryPodman('network', 'create', ...options, networkName(lab))
    if (code === 0) return subnet
  }
  throw new UserError(`no free network in ${prefix}.0.0/16 for the lab "${lab}"`, {
    hint: 'see "podman network ls" and "ip route", and end a lab that is not needed with "slipway lab down --name NAME"',
  })
}

export const removeNetwork = async (lab: string): Promise<void> => {
  if ((await findSubnet(lab)) !== undefined) await podman('network', 'rm', '--force', networkName(lab))
}

/** What podman has given away, and what this machine has routes to. The default route overlaps nothing that we mean. */
export const usedSubnets = async (): Promise<readonly string[]> => {
  const names = (await podman('network', 'ls', '--quiet')).split('\n').filter((name) => name !== '')
  const networks = names.length === 0 ? [] : subnetsIn(await podmanJson('network', 'inspect', ...names))
  const routes = JSON.parse(await runCommand(['ip', '-json', '-4', 'route', 'show', 'table', 'main'])) as {
    readonly dst: string
  }[]
  return [...networks, ...routes.map(({ dst }) => dst).filter((dst) => dst !== 'default')]
}

const subnetsIn = (networks: unknown): readonly string[] =>
  (networks as readonly { readonly subnets?: readonly { readonly subnet: string }[] }[])
    .flatMap((network) => network.subnets ?? [])
    .map(({ subnet }) => subnet)
    .filter((subnet) => !subnet.includes(':'))
