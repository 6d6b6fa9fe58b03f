/**
 * The hosts of a lab, as podman has them. Makes what is missing, starts again what has stopped, replaces what cannot be
 * started. What is asked is the host itself: after a restart of the machine podman may list containers as running that are not.
 */

import { settleDeadContainer } from './dead-containers.ts'
import { labels, podman, podmanJson, tryPodman } from './podman.ts'
import { containerName, runArguments } from './run-arguments.ts'
import type { LabHost, LabRole, Say, WantedHost } from './types.ts'
import { waitUntilUp } from './wait-until-up.ts'

type Listed = { readonly Id: string; readonly Labels: Readonly<Record<string, string>> }

/** The lab's hosts, running or not, in the order of their addresses. */
export const listHosts = async (lab: string): Promise<readonly LabHost[]> => {
  const hosts = (await listContainers(`${labels.lab}=${lab}`)).map(({ Id, Labels }) => ({
    containerId: Id,
    name: Labels[labels.host] ?? '',
    address: Labels[labels.address] ?? '',
    role: (Labels[labels.role] ?? 'worker') as LabRole,
  }))
  return hosts.toSorted((a, b) => lastByte(a.address) - lastByte(b.address))
}

const lastByte = (address: string): number => Number(address.split('.').at(-1))

/** The names of all labs that have containers. */
export const listLabs = async (): Promise<readonly string[]> => {
  const names = (await listContainers(labels.lab)).map(({ Labels }) => Labels[labels.lab] ?? '')
  return [...new Set(names)].toSorted()
}

const listContainers = async (label: string): Promise<readonly Listed[]> =>
  ((await podmanJson('ps', '--all', '--format', 'json', '--filter', `label=${label}`)) ?? []) as Listed[]

export type HostsRequest = {
  readonly lab: string
  readonly image: string
  readonly hosts: readonly WantedHost[]
  readonly say: Say
  readonly signal?: AbortSignal | undefined
}

/** All hosts at once; each resolves when its systemd is up and its sshd answers. */
export const ensureHosts = async (request: HostsRequest): Promise<readonly LabHost[]> => {
  const existing = await listHosts(request.lab)
  const results = await Promise.allSettled(
    request.hosts.map((host) =>
      ensureHost(
        request,
        host,
        existing.find(({ name }) => name === host.name),
      ),
    ),
  )
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  )
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} lab hosts did not come up`)
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

const ensureHost = async (
  request: HostsRequest,
  host: WantedHost,
  existing: LabHost | undefined,
): Promise<LabHost> => {
  if (existing !== undefined && (await isAlive(existing))) return existing
  if (existing !== undefined && (await restart(request, existing))) return existing
  return create(request, host)
}

/** A program can be run in it: the one proof that its process is there. */
const isAlive = async ({ containerId }: LabHost): Promise<boolean> =>
  (await tryPodman('exec', containerId, 'true')).code === 0

/** With its disk as it was, so that a cluster on it comes back as after a power cut. */
const restart = async (request: HostsRequest, host: LabHost): Promise<boolean> => {
  request.say(`starting ${host.name} again: it was made earlier and has stopped`)
  await settleDeadContainer(host.containerId)
  await tryPodman('stop', '--time', '0', host.containerId)
  if ((await tryPodman('start', host.containerId)).code !== 0) return false
  return waitUntilUp(host, request.signal).then(
    () => true,
    () => false,
  )
}

const create = async (request: HostsRequest, wanted: WantedHost): Promise<LabHost> => {
  await removeContainer(containerName(request.lab, wanted.name))
  request.say(`starting ${wanted.name} at ${wanted.address}`)
  const containerId = (await podman(...runArguments(request.lab, wanted, request.image))).trim()
  const host = { ...wanted, containerId }
  await waitUntilUp(host, request.signal)
  return host
}

/** With its volumes: those of removed hosts would fill the disk within a day. */
export const removeContainer = async (idOrName: string): Promise<void> => {
  if ((await tryPodman('container', 'exists', idOrName)).code !== 0) return
  const remove = ['rm', '--force', '--volumes', '--time', '0', idOrName]
  await settleDeadContainer(idOrName)
  if ((await tryPodman(...remove)).code === 0) return
  // It may have been dying just then: now it is either alive, or dead for good.
  await settleDeadContainer(idOrName)
  await podman(...remove)
}
