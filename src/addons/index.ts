/** Every addon, a row each, then the user's own manifests. */
import type { KubeObject } from '../api/types.ts'
import type { RenderInput } from '../render/types.ts'
import { coredns } from './coredns.ts'
import { flannel } from './flannel.ts'
import { kubeProxy } from './kube-proxy.ts'
import type { Addon } from './types.ts'
import { userObjects } from './user-manifests.ts'

export const addons: readonly Addon[] = [flannel, kubeProxy, coredns]

export const addonObjects = (
  input: RenderInput,
  manifests: readonly { readonly file: string; readonly text: string }[],
): readonly KubeObject[] => [
  ...addons.filter(({ wanted }) => wanted(input)).flatMap(({ objects }) => objects(input)),
  ...manifests.flatMap(({ file, text }) => userObjects(file, text)),
]
