/** The static pods of a control plane. Their directory is watched by the kubelet: nothing half-written is ever in it. */

import type { HostConfig } from '../config/schema.ts'
import { controlPlaneWaitSeconds, manifestsDirectory } from '../constants.ts'
import { directory, file } from '../plan/steps.ts'
import { steps, wait } from '../plan/tasks.ts'
import { controlPlaneManifests } from '../render/files.ts'
import { renderInput } from './render-input.ts'
import type { Phase, PlanInput } from './types.ts'

const manifests = (input: PlanInput, host: HostConfig, wanted: (path: string) => boolean) =>
  controlPlaneManifests(renderInput(input, host))
    .filter(({ path }) => wanted(path))
    .map(file)

const isOf =
  (...components: readonly string[]) =>
  (path: string): boolean =>
    components.some((component) => path.endsWith(`/${component}.yaml`))

export const etcd: Phase = {
  id: 'etcd',
  title: 'Place the static pod of etcd',
  roles: ['control-plane'],
  tasks: (input, host) => [
    steps(
      directory(input.config.controlPlane.etcd.dataDir, 0o700),
      directory(manifestsDirectory, 0o700),
      ...manifests(input, host, isOf('etcd')),
    ),
  ],
}

export const apiServer: Phase = {
  id: 'control-plane/apiserver',
  title: 'Place the static pod of the API server',
  roles: ['control-plane'],
  tasks: (input, host) => [steps(...manifests(input, host, isOf('kube-apiserver')))],
}

/**
 * Once the API server is ready, and not before: a scheduler that starts without one lists its objects again after 1.6, 3.2, 6.4,
 * 12.8, 25.6 s, and took 20 s more to lead than one that starts after it (measured in a lab; client-go's reflector doubles up to 30 s).
 */
export const controllers: Phase = {
  id: 'control-plane/controllers',
  title: 'Place the static pods of the controller manager and the scheduler',
  roles: ['control-plane'],
  tasks: (input, host) => [
    steps(...manifests(input, host, isOf('kube-controller-manager', 'kube-scheduler'))),
    wait({
      id: 'controllers-lead',
      sentence: 'the controller manager and the scheduler lead',
      seconds: controlPlaneWaitSeconds,
    }),
  ],
}
