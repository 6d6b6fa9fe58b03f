/** What is in the cluster rather than on a host: readiness, RBAC, ConfigMaps, tokens, labels and addons. Each goes through the first control plane's API. */

import { addonObjects } from '../addons/index.ts'
import { bootstrapTokenSecret } from '../api/tokens.ts'
import type { KubeObject } from '../api/types.ts'
import type { HostConfig } from '../config/schema.ts'
import { controlPlaneWaitSeconds } from '../constants.ts'
import { objects, wait } from '../plan/tasks.ts'
import { bootstrapObjects, clusterAdminsBinding, clusterObjects } from '../render/objects/index.ts'
import { renderInput } from './render-input.ts'
import type { Phase, PlanInput } from './types.ts'

/** A worker that installs itself knows of no control plane but its address: then no host is the first. */
export const onFirst = ({ config }: PlanInput, host: HostConfig): boolean =>
  config.hosts.find(({ role }) => role === 'control-plane')?.name === host.name

const clusterPhase = (
  id: string,
  title: string,
  make: (input: PlanInput, host: HostConfig) => readonly KubeObject[],
): Phase => ({
  id,
  title,
  roles: ['control-plane'],
  tasks: (input, host) => (onFirst(input, host) ? [objects(make(input, host))] : []),
})

export const waitControlPlane: Phase = {
  id: 'wait-control-plane',
  title: 'Wait for the control plane',
  roles: ['control-plane'],
  tasks: () => [
    wait({ id: 'api-server-ready', sentence: 'the API server is ready', seconds: controlPlaneWaitSeconds }),
  ],
}

export const clusterAdmins: Phase = {
  id: 'cluster-admins',
  title: 'Let the administrators in',
  roles: ['control-plane'],
  tasks: (input, host) =>
    onFirst(input, host)
      ? [
          { kind: 'objects', objects: [clusterAdminsBinding()], as: 'super-admin' },
          wait({
            id: 'administrators-let-in',
            sentence: 'the API server lets administrators in',
            seconds: controlPlaneWaitSeconds,
          }),
        ]
      : [],
}

export const bootstrapToken = clusterPhase(
  'bootstrap-token',
  'Let nodes bootstrap with tokens',
  (input, host) => bootstrapObjects(renderInput(input, host)),
)

export const uploadConfig = clusterPhase(
  'upload-config',
  'Store the configuration in the cluster',
  (input, host) => clusterObjects(renderInput(input, host)),
)

export const addon = clusterPhase('addon', 'Apply the addons', (input, host) =>
  addonObjects(renderInput(input, host), input.userManifests),
)

export const joinToken: Phase = {
  id: 'join-token',
  title: 'Make a token for each worker',
  roles: ['worker'],
  needs: () => ['bootstrap-token'],
  tasks: (input, host) => {
    const join = input.joinTokens.get(host.name)
    if (!join) return []
    return [
      objects([
        bootstrapTokenSecret({ ...join, description: `for ${host.name} to join; deleted when it has` }),
      ]),
    ]
  },
}

const node = (
  host: HostConfig,
  labels: Readonly<Record<string, string>>,
  taints: HostConfig['taints'],
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: host.name, labels },
  ...(taints && taints.length > 0 ? { spec: { taints } } : {}),
})

const registered = (host: HostConfig) =>
  wait({
    id: 'node-registered',
    sentence: `node ${host.name} has registered`,
    seconds: controlPlaneWaitSeconds,
    args: { node: host.name },
  })

/** kubeadm.md 1.6. */
const controlPlaneLabels = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
}
const controlPlaneTaints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] as const

export const markControlPlane: Phase = {
  id: 'mark-control-plane',
  title: 'Label and taint the control plane',
  roles: ['control-plane'],
  tasks: (_input, host) => [
    registered(host),
    objects([node(host, { ...controlPlaneLabels, ...host.labels }, host.taints ?? controlPlaneTaints)]),
  ],
}

export const markNode: Phase = {
  id: 'mark-node',
  title: 'Label the workers',
  roles: ['worker'],
  tasks: (_input, host) => [
    registered(host),
    objects([node(host, { 'node-role.kubernetes.io/worker': '', ...host.labels }, host.taints)]),
  ],
}

export const waitNodes: Phase = {
  id: 'wait-nodes',
  title: 'Wait until every node is Ready and DNS answers',
  roles: ['control-plane', 'worker'],
  needs: () => ['addon'],
  tasks: (input, host) => {
    if (input.config.network.plugin === 'none') return []
    const dns = wait({
      id: 'deployment-available',
      sentence: 'CoreDNS answers',
      seconds: controlPlaneWaitSeconds,
      args: { namespace: 'kube-system', name: 'coredns' },
    })
    const ready = wait({
      id: 'node-ready',
      sentence: `node ${host.name} is Ready`,
      seconds: controlPlaneWaitSeconds,
      args: { node: host.name },
    })
    const tolerated =
      input.config.hosts.some(({ role }) => role === 'worker') || host.role === 'control-plane'
    return onFirst(input, host) && tolerated ? [ready, dns] : [ready]
  },
}
