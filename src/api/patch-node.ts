/**
 * Nodes are shared property: the kubelet, controllers and people label and taint them as well, and the list of taints belongs to
 * nobody alone. Takes a Node with what is ours; gives the cluster's, with that among what is others'. A patch replaces the whole list,
 * so it names the version that was read: who taints a Node meanwhile is not overwritten, the Node is read again.
 */
import { isDeepStrictEqual } from 'node:util'
import { type ApiClient, isConflict } from './client.ts'
import type { KubeObject } from './types.ts'

type Taint = { readonly key: string; readonly effect: string; readonly value?: string }

type NodeObject = KubeObject & { readonly spec?: { readonly taints?: readonly Taint[] } }

export type PatchedNode = {
  readonly status: 'changed' | 'unchanged'
  readonly before: KubeObject
  readonly after: KubeObject
}

/** Everybody writes to a new Node in its first seconds, and each reading and patching takes some milliseconds. */
const attempts = 10

const isSameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect

/** One that is as it should be stays as it stands: a controller may have noted in it when it was added. */
const mergedTaints = (standing: readonly Taint[], ours: readonly Taint[]): readonly Taint[] => {
  const kept = standing.map((taint) => {
    const wanted = ours.find((each) => isSameTaint(each, taint))
    return wanted && (wanted.value ?? '') !== (taint.value ?? '') ? wanted : taint
  })
  return [...kept, ...ours.filter((each) => !standing.some((taint) => isSameTaint(each, taint)))]
}

/** What JSON merge patch makes of a list is the list of the patch: so that one has others' taints as well. */
const patchFor = (standing: NodeObject, ours: NodeObject): NodeObject => {
  const taints = ours.spec?.taints
  if (!taints) return ours
  return { ...ours, spec: { ...ours.spec, taints: mergedTaints(standing.spec?.taints ?? [], taints) } }
}

/** Whether a JSON merge patch (RFC 7396) would leave everything as it is. */
const changesNothing = (standing: unknown, patch: unknown): boolean => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    return isDeepStrictEqual(standing ?? null, patch)
  const fields = (standing ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(patch).every(([name, value]) => changesNothing(fields[name], value))
}

const naming = (version: unknown, patch: NodeObject) => ({
  ...patch,
  metadata: { ...patch.metadata, resourceVersion: version },
})

/** `path` is that of the Node, `query` what its patch is asked with. */
export const patchNode = async (
  api: ApiClient,
  ours: KubeObject,
  { path, query }: { readonly path: string; readonly query: string },
): Promise<PatchedNode> => {
  for (let left = attempts; ; left--) {
    const before = await api.request<NodeObject>('GET', path)
    const patch = patchFor(before, ours)
    if (changesNothing(before, patch)) return { status: 'unchanged', before, after: before }
    const { resourceVersion } = before.metadata as { readonly resourceVersion?: string }
    try {
      const after = await api.request<KubeObject>('PATCH', `${path}${query}`, {
        body: naming(resourceVersion, patch),
        contentType: 'application/merge-patch+json',
      })
      return { status: 'changed', before, after }
    } catch (error) {
      if (left <= 1 || !isConflict(error)) throw error
    }
  }
}
