/**
 * A lab from nothing to hosts that accept SSH, and back to nothing. Takes a name and the hosts that are wanted; gives the Lab.
 * Run again, it repairs: hosts that live are left as they are, hosts that are there already are never taken away.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { UserError } from '../errors.ts'
import { ensureSystemdHierarchy, releaseSystemdHierarchy } from './cgroups.ts'
import { clusterFileText } from './cluster-file.ts'
import { ensureHosts, listHosts, listLabs, removeContainer } from './hosts.ts'
import { ensureImage } from './image.ts'
import { raiseInotifyInstances, releaseInotifyInstances } from './inotify.ts'
import { authorizeIdentity, ensureIdentity, identityPath, knownHostsPath, writeKnownHosts } from './keys.ts'
import { machineLimits } from './machine-limits.ts'
import { addressOf, ensureNetwork, findSubnet, placeHosts, removeNetwork } from './network.ts'
import { preparePrerequisites } from './prerequisites.ts'
import type { Lab, LabHost, LabRole, Say, WantedHost } from './types.ts'

export type LabOptions = {
  readonly name: string
  /** Kubernetes version for the cluster file. */
  readonly kubernetes: string
  readonly controlPlanes?: number
  readonly workers?: number
  readonly signal?: AbortSignal | undefined
}

const labsDirectory = (): string => join(cacheDirectory(), 'lab')
export const labDirectory = (name: string): string => join(labsDirectory(), name)

export const labUp = async (options: LabOptions, say: Say): Promise<Lab> => {
  checkName(options.name, 'lab')
  await preparePrerequisites(['hosts'], say)
  await mkdir(labDirectory(options.name), { recursive: true, mode: 0o700 })
  await prepareMachine(say)
  const image = await ensureImage(say)
  const subnet = await ensureNetwork(options.name)
  const existing = await listHosts(options.name)
  const wanted = placeHosts(subnet, [
    ...numbered('cp', options.controlPlanes ?? 1, 'control-plane'),
    ...numbered('w', options.workers ?? 2, 'worker'),
  ])
  const others = existing.filter(({ name }) => !wanted.some((host) => host.name === name))
  return finish(options, { subnet, image, hosts: [...wanted, ...others] }, say)
}

const prepareMachine = async (say: Say): Promise<void> => {
  await ensureSystemdHierarchy(labsDirectory(), say)
  await raiseInotifyInstances(labsDirectory(), say)
}

/**
 * When the last lab has gone. Another one may be coming at this moment: it has a folder before it looks at the machine, so that what is
 * taken away under its hands is seen, and brought again before it has hosts.
 */
const releaseMachine = async (): Promise<void> => {
  if ((await labs()).length > 0) return
  await releaseSystemdHierarchy(labsDirectory())
  await releaseInotifyInstances(labsDirectory())
  if ((await labs()).length > 0) await prepareMachine(() => {})
}

/** One more host: a name such as cp2 or w3, or any other. */
export const addHost = async (
  options: LabOptions & { readonly host: string; readonly role: LabRole },
  say: Say,
): Promise<Lab> => {
  checkName(options.host, 'host')
  const subnet = await findSubnet(options.name)
  const existing = await listHosts(options.name)
  if (subnet === undefined || existing.length === 0)
    throw new UserError(`there is no lab "${options.name}"`, {
      hint: `make it first: slipway lab up --name ${options.name}`,
    })
  if (existing.some(({ name }) => name === options.host))
    throw new UserError(`the lab "${options.name}" has a host "${options.host}" already`)
  const taken = existing.map(({ address }) => address)
  const added = { name: options.host, address: addressOf(subnet, options.host, taken), role: options.role }
  const image = await ensureImage(say)
  return finish(options, { subnet, image, hosts: [...existing, added] }, say)
}

type Ground = { readonly subnet: string; readonly image: string; readonly hosts: readonly WantedHost[] }

const finish = async (options: LabOptions, ground: Ground, say: Say): Promise<Lab> => {
  const directory = labDirectory(options.name)
  await ensureIdentity(directory)
  const { image, hosts: wanted } = ground
  const hosts = await ensureHosts({ lab: options.name, image, hosts: wanted, say, signal: options.signal })
  await Promise.all(hosts.map(({ containerId }) => authorizeIdentity(directory, containerId)))
  await writeKnownHosts(directory, hosts)
  const lab = describe(options.name, ground.subnet, hosts)
  const { identityFile, knownHostsFile } = lab
  const { kubernetes, name } = options
  const limits = await machineLimits()
  await writeFile(
    lab.clusterFile,
    clusterFileText({ lab: name, kubernetes, hosts, identityFile, knownHostsFile, limits }),
  )
  return lab
}

const describe = (name: string, subnet: string, hosts: readonly LabHost[]): Lab => {
  const directory = labDirectory(name)
  return {
    name,
    directory,
    subnet,
    clusterFile: join(directory, 'cluster.yaml'),
    identityFile: identityPath(directory),
    knownHostsFile: knownHostsPath(directory),
    hosts,
  }
}

const numbered = (prefix: string, count: number, role: LabRole) =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i + 1}`, role }))

/** Removes all that `labUp` made for this name; false when there was nothing. */
export const labDown = async (name: string): Promise<boolean> => {
  checkName(name, 'lab')
  const hosts = await listHosts(name)
  const subnet = await findSubnet(name)
  const existed = hosts.length > 0 || subnet !== undefined || existsSync(labDirectory(name))
  await Promise.all(hosts.map(({ containerId }) => removeContainer(containerId)))
  await removeNetwork(name)
  await rm(labDirectory(name), { recursive: true, force: true })
  await releaseMachine()
  return existed
}

/** Labs that have hosts or a folder, whether they run or not. */
export const labs = async (): Promise<
  readonly { readonly name: string; readonly hosts: readonly LabHost[] }[]
> => {
  const folders = existsSync(labsDirectory()) ? await readdir(labsDirectory()) : []
  const names = new Set([...(await listLabs()), ...folders.filter((name) => !name.startsWith('.'))])
  return Promise.all([...names].toSorted().map(async (name) => ({ name, hosts: await listHosts(name) })))
}

const checkName = (name: string, what: string): void => {
  if (/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) return
  throw new UserError(`"${name}" cannot be the name of a ${what}`, {
    hint: 'lower case letters, digits and "-", at most 32, beginning and ending with a letter or digit: dev, w3',
  })
}
