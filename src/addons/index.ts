/** Every addon, a row each, in the order in which they are applied; then the user's own manifests. */
import type { KubeObject } from '../api/types.ts'
import type { ClusterInput } from '../render/types.ts'
import { coredns } from './coredns.ts'
import { flannel } from './flannel.ts'
import { kubeProxy } from './kube-proxy.ts'
import type { Addon } from './types.ts'
import { type UserManifest, userObjects } from './user-manifests.ts'

export const addons: readonly Addon[] = [flannel, kubeProxy, coredns]

export const addonObjects = (
  input: ClusterInput,
  manifests: readonly UserManifest[],
): readonly KubeObject[] => [
  ...addons.filter(({ wanted }) => wanted(input)).flatMap(({ objects }) => objects(input)),
  ...manifests.flatMap(userObjects),
]
