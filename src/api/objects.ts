/**
 * Objects of the API: where each kind lives, and how one is brought to the wanted state. Server-side apply with field manager
 * `slipway`: fields that others own (a JWS, an annotation) stay theirs. Nodes are patched.
 */
import { exitCodes, UserError } from '../errors.ts'
import { type ApiClient, ApiError } from './client.ts'
import { patchNode } from './patch-node.ts'
import type { KubeObject, ObjectRef } from './types.ts'

const fieldManager = 'slipway'

/** kind → plural and whether it is namespaced. One row a kind that Slipway reads or writes; users' manifests are looked up by discovery. */
const kinds: Readonly<Record<string, { readonly plural: string; readonly namespaced: boolean }>> = {
  'v1/ConfigMap': { plural: 'configmaps', namespaced: true },
  'v1/Namespace': { plural: 'namespaces', namespaced: false },
  'v1/Node': { plural: 'nodes', namespaced: false },
  'v1/Pod': { plural: 'pods', namespaced: true },
  'v1/Secret': { plural: 'secrets', namespaced: true },
  'v1/Service': { plural: 'services', namespaced: true },
  'v1/ServiceAccount': { plural: 'serviceaccounts', namespaced: true },
  'apps/v1/DaemonSet': { plural: 'daemonsets', namespaced: true },
  'apps/v1/Deployment': { plural: 'deployments', namespaced: true },
  'coordination.k8s.io/v1/Lease': { plural: 'leases', namespaced: true },
  'rbac.authorization.k8s.io/v1/ClusterRole': { plural: 'clusterroles', namespaced: false },
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': { plural: 'clusterrolebindings', namespaced: false },
  'rbac.authorization.k8s.io/v1/Role': { plural: 'roles', namespaced: true },
  'rbac.authorization.k8s.io/v1/RoleBinding': { plural: 'rolebindings', namespaced: true },
}

type ResourceList = {
  readonly resources: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
  }[]
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

const servedIn = async (api: ApiClient, apiVersion: string): Promise<ResourceList['resources']> => {
  try {
    return (await api.request<ResourceList>('GET', groupPath(apiVersion))).resources
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return []
    throw error
  }
}

const resourceOf = async (api: ApiClient, { apiVersion, kind }: ObjectRef) => {
  const known = kinds[`${apiVersion}/${kind}`]
  if (known) return known
  const served = await servedIn(api, apiVersion)
  // A name with a slash is a part of a resource: its status, its scale.
  const found = served.find((resource) => resource.kind === kind && !resource.name.includes('/'))
  if (found) return { plural: found.name, namespaced: found.namespaced }
  throw new UserError(`the cluster does not know the kind ${kind} in ${apiVersion}`, {
    hint: 'look whether it is spelt right, and whether what brings it (a CustomResourceDefinition) is there',
    exitCode: exitCodes.failed,
  })
}

export const objectPath = async (api: ApiClient, ref: ObjectRef): Promise<string> => {
  const { plural, namespaced } = await resourceOf(api, ref)
  const scope = namespaced ? `/namespaces/${encodeURIComponent(ref.metadata.namespace ?? 'default')}` : ''
  return `${groupPath(ref.apiVersion)}${scope}/${plural}/${encodeURIComponent(ref.metadata.name)}`
}

export const objectName = (ref: ObjectRef): string =>
  `${ref.kind} ${ref.metadata.namespace ? `${ref.metadata.namespace}/` : ''}${ref.metadata.name}`

/** What the cluster has under that name, or undefined. */
export const readObject = async (api: ApiClient, ref: ObjectRef): Promise<KubeObject | undefined> => {
  try {
    return await api.request<KubeObject>('GET', await objectPath(api, ref))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

export type Applied = {
  readonly status: 'changed' | 'unchanged'
  readonly before: KubeObject | undefined
  readonly after: KubeObject
}

const versionOf = (object: KubeObject | undefined): unknown =>
  (object?.metadata as { readonly resourceVersion?: unknown } | undefined)?.resourceVersion

/** An object as somebody wrote it: without what the server keeps account of, and without its status. */
export const asWritten = (object: KubeObject): KubeObject => {
  const { managedFields, resourceVersion, generation, uid, creationTimestamp, ...metadata } =
    object.metadata as KubeObject['metadata'] & Readonly<Record<string, unknown>>
  const { status, ...rest } = object as KubeObject & { readonly status?: unknown }
  return { ...rest, metadata }
}

/** What differs when the server decides (a dry run leaves the version of an object it would change as it was). */
const spoken = (object: KubeObject | undefined): string => (object ? JSON.stringify(asWritten(object)) : '')

/** How it is asked of the server: as whom, and whether it is only to say what would come of it. */
const asked = (dryRun: boolean): string => `?fieldManager=${fieldManager}${dryRun ? '&dryRun=All' : ''}`

export const applyObject = async (
  api: ApiClient,
  object: KubeObject,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Applied> => {
  const path = await objectPath(api, object)
  if (object.kind === 'Node') return patchNode(api, object, { path, query: asked(dryRun) })
  const before = await readObject(api, object)
  const after = await api.request<KubeObject>('PATCH', `${path}${asked(dryRun)}&force=true`, {
    body: object,
    contentType: 'application/apply-patch+yaml',
  })
  const same = dryRun ? spoken(before) === spoken(after) : versionOf(before) === versionOf(after)
  return { status: before && same ? 'unchanged' : 'changed', before, after }
}

export const deleteObject = async (api: ApiClient, ref: ObjectRef): Promise<'changed' | 'unchanged'> => {
  try {
    await api.request('DELETE', await objectPath(api, ref))
    return 'changed'
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 'unchanged'
    throw error
  }
}
