/** The static pods of a control plane. Their directory is watched by the kubelet: nothing half-written is ever in it. */

import type { HostConfig } from '../config/schema.ts'
import { manifestsDirectory } from '../constants.ts'
import { directory, file } from '../plan/steps.ts'
import { steps } from '../plan/tasks.ts'
import { controlPlaneManifests } from '../render/files.ts'
import { renderInput } from './render-input.ts'
import type { Phase, PlanInput } from './types.ts'

const manifests = (input: PlanInput, host: HostConfig, wanted: (path: string) => boolean) =>
  controlPlaneManifests(renderInput(input, host))
    .filter(({ path }) => wanted(path))
    .map(file)

const isEtcd = (path: string): boolean => path.endsWith('/etcd.yaml')

export const etcd: Phase = {
  id: 'etcd',
  title: 'Place the static pod of etcd',
  roles: ['control-plane'],
  tasks: (input, host) => [
    steps(
      directory(input.config.controlPlane.etcd.dataDir, 0o700),
      directory(manifestsDirectory, 0o700),
      ...manifests(input, host, isEtcd),
    ),
  ],
}

export const controlPlane: Phase = {
  id: 'control-plane',
  title: 'Place the static pods of the control plane',
  roles: ['control-plane'],
  tasks: (input, host) => [steps(...manifests(input, host, (path) => !isEtcd(path)))],
}
