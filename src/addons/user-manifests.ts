/** Manifests of the user's own. Takes their texts; gives objects, or says which file is wrong and where. */
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { KubeObject } from '../api/types.ts'
import { UserError } from '../errors.ts'

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

export const userObjects = (file: string, text: string): readonly KubeObject[] => {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [problem] = document.errors
    if (problem) throw new UserError(`${file}: ${problem.message}`)
    const value: unknown = document.toJS()
    if (value === null) return []
    const parsed = object.safeParse(value)
    if (!parsed.success)
      throw new UserError(`${file}: not a Kubernetes object: ${z.prettifyError(parsed.error)}`, {
        hint: 'each document needs apiVersion, kind and metadata.name',
      })
    return [parsed.data as unknown as KubeObject]
  })
}
