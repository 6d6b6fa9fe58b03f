/**
 * Manifests of the user's own, read as kubectl reads them (there `0644` is octal and `yes` is true). Takes their texts; gives
 * objects, those of a List one by one, or says which file is wrong, where and why.
 */
import { z } from 'zod'
import type { KubeObject } from '../api/types.ts'
import { UserError } from '../errors.ts'
import { readKubernetesYaml, type YamlDocument, YamlError } from '../render/yaml-read.ts'

export type UserManifest = { readonly file: string; readonly text: string }

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

const list = z.object({ apiVersion: z.literal('v1'), kind: z.literal('List'), items: z.array(z.unknown()) })

const documentsOf = ({ file, text }: UserManifest): readonly YamlDocument[] => {
  try {
    return readKubernetesYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new UserError(`${file}: ${error.message}`, { cause: error })
  }
}

const objectsOf = (value: unknown, where: string): readonly KubeObject[] => {
  if (value === null) return []
  const many = list.safeParse(value)
  if (many.success) return many.data.items.flatMap((item) => objectsOf(item, where))
  const one = object.safeParse(value)
  if (one.success) return [one.data as unknown as KubeObject]
  throw new UserError(`${where}: not a Kubernetes object: ${z.prettifyError(one.error)}`, {
    hint: 'each document needs apiVersion, kind and metadata.name',
  })
}

export const userObjects = (manifest: UserManifest): readonly KubeObject[] =>
  documentsOf(manifest).flatMap(({ value, line }) => objectsOf(value, `${manifest.file}:${line}`))
