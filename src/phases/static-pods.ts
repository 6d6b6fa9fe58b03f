/**
 * The static pods of a control plane. Their directory is watched by the kubelet: nothing half-written is ever in it. On a host that
 * runs already a changed manifest replaces a pod: the API server before etcd, since one without its etcd ends only when it is killed.
 * The kubelet that is held for it is let go by what comes last, the start of both.
 */
import type { HostConfig } from '../config/schema.ts'
import { controlPlaneWaitSeconds, manifestsDirectory } from '../constants.ts'
import { directory, file } from '../plan/steps.ts'
import { steps, wait } from '../plan/tasks.ts'
import { controlPlaneManifest } from '../render/files.ts'
import type { FileContent } from '../render/types.ts'
import { startedWith } from './read-at-start.ts'
import { renderInput } from './render-input.ts'
import { endOthers, holdKubelet, type StartedWith, startNow } from './static-pod-steps.ts'
import type { Phase, PlanInput } from './types.ts'

type StaticPod = StartedWith & { readonly manifest: FileContent }

/** What it is started with is all that is in its manifest, and the files that it reads once. */
const staticPod = (input: PlanInput, host: HostConfig, component: string): StaticPod => {
  const rendered = (hash: string): FileContent =>
    controlPlaneManifest({ ...renderInput(input, host), startedWith: { [component]: hash } }, component)
  const hash = startedWith(input, host.name, component, rendered('').content)
  return { component, hash, manifest: rendered(hash) }
}

/** Seconds to end in. etcd closes its files, the others give back what they hold. */
const grace = 25

/**
 * The only API server is killed: given time, it would take its address out of the Service `kubernetes` first, and clients in pods
 * would be refused until the next one has put it back. Where there are others that is just what they need.
 */
const apiServerGrace = ({ config }: PlanInput): number =>
  config.hosts.filter(({ role }) => role === 'control-plane').length === 1 ? 0 : grace

export const apiServer: Phase = {
  id: 'control-plane/apiserver',
  title: 'Place the static pod of the API server',
  roles: ['control-plane'],
  tasks: (input, host) => {
    const pod = staticPod(input, host, 'kube-apiserver')
    return [
      steps(
        directory(manifestsDirectory, 0o700),
        holdKubelet([pod]),
        file(pod.manifest),
        endOthers(pod, apiServerGrace(input)),
      ),
    ]
  },
}

export const etcd: Phase = {
  id: 'etcd',
  title: 'Place the static pod of etcd',
  roles: ['control-plane'],
  tasks: (input, host) => {
    const pod = staticPod(input, host, 'etcd')
    return [
      steps(
        directory(input.config.controlPlane.etcd.dataDir, 0o700),
        directory(manifestsDirectory, 0o700),
        holdKubelet([pod]),
        file(pod.manifest),
        endOthers(pod, grace),
        startNow([pod, staticPod(input, host, 'kube-apiserver')]),
      ),
    ]
  },
}

/**
 * Once the API server is ready, and not before: a scheduler that starts without one lists its objects again after 1.6, 3.2, 6.4,
 * 12.8, 25.6 s, and took 20 s more to lead than one that starts after it (measured in a lab; client-go's reflector doubles up to 30 s).
 */
export const controllers: Phase = {
  id: 'control-plane/controllers',
  title: 'Place the static pods of the controller manager and the scheduler',
  roles: ['control-plane'],
  tasks: (input, host) => {
    const pods = ['kube-controller-manager', 'kube-scheduler'].map((name) => staticPod(input, host, name))
    return [
      steps(
        holdKubelet(pods),
        ...pods.map(({ manifest }) => file(manifest)),
        ...pods.map((pod) => endOthers(pod, grace)),
        startNow(pods),
      ),
      wait({
        id: 'controllers-lead',
        sentence: 'the controller manager and the scheduler lead',
        seconds: controlPlaneWaitSeconds,
      }),
    ]
  },
}
