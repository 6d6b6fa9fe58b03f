/** Files and objects as leaves to compare. What the API server fills in by itself is filled in, what changes by the hour is left out. */
import type { KubeObject } from '../../src/api/types.ts'
import { readKubernetesYaml } from '../../src/render/yaml-read.ts'
import { type Leaves, leavesOf } from './compare.ts'

const yamlValue = (text: string): unknown => readKubernetesYaml(text)[0]?.value

/** Flags in the environment of a unit: FLAGS="--a=b --c=d". */
const environmentFlags = (text: string): readonly string[] =>
  text
    .trim()
    .replace(/^\w+="(.*)"$/, '$1')
    .split(' ')

type File = { readonly mode: number; readonly content: string }

export const fileLeaves = (files: ReadonlyMap<string, File>): ReadonlyMap<string, Leaves> =>
  new Map(
    [...files].map(([name, { mode, content }]) => [
      name,
      new Map([
        ['mode', mode.toString(8)],
        ...leavesOf(name.endsWith('.env') ? environmentFlags(content) : yamlValue(content)),
      ]),
    ]),
  )

/** Keys of ConfigMaps whose text is YAML itself. */
const yamlKeys: ReadonlySet<string> = new Set([
  'ClusterConfiguration',
  'kubelet',
  'kubeconfig',
  'config.conf',
  'kubeconfig.conf',
])

const configMapData = (data: Readonly<Record<string, string>>): object =>
  Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, yamlKeys.has(key) ? yamlValue(text) : text]),
  )

const secretData = ({ data, stringData }: KubeObject): object => {
  const encoded = Object.entries((data ?? {}) as Readonly<Record<string, string>>)
  const decoded = encoded.map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')])
  const { expiration: _changes, ...rest } = { ...Object.fromEntries(decoded), ...(stringData as object) }
  return rest
}

type Subject = { readonly kind: string }

const complete = (object: KubeObject): object => {
  if (object.kind === 'ConfigMap')
    return { ...object, data: configMapData(object['data'] as Readonly<Record<string, string>>) }
  if (object.kind === 'Secret') return { ...object, stringData: undefined, data: secretData(object) }
  if (!Array.isArray(object['subjects'])) return object
  const subjects = (object['subjects'] as readonly Subject[]).map((subject) =>
    subject.kind === 'ServiceAccount' ? subject : { apiGroup: 'rbac.authorization.k8s.io', ...subject },
  )
  return { ...object, subjects }
}

export const objectLeaves = (objects: readonly KubeObject[]): ReadonlyMap<string, Leaves> =>
  new Map(
    objects.map((object) => {
      const { namespace, name } = object.metadata
      const where = `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`
      return [where, leavesOf(JSON.parse(JSON.stringify(complete(object))))]
    }),
  )
