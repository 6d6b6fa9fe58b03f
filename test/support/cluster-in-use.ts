/**
 * A lab's cluster that somebody uses, to see what a change of its certificates takes from them: a client here that reads and writes
 * through the API ten times a second, a pod that talks to it from inside, and pods on every node that nobody should restart. Takes the
 * lab's shape; gives the cluster, and a way to do something while it is used.
 */
import { dirname, join } from 'node:path'
import { beforeAll } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { addHost } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/types.ts'
import { keepUsing, readAndWrite, type Traffic } from './api-traffic.ts'
import { carryFile } from './carry-slipway.ts'
import { describeGaps } from './gaps.ts'
import {
  insiderPath,
  insiderProgram,
  insiderTraffic,
  readInsider,
  type Saw,
  usersObjects,
} from './insider.ts'
import { carryKubeadm, onCluster } from './kubeadm-host.ts'
import { type LabShape, useLab } from './lab.ts'
import { nodesAreReady } from './nodes.ts'
import { eventually, kubectl, onHost } from './on-host.ts'

/** What those who used it met meanwhile, and their pods: by what changes when one is replaced or restarted. */
export type Used<T> = {
  readonly ended: T
  readonly outside: Traffic
  readonly inside: Traffic
  readonly pods: { readonly before: string; readonly after: string }
}

export type ClusterInUse = {
  /** With the hosts that were added since. */
  readonly lab: () => Lab
  /** The cluster's folder on this machine. */
  readonly folder: () => string
  readonly kubeconfig: () => string
  readonly addWorker: (name: string) => Promise<void>
  /** `what` is for the line that is printed of it. */
  readonly whileUsed: <T>(what: string, work: () => Promise<T>) => Promise<Used<T>>
}

const podsOfUsers = (lab: Lab): Promise<string> =>
  kubectl(
    lab,
    `get pods -n default --sort-by=.metadata.name -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[0].restartCount},{end}'`,
  )

const insiderSaw = async (lab: Lab): Promise<readonly Saw[]> =>
  readInsider(await kubectl(lab, 'logs insider'))

/** It has worked at or after this second. What it says comes by its kubelet, which may just have been restarted. */
const insiderWorks = (lab: Lab, second: number): Promise<readonly Saw[]> =>
  eventually(
    'the API, from a pod',
    async () => {
      const saw = await insiderSaw(lab)
      const last = saw.at(-1)
      if (last?.works && last.second >= second) return saw
      throw new Error(last?.why ?? 'it has said nothing yet')
    },
    180,
  )

const now = (): number => Math.ceil(Date.now() / 1000)

const placeUsers = async (lab: Lab): Promise<void> => {
  await carryFile(lab, 'w1', await insiderProgram(dirname(lab.clusterFile)), insiderPath)
  await onHost(lab, 'w1', `chmod 755 ${insiderPath}`)
  await kubectl(lab, 'apply -f -', usersObjects)
  await kubectl(lab, 'rollout status daemonset/bystander --timeout=300s')
  await kubectl(lab, 'wait --for=condition=Ready pod/insider --timeout=300s')
}

const useWhile = async <T>(lab: Lab, kubeconfig: string, work: () => Promise<T>): Promise<Used<T>> => {
  const before = await podsOfUsers(lab)
  const seen = (await insiderWorks(lab, now())).length
  const traffic = keepUsing(readAndWrite(kubeconfig))
  const [result] = await Promise.allSettled([work()])
  const outside = await traffic.stop()
  if (result.status === 'rejected') throw result.reason
  const inside = insiderTraffic((await insiderWorks(lab, now())).slice(seen))
  return { ended: result.value, outside, inside, pods: { before, after: await podsOfUsers(lab) } }
}

export const useClusterInUse = (shape: LabShape): ClusterInUse => {
  const first = useLab(shape)
  const grown: { lab?: Lab } = {}
  const lab = (): Lab => grown.lab ?? first()
  const folder = (): string => join(dirname(lab().clusterFile), '.slipway', lab().name)
  const kubeconfig = (): string => join(folder(), 'kubeconfig')
  beforeAll(async () => {
    await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
    await onCluster(lab(), 'apply')
    await onCluster(lab(), 'kubeconfig')
    await carryKubeadm(lab(), 'cp1')
    await placeUsers(lab())
  })
  return {
    lab,
    folder,
    kubeconfig,
    addWorker: async (host) => {
      grown.lab = await addHost({ name: lab().name, host, role: 'worker', kubernetes: '1.37.1' }, console.log)
      await onCluster(lab(), 'apply')
      await nodesAreReady(lab())
    },
    whileUsed: async (what, work) => {
      const started = Date.now()
      const used = await useWhile(lab(), kubeconfig(), work)
      const seconds = ((Date.now() - started) / 1000).toFixed(0)
      const told = [describeGaps('outside', used.outside), describeGaps('inside', used.inside)]
      process.stderr.write(`${what}: ${seconds} s, users and all\n  ${told.join('\n  ')}\n`)
      return used
    },
  }
}
